"""The header blocks of a tar archive, read as the index's own tarfile module does (CPython 3.14)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from tpub.preflight.archive.limits import EXTENDED_HEADER
from tpub.preflight.archive.model import Broken, Defect

BLOCK = 512

_FILES = b"07\0S"  # types of members that hold data
_KNOWN = b"012345" + b"67\0LKS"
_GNU = b"LKS"
_PAX = b"xgX"
_DIRECTORY = b"5"
_OLD_FILE = b"\0"
_SPARSE = b"S"
_LONG_NAME, _LONG_LINK, _GLOBAL = b"L", b"K", b"g"

_NUMBERS = ((100, 108), (108, 116), (116, 124), (136, 148), (329, 337), (337, 345))  # all but the size
# A block as every common program writes it, all its numbers in octal: seen at one glance, for archives have many.
_USUAL = re.compile(
    rb".{100}(?:[0-7]{7}\0){3}([0-7]{11})\0[0-7]{11}\0([0-7]{6})(?:\0 |\0\0|[0-7]\0).{173}(?:[0-7]{7}\0|\0{8}){2}",
    re.DOTALL,
)
_MAP, _MAP_MORE, _MORE_MAP_MORE = 386, 482, 504  # where a sparse map begins, and ends with whether more follows
_POSITIVE, _NEGATIVE = 0o200, 0o377  # first byte of a number that is binary, not octal
_RECORD_LENGTH = re.compile(rb"([0-9]{1,20}) ")
_ASCII = bytes(range(128))
_SHORTEST_RECORD = 5  # "5 x=\n"
_DEEPEST = 50  # extended headers in a row; two are usual
_SPARSE_MARKS = frozenset({"GNU.sparse.map", "GNU.sparse.size"})
_SPARSE_VERSION = ("GNU.sparse.major", "GNU.sparse.minor")
_FIELDS = {  # those that matter here, of the many
    name.encode(): name
    for name in (*_SPARSE_MARKS, *_SPARSE_VERSION, "path", "size", "GNU.sparse.name", "GNU.sparse.realsize")
}


class Source(Protocol):
    """Where blocks come from."""

    position: int

    def read(self, count: int) -> bytes:
        """Return the next `count` bytes, fewer only at the end."""


class BadHeader(Exception):  # noqa: N818  (where a block is no header, an archive ends: no error in itself)
    """A block is no header."""


class EndOfArchive(BadHeader):
    """A block of zeros."""


class EndOfFile(BadHeader):
    """No block at all, or a part of one."""


class Header(NamedTuple):  # (a tuple: archives have many)
    """A member: `data` and `next` are where its data and the next header begin, counted from the archive's start."""

    name: str
    type: bytes
    size: int
    data: int
    next: int
    is_sparse: bool = False

    @property
    def is_file(self) -> bool:
        """Tell whether this is a regular file."""
        return self.type in _FILES


@dataclass(slots=True)
class HeaderReader:
    """Reads headers one after the other; remembers what global extended headers say of all that follow.

    It reads so many blocks, and so many records of extended headers, and no more.
    """

    source: Source
    blocks_left: int
    records_left: int
    shared: Mapping[str, str]

    def read(self) -> Header:
        """Return the next member; raises `BadHeader` where there is none, `Broken` where it is unreadable."""
        return self._read(depth=0)

    def _read(self, *, depth: int) -> Header:
        block = self._read_block()
        header = parse_block(block, self.source.position, looks_for_directory=depth == 0)
        if header.type in (_LONG_NAME, _LONG_LINK):
            return self._read_long(header, depth)
        if header.type in _PAX:
            return self._read_pax(header, depth)
        if header.type == _SPARSE:
            return self._read_sparse(header, block)
        return _apply(header, self.shared)

    def _read_block(self) -> bytes:
        self.blocks_left -= 1
        if self.blocks_left < 0:
            raise Broken(Defect.TOO_COSTLY, "it has very many headers")
        return self.source.read(BLOCK)

    def _read_follower(self, depth: int) -> Header:
        if depth == _DEEPEST:
            raise Broken(Defect.TAR_TRUNCATED, f"{depth} extended headers stand in a row, and no member")
        try:
            return self._read(depth=depth + 1)
        except BadHeader as exc:
            raise Broken(Defect.TAR_TRUNCATED, "an extended header has no member behind it") from exc

    def _take_extension(self, size: int) -> bytes:
        length = round_up(size)
        if length > EXTENDED_HEADER:
            raise Broken(Defect.TOO_COSTLY, f"an extended header has {size} bytes")
        return self.source.read(length)

    def _read_long(self, header: Header, depth: int) -> Header:
        """Return the member behind a GNU long name or long link name."""
        text = self._take_extension(header.size)
        follower = self._read_follower(depth)
        if header.type == _LONG_LINK:
            return follower
        name = _text(text.partition(b"\0")[0])
        kind = follower.type
        if kind == _DIRECTORY and not name.endswith("/"):
            kind = _OLD_FILE
        elif kind == _OLD_FILE and name.endswith("/"):
            kind = _DIRECTORY
        return Header(name.removesuffix("/") if kind == _DIRECTORY else name, kind, *follower[2:])

    def _read_pax(self, header: Header, depth: int) -> Header:
        """Return the member behind a pax header, with what it says applied."""
        records = dict(self._parse_records(self._take_extension(header.size)))
        fields = {**self.shared, **records}
        if header.type == _GLOBAL:
            self.shared = fields
        follower = self._read_follower(depth)
        if not fields:
            return follower  # (as nearly always: most programs note but the time with all its digits)
        if not _SPARSE_MARKS.isdisjoint(fields) or [fields.get(name) for name in _SPARSE_VERSION] == ["1", "0"]:
            follower = follower._replace(is_sparse=True)
        if header.type == _GLOBAL:
            return follower
        follower = _apply(follower, fields)
        if "size" in fields:
            skip = round_up(follower.size) if follower.is_file or follower.type not in _KNOWN else 0
            follower = follower._replace(next=follower.data + skip)
        return follower

    def _parse_records(self, data: bytes) -> Iterator[tuple[str, str]]:
        at = 0
        while at < len(data) and data[at] != 0:
            self.records_left -= 1
            if self.records_left < 0:
                raise Broken(Defect.TOO_COSTLY, "its extended headers have very many records")
            match = _RECORD_LENGTH.match(data, at)
            length = int(match[1]) if match else 0
            record = data[match.end() : at + length] if match and at + length <= len(data) else b""
            keyword, equals, value = record.partition(b"=")
            if length < _SHORTEST_RECORD or not keyword or not equals or not value.endswith(b"\n"):
                raise BadHeader
            if (name := _FIELDS.get(keyword)) is not None:
                yield name, _text(value[:-1])
            at += length

    def _read_sparse(self, header: Header, block: bytes) -> Header:
        """Return an old GNU sparse member; its map may go on in further blocks."""
        _check_map(block[_MAP:_MAP_MORE])
        size, more = _number(block[_MAP_MORE + 1 : _MAP_MORE + 13]), block[_MAP_MORE]
        while more:
            extension = self._read_block()
            if len(extension) < BLOCK:
                raise Broken(Defect.TAR_TRUNCATED, "it ends in the map of a sparse member")
            _check_map(extension[:_MORE_MAP_MORE])
            more = extension[_MORE_MAP_MORE]
        start = self.source.position
        return header._replace(size=size, data=start, next=start + round_up(header.size), is_sparse=True)


