from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from support.dists import metadata
from support.hostile import (
    SDIST_NAME,
    TOP,
    Block,
    Zip,
    long_name,
    packed,
    pax,
    sdist_blocks,
    tar,
    wheel_parts,
)
from support.judging import codes, judge_sdist
from tpub.diagnostic import Diagnostic, Member
from tpub.preflight.archive.tar import scan_tar

top = TOP.encode()
GOOD = sdist_blocks()
PYARMOR = b"__%s_enter__(1)\n" % b"pyarmor"  # in two: the sdist of tpub is looked through, too
PKG_INFO = f"{TOP}/PKG-INFO"
DEEP = top + b"/" + b"deep/" * 40 + b"file.txt"
BAD_CHECKSUM = Block(top + b"/x", checksum=b"0000000\0")
X = Block(top + b"/x.txt", b"x" * 600)


def sdist(*more: Block) -> bytes:
    return packed(tar(sdist_blocks(*more)))


def without(name: str) -> list[Block]:
    return [block for block in GOOD if not block.name.endswith(name.encode())]


def plain() -> bytes:
    return tar(GOOD)


def split(content: bytes, at: int) -> bytes:
    """Return two gzip members one after the other."""
    return packed(content[:at]) + packed(content[at:])


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


REFUSED: dict[str, tuple[Callable[[], bytes], list[str]]] = {
    "text": (lambda: b"This is no tar archive. " * 99, ["tar-not-a-tar"]),
    "nothing": (lambda: b"", ["tar-not-a-tar"]),
    "a zip archive": (lambda: bytes(Zip(wheel_parts())), ["tar-not-a-tar"]),
    "a gzipped text": (lambda: packed(b"This is no tar archive. " * 99), ["tar-not-a-tar"]),
    "a gzipped short text": (lambda: packed(b"short"), ["tar-not-a-tar"]),
    "first checksum wrong": (lambda: packed(tar([BAD_CHECKSUM])), ["tar-not-a-tar"]),
    "a size that is no number": (lambda: packed(tar([replace(X, size=b"x" * 11)])), ["tar-not-a-tar"]),
    "not packed": (plain, ["tar-not-gzip"]),
    "bzip2": (lambda: bz2.compress(plain()), ["tar-not-gzip"]),
    "xz": (lambda: lzma.compress(plain()), ["tar-not-gzip"]),
    "bzip2 of nothing": (lambda: b"BZh9" + bytes(99), ["tar-not-a-tar"]),
    "half of it": (lambda: sdist()[:200], ["tar-truncated"]),
    "a gzip header alone": (lambda: sdist()[:5], ["tar-truncated"]),
    "gzip with a name without end": (lambda: b"\x1f\x8b\x08\x08" + bytes(6) + b"x" * 99, ["tar-truncated"]),
    "gzip by an unknown method": (lambda: b"\x1f\x8b\x07" + sdist()[3:], ["tar-truncated"]),
    "damaged in the middle": (lambda: sdist()[:60] + b"\xff" * 60 + sdist()[120:], ["tar-truncated"]),
    "a member cut short": (lambda: packed(tar([*GOOD, X], end=b"")[:-700]), ["tar-truncated"]),
    "a member larger than the archive": (lambda: sdist(replace(X, size=b"77777777777\0")), ["tar-truncated"]),
    "a long name for nobody": (lambda: sdist(long_name(DEEP)), ["tar-truncated"]),
    "a chain of long names": (lambda: sdist(*[long_name(b"x")] * 60), ["tar-truncated"]),
    "a chain of pax headers": (lambda: sdist(*[pax(b"path=x")] * 60), ["tar-truncated"]),
    "a sparse map without end": (
        lambda: packed(tar([*GOOD, replace(X, type=b"S", content=b"", fields={482: b"\1"})], end=b"")),
        ["tar-truncated"],
    ),
    "a size below nothing": (lambda: packed(tar([replace(X, size=b"\xff" * 12)])), ["tar-not-a-tar"]),
    "a long name of 2 MiB": (lambda: sdist(long_name(b"x" * 2 * 1024**2), X), ["archive-too-costly"]),
    "old sparse member": (
        lambda: sdist(replace(X, type=b"S", sparse=b"00000000000\0" * 2, fields={483: b"00000010000\0"})),
        ["tar-sparse-member"],
    ),
    "old sparse member with a long map": (
        lambda: packed(
            b"".join(map(bytes, GOOD))
            + bytes(replace(X, type=b"S", content=b"", size=b"00000001130\0", fields={482: b"\1"}))
            + bytes(512)
            + bytes(1024)
            + bytes(1024)
        ),
        ["tar-sparse-member"],
    ),
    "pax sparse member 0.0": (lambda: sdist(pax(b"GNU.sparse.size=9"), X), ["tar-sparse-member"]),
    "pax sparse member 0.1": (lambda: sdist(pax(b"GNU.sparse.map=0,1"), X), ["tar-sparse-member"]),
    "pax sparse member 1.0": (
        lambda: sdist(pax(b"GNU.sparse.major=1", b"GNU.sparse.minor=0", b"GNU.sparse.realsize=9"), X),
        ["tar-sparse-member"],
    ),
    "sparse size that is no number": (lambda: sdist(pax(b"GNU.sparse.realsize=nine"), X), ["tar-truncated"]),
    "all sparse by a global header": (
        lambda: sdist(pax(b"GNU.sparse.map=0,1", type=b"g"), X, pax(b"mtime=1"), X),
        ["tar-sparse-member"],
    ),
    "an absolute path": (lambda: sdist(Block(b"/etc/passwd")), ["tar-mixed-member-paths"]),
    "no folder": (
        lambda: packed(tar([Block(b"PKG-INFO", metadata()), Block(b"setup.py")])),
        ["sdist-top-level-directory"],
    ),
    "a file beside the folder": (lambda: sdist(Block(b"README.md")), ["sdist-top-level-directory"]),
    "all paths absolute": (lambda: packed(tar([Block(b"/PKG-INFO"), Block(b"/x")])), ["sdist-top-level-directory"]),
    "no member": (lambda: packed(bytes(10240)), ["sdist-top-level-directory"]),
    "no PKG-INFO": (lambda: packed(tar(without("PKG-INFO"))), ["sdist-pkg-info-missing"]),
    "PKG-INFO in lower case": (
        lambda: packed(tar([*without("PKG-INFO"), Block(top + b"/pkg-info", metadata())])),
        ["sdist-pkg-info-missing"],
    ),
    "PKG-INFO alone": (lambda: packed(tar([Block(PKG_INFO.encode(), metadata())])), ["sdist-pkg-info-missing"]),
    "dots in front": (
        lambda: packed(tar([replace(block, name=b"./" + block.name) for block in GOOD])),
        ["sdist-pkg-info-missing"],
    ),
    "licence missing": (lambda: packed(tar(without("LICENSE"))), ["sdist-license-file-missing"]),
    "PyArmor": (lambda: sdist(Block(top + b"/a.py", PYARMOR)), ["sdist-obfuscated-code"]),
    "PyArmor behind a long name": (
        lambda: sdist(long_name(DEEP + b".py"), Block(b"x", PYARMOR)),
        ["sdist-obfuscated-code"],
    ),
    "PyArmor behind a pax name": (
        lambda: sdist(pax(b"path=" + top + b"/a.py"), Block(b"x", PYARMOR)),
        ["sdist-obfuscated-code"],
    ),
    "a zip archive too": (lambda: sdist() + bytes(Zip(wheel_parts())), ["tar-zip-polyglot"]),
    "PKG-INFO with too many fields": (
        lambda: packed(tar([*without("PKG-INFO"), Block(PKG_INFO.encode(), b"X: y\n" * 20_000)])),
        ["archive-too-costly"],
    ),
    "PKG-INFO too large": (
        lambda: packed(tar([*without("PKG-INFO"), Block(PKG_INFO.encode(), bytes(9 * 1024**2))])),
        ["archive-too-costly"],
    ),
}


