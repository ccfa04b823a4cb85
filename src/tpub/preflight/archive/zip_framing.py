"""The records of a zip archive from the first byte to the last, against its central directory.

Two programs that read a zip archive differently (one through the central directory, one from the front) must see
the same members. Source: warehouse.utils.zipfiles, `validate_zipfile`.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Sequence
from typing import BinaryIO

from tpub.preflight.archive.model import Broken, Defect, Ledger
from tpub.preflight.archive.zip_directory import (
    DIRECTORY_HEADER,
    END,
    END64,
    IN_ZIP64,
    LOCAL_HEADER,
    LOCATOR64,
    UNICODE_PATH,
    ZIP64_SIZES,
    Entry,
    ExtraFields,
)

_LOCAL = struct.Struct("<2xHH8xLLHH")
_DIRECTORY = struct.Struct("<24xHHH12x")
_END = struct.Struct("<4xHHLLH")
_END64 = struct.Struct("<Q12xQQQQ")
_LOCATOR64 = struct.Struct("<4xQ4x")

_HAS_DESCRIPTOR = 0x08
_STORED = 0
_PLAIN_END64 = 44  # bytes of a ZIP64 end record that has no extensible data
_CONTROL = bytes([*range(32), 127])


class _Walk:
    """What was met so far."""

    def __init__(self, file: BinaryIO, size: int, entries: Sequence[Entry], ledger: Ledger) -> None:
        self.file, self.size, self.ledger = file, size, ledger
        self.entries = {entry.written_name: entry for entry in entries}
        self.doubles = frozenset[str]()
        if len(self.entries) < len(entries):
            times = Counter(entry.written_name for entry in entries)
            self.doubles = frozenset(name for name in times if times[name] > 1)
        self.extras = ExtraFields(size)
        self.local: set[bytes] = set()
        self.listed: set[bytes] = set()
        self.directory_start: int | None = None
        self.directory_size = self.records = 0
        self.end64: tuple[int, int, int] | None = None
        self.has_locator = False

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes; raises `Broken` at the end of the file."""
        data = self.file.read(count)
        if len(data) < count:
            raise Broken(Defect.ZIP_TRUNCATED, "the file ends in the middle of a record")
        return data

    def skip(self, count: int) -> None:
        """Go on `count` bytes further, at most to just behind the end of the file."""
        self.file.seek(min(self.file.tell() + count, self.size + 1))


def check_framing(file: BinaryIO, size: int, entries: Sequence[Entry], ledger: Ledger) -> None:
    """Enter what the index would find walking from record to record, up to where it could walk no further."""
    walk = _Walk(file, size, entries, ledger)
    file.seek(0)
    try:
        while not _next_record(walk):
            pass
        _check_end(walk)
    except Broken as broken:
        ledger.close(broken)
    for name in sorted(walk.doubles):
        ledger.note(Defect.DUPLICATE, "the central directory lists the same name twice", name)


def _next_record(walk: _Walk) -> bool:
    """Read one record; return True behind the last one."""
    start = walk.file.tell()
    signature = walk.take(4)
    if signature == LOCAL_HEADER:
        _read_local(walk)
    elif signature == DIRECTORY_HEADER:
        if walk.directory_start is None:
            walk.directory_start = start
        _read_listed(walk)
    elif signature == END64:
        walk.end64 = _read_end64(walk)
    elif signature == LOCATOR64:
        walk.take(_LOCATOR64.size)
        walk.has_locator = True
    elif signature == END:
        _read_end(walk, start)
        return True
    elif start == 0:
        raise Broken(Defect.LEADING_DATA, "the file does not begin with a member: something stands before the archive")
    else:
        raise Broken(Defect.DATA_BETWEEN, f"at byte {start} stands something that is no record of a zip archive")
    return False


def _read_local(walk: _Walk) -> None:
    flags, method, packed, size, name_length, extra_length = _LOCAL.unpack(walk.take(_LOCAL.size))
    raw = walk.take(name_length)
    extra = walk.take(extra_length)
    shown = raw.decode("utf-8", "backslashreplace")
    if not shown.isprintable():
        _check_name(walk, raw, shown)
    if extra:
        packed, size = _read_extra(walk, extra, shown, (method, packed, size))
    if flags & _HAS_DESCRIPTOR:
        raise Broken(Defect.DATA_DESCRIPTOR, "a member's size stands behind its data (a data descriptor)", shown)
    entry = _find(walk, raw, shown)
    if entry is not None and shown not in walk.doubles:
        if entry.packed != packed:
            raise Broken(Defect.SIZE, f"the header says {packed} packed bytes, the directory {entry.packed}", shown)
        if entry.size != size:
            walk.ledger.note(Defect.SIZE, f"the header says {size} bytes, the directory {entry.size}", shown)
    if raw in walk.local:
        walk.ledger.note(Defect.DUPLICATE, "the archive holds the same name twice", shown)
    walk.local.add(raw)
    walk.skip(packed)


def _check_name(walk: _Walk, raw: bytes, shown: str) -> None:
    if raw.translate(None, _CONTROL) != raw:
        walk.ledger.note(Defect.NAME_CONTROL, "a member's name holds a control character", shown)


