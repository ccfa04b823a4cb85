from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.hostile import (
    DEFLATED,
    INFO,
    WHEEL_NAME,
    Part,
    Zip,
    deflate,
    end64,
    extra_field,
    packed,
    sdist_blocks,
    tar,
    wheel_parts,
)
from support.judging import codes, judge_wheel
from tpub.diagnostic import Diagnostic, Member
from tpub.preflight.archive.zip import scan_zip
from tpub.preflight.run import check

GOOD = wheel_parts()
MIB = 1024 * 1024
ZEROS = bytes(70 * MIB)
PYARMOR = (
    b"from pytransform import x\n__%s__(__name__, __file__, b'PYARMOR')\n" % b"pyarmor"
)  # the sdist of tpub is looked through, too
PYE = b"---BEGIN %s FILE---\nabc\n---END %s FILE---\n" % (b"PYE", b"PYE")
UTF8 = 0x800
UNICODE_PATH = 0x7075


def wheel(*more: Part, **zip_: Any) -> bytes:  # noqa: ANN401  (the builder's own knobs)
    return bytes(Zip(wheel_parts(*more), **zip_))


def changed(**fields: Any) -> bytes:  # noqa: ANN401
    """Return a wheel with its first member changed, and RECORD as it was."""
    return bytes(Zip([replace(GOOD[0], **fields), *GOOD[1:]]))


def directory() -> tuple[int, int, int]:
    """Return where the good wheel's directory begins, its length, and the number of members."""
    data = bytes(Zip(GOOD))
    count, length, start = struct.unpack("<HLL", data[-12:-2])
    return start, length, count


def zip64_size(part: Part, *numbers: int) -> Part:
    """Return a member whose own header has its sizes in a ZIP64 field."""
    field = extra_field(1, struct.pack(f"<{len(numbers)}Q", *numbers))
    return replace(part, local_size=0xFFFFFFFF, local_packed=0xFFFFFFFF, local_extra=field)


def unicode_path(name: bytes) -> bytes:
    return extra_field(UNICODE_PATH, b"\1" + bytes(4) + name)


def renamed(raw: bytes, name: bytes) -> Part:
    """Return a member that a Unicode path in the directory renames."""
    return Part(raw, b"x", extra=extra_field(UNICODE_PATH, b"\1" + struct.pack("<L", zlib.crc32(raw)) + name))


def located(*, at: int = 0, disk: int = 0) -> bytes:
    """Return a wheel with a ZIP64 locator and no record for it to point to."""
    return wheel(end64=struct.pack("<4sLQL", b"PK\6\7", disk, at, 1))


def with_rest(rest: bytes) -> bytes:
    """Return a wheel whose directory is longer than its records."""
    start, length, _ = directory()
    head, end = bytes(Zip(GOOD))[:-22], bytes(Zip(GOOD))[-22:]
    return head + rest + end[:12] + struct.pack("<LL", length + len(rest), start) + end[20:]


def cut(content: bytes, by: int) -> bytes:
    return content[:-by]


def listed_longer(content: bytes, *, by: int) -> bytes:
    """Return a zip archive whose directory says that its first member has more data than it has."""
    at = content.index(b"PK\1\2") + 20
    (packed_size,) = struct.unpack_from("<L", content, at)
    return content[:at] + struct.pack("<L", packed_size + by) + content[at + 4 :]