@pytest.mark.parametrize(("make", "expected"), REFUSED.values(), ids=list(REFUSED))
def test_an_archive_that_the_index_refuses(make: Callable[[], bytes], expected: list[str], tmp_path: Path) -> None:
    told = judge_sdist(make(), tmp_path)
    assert codes([diagnostic for diagnostic in told if diagnostic.is_error]) == expected


ACCEPTED: dict[str, Callable[[], bytes]] = {
    "a plain sdist": sdist,
    "not compressed inside gzip": lambda: packed(plain(), 0),
    "no end mark": lambda: packed(tar(GOOD, end=b"")),
    "much padding": lambda: packed(tar(GOOD, end=bytes(99 * 512))),
    "gzip padding": lambda: sdist() + bytes(99),
    "gzip padding behind a megabyte": lambda: sdist(replace(X, content=bytes(1024**2))) + bytes(999),
    "two large gzip members": lambda: split(tar(sdist_blocks(replace(X, content=bytes(1024**2)))), 600_000),
    "two gzip members": lambda: split(plain(), 900),
    "gzip header with everything": lambda: (
        b"\x1f\x8b\x08\x1e" + bytes(6) + b"\3\0abc" + b"name\0" + b"comment\0" + b"\0\0" + sdist()[10:]
    ),
    "a long name": lambda: sdist(long_name(DEEP), Block(b"x")),
    "a long name of a folder": lambda: sdist(long_name(DEEP + b"/"), Block(b"x", type=b"\0")),
    "a long name of no folder": lambda: sdist(long_name(DEEP), Block(b"x/", type=b"5")),
    "a pax name of a folder": lambda: sdist(pax(b"path=" + top + b"/folder/"), Block(b"x", type=b"5")),
    "a GNU name that is not about sparse members": lambda: sdist(pax(b"GNU.sparse.name=" + top + b"/y"), X),
    "a pax size that is no number": lambda: sdist(pax(b"size=many"), Block(top + b"/empty")),
    "a long link": lambda: sdist(long_name(DEEP, b"K"), Block(top + b"/link", type=b"2")),
    "pax headers": lambda: sdist(pax(b"path=" + top + "/été".encode(), b"mtime=1.5", b"size=600"), X),
    "global pax header": lambda: sdist(pax(b"comment=0123", type=b"g"), X),
    "a name with a prefix": lambda: sdist(Block(b"file.txt", prefix=top + b"/deep")),
    "binary numbers": lambda: sdist(replace(X, size=b"\x80" + bytes(9) + b"\2\x58")),
    "a name that is no UTF-8": lambda: sdist(Block(top + b"/\xff")),
    "checksum as signed bytes": lambda: sdist(
        replace(block := Block(top + b"/\xe9"), checksum=b"%06o\0 " % (int(bytes(block)[148:154], 8) - 256))
    ),
    "folder as old tar writes it": lambda: sdist(Block(top + b"/folder/", type=b"\0")),
    "links and devices": lambda: sdist(
        *[Block(top + b"/special", type=kind) for kind in (b"1", b"2", b"3", b"4", b"6")]
    ),
    "a type nobody knows": lambda: sdist(replace(X, type=b"Z")),
    "everything two folders deep": lambda: packed(
        tar([replace(block, name=block.name.replace(top, top + b"/deep")) for block in GOOD[1:]])
    ),
    "GNU words that are not about sparse members": lambda: sdist(pax(b"GNU.volume.label=x", b"GNU.sparse.major=0"), X),
    "PyArmor in a text": lambda: sdist(Block(top + b"/a.txt", PYARMOR)),
    "PyArmor in a large file": lambda: sdist(Block(top + b"/a.py", PYARMOR + bytes(5 * 1024**2))),
    "an archive inside": lambda: sdist(Block(top + b"/inner.tar.gz", sdist())),
}


