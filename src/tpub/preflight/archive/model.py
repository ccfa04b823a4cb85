"""The facts about an archive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import takewhile
from types import MappingProxyType
from typing import NamedTuple

_PART = re.compile("[^/]+")
_SHOWN_MEMBERS = 5  # of the members with the same flaw: enough to find them, few enough to read
_SHOWN_NAME = 120  # characters
_NOTHING: Mapping[str, bytes] = MappingProxyType({})


class Defect(StrEnum):
    """What can be wrong with an archive itself; the values are the codes of the rules."""

    POLYGLOT = "tar-zip-polyglot"
    TOO_COSTLY = "archive-too-costly"

    NOT_A_ZIP = "zip-not-a-zip"
    ZIP_TRUNCATED = "zip-truncated"
    SECOND_END = "zip-second-directory-end"
    DIRECTORY_DAMAGED = "zip-directory-damaged"
    COMPRESSION_RATIO = "zip-compression-ratio"
    COMPRESSION_METHOD = "zip-compression-method"
    ENCRYPTED = "zip-member-encrypted"
    OVERLAP = "zip-members-overlap"
    CRC = "zip-crc-mismatch"
    UNREAD = "zip-member-damaged"
    LEADING_DATA = "zip-leading-data"
    DATA_BETWEEN = "zip-data-between-members"
    NAME_CONTROL = "zip-member-name-control-character"
    NAME_ENCODING = "zip-member-name-encoding"
    EXTRA_MALFORMED = "zip-extra-field-malformed"
    EXTRA_DUPLICATE = "zip-extra-field-duplicate"
    DATA_DESCRIPTOR = "zip-data-descriptor"
    HIDDEN = "zip-hidden-member"
    GHOST = "zip-member-without-data"
    SIZE = "zip-size-mismatch"
    DUPLICATE = "zip-duplicate-member"
    MEMBER_COMMENT = "zip-member-comment"
    ZIP64_DATA = "zip-zip64-extensible-data"
    MEMBER_COUNT = "zip-member-count-mismatch"
    TRAILING_DATA = "zip-trailing-data"

    NOT_A_TAR = "tar-not-a-tar"
    NOT_GZIP = "tar-not-gzip"
    TAR_TRUNCATED = "tar-truncated"
    MIXED_PATHS = "tar-mixed-member-paths"
    SPARSE = "tar-sparse-member"
    GZIP_DAMAGED = "tar-checksum-mismatch"
    ENDS_EARLY = "tar-data-after-end"

    OBFUSCATED = "obfuscated-code"
    PRIVATE_KEY = "private-key-inside"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One defect of an archive: what the first place is like, the first few members, and how many there are."""

    defect: Defect
    detail: str
    members: tuple[str, ...] = ()
    count: int = 1


class Member(NamedTuple):  # (a tuple: archives have many)
    """A member of an archive; `sha256` is None if its content was not read to the end, or is damaged."""

    name: str
    size: int
    is_file: bool = True
    sha256: bytes | None = None


class ZipScan(NamedTuple):
    """A zip archive. `texts` holds the content of the members that rules read; `flaws` come in the index's order."""

    members: tuple[Member, ...] = ()
    texts: Mapping[str, bytes] = _NOTHING
    flaws: tuple[Flaw, ...] = ()
    is_readable: bool = True

    @property
    def top_level(self) -> str | None:
        """The folder that holds everything, as the index works it out; None if paths are mixed."""
        common = CommonPath()
        for member in self.members:
            common.add(member.name)
        return common.value


class TarScan(NamedTuple):
    """A tar archive compressed with gzip; see `ZipScan`."""

    members: tuple[Member, ...] = ()
    texts: Mapping[str, bytes] = _NOTHING
    flaws: tuple[Flaw, ...] = ()
    is_readable: bool = True
    top_level: str | None = ""


class Broken(Exception):  # noqa: N818  (not an error of the program, and it never leaves this package)
    """The archive cannot be read any further."""

    def __init__(self, defect: Defect, detail: str, member: str = "") -> None:
        super().__init__(detail)
        self.defect, self.detail, self.member = defect, detail, member


class Ledger:
    """Collects flaws: one entry a defect, in the order in which they were met, however often it occurs."""

    def __init__(self) -> None:
        self._flaws: dict[Defect, Flaw] = {}
        self._seen: set[tuple[Defect, str]] = set()

    def note(self, defect: Defect, detail: str, member: str = "") -> None:
        """Enter one more member with that defect."""
        if (defect, member) in self._seen:
            return
        self._seen.add((defect, member))
        old = self._flaws.get(defect, Flaw(defect, detail, count=0))
        is_shown = member and len(old.members) < _SHOWN_MEMBERS
        members = (*old.members, shown(member)) if is_shown else old.members
        self._flaws[defect] = replace(old, members=members, count=old.count + 1)

    def close(self, broken: Broken) -> None:
        """Enter what kept the archive from being read any further."""
        self.note(broken.defect, broken.detail, broken.member)

    def __contains__(self, defect: Defect) -> bool:
        return defect in self._flaws

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """Everything entered so far."""
        return tuple(self._flaws.values())


class CommonPath:
    """The longest path that all names share, found while they come by (`os.path.commonpath` of them all)."""

    def __init__(self) -> None:
        self._parts: list[str] | None = None
        self._prefix = ""
        self._roots: set[bool] = set()

    def add(self, name: str) -> None:
        """Take one more name into account."""
        self._roots.add(name.startswith("/"))
        if self._prefix and name.startswith(self._prefix):
            return
        own = (match[0] for match in _PART.finditer(name) if match[0] != ".")
        if self._parts is None:
            self._parts = list(own)
        else:
            both = zip(self._parts, own, strict=False)
            self._parts = [mine for mine, _ in takewhile(lambda pair: pair[0] == pair[1], both)]
        self._prefix = "/".join(self._parts) + "/"

    @property
    def value(self) -> str | None:
        """The common path, `/` in front if all names have it; None if only some do."""
        if len(self._roots) > 1:
            return None
        return ("/" if True in self._roots else "") + "/".join(self._parts or ())


def shown(name: str) -> str:
    """Return a member's name as it can be shown: short, and every character printable."""
    if len(name) > _SHOWN_NAME:
        name = f"{name[: _SHOWN_NAME // 2]}...{name[-_SHOWN_NAME // 2 :]}"
    return name if name.isprintable() else repr(name)[1:-1]


def is_python(name: str) -> bool:
    """Tell whether the index looks for obfuscated code in the member of that name."""
    if not name[-4:].lower().endswith((".py", ".pye")):
        return False
    return name[name.rfind("/") + 1 : name.rindex(".")].strip(".") != ""
