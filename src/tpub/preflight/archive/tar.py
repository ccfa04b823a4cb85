"""One pass over a tar archive that gzip packed."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from tpub.preflight.archive import limits
from tpub.preflight.archive.content import has_too_many_fields, is_key, obfuscator
from tpub.preflight.archive.gzip_stream import GzipStream
from tpub.preflight.archive.kinds import GZIP, is_tar, is_zip
from tpub.preflight.archive.model import Broken, CommonPath, Defect, Ledger, Member, TarScan, is_python
from tpub.preflight.archive.tar_header import BadHeader, EndOfArchive, Header, HeaderReader

_TEXT = "PKG-INFO"
_PADDING = 16 * 1024 * 1024  # bytes behind the end of the archive that are looked at


def scan_tar(path: Path) -> TarScan:
    """Return what the sdist at `path` holds and every flaw of the archive; raises `OSError` only.

    Source: warehouse.forklift.legacy, `_is_valid_dist_file`, in its order.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        return _Scan(file, size).run()


class _Scan:
    """A scan under way."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size = file, size
        self._ledger = Ledger()
        self._members: list[Member] = []
        self._texts: dict[str, bytes] = {}
        self._names_left = limits.most_named(size)
        self._common = CommonPath()

    def run(self) -> TarScan:
        """Read everything, and return the facts."""
        try:
            self._check_kind()
            self._read_members()
        except Broken as broken:
            self._ledger.close(broken)
            return TarScan(flaws=self._ledger.flaws, is_readable=False)
        if self._common.value is None:
            self._ledger.note(Defect.MIXED_PATHS, "some of its members have absolute paths, others relative ones")
        return TarScan(tuple(self._members), self._texts, self._ledger.flaws, top_level=self._common.value)

    def _check_kind(self) -> None:
        self._file.seek(0)
        is_gzip = self._file.read(len(GZIP)) == GZIP
        if is_zip(self._file, self._size) and is_tar(self._file):
            raise Broken(Defect.POLYGLOT, "it is a zip and a tar archive at once")
        if not is_gzip and is_tar(self._file):
            raise Broken(Defect.NOT_GZIP, "it is a tar archive, and not compressed with gzip")
        if not is_gzip:
            raise Broken(Defect.NOT_A_TAR, "it is no tar archive" if self._size else "it is empty")

    def _read_members(self) -> None:
        stream = GzipStream(self._file, self._size)
        most = limits.most_packed_members(self._size)
        reader = HeaderReader(stream, limits.most_headers(self._size), limits.most_records(self._size), {})
        while (header := self._next(reader)) is not None:
            if len(self._members) == most:
                raise Broken(Defect.TOO_COSTLY, f"the archive has more than {most} members")
            self._take(header)
            self._read_data(stream, header)
        self._drain(stream)

    def _next(self, reader: HeaderReader) -> Header | None:
        """Return the next member; None where the index's tarfile module would see the end."""
        begin = reader.source.position
        try:
            return reader.read()
        except EndOfArchive:
            return None
        except BadHeader as exc:
            if begin == 0:
                raise Broken(Defect.NOT_A_TAR, "what it unpacks to is no tar archive") from exc
            if reader.source.position > begin:
                self._ledger.note(
                    Defect.ENDS_EARLY, f"at byte {begin}, after {len(self._members)} members, stands no member"
                )
            return None

    def _take(self, header: Header) -> None:
        self._names_left -= len(header.name)
        if self._names_left < 0:
            raise Broken(Defect.TOO_COSTLY, "the names of its members are very long")
        self._common.add(header.name)
        self._members.append(Member(header.name, header.size, is_file=header.is_file))
        if header.is_sparse:
            self._ledger.note(Defect.SPARSE, "a member is stored as a sparse file", header.name)

    def _read_data(self, stream: GzipStream, header: Header) -> None:
        """Go to the next header, looking at the data on the way."""
        length = min(header.size, header.next - header.data) if header.is_file else 0
        is_code = is_python(header.name)
        is_kept = length <= limits.OBFUSCATED if is_code else self._is_own_text(header.name, length)
        head, kept = b"", bytearray()
        for piece in stream.pieces(length):
            if is_kept:
                kept += piece
            if not is_code and len(head) < limits.PRIVATE_KEY_HEAD:
                head += piece
        stream.skip(header.next - stream.position)
        if stream.position < header.next:
            raise Broken(Defect.TAR_TRUNCATED, "it ends in the middle of a member", header.name)
        if is_code and (tool := obfuscator(kept)):
            self._ledger.note(Defect.OBFUSCATED, tool, header.name)
        elif not is_code and is_key(header.name, head):
            self._ledger.note(Defect.PRIVATE_KEY, "a private key", header.name)
        elif not is_code and is_kept:
            self._keep(header.name, bytes(kept))

    def _is_own_text(self, name: str, length: int) -> bool:
        """Tell whether a member is the sdist's own core metadata, as far as its folder can be known yet."""
        folder, _, base = name.rpartition("/")
        if base != _TEXT or self._common.value not in (folder, name):
            return False  # (what lies deeper than all that came so far is not the sdist's own)
        if length > limits.METADATA:
            self._ledger.note(Defect.TOO_COSTLY, f"a member that has to be read has {length} bytes", name)
            return False
        return True

    def _keep(self, name: str, text: bytes) -> None:
        if has_too_many_fields(name, text):
            self._ledger.note(Defect.TOO_COSTLY, "the fields of the core metadata are too many to be read", name)
        else:
            self._texts = {name: text}

    def _drain(self, stream: GzipStream) -> None:
        """Read what follows the end of the archive: the index does not, so that nothing here is an error."""
        end = stream.position
        try:
            is_padding = all(piece.count(0) == len(piece) for piece in stream.pieces(_PADDING))
        except Broken as broken:
            self._ledger.note(Defect.GZIP_DAMAGED, broken.detail)
            return
        if not is_padding and Defect.ENDS_EARLY not in self._ledger:
            self._ledger.note(Defect.ENDS_EARLY, f"more data follows the end of the archive at byte {end}")