X = Part(b"sampleproject/x.txt", b"x" * 20)
STREAMED = replace(X, flags=8, behind=b"PK\7\x08" + struct.pack("<3L", *X.facts))
REFUSED: dict[str, tuple[Callable[[], bytes], list[str]]] = {
    "text": (lambda: b"This is no zip archive. " * 9, ["zip-not-a-zip"]),
    "nothing": (lambda: b"", ["zip-not-a-zip"]),
    "a gzipped tar": (lambda: packed(tar(sdist_blocks())), ["zip-not-a-zip"]),
    "end cut off": (lambda: cut(wheel(), 1), ["zip-truncated"]),
    "half of it": (lambda: cut(wheel(), 600), ["zip-truncated"]),
    "end record twice": (lambda: wheel() + wheel()[-22:], ["zip-second-directory-end"]),
    "directory elsewhere": (lambda: wheel()[:-22] + b"?" * 50 + wheel()[-22:], ["zip-directory-damaged"]),
    "record of the directory without signature": (
        lambda: wheel().replace(b"PK\1\2", b"PK\1\3").replace(b"PK\1\3", b"PK\1\2", 1),
        ["zip-directory-damaged"],
    ),
    "version nobody reads": (lambda: changed(version=64), ["zip-directory-damaged"]),
    "ZIP64 end without locator": (
        lambda: wheel(end64=end64(*directory(), locator=False)),
        ["zip-directory-damaged"],
    ),
    "ZIP64 end in front of the directory": (
        lambda: wheel(between=end64(*directory(), locator=False)),
        ["zip-directory-damaged"],
    ),
    "ZIP64 locator to another disk": (lambda: located(disk=1), ["zip-directory-damaged"]),
    "ZIP64 locator beyond itself": (lambda: located(at=99_999), ["zip-directory-damaged"]),
    "ZIP64 locator to nothing": (lambda: located(at=0), ["zip-directory-damaged"]),
    "directory with a rest": (lambda: with_rest(b"?" * 10), ["zip-directory-damaged"]),
    "ZIP64 end that lies": (lambda: wheel(end64=end64(0, 5, 5)), ["zip-directory-damaged"]),
    "directory said to be elsewhere": (
        lambda: wheel(directory_offset=7),
        ["zip-directory-damaged", "zip-member-without-data"],
    ),
    "70 MiB of zeros": (lambda: wheel(Part(b"sampleproject/zeros.bin", ZEROS, DEFLATED)), ["zip-compression-ratio"]),
    "lies of 70 MiB": (lambda: wheel(replace(X, size=70 * MIB, local_size=70 * MIB)), ["zip-compression-ratio"]),
    "bzip2": (lambda: wheel(replace(X, method=12)), ["zip-compression-method"]),
    "zstandard": (lambda: wheel(replace(X, method=93)), ["zip-compression-method"]),
    "wrong checksum of Python code": (lambda: changed(crc=1), ["zip-crc-mismatch"]),
    "damaged Python code": (
        lambda: changed(method=DEFLATED, data=b"\xff" * 9),
        ["zip-crc-mismatch"],
    ),
    "encrypted Python code": (lambda: changed(flags=1), ["zip-member-encrypted"]),
    "members over each other": (lambda: changed(offset=len(GOOD[0].local()) - 1), ["zip-member-without-data"]),
    "a member that reaches into the next": (
        lambda: listed_longer(wheel(), by=8),
        ["zip-members-overlap", "zip-size-mismatch"],
    ),
    "PyArmor": (lambda: wheel(Part(b"sampleproject/a.py", PYARMOR)), ["wheel-obfuscated-code"]),
    "PyArmor in capitals": (lambda: wheel(Part(b"sampleproject/A.PY", PYARMOR)), ["wheel-obfuscated-code"]),
    "SourceDefender": (lambda: wheel(Part(b"sampleproject/a.pye", PYE)), ["wheel-obfuscated-code"]),
    "script in front": (lambda: wheel(before=b"#!/bin/sh\n"), ["zip-leading-data"]),
    "data before the directory": (lambda: wheel(between=b"secret"), ["zip-data-between-members"]),
    "data behind a member": (lambda: wheel(replace(X, behind=b"secret")), ["zip-data-between-members"]),
    "tab in a name": (lambda: wheel(Part(b"sampleproject/a\tb.txt")), ["zip-member-name-control-character"]),
    "delete in a name": (lambda: wheel(Part(b"sampleproject/a\x7f.txt")), ["zip-member-name-control-character"]),
    "line break in a Unicode path": (
        lambda: wheel(replace(X, local_extra=unicode_path(b"a\nb"))),
        ["zip-member-name-control-character"],
    ),
    "name in Latin-1": (lambda: wheel(Part(b"sampleproject/\xe9t\xe9.txt")), ["zip-member-name-encoding"]),
    "UTF-8 name without its flag": (
        lambda: wheel(Part("sampleproject/été.txt".encode())),
        ["zip-member-name-encoding"],
    ),
    "flag without UTF-8": (lambda: wheel(Part(b"sampleproject/\xff.txt", flags=UTF8)), ["zip-member-name-encoding"]),
    "Unicode path of the directory in Latin-1": (
        lambda: wheel(renamed(b"x.txt", b"\xe9")),
        ["zip-member-name-encoding"],
    ),
    "Unicode path of the directory cut short": (
        lambda: wheel(replace(X, extra=extra_field(UNICODE_PATH, b"\1abc"))),
        ["zip-extra-field-malformed"],
    ),
    "Unicode path in Latin-1": (
        lambda: wheel(replace(X, local_extra=unicode_path(b"\xe9"))),
        ["zip-member-name-encoding"],
    ),
    "stray bytes in an extra field": (lambda: wheel(replace(X, local_extra=bytes(3))), ["zip-extra-field-malformed"]),
    "extra field too long": (lambda: wheel(replace(X, local_extra=b"\2\0\xff\0abc")), ["zip-extra-field-malformed"]),
    "ZIP64 field of four bytes": (
        lambda: wheel(replace(X, local_extra=extra_field(1, bytes(4)))),
        ["zip-extra-field-malformed"],
    ),
    "ZIP64 field with one size, deflated": (
        lambda: wheel(replace(zip64_size(X, 20), method=DEFLATED)),
        ["zip-extra-field-malformed"],
    ),
    "ZIP64 field missing in the directory": (
        lambda: wheel(replace(X, size=0xFFFFFFFF, extra=extra_field(1, b""))),
        ["zip-extra-field-malformed"],
    ),
    "ZIP64 field twice": (
        lambda: wheel(replace(X, local_extra=extra_field(1, b"") * 2)),
        ["zip-extra-field-duplicate"],
    ),
    "Unicode path twice": (
        lambda: wheel(replace(X, local_extra=unicode_path(b"a") * 2)),
        ["zip-extra-field-duplicate"],
    ),
    "sizes behind the data": (lambda: wheel(STREAMED), ["zip-data-descriptor"]),
    "member not in the directory": (
        lambda: bytes(Zip([*GOOD, replace(X, is_listed=False)])),
        ["zip-hidden-member"],
    ),
    "Python code not in the directory": (
        lambda: bytes(Zip([*GOOD, Part(b"sampleproject/b.py", PYARMOR, is_listed=False)])),
        ["zip-hidden-member"],
    ),
    "member in the directory only": (
        lambda: wheel(replace(X, local_name=b"sampleproject/y.txt")),
        ["zip-hidden-member", "zip-member-without-data"],
    ),
    "other size in the header": (lambda: wheel(replace(X, local_size=21)), ["zip-size-mismatch"]),
    "other packed size in the header": (lambda: wheel(replace(X, local_packed=19)), ["zip-size-mismatch"]),
    "same member twice": (lambda: bytes(Zip([*GOOD, GOOD[0]])), ["zip-duplicate-member"]),
    "same name, other bytes": (
        lambda: bytes(Zip([replace(GOOD[0], content=b"other\n"), *GOOD])),
        ["zip-duplicate-member"],
    ),
    "comment on a member": (lambda: wheel(replace(X, comment=b"hello")), ["zip-member-comment"]),
    "ZIP64 extensible data": (lambda: wheel(end64=end64(*directory(), data=bytes(8))), ["zip-zip64-extensible-data"]),
    "one member more counted": (lambda: wheel(count=len(GOOD) + 1), ["zip-member-count-mismatch"]),
    "members on another disk": (lambda: wheel(count_here=1), ["zip-member-count-mismatch"]),
    "line break at the end": (lambda: wheel() + b"\n", ["zip-trailing-data"]),
    "more at the end than a comment can be": (lambda: wheel() + bytes(65_536), ["zip-trailing-data"]),
    "as much and more at the end": (lambda: wheel() + b"x" * 200_000, ["zip-trailing-data"]),
    "cut behind an archive inside": (
        lambda: cut(wheel(Part(b"sampleproject/inner.zip", bytes(Zip(GOOD))), Part(b"x", bytes(70_000))), 500),
        ["zip-truncated"],
    ),
    "another archive at the end": (lambda: wheel() + bytes(Zip(GOOD)), ["zip-trailing-data"]),
    "comment cut short": (lambda: cut(wheel(comment=b"hello"), 2), ["zip-trailing-data"]),
    "a tar archive too": (lambda: tar(sdist_blocks()) + wheel(), ["tar-zip-polyglot", "zip-leading-data"]),
    "a gzipped tar archive too": (
        lambda: packed(tar(sdist_blocks())) + wheel(),
        ["tar-zip-polyglot", "zip-leading-data"],
    ),
    "METADATA too large": (
        lambda: bytes(Zip([Part(f"{INFO}/METADATA".encode(), bytes(9 * MIB), DEFLATED), *GOOD[:1], *GOOD[2:]])),
        ["archive-too-costly"],
    ),
}