@pytest.mark.parametrize("make", ACCEPTED.values(), ids=list(ACCEPTED))
def test_an_archive_that_the_index_accepts(make: Callable[[], bytes], tmp_path: Path) -> None:
    assert judge_sdist(make(), tmp_path) == []


REGRETTED: dict[str, tuple[Callable[[], bytes], list[str]]] = {
    "checksum wrong": (lambda: flipped(sdist(), -6), ["tar-checksum-mismatch"]),
    "checksum cut off": (lambda: sdist()[:-3], ["tar-checksum-mismatch"]),
    "something behind gzip": (lambda: sdist() + b"something", ["tar-checksum-mismatch"]),
    "a member behind the end": (lambda: packed(plain() + bytes(X)), ["tar-data-after-end"]),
    "a pax record that is none": (lambda: sdist(Block(b"x", b"9 =x\n", b"x"), X), ["tar-data-after-end"]),
    "a sparse map that is none": (lambda: sdist(replace(X, type=b"S", sparse=b"x" * 24)), ["tar-data-after-end"]),
    "a broken header in the middle": (lambda: sdist(BAD_CHECKSUM, X), ["tar-data-after-end"]),
    "other folder": (
        lambda: packed(tar([replace(block, name=block.name.replace(top, b"sample")) for block in GOOD])),
        ["sdist-top-directory-name"],
    ),
}


@pytest.mark.parametrize(("make", "expected"), REGRETTED.values(), ids=list(REGRETTED))
def test_an_archive_that_users_regret(make: Callable[[], bytes], expected: list[str], tmp_path: Path) -> None:
    told = judge_sdist(make(), tmp_path)
    assert [(diagnostic.code, str(diagnostic.severity)) for diagnostic in told] == [
        (code, "warning") for code in expected
    ]


def test_a_missing_licence_is_told_in_full(tmp_path: Path) -> None:
    assert judge_sdist(packed(tar(without("LICENSE"))), tmp_path) == [
        Diagnostic(
            "sdist-license-file-missing",
            "License-File 'LICENSE' is not in the sdist",
            "Let the sdist include the files that `license-files` names; build anew.",
            (Member(f"{TOP}/LICENSE"),),
            file=SDIST_NAME,
        )
    ]


def test_a_scan_tells_what_is_inside(tmp_path: Path) -> None:
    (tmp_path / SDIST_NAME).write_bytes(gzip.compress(tar([*GOOD, long_name(DEEP), X])))
    scan = scan_tar(tmp_path / SDIST_NAME)
    assert [(member.name, member.size, member.is_file) for member in scan.members] == [
        (TOP, 0, False),
        (PKG_INFO, len(metadata()), True),
        (f"{TOP}/LICENSE", 18, True),
        (f"{TOP}/sampleproject/__init__.py", 16, True),
        (DEEP.decode(), 600, True),
    ]
    assert (scan.top_level, scan.texts, scan.flaws) == (TOP, {PKG_INFO: metadata()}, ())
