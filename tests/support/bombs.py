"""Small files that cost a careless reader hours or gigabytes: each under 10 MB, most far less."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable

from support.dists import metadata
from support.hostile import (
    DEFLATED,
    INFO,
    TOP,
    Block,
    Part,
    Zip,
    extra_field,
    long_name,
    packed,
    pax,
    pax_record,
    sdist_blocks,
    tar,
    wheel_files,
    wheel_parts,
)

MIB = 1024 * 1024
LARGEST = 10_000_000  # bytes of a file


def zip_of(files: dict[str, bytes]) -> bytes:
    return bytes(Zip([Part(name.encode(), content, DEFLATED) for name, content in files.items()]))


def deflated(unit: bytes, times: int) -> bytes:
    """Return what unpacks to `unit` so many times, without packing it so often."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return (packer.compress(unit) + packer.flush(zlib.Z_FULL_FLUSH)) * times + b"\3\0"


def very_many_members() -> bytes:
    """A zip archive that consists of nothing but empty members."""
    return bytes(Zip([Part(b"%x" % number) for number in range(110_000)]))


def as_many_members_as_are_read() -> bytes:
    code = [Part(b"sampleproject/%05x.py" % number, b"pass # " + b"x" * 72) for number in range(39_990)]
    return bytes(Zip([*wheel_parts(), *code]))


def extra_fields() -> bytes:
    """Members with nothing but the smallest of extra fields."""
    field = extra_field(2, b"") * 16_000
    return bytes(Zip([Part(b"%d" % number, extra=field, local_extra=field) for number in range(75)]))


def long_names() -> bytes:
    return bytes(Zip([Part(b"a/" * 32_000 + b"%d" % number) for number in range(75)]))


def one_block_for_all() -> bytes:
    """Thousands of members that share the same megabytes of deflate blocks that hold nothing."""
    nothing = b"\0\0\0\xff\xff" * 1_000_000 + b"\1\0\0\xff\xff"
    first = Part(b"sampleproject/0.py", method=DEFLATED, data=nothing)
    others = [Part(b"sampleproject/%d.py" % n, method=DEFLATED, data=b"", offset=0) for n in range(20_000)]
    content = bytes(Zip([first, *others]))
    length = struct.pack("<L", len(nothing))
    pieces = content.split(b"PK\1\2")
    return b"PK\1\2".join([pieces[0], *(piece[:16] + length + piece[20:] for piece in pieces[1:])])


def python_zeros() -> bytes:
    """Python files of zeros, just below what counts as a bomb."""
    return bytes(Zip([*wheel_parts(), *(zeros_part(b"sampleproject/%d.py" % n, 5) for n in range(12))]))


def zeros(name: bytes) -> bytes:
    """Return a wheel of less than 10 MB that unpacks to a little less than 50 times as much."""
    noise = Part(b"sampleproject/noise.bin", hashlib.shake_128().digest(9 * MIB))
    return bytes(Zip([*wheel_parts(), zeros_part(name, 430), noise]))


def zeros_part(name: bytes, mebibytes: int) -> Part:
    crc = zlib.crc32(bytes(mebibytes * MIB))
    return Part(name, method=DEFLATED, data=deflated(bytes(MIB), mebibytes), size=mebibytes * MIB, crc=crc)