@pytest.mark.parametrize(("make", "expected"), REFUSED.values(), ids=list(REFUSED))
def test_an_archive_that_the_index_refuses(make: Callable[[], bytes], expected: list[str], tmp_path: Path) -> None:
    told = judge_wheel(make(), tmp_path)
    assert codes([diagnostic for diagnostic in told if diagnostic.is_error]) == expected


ACCEPTED: dict[str, Callable[[], bytes]] = {
    "a plain wheel": wheel,
    "deflated": lambda: wheel(replace(X, method=DEFLATED)),
    "directory entries": lambda: wheel(Part(b"sampleproject/"), Part(b"sampleproject/data/")),
    "a comment at the end": lambda: wheel(comment=b"made by hand"),
    "ZIP64 end records without need": lambda: wheel(end64=end64(*directory())),
    "ZIP64 sizes": lambda: wheel(zip64_size(X, 20, 20)),
    "ZIP64 size alone, stored": lambda: wheel(zip64_size(X, 20)),
    "empty ZIP64 field": lambda: wheel(replace(X, local_extra=extra_field(1, b""))),
    "ZIP64 sizes in the directory": lambda: wheel(
        replace(X, size=0xFFFFFFFF, local_size=20, extra=extra_field(1, struct.pack("<Q", 20)))
    ),
    "other extra fields, twice": lambda: wheel(replace(X, local_extra=extra_field(0x5455, b"time") * 2)),
    "one Unicode path": lambda: wheel(replace(X, local_extra=unicode_path(b"sampleproject/x.txt"))),
    "Unicode path of another name": lambda: wheel(replace(X, extra=extra_field(UNICODE_PATH, b"\1abcdefg"))),
    "empty Unicode path": lambda: wheel(renamed(b"sampleproject/x.txt", b"")),
    "UTF-8 name with its flag": lambda: wheel(Part("sampleproject/été.txt".encode(), flags=UTF8)),
    "60 MiB of zeros": lambda: wheel(Part(b"sampleproject/zeros.bin", ZEROS[: 60 * MIB], DEFLATED)),
    "70 MiB that hardly pack": lambda: wheel(
        Part(b"sampleproject/zeros.bin", ZEROS, DEFLATED),
        Part(b"sampleproject/noise.bin", hashlib.shake_128(b"").digest(3 * MIB)),
    ),
    "PyArmor in a text": lambda: wheel(Part(b"sampleproject/a.txt", PYARMOR)),
    "half of a SourceDefender file": lambda: wheel(Part(b"sampleproject/a.pye", PYE[:30])),
    "words like PyArmor's": lambda: wheel(Part(b"sampleproject/a.py", b"__pyarmor__(__name__, $path,")),
    "PyArmor in a file of 5 MiB and more": lambda: wheel(
        Part(b"sampleproject/a.py", PYARMOR + b"#" * 5 * MIB, DEFLATED)
    ),
    "bytes behind deflated data": lambda: wheel(
        Part(b"sampleproject/a.py", ZEROS[:MIB], DEFLATED, data=deflate(ZEROS[:MIB]) + b"?" * 500)
    ),
    "an archive inside": lambda: wheel(Part(b"sampleproject/inner.zip", wheel())),
}


