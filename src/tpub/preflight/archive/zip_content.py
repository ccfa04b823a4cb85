"""The content of a zip archive's members, read once, in pieces, each byte for all who want it."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO, NamedTuple

from tpub.preflight.archive import limits
from tpub.preflight.archive.content import has_too_many_fields, is_key, obfuscator
from tpub.preflight.archive.model import Broken, Defect, Ledger, Member, is_python
from tpub.preflight.archive.zip_directory import LOCAL_HEADER, UTF8, Entry

STORED = 0
DEFLATED = 8

_LOCAL = struct.Struct("<4s2xH18xHH")
_BLOCK = 64 * 1024  # bytes, packed
_PIECE = 256 * 1024  # bytes, unpacked
_ENCRYPTED = 0x01 | 0x20 | 0x40  # encrypted, patched, strongly encrypted: what zipfile cannot read


class Contents:
    """What reading the members brought to light; the index would meet the flaws in `later` after all others."""

    def __init__(self, members: Iterable[Member] = ()) -> None:
        self.members = list(members)
        self.texts: dict[str, bytes] = {}
        self.later: list[Broken] = []


class Wishes(NamedTuple):
    """Which members' content is kept, and which the index itself reads (and so refuses if they are damaged).

    `longest` holds the names of the members to keep, with the bytes that they may have at most; `first` is the
    one that the index reads before it looks at Python files and at the archive's records, all others afterwards.
    """

    longest: Mapping[str, int]
    is_read_by_index: Callable[[str], bool]
    first: str


def read_contents(file: BinaryIO, end: int, entries: Sequence[Entry], wishes: Wishes, ledger: Ledger) -> Contents:
    """Read every member up to `end`; those that the index does not read, only as long as that is cheap."""
    offsets = sorted({entry.offset for entry in entries})
    ends = dict(zip(offsets, [*offsets[1:], end], strict=False))
    reader = _Reader(file, end, wishes, ledger)
    for entry in entries:
        reader.read(entry, ends[entry.offset])
    return reader.contents


class _Reader:
    def __init__(self, file: BinaryIO, size: int, wishes: Wishes, ledger: Ledger) -> None:
        self.file, self.wishes, self.ledger = file, wishes, ledger
        self.left, self.texts_left = limits.most_unasked(size), limits.TEXTS
        self.contents = Contents()
        self.offsets: set[int] = set()

    def read(self, entry: Entry, end: int) -> None:
        """Read one member, and enter what is wrong with it."""
        if entry.is_directory:
            self.contents.members.append(Member(entry.name, 0, is_file=False))
            return
        is_code = is_python(entry.name)
        is_asked = is_code or self.wishes.is_read_by_index(entry.name)
        digest = hashlib.sha256() if entry.size <= self.left else None
        if entry.method not in (STORED, DEFLATED) or not (is_asked or digest):
            self.contents.members.append(Member(entry.name, entry.size))
            return
        try:
            self.file.seek(self._find_data(entry, end))
            self._show(entry, digest, is_code=is_code)
        except Broken as broken:
            defect = broken.defect if is_asked else Defect.UNREAD
            if is_code or entry.name == self.wishes.first:
                self.ledger.note(defect, broken.detail, entry.name)
            else:
                self.contents.later.append(Broken(defect, broken.detail, entry.name))
            digest = None
        self.left -= entry.size if digest else 0
        self.contents.members.append(Member(entry.name, entry.size, sha256=digest.digest() if digest else None))

    def _find_data(self, entry: Entry, end: int) -> int:
        """Return where the member's data begins; raises `Broken` if its local header is not as zipfile wants it."""
        if not 0 <= entry.offset < end:
            raise Broken(Defect.GHOST, "the central directory puts a member outside of the file")
        self.file.seek(entry.offset)
        header = self.file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(LOCAL_HEADER):
            raise Broken(Defect.GHOST, "there is no member where the central directory says")
        _, flags, *lengths = _LOCAL.unpack(header)
        raw = self.file.read(lengths[0])
        if entry.flags & _ENCRYPTED:
            raise Broken(Defect.ENCRYPTED, "a member is encrypted")
        if raw.decode("utf-8" if flags & UTF8 else "cp437", "replace") != entry.written_name:
            raise Broken(Defect.GHOST, "a member has another name in its header than in the central directory")
        start: int = entry.offset + _LOCAL.size + sum(lengths)
        if start + entry.packed > end or entry.offset in self.offsets:
            raise Broken(Defect.OVERLAP, "a member reaches into the next one")
        self.offsets.add(entry.offset)
        return start

    def _show(self, entry: Entry, digest: hashlib._Hash | None, *, is_code: bool) -> None:
        """Show the member's content, from where the file stands, to all who want to see it, `digest` among them."""
        crc, head = 0, b""
        is_kept = entry.size <= limits.OBFUSCATED if is_code else self._is_text(entry)
        kept = bytearray() if is_kept else None
        for piece in _unpack(self.file, entry):
            if digest is not None:
                digest.update(piece)
            crc = zlib.crc32(piece, crc)
            head = head or piece[: limits.PRIVATE_KEY_HEAD]
            if kept is not None:
                kept += piece
        if crc != entry.crc:
            raise Broken(Defect.CRC, "a member's content does not match its checksum")
        if is_code and kept is not None and (tool := obfuscator(kept)):
            self.ledger.note(Defect.OBFUSCATED, tool, entry.name)
        elif not is_code and is_key(entry.name, head):
            self.ledger.note(Defect.PRIVATE_KEY, "a private key", entry.name)
        if kept is not None and entry.name in self.wishes.longest:
            self._keep(entry.name, bytes(kept))

    def _is_text(self, entry: Entry) -> bool:
        """Tell whether the member is one that rules read, and not too long."""
        if entry.name not in self.wishes.longest:
            return False
        if entry.size > min(self.wishes.longest[entry.name], self.texts_left):
            self.ledger.note(Defect.TOO_COSTLY, f"a member that has to be read has {entry.size} bytes", entry.name)
            return False
        return True

    def _keep(self, name: str, text: bytes) -> None:
        if has_too_many_fields(name, text):
            self.ledger.note(Defect.TOO_COSTLY, "the fields of the core metadata are too many to be read", name)
            return
        self.texts_left -= len(text)
        self.contents.texts[name] = text


def _unpack(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """Yield the content of a member in pieces, no more of it than its size says, as zipfile does."""
    left = entry.size
    for piece in _read_stored(file, entry.packed) if entry.method == STORED else _inflate(file, entry.packed):
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            return


def _read_stored(file: BinaryIO, packed: int) -> Iterator[bytes]:
    while packed > 0 and (block := file.read(min(_BLOCK, packed))):
        packed -= len(block)
        yield block


def _inflate(file: BinaryIO, packed: int) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    for block in _read_stored(file, packed):
        waiting, piece = block, b""
        while not unpacker.eof and (waiting or len(piece) == _PIECE):
            try:
                piece = unpacker.decompress(waiting, _PIECE)
            except zlib.error as exc:
                raise Broken(Defect.CRC, "a member's compressed data is damaged") from exc
            waiting = unpacker.unconsumed_tail
            yield piece
        if unpacker.eof:  # (what follows is no part of it; zlib leaves it in `unconsumed_tail` for ever)
            return