def _find(walk: _Walk, raw: bytes, shown: str) -> Entry | None:
    """Return the entry of that name, looked up as UTF-8 whatever the member's flag says, as the index does."""
    try:
        entry = walk.entries.get(raw.decode())
    except UnicodeDecodeError:
        walk.ledger.note(Defect.NAME_ENCODING, "a member's name is no UTF-8", shown)
        return None
    if entry is None and raw.decode("cp437") in walk.entries:
        walk.ledger.note(Defect.NAME_ENCODING, "a member's name is UTF-8, and its flag does not say so", shown)
    elif entry is None:
        walk.ledger.note(Defect.HIDDEN, "a member is not in the central directory", shown)
    return entry


def _read_extra(walk: _Walk, extra: bytes, shown: str, said: tuple[int, int, int]) -> tuple[int, int]:
    """Return the packed and the unpacked size that stand in a local header's extra data, or else as `said`."""
    method, packed, size = said
    seen: set[int] = set()
    length = 0
    for kind, data in walk.extras.split(extra):
        length += 4 + len(data)
        if kind not in (ZIP64_SIZES, UNICODE_PATH):
            continue
        if kind in seen:
            walk.ledger.note(Defect.EXTRA_DUPLICATE, f"a member's extra field {kind:#06x} stands twice", shown)
        seen.add(kind)
        if kind == ZIP64_SIZES:
            packed, size = _read_zip64(data, method, packed, size)
        else:
            _check_unicode_name(walk, data[5:], shown)
    if length != len(extra):
        raise Broken(Defect.EXTRA_MALFORMED, "stray bytes follow the last extra field of a member", shown)
    return packed, size


def _read_zip64(data: bytes, method: int, packed: int, size: int) -> tuple[int, int]:
    """Return packed and unpacked size with the local header's ZIP64 field applied, by the index's own reading."""
    if len(data) == 0 and IN_ZIP64 not in (packed, size):
        return packed, size
    if len(data) == 8 and method == _STORED:  # noqa: PLR2004  (the unpacked size alone)
        (only,) = struct.unpack("<Q", data)
        return only, only if size == IN_ZIP64 else size
    if len(data) in (16, 24, 28):
        full, packed = struct.unpack_from("<QQ", data)
        return packed, full if size == IN_ZIP64 else size
    raise Broken(Defect.EXTRA_MALFORMED, "a member's ZIP64 field does not fit its sizes")


def _check_unicode_name(walk: _Walk, name: bytes, shown: str) -> None:
    _check_name(walk, name, shown)
    try:
        name.decode()
    except UnicodeDecodeError:
        walk.ledger.note(Defect.NAME_ENCODING, "the Unicode path of a member is no UTF-8", shown)


def _read_listed(walk: _Walk) -> None:
    name_length, extra_length, comment_length = _DIRECTORY.unpack(walk.take(_DIRECTORY.size))
    raw = walk.take(name_length)
    walk.take(extra_length)
    if comment_length or raw in walk.listed or raw not in walk.local:
        shown = raw.decode("utf-8", "backslashreplace")
        if comment_length:
            walk.ledger.note(Defect.MEMBER_COMMENT, "a member has a comment of its own", shown)
            walk.take(comment_length)
        if raw in walk.listed:
            walk.ledger.note(Defect.DUPLICATE, "the central directory lists the same name twice", shown)
        if raw not in walk.local:
            _check_name(walk, raw, shown)
            walk.ledger.note(Defect.GHOST, "the central directory lists a member that the archive does not hold", shown)
    walk.listed.add(raw)
    walk.records += 1
    walk.directory_size += 46 + name_length + extra_length + comment_length


def _read_end64(walk: _Walk) -> tuple[int, int, int]:
    length, here, records, size, offset = _END64.unpack(walk.take(_END64.size))
    _check_count(here, records)
    if length != _PLAIN_END64:
        walk.ledger.note(Defect.ZIP64_DATA, "the ZIP64 end record carries extensible data")
        walk.skip(max(0, length - _PLAIN_END64))
    return records, size, offset


def _check_count(here: int, records: int) -> None:
    if here != records:
        raise Broken(Defect.MEMBER_COUNT, f"the end record counts {records} members, {here} of them in this file")


def _read_end(walk: _Walk, start: int) -> None:
    if walk.end64 is not None and not walk.has_locator:
        raise Broken(Defect.DIRECTORY_DAMAGED, "the ZIP64 end record has no locator")
    here, records, size, offset, comment_length = _END.unpack(walk.take(_END.size))
    _check_count(here, records)
    walk.skip(comment_length)
    if walk.end64 is not None:
        records, size, offset = walk.end64
    if records != walk.records:
        walk.ledger.note(Defect.MEMBER_COUNT, f"the end record counts {records} members, and {walk.records} are listed")
    directory_start = start if walk.directory_start is None else walk.directory_start
    if (offset, size) != (directory_start, walk.directory_size):
        walk.ledger.note(
            Defect.DIRECTORY_DAMAGED,
            f"the end record puts {size} bytes of directory at byte {offset}, and it is {walk.directory_size} bytes "
            f"at byte {directory_start}",
        )


def _check_end(walk: _Walk) -> None:
    if (end := walk.file.tell()) != walk.size:
        trailing = walk.size - end
        walk.ledger.note(
            Defect.TRAILING_DATA,
            f"{trailing} bytes follow the archive" if trailing > 0 else "its closing comment is cut short",
        )
    if Defect.HIDDEN not in walk.ledger and walk.local - walk.listed:
        walk.ledger.note(Defect.HIDDEN, "a member is not in the central directory")