@pytest.mark.parametrize("make", ACCEPTED.values(), ids=list(ACCEPTED))
def test_an_archive_that_the_index_accepts(make: Callable[[], bytes], tmp_path: Path) -> None:
    assert judge_wheel(make(), tmp_path) == []


def test_damage_that_only_installers_meet_is_a_warning(tmp_path: Path) -> None:
    told = judge_wheel(wheel(replace(X, crc=1)), tmp_path)
    assert [(diagnostic.code, str(diagnostic.severity), diagnostic.evidence) for diagnostic in told] == [
        ("zip-member-damaged", "warning", (Member("sampleproject/x.txt"),))
    ]


def test_many_members_with_one_flaw_are_one_diagnostic(tmp_path: Path) -> None:
    many = [replace(X, name=b"sampleproject/%d" % number, comment=b"!") for number in range(9)]
    (told,) = judge_wheel(wheel(*many), tmp_path)
    assert told == Diagnostic(
        "zip-member-comment",
        "a member has a comment of its own: `sampleproject/0` and 8 more",
        told.hint,
        tuple(Member(f"sampleproject/{number}") for number in range(5)),
        file=WHEEL_NAME,
    )


def test_a_name_is_shown_short_and_printable(tmp_path: Path) -> None:
    (told,) = judge_wheel(wheel(Part(b"sampleproject/\x1b[2J" + b"x" * 9000)), tmp_path)
    assert told.message == (
        "a member's name holds a control character: "
        rf"`sampleproject/\x1b[2J{'x' * 42}...{'x' * 60}`"
    )


