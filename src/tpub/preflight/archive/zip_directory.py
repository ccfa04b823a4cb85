"""The central directory of a zip archive, found and read as the index's own zipfile module does (CPython 3.14)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import BinaryIO, NamedTuple

from tpub.preflight.archive.limits import most_extra_fields, most_members, most_named
from tpub.preflight.archive.model import Broken, Defect

DIRECTORY_HEADER = b"PK\x01\x02"
LOCAL_HEADER = b"PK\x03\x04"
END = b"PK\x05\x06"
END64 = b"PK\x06\x06"
LOCATOR64 = b"PK\x06\x07"

_END = struct.Struct("<4s4H2LH")
_LOCATOR64 = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_HEADER = struct.Struct("<4s4BHHLLLL5H2L")
_EXTRA = struct.Struct("<HH")
_TAIL = 65535 + _END.size  # bytes: the longest comment behind the record
_FARTHEST = 64 * 1024 * 1024  # bytes before the file's end in which an end record is looked for that does not count
_NEWEST = 63  # tenths of the newest version of the format that zipfile reads
IN_ZIP64 = 0xFFFF_FFFF  # a size or an offset that stands in the ZIP64 field
ZIP64_SIZES, UNICODE_PATH = 0x0001, 0x7075  # kinds of extra fields
UTF8 = 0x800  # the flag that says that a member's name is UTF-8


class Directory(NamedTuple):
    """Where the central directory lies; `shift` is how much further back than the archive itself says."""

    start: int
    size: int
    shift: int


class Entry(NamedTuple):  # (a tuple: archives have many)
    """A member as the central directory tells it; `written_name` is its name before an extra field renames it."""

    name: str
    written_name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int

    @property
    def is_directory(self) -> bool:
        """Tell whether this is a folder."""
        return self.name.endswith("/")


def find_directory(file: BinaryIO, size: int) -> Directory:
    """Return where the central directory is; raises `Broken` if the index would not take the file for a zip."""
    tail, tail_start = read_tail(file, size)
    at = len(tail) - _END.size
    if not (tail[at : at + 4] == END and tail.endswith(b"\0\0")):
        at = tail.rfind(END)
    if at < 0 or len(tail) - at < _END.size:
        raise _no_end(file, size)
    _, disk, first_disk, _, count, length, offset, _ = _END.unpack_from(tail, at)
    location = tail_start + at
    if (zip64 := _find_end64(file, location)) is not None:
        disk, first_disk, count, length, offset, location = zip64
    start = location - length
    if (count, length, offset) == (0, 0, 0):
        return Directory(location, 0, location)
    file.seek(max(start, 0))
    if start < 0 or disk != first_disk or length < _HEADER.size or file.read(4) != DIRECTORY_HEADER:
        raise _misplaced(tail[:at], location, start)
    return Directory(start, length, start - offset)


def read_tail(file: BinaryIO, size: int) -> tuple[bytes, int]:
    """Return the part of the file in which the end record must lie, and where it begins."""
    start = max(size - _TAIL, 0)
    file.seek(start)
    return file.read(_TAIL), start


def read_entries(file: BinaryIO, directory: Directory, size: int) -> list[Entry]:
    """Return the members in the order of the central directory; raises `Broken` if it cannot be read."""
    file.seek(directory.start)
    entries: list[Entry] = []
    left, most, characters, extras = directory.size, most_members(size), most_named(size), ExtraFields(size)
    while left > 0:
        if len(entries) == most:
            raise Broken(Defect.TOO_COSTLY, f"the archive has more than {most} members")
        header = file.read(min(_HEADER.size, left))
        if len(header) < _HEADER.size:
            raise Broken(Defect.DIRECTORY_DAMAGED, "the central directory is cut short")
        fields = _HEADER.unpack(header)
        if fields[0] != DIRECTORY_HEADER:
            raise Broken(Defect.DIRECTORY_DAMAGED, "a record of the central directory has no signature")
        left -= _HEADER.size
        lengths = fields[11:14]
        variable = file.read(min(sum(lengths), left))
        left -= sum(lengths)
        characters -= lengths[0]
        if characters < 0:
            raise Broken(Defect.TOO_COSTLY, "the names of its members are very long")
        extra = extras.split(variable[lengths[0] : lengths[0] + lengths[1]])
        entries.append(_read_entry(fields, variable[: lengths[0]], extra, directory.shift))
    return entries


def _read_entry(fields: tuple[int, ...], raw: bytes, extra: Iterable[tuple[int, bytes]], shift: int) -> Entry:
    flags, method, _, crc, packed, size, offset = (*fields[5:11], fields[17])
    if fields[3] > _NEWEST:
        raise Broken(Defect.DIRECTORY_DAMAGED, f"a member needs version {fields[3] / 10} of the zip format", repr(raw))
    try:
        written = raw.decode("utf-8" if flags & UTF8 or raw.isascii() else "cp437")
    except UnicodeDecodeError as exc:
        raise Broken(Defect.NAME_ENCODING, "the name of a member is said to be UTF-8 and is not", repr(raw)) from exc
    name = written
    for kind, data in extra:
        if kind == ZIP64_SIZES:
            size, packed, offset = _read_zip64(data, written, size, packed, offset)
        elif kind == UNICODE_PATH:
            name = _read_unicode_name(data, raw) or name
    return Entry(name.partition("\0")[0], written, flags, method, crc, packed, size, offset + shift)


class ExtraFields:
    """Splits the extra data of members, as many fields of it as a file of `size` bytes may have in one pass."""

    def __init__(self, size: int) -> None:
        self._left = most_extra_fields(size)

    def split(self, extra: bytes) -> list[tuple[int, bytes]]:
        """Return the fields of a member's extra data; raises `Broken` if one reaches beyond the end."""
        found: list[tuple[int, bytes]] = []
        at, end = 0, len(extra)
        while end - at >= 4:  # noqa: PLR2004  (two bytes for the kind, two for the length)
            kind, length = _EXTRA.unpack_from(extra, at)
            self._left -= 1
            if self._left < 0:
                raise Broken(Defect.TOO_COSTLY, "its members have very many extra fields")
            if at + 4 + length > end:
                raise Broken(Defect.EXTRA_MALFORMED, "an extra field reaches beyond the end of the extra data")
            found.append((kind, extra[at + 4 : at + 4 + length]))
            at += 4 + length
        return found


