"""Archives byte by byte, so that each byte can be wrong."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from support.dists import LICENSE, metadata, record

INFO = "sampleproject-1.0.dist-info"
WHEEL_NAME = "sampleproject-1.0-py3-none-any.whl"
SDIST_NAME = "sampleproject-1.0.tar.gz"
TOP = "sampleproject-1.0"

STORED, DEFLATED = 0, 8


@dataclass(frozen=True)
class Part:
    """A member of a zip archive; `local_...` is what its own header says where the directory says something else."""

    name: bytes
    content: bytes = b""
    method: int = STORED
    flags: int = 0
    crc: int | None = None
    size: int | None = None
    data: bytes | None = None
    extra: bytes = b""
    comment: bytes = b""
    version: int = 20
    local_name: bytes | None = None
    local_size: int | None = None
    local_packed: int | None = None
    local_extra: bytes = b""
    is_listed: bool = True
    offset: int | None = None
    behind: bytes = b""

    @property
    def packed(self) -> bytes:
        if self.data is not None:
            return self.data
        return self.content if self.method != DEFLATED else deflate(self.content)

    @property
    def facts(self) -> tuple[int, int, int]:
        """Checksum, packed size, size."""
        crc = zlib.crc32(self.content) if self.crc is None else self.crc
        return crc, len(self.packed), len(self.content) if self.size is None else self.size

    def local(self) -> bytes:
        crc, packed, size = self.facts
        name = self.name if self.local_name is None else self.local_name
        return (
            struct.pack(
                "<4s5H3L2H",
                b"PK\x03\x04",
                20,
                self.flags,
                self.method,
                0,
                0x21,
                crc,
                packed if self.local_packed is None else self.local_packed,
                size if self.local_size is None else self.local_size,
                len(name),
                len(self.local_extra),
            )
            + name
            + self.local_extra
            + self.packed
            + self.behind
        )

    def listed(self, offset: int) -> bytes:
        offset = offset if self.offset is None else self.offset
        return (
            struct.pack(
                "<4s4B4H3L5H2L",
                b"PK\x01\x02",
                20,
                3,
                self.version,
                0,
                self.flags,
                self.method,
                0,
                0x21,
                *self.facts,
                len(self.name),
                len(self.extra),
                len(self.comment),
                0,
                0,
                0o644 << 16,
                offset,
            )
            + self.name
            + self.extra
            + self.comment
        )


@dataclass(frozen=True)
class Zip:
    """A zip archive; what is None is counted."""

    parts: Sequence[Part]
    before: bytes = b""
    between: bytes = b""
    after: bytes = b""
    comment: bytes = b""
    count: int | None = None
    count_here: int | None = None
    directory_offset: int | None = None
    end64: bytes = b""

    def __bytes__(self) -> bytes:
        local, offsets = [part.local() for part in self.parts], [0]
        for piece in local:
            offsets.append(offsets[-1] + len(piece))
        start = offsets[-1] + len(self.between)
        directory = b"".join(part.listed(at) for part, at in zip(self.parts, offsets, strict=False) if part.is_listed)
        end = self.end64 + self.end(start, len(directory)) + self.comment
        return b"".join([self.before, *local, self.between, directory, end, self.after])

    def end(self, start: int, length: int) -> bytes:
        count = min(sum(part.is_listed for part in self.parts), 0xFFFF) if self.count is None else self.count
        return struct.pack(
            "<4s4H2LH",
            b"PK\x05\x06",
            0,
            0,
            count if self.count_here is None else self.count_here,
            count,
            length,
            start if self.directory_offset is None else self.directory_offset,
            len(self.comment),
        )


def deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def end64(start: int, length: int, count: int, *, data: bytes = b"", locator: bool = True) -> bytes:
    """Return the end records of ZIP64, `data` in the place for extensible data."""
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44 + len(data), 45, 45, 0, 0, count, count, length, start) + data
    return end + (struct.pack("<4sLQL", b"PK\x06\x07", 0, start + length, 1) if locator else b"")


def extra_field(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def wheel_files(**files: bytes) -> dict[str, bytes]:
    """Return the files of a good wheel, RECORD among them; `files` replace .dist-info files, an empty one removes."""
    members = {
        "sampleproject/__init__.py": b'"""A sample."""\n',
        f"{INFO}/METADATA": metadata(),
        f"{INFO}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{INFO}/licenses/LICENSE": LICENSE,
    } | {f"{INFO}/{name}": content for name, content in files.items()}
    members = {name: content for name, content in members.items() if content}
    return {f"{INFO}/RECORD": record(members, f"{INFO}/RECORD")} | members


def wheel_parts(*more: Part) -> list[Part]:
    """Return the members of a good wheel, and `more`, which RECORD lists too."""
    files = wheel_files()
    del files[f"{INFO}/RECORD"]
    added = {part.name.decode("utf-8", "replace"): part.content for part in more if not part.name.endswith(b"/")}
    content = record(files | added, f"{INFO}/RECORD")
    return [Part(name.encode(), data) for name, data in (files | {f"{INFO}/RECORD": content}).items()] + list(more)


@dataclass(frozen=True)
class Block:
    """A header block of a tar archive and the data behind it; numbers may be given as raw bytes."""

    name: bytes
    content: bytes = b""
    type: bytes = b"0"
    size: bytes | None = None
    mode: bytes = b"0000644\0"
    prefix: bytes = b""
    sparse: bytes = b""
    checksum: bytes | None = None
    fields: dict[int, bytes] = field(default_factory=dict)

    def __bytes__(self) -> bytes:
        size = b"%011o\0" % len(self.content) if self.size is None else self.size
        block = bytearray(512)
        for at, value in {
            0: self.name[:100],
            100: self.mode,
            108: b"0000000\0" * 2,
            124: size,
            136: b"%011o\0" % 0,
            148: b" " * 8,
            156: self.type,
            257: b"ustar\x0000",
            345: self.prefix,
            386: self.sparse,
            **self.fields,
        }.items():
            block[at : at + len(value)] = value
        block[148:156] = b"%06o\0 " % sum(block) if self.checksum is None else self.checksum
        return bytes(block) + self.content + bytes(-len(self.content) % 512)


def pax(*records: bytes, type: bytes = b"x") -> Block:  # noqa: A002  (the field's name)
    """Return an extended header; each record is `keyword=value`."""
    return Block(b"pax", b"".join(map(pax_record, records)), type)


def pax_record(text: bytes) -> bytes:
    length = len(text) + 3
    while len(b"%d %s\n" % (length, text)) != length:
        length += 1
    return b"%d %s\n" % (length, text)


def long_name(name: bytes, type: bytes = b"L") -> Block:  # noqa: A002
    return Block(b"././@LongLink", name + b"\0", type)


def sdist_blocks(*more: Block) -> list[Block]:
    """Return the members of a good sdist, and `more`."""
    top = TOP.encode()
    return [
        Block(top + b"/", type=b"5"),
        Block(top + b"/PKG-INFO", metadata()),
        Block(top + b"/LICENSE", LICENSE),
        Block(top + b"/sampleproject/__init__.py", b'"""A sample."""\n'),
        *more,
    ]


def tar(blocks: Sequence[Block], *, end: bytes = bytes(1024)) -> bytes:
    return b"".join(map(bytes, blocks)) + end


def packed(content: bytes, level: int = 6) -> bytes:
    return gzip.compress(content, level, mtime=0)