def record_of(line: bytes) -> bytes:
    return zip_of(wheel_files() | {f"{INFO}/RECORD": line * (8 * MIB // len(line) - 1)})


def entry_points_of(line: bytes) -> bytes:
    return zip_of(wheel_files(**{"entry_points.txt": b"[console_scripts]\n" + line * (500_000 // len(line))}))


def numbered_entry_points() -> bytes:
    lines = b"".join(b"%x=\n" % number for number in range(60_000))
    return zip_of(wheel_files(**{"entry_points.txt": b"[console_scripts]\n" + lines}))


def wheel_of_tags() -> bytes:
    tags = b".".join(b"%x" % number for number in range(21))
    return zip_of(wheel_files(WHEEL=b"Wheel-Version: 1.0\n" + (b"Tag: " + b"-".join([tags] * 3) + b"\n") * 2500))


def fields_of(line: bytes) -> bytes:
    """Return a wheel whose METADATA has as many fields as are read."""
    lines = line * min(500_000 // len(line), 9_900 // line.count(b"\n"))
    return zip_of(wheel_files(METADATA=metadata(extra=lines.decode())))


def description_of(content_type: str, body: str) -> bytes:
    return zip_of(wheel_files(METADATA=metadata(description_content_type=content_type, body=body)))


def doubling_substitutions() -> bytes:
    """Return a wheel whose short description would be a page of a trillion words."""
    lines = [f".. |a{n}| replace:: |a{n + 1}| |a{n + 1}|\n" for n in range(40)]
    return description_of("text/x-rst", "".join([*lines, ".. |a40| replace:: x\n\n|a0|\n"]))


def too_many_fields() -> bytes:
    return zip_of(wheel_files(METADATA=metadata(extra="X: y\n" * 500_000)))


def gzipped(*packed: bytes) -> bytes:
    """Return a gzip file of pieces that `deflated` packed."""
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + b"".join(piece[:-2] for piece in packed) + b"\3\0" + bytes(8)


def sdist_and(unit: bytes, times: int) -> bytes:
    """Return an sdist with `unit` behind its members, so many times."""
    return gzipped(deflated(tar(sdist_blocks(), end=b""), 1), deflated(unit, times))


def ten_gigabytes_of_zeros() -> bytes:
    start = tar([*sdist_blocks(), Block(f"{TOP}/zeros".encode(), size=b"77777777777\0")], end=b"")
    return gzipped(deflated(start, 1), deflated(bytes(16 * MIB), 580))


def endless_members() -> bytes:
    return sdist_and(bytes(Block(f"{TOP}/x".encode())) * 2000, 2000)


def endless_end() -> bytes:
    return sdist_and(bytes(MIB), 9000)


def extended_headers() -> bytes:
    header = bytes(Block(b"pax", pax_record(b"a=") * 170_000, b"x")) + bytes(Block(f"{TOP}/x".encode()))
    return sdist_and(header, 100)


def long_paths() -> bytes:
    header = bytes(pax(b"path=" + b"a/" * 500_000)) + bytes(Block(b"x"))
    return sdist_and(header, 100)


def shared_headers() -> bytes:
    return sdist_and(bytes(pax(b"key=value", b"path=x", type=b"g")) + bytes(Block(b"x")), 20_000)


def short_chains() -> bytes:
    """Members behind as many extended headers as may stand in a row, each of which says nothing."""
    header = bytes(Block(b"././@LongLink", type=b"L")) * 49 + bytes(Block(f"{TOP}/x".encode()))
    return sdist_and(header * 100, 100)


def full_headers() -> bytes:
    """Members with a dozen records each, as some programs write them, and some more."""
    header = pax(*(b"SCHILY.xattr.%d=value" % number for number in range(60)))
    return sdist_and((bytes(header) + bytes(Block(f"{TOP}/x".encode()))) * 100, 200)


def deep_chain() -> bytes:
    return sdist_and(bytes(long_name(b"x")), 100_000)


def tiny_gzip_members() -> bytes:
    return packed(tar(sdist_blocks(), end=b"")) + packed(b"") * 450_000


def long_gzip_name() -> bytes:
    return b"\x1f\x8b\x08\x08" + bytes(6) + b"x" * 9_900_000


def pkg_infos() -> bytes:
    block = bytes(Block(f"{TOP}/PKG-INFO".encode(), bytes(7 * MIB)))
    return sdist_and(block, 30)


WHEELS: dict[str, Callable[[], bytes]] = {
    "very many members": very_many_members,
    "as many members as are read": as_many_members_as_are_read,
    "extra fields": extra_fields,
    "long names": long_names,
    "one block for all": one_block_for_all,
    "Python files of zeros": python_zeros,
    "zeros": lambda: zeros(b"sampleproject/zeros.bin"),
    "one Python file of zeros": lambda: zeros(b"sampleproject/zeros.py"),
    "RECORD of line breaks": lambda: record_of(b"\n"),
    "RECORD of other line breaks": lambda: record_of(b"x\x0c"),
    "RECORD of letters": lambda: record_of(b"x\n"),
    "RECORD of quotes": lambda: record_of(b'"\n'),
    "RECORD of one line": lambda: record_of(b"x,"),
    "RECORD without line breaks": lambda: record_of(b"x"),
    "entry points of spaces": lambda: entry_points_of(b" "),
    "entry points of spaces between letters": lambda: entry_points_of(b"a" + b" " * 4000 + b"b\n"),
    "entry points of sections": lambda: entry_points_of(b"[x]\n"),
    "entry points of brackets": lambda: entry_points_of(b"["),
    "entry points": numbered_entry_points,
    "WHEEL of tags": wheel_of_tags,
    "METADATA of far too many fields": too_many_fields,
    "METADATA of fields": lambda: fields_of(b"X: y\n"),
    "METADATA of classifiers": lambda: fields_of(b"Classifier: Private :: x\n"),
    "METADATA of project URLs": lambda: fields_of(b"Project-URL: x, https://x.example\n"),
    "METADATA of requirements": lambda: fields_of(b"Requires-Dist: a>=1\n"),
    "METADATA of folded lines": lambda: fields_of(b"Summary: x\n" + b" x\n" * 9_000),
    "METADATA of bad licence files": lambda: fields_of(b"License-File: ../x\n"),
    "METADATA of bad Dynamic fields": lambda: fields_of(b"Dynamic: x\n"),
    "METADATA of brackets": lambda: fields_of(b"Requires-Dist: a; " + b"(" * 200_000 + b"\n"),
    "METADATA of one line": lambda: fields_of(b"Summary: " + b"x" * 490_000 + b"\n"),
    "Markdown of quotes": lambda: description_of("text/markdown", ("> " * 500 + "x\n") * 2000),
    "Markdown of table rows": lambda: description_of("text/markdown", "|a|\n|-|\n" + "|x|\n" * 700_000),
    "Markdown of definitions": lambda: description_of("text/markdown", "[a]: b\n" * 400_000),
    "reST of quotes": lambda: description_of("text/x-rst", "".join(" " * n + "x\n\n" for n in range(1500))),
    "reST of doubling substitutions": doubling_substitutions,
    "METADATA of long lines": lambda: fields_of(b"Keywords: " + b"x," * 1000 + b"\n"),
}
SDISTS: dict[str, Callable[[], bytes]] = {
    "ten gigabytes of zeros": ten_gigabytes_of_zeros,
    "endless members": endless_members,
    "endless end": endless_end,
    "extended headers": extended_headers,
    "long paths": long_paths,
    "shared headers": shared_headers,
    "short chains": short_chains,
    "full headers": full_headers,
    "deep chain": deep_chain,
    "tiny gzip members": tiny_gzip_members,
    "long gzip name": long_gzip_name,
    "PKG-INFO again and again": pkg_infos,
}