def _read_zip64(data: bytes, name: str, *values: int) -> tuple[int, int, int]:
    """Return size, packed size and offset with those that stand in the field `data` filled in."""
    size, packed, offset = values
    is_wanted = (size in (IN_ZIP64, 0xFFFF_FFFF_FFFF_FFFF), packed == IN_ZIP64, offset == IN_ZIP64)
    if len(data) < 8 * sum(is_wanted):
        raise Broken(Defect.EXTRA_MALFORMED, "the ZIP64 field of a member is too short", name)
    found = iter(struct.unpack_from(f"<{sum(is_wanted)}Q", data))
    size, packed, offset = (next(found) if wanted else value for wanted, value in zip(is_wanted, values, strict=True))
    return size, packed, offset


def _read_unicode_name(data: bytes, raw: bytes) -> str:
    if len(data) < 5:  # noqa: PLR2004  (a version and a checksum)
        raise Broken(Defect.EXTRA_MALFORMED, "the Unicode path field of a member is too short", repr(raw))
    version, crc = struct.unpack_from("<BL", data)
    if version != 1 or crc != zlib.crc32(raw):
        return ""
    try:
        return data[5:].decode()
    except UnicodeDecodeError as exc:
        raise Broken(Defect.NAME_ENCODING, "the Unicode path of a member is no UTF-8", repr(raw)) from exc


def _find_end64(file: BinaryIO, location: int) -> tuple[int, int, int, int, int, int] | None:
    """Return disks, count, size, offset and place of the ZIP64 end record; None if there is none."""
    if location < _LOCATOR64.size:
        return None
    at = location - _LOCATOR64.size
    file.seek(at)
    signature, disk, said, disks = _LOCATOR64.unpack(file.read(_LOCATOR64.size))
    if signature != LOCATOR64:
        return None
    at -= _END64.size
    if disk != 0 or disks > 1 or said > at:
        raise Broken(Defect.DIRECTORY_DAMAGED, "the ZIP64 locator points to another disk or beyond the file")
    found = _read_end64(file, said)
    start = said
    if found is None:
        start, found = at, _read_end64(file, at)
    if found is None:
        raise Broken(Defect.DIRECTORY_DAMAGED, "there is no ZIP64 end record where its locator says")
    length, disk, first_disk, count, directory_size, offset = found
    if offset + directory_size != said or length + 12 != _END64.size + at - start:
        raise Broken(Defect.DIRECTORY_DAMAGED, "the ZIP64 end record disagrees with where it stands")
    return disk, first_disk, count, directory_size, offset, start


def _read_end64(file: BinaryIO, at: int) -> tuple[int, int, int, int, int, int] | None:
    file.seek(at)
    data = file.read(_END64.size)
    if len(data) < _END64.size or not data.startswith(END64):
        return None
    _, length, _, _, disk, first_disk, _, count, size, offset = _END64.unpack(data)
    return length, disk, first_disk, count, size, offset


def _no_end(file: BinaryIO, size: int) -> Broken:
    file.seek(0)
    if size and file.read(4) == LOCAL_HEADER:
        if (end := _find_early_end(file, size)) is not None:
            return Broken(Defect.TRAILING_DATA, f"{size - end} bytes follow the archive")
        return Broken(Defect.ZIP_TRUNCATED, "it begins like a zip archive, and its end is missing")
    return Broken(Defect.NOT_A_ZIP, "it is no zip archive" if size else "it is empty")


def _find_early_end(file: BinaryIO, size: int) -> int | None:
    """Return where an archive ends whose end record lies too far from the file's end; None if there is none."""
    last, first = size - _TAIL, size - _TAIL - _FARTHEST
    for start in range(last, max(first, -_TAIL), _END.size - _TAIL):  # (so that no piece's border cuts one in two)
        start = max(start, 0)  # noqa: PLW2901  (as the file begins there)
        file.seek(start)
        piece = file.read(_TAIL)
        at = piece.rfind(END)
        if 0 <= at <= len(piece) - _END.size:
            end: int = start + at
            *_, length, offset, comment = _END.unpack_from(piece, at)
            if end == offset + length:  # (not that of an archive in the archive)
                return end + _END.size + int(comment)
    return None


def _misplaced(before: bytes, location: int, start: int) -> Broken:
    """Say why there is no central directory where the end record says."""
    if END in before[-4096:]:
        return Broken(Defect.SECOND_END, "it has two end records, and the last one belongs to nothing")
    return Broken(
        Defect.DIRECTORY_DAMAGED,
        f"the end record at byte {location} puts the central directory at byte {start}, and it is not there",
    )