def parse_block(block: bytes, position: int, *, looks_for_directory: bool = True) -> Header:
    """Return what the 512 bytes before `position` say; raises `BadHeader` if they are no header."""
    if len(block) < BLOCK:
        raise EndOfFile
    size = _read_size(block)
    name, kind = _text(block[:100].partition(b"\0")[0]), block[156:157]
    if looks_for_directory and kind == _OLD_FILE and name.endswith("/"):
        kind = _DIRECTORY
    if kind == _DIRECTORY:
        name = name.rstrip("/")
    if block[345] and kind not in _GNU:
        prefix = _text(block[345:500].partition(b"\0")[0])
        name = f"{prefix}/{name}"
    has_data = size and (kind in _FILES or kind not in _KNOWN)
    return Header(name, kind, size, position, position + round_up(size) if has_data else position)


def _read_size(block: bytes) -> int:
    """Return the size in a header block; raises `BadHeader` if any of its numbers is none, or its checksum is wrong."""
    if (usual := _USUAL.match(block)) and int(usual[2], 8) == _checksum(block):
        return int(usual[1], 8)
    if block.count(0) == BLOCK:
        raise EndOfArchive
    if _number(block[148:156]) not in (_checksum(block), _signed_checksum(block)):
        raise BadHeader
    for start, end in _NUMBERS:
        _number(block[start:end])
    return _number(block[124:136])


def _check_map(numbers: bytes) -> None:
    for at in range(0, len(numbers), 12):
        _number(numbers[at : at + 12])


def round_up(size: int) -> int:
    """Return the bytes that `size` bytes take up in whole blocks."""
    if size < 0:
        raise BadHeader
    return -(-size // BLOCK) * BLOCK


def _checksum(block: bytes) -> int:
    """Return the sum of the bytes, those of the checksum itself taken as blanks."""
    # Adler-32 begins with 1 and adds up bytes modulo 65521, which those of half a block do not reach.
    whole = (zlib.adler32(block[:256]) & 0xFFFF) + (zlib.adler32(block[256:]) & 0xFFFF) - 2
    return whole - sum(block[148:156]) + 8 * 32


def _signed_checksum(block: bytes) -> int:
    """Return the sum of the bytes as old programs had it, which took those above 127 for negative numbers."""
    rest = block[:148] + block[156:]
    return _checksum(block) - 256 * len(rest.translate(None, _ASCII))


def _number(field: bytes) -> int:
    if field[0] in (_POSITIVE, _NEGATIVE):
        value = int.from_bytes(field[1:])
        return value if field[0] == _POSITIVE else value - 256 ** (len(field) - 1)
    try:
        return int(field.partition(b"\0")[0].decode("ascii").strip() or "0", 8)
    except ValueError as exc:
        raise BadHeader from exc


def _text(field: bytes) -> str:
    return field.decode("utf-8", "surrogateescape")


def _apply(header: Header, fields: Mapping[str, str]) -> Header:
    """Return the header with what extended headers say in place of what it says itself."""
    if not fields:
        return header
    name, size = header.name, header.size
    for keyword, value in fields.items():
        if keyword == "path":
            name = value.rstrip("/")
        elif keyword == "GNU.sparse.name":
            name = value
        elif keyword == "size":
            size = _lenient_int(value)
        elif keyword in ("GNU.sparse.size", "GNU.sparse.realsize"):
            size = _strict_int(value)
    if header.type == _DIRECTORY:
        name = name.rstrip("/")
    return header._replace(name=name, size=size)


def _lenient_int(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0


def _strict_int(text: str) -> int:
    try:
        return int(text)
    except ValueError as exc:
        raise Broken(Defect.TAR_TRUNCATED, "the size of a sparse member is no number") from exc