def test_flaws_are_told_in_the_order_in_which_the_index_meets_them(tmp_path: Path) -> None:
    path = tmp_path / WHEEL_NAME
    commented = [replace(GOOD[0], comment=b"!"), *GOOD[1:], Part(b"sampleproject/a\tb.txt")]
    path.write_bytes(bytes(Zip(commented, after=b"x")))
    told = [each.code for each in check([path]).diagnostics if each.is_error]
    assert told == ["zip-member-name-control-character", "zip-member-comment", "zip-trailing-data"]
    path.write_bytes(
        bytes(Zip([replace(part, local_extra=bytes(3)) if n else part for n, part in enumerate(commented)]))
    )
    assert [each.code for each in check([path]).diagnostics if each.is_error] == ["zip-extra-field-malformed"]


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        pytest.param("WHEEL", ["zip-member-without-data", "zip-hidden-member"], id="read before the records"),
        pytest.param("METADATA", ["zip-hidden-member", "zip-member-without-data"], id="read after them"),
        pytest.param("RECORD", ["zip-hidden-member", "zip-member-without-data"], id="read after them too"),
        pytest.param("licenses/LICENSE", ["zip-hidden-member", "zip-member-without-data"], id="a licence"),
    ],
)
def test_a_member_of_two_names_is_met_where_the_index_reads_it(
    member: str, expected: list[str], tmp_path: Path
) -> None:
    path = tmp_path / WHEEL_NAME
    parts = [replace(each, local_name=b"x") if each.name == f"{INFO}/{member}".encode() else each for each in GOOD]
    path.write_bytes(bytes(Zip(parts)))
    assert [each.code for each in check([path]).diagnostics if each.code in expected] == expected


def test_a_comment_is_met_after_what_stands_in_front_of_it(tmp_path: Path) -> None:
    path = tmp_path / WHEEL_NAME
    path.write_bytes(bytes(Zip([replace(GOOD[0], local_size=1, comment=b"!"), *GOOD[1:], GOOD[1]])))
    told = [each.code for each in check([path]).diagnostics if each.is_error]
    assert told == ["zip-size-mismatch", "zip-duplicate-member", "zip-member-comment"]


def test_a_unicode_path_renames_a_member(tmp_path: Path) -> None:
    path = tmp_path / WHEEL_NAME
    path.write_bytes(wheel(renamed(b"sampleproject/ete.txt", "sampleproject/été.txt".encode())))
    assert scan_zip(path).members[-1].name == "sampleproject/été.txt"
