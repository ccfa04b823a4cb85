"""What a rule may see of one file."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache, partial
from pathlib import Path

from packaging.utils import InvalidName, NormalizedName, canonicalize_name
from packaging.version import Version

from tpub.dist import filename as names
from tpub.dist.digests import Digesting, digest
from tpub.dist.model import CoreMetadata, Kind
from tpub.index.form import metadata_fields
from tpub.preflight import fields, rendering, wheel_name
from tpub.preflight.archive import Member, TarScan, ZipScan
from tpub.preflight.received import Received, receive
from tpub.preflight.record import Record, read_record
from tpub.preflight.renderer import Renderer
from tpub.preflight.rst import Rendering
from tpub.preflight.wheel_name import WheelName, info_directory

_ROWS_TOO_MANY = 1000  # in a RECORD beyond the number of members: enough to name some of them


class Context:
    """One file: everything is found out once, and only when a rule asks.

    Nothing here raises on a bad file (what cannot be read is None), except `sha256` and `size`, which raise
    `OSError`: whoever makes a context reads them first. `tag` is the one that the job runs for, empty if it runs for
    none.
    """

    def __init__(self, path: Path, digesting: Digesting | None = None, tag: str = "") -> None:
        self.path = path
        self.tag = tag
        self._digesting = digesting
        self._rendering: Callable[[], Rendering] = partial(Rendering, None, is_unfinished=True)
        self._archive: ZipScan | TarScan | None = None
        self._is_scanned = False

    @property
    def filename(self) -> str:
        """The file's name without its folder: the one that the index would get."""
        return self.path.name

    @cached_property
    def kind(self) -> Kind | None:
        """What the extension says; None if the index knows no such extension."""
        return names.kind_of(self.filename)

    @cached_property
    def wheel_name(self) -> WheelName | None:
        """The parts of a wheel's file name; None for other files, and where the parts cannot be told apart."""
        return wheel_name.split(self.filename)

    @cached_property
    def digested(self) -> tuple[str, int]:
        """The SHA-256 of the file's bytes in hex and its size in bytes; waits for them if they are being found."""
        return digest(self.path) if self._digesting is None else self._digesting.result()

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file's bytes, in lower-case hex."""
        return self.digested[0]

    @cached_property
    def size(self) -> int:
        """The file's size in bytes."""
        return self.path.stat().st_size

    def open(self) -> None:
        """See that the file can be opened; raises `OSError`."""
        self.path.open("rb").close()

    @property
    def archive(self) -> ZipScan | TarScan | None:
        """What is inside; None if the index knows no such extension, or the file cannot be read."""
        # (No `cached_property`: in Python 3.11, that of one file would wait for those of all others.)
        if not self._is_scanned:
            if self.kind is not None:
                with suppress(OSError):
                    self._archive = _scan(self.path)
            self._is_scanned = True
        return self._archive

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all members."""
        return frozenset(member.name for member in self.archive.members) if self.archive else frozenset()

    @cached_property
    def files(self) -> Mapping[str, Member]:
        """The members that are files, by name."""
        return {member.name: member for member in self.archive.members if member.is_file} if self.archive else {}

    @cached_property
    def folders(self) -> Mapping[str, Sequence[str]]:
        """The members' own names, by the folder that they lie in: many members lie in one folder."""
        found: dict[str, list[str]] = {}
        for member in self.archive.members if self.archive else ():
            folder, _, name = member.name.rpartition("/")
            found.setdefault(folder, []).append(name)
        return found

    @property
    def info_directory(self) -> str:
        """The folder of a wheel that holds METADATA, WHEEL and RECORD, by the letters of the wheel's name."""
        return info_directory(self.filename)

    def text(self, name: str) -> bytes | None:
        """Return the content of a member; None if it is not there, or is none that rules read."""
        return None if self.archive is None else self.archive.texts.get(name)

    @cached_property
    def record(self) -> Record | None:
        """What a wheel's RECORD says; None if it has none."""
        content = self.text(f"{self.info_directory}/RECORD") if isinstance(self.archive, ZipScan) else None
        if self.archive is None or content is None:
            return None
        return read_record(content, most=len(self.archive.members) + _ROWS_TOO_MANY)

    @property
    def metadata_member(self) -> str:
        """The name of the member that holds the core metadata: the very one that the index demands."""
        if self.kind is Kind.WHEEL:
            return f"{self.info_directory}/METADATA"
        return posixpath.join((self.archive.top_level if self.archive else None) or "", "PKG-INFO")

    @cached_property
    def metadata_bytes(self) -> bytes | None:
        """The core metadata; None if it is not there or the archive cannot be read."""
        return self.text(self.metadata_member)

    @cached_property
    def metadata(self) -> CoreMetadata | None:
        """The core metadata as it stands in the file, split and not judged."""
        return None if self.metadata_bytes is None else _fields(self.metadata_bytes)[0]

    @cached_property
    def received(self) -> Received:
        """The core metadata as the index receives it: what is judged; empty if there is none."""
        return Received() if self.metadata_bytes is None else _fields(self.metadata_bytes)[1]

    def begin_rendering(self, renderer: Renderer) -> None:
        """Begin with the page that the index makes of the description: rules will ask for it."""
        description, content_type = map(self.received.one, ("description", "description-content-type"))
        self._rendering = rendering.begin(description or "", content_type, renderer)

    @property
    def rendering(self) -> Rendering:
        """The page that the index makes of the description; waits for it. Not known if nobody began with it."""
        return self._rendering()

    @property
    def project(self) -> NormalizedName | None:
        """The normalized name in the core metadata; None if it is missing or none."""
        try:
            return canonicalize_name(self.received.one("name") or "", validate=True)
        except InvalidName:
            return None

    @cached_property
    def version(self) -> Version | None:
        """The version in the core metadata; None if it is missing or none."""
        try:
            return Version(self.received.one("version") or "")
        except ValueError:  # (InvalidVersion, or a number of thousands of digits)
            return None


@lru_cache(maxsize=4)  # (the files of a release share their metadata; hostile ones are large)
def _fields(content: bytes) -> tuple[CoreMetadata | None, Received]:
    """Return the fields of core metadata, and what the index receives of them."""
    metadata = fields.split(content)
    return metadata, Received() if metadata is None else receive(metadata_fields(metadata))


def _scan(path: Path) -> ZipScan | TarScan:
    # Many runs meet archives of one kind alone.
    if path.name.endswith(".tar.gz"):
        from tpub.preflight.archive.tar import scan_tar  # noqa: PLC0415

        return scan_tar(path)
    from tpub.preflight.archive.zip import scan_zip  # noqa: PLC0415

    return scan_zip(path)
