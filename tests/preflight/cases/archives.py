"""What is inside wheels and sdists; many more ways to break one stand in test_zip_archives and test_tar_archives."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from preflight.cases.model import Case, Make
from support.dists import LICENSE, metadata
from support.hostile import (
    DEFLATED,
    INFO,
    SDIST_NAME,
    TOP,
    WHEEL_NAME,
    Block,
    Part,
    Zip,
    end64,
    extra_field,
    packed,
    pax,
    sdist_blocks,
    tar,
    wheel_files,
    wheel_parts,
)

PYARMOR = b"__%s__(__name__, __file__, b'PYARMOR')\n" % b"pyarmor"  # the sdist of tpub is looked through, too
PYE = b"---BEGIN %s FILE---\nabc\n---END %s FILE---\n" % (b"PYE", b"PYE")
KEY = b"-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAwJ5Nf3Q2\n-----END RSA PRIVATE KEY-----\n"
INIT = "sampleproject/__init__.py"
RECORD = f"{INFO}/RECORD"
MIB = 1024 * 1024
GOOD = wheel_parts()
X = Part(b"sampleproject/x.txt", b"x" * 20)
TEXT = Block(f"{TOP}/x.txt".encode(), b"x" * 20)


def _written(name: str, make: Callable[[], bytes]) -> Make:
    def write(folder: Path) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(make())
        return [folder / name]

    return write


def _whl(make: Callable[[], bytes]) -> Make:
    return _written(WHEEL_NAME, make)


def _tgz(make: Callable[[], bytes]) -> Make:
    return _written(SDIST_NAME, make)


def _wheel(*more: Part) -> Make:
    return _whl(lambda: bytes(Zip(wheel_parts(*more))))


def _zip(archive: Zip) -> Make:
    return _whl(lambda: bytes(archive))


def _files(files: Mapping[str, bytes]) -> Make:
    return _wheel_of({**wheel_files(), **files})


def _wheel_of(files: Mapping[str, bytes]) -> Make:
    return _zip(Zip([Part(name.encode(), content) for name, content in files.items()]))


def _recorded(edit: Callable[[bytes], bytes]) -> Make:
    return _files({RECORD: edit(wheel_files()[RECORD])})


def _without(name: str) -> Make:
    return _wheel_of({path: content for path, content in wheel_files().items() if path != name})


def _scripts(text: bytes) -> Make:
    return _wheel_of(wheel_files(**{"entry_points.txt": text}))


def _sdist(*more: Block) -> Make:
    return _tgz(lambda: packed(tar(sdist_blocks(*more))))


def _sdist_of(blocks: list[Block]) -> Make:
    return _tgz(lambda: packed(tar(blocks)))


def _at(name: str, content: bytes = b"x") -> Make:
    return _sdist(Block(f"{TOP}/{name}".encode(), content))


def _directory() -> tuple[int, int, int]:
    count, length, start = struct.unpack("<HLL", bytes(Zip(GOOD))[-12:-2])
    return start, length, count


good_wheel, good_sdist = _wheel(), _sdist()
small, large = Part(b"sampleproject/0", bytes(60 * MIB), DEFLATED), Part(b"sampleproject/0", bytes(70 * MIB), DEFLATED)
first_twice = replace(X, local_extra=extra_field(1, b"") * 2)
stray = replace(X, local_extra=bytes(3))
streamed = replace(X, flags=8)
OPENING = (
    Case("zip-not-a-zip", "a text", _whl(lambda: b"text"), good_wheel),
    Case("zip-truncated", "cut", _whl(lambda: bytes(Zip(GOOD))[:-1]), good_wheel),
    Case("zip-second-directory-end", "twice", _whl(lambda: bytes(Zip(GOOD)) + bytes(Zip(GOOD))[-22:]), good_wheel),
    Case("zip-directory-damaged", "a future version", _wheel(replace(X, version=64)), _wheel(replace(X, version=63))),
    Case(
        "archive-too-costly",
        "METADATA of 5 MiB",
        _whl(lambda: bytes(Zip([replace(GOOD[1], content=bytes(5 * MIB), method=DEFLATED), GOOD[0], *GOOD[2:]]))),
        _wheel(Part(b"sampleproject/METADATA", bytes(5 * MIB), DEFLATED)),
    ),
    Case(
        "tar-zip-polyglot",
        "a wheel behind an sdist",
        _tgz(lambda: packed(tar(sdist_blocks())) + bytes(Zip(GOOD))),
        _sdist(Block(f"{TOP}/inner.zip".encode(), bytes(Zip(GOOD)))),
    ),
    Case("zip-compression-ratio", "70 MiB of zeros", _wheel(large), _wheel(small)),
    Case("zip-compression-method", "bzip2", _wheel(replace(X, method=12)), _wheel(replace(X, method=DEFLATED))),
    Case(
        "zip-crc-mismatch", "of Python code", _zip(Zip([replace(GOOD[0], crc=1), *GOOD[1:]])), _wheel(replace(X, crc=1))
    ),
    Case("zip-member-encrypted", "a licence", _zip(Zip([*GOOD[:3], replace(GOOD[3], flags=1), *GOOD[4:]])), good_wheel),
    Case(
        "zip-members-overlap",
        "into the next",
        _whl(lambda: _longer(bytes(Zip(GOOD)))),
        good_wheel,
        also=("zip-size-mismatch",),
    ),
    Case(
        "wheel-obfuscated-code",
        "PyArmor",
        _wheel(replace(X, name=b"x.py", content=PYARMOR)),
        _wheel(replace(X, content=PYARMOR)),
    ),
    Case("sdist-obfuscated-code", "SourceDefender", _at("x.pye", PYE), _at("x.pye", PYE[:30])),
)


def _longer(content: bytes) -> bytes:
    """Return the archive with the first packed size in its directory eight bytes longer."""
    at = content.index(b"PK\1\2") + 20
    (length,) = struct.unpack_from("<L", content, at)
    return content[:at] + struct.pack("<L", length + 8) + content[at + 4 :]


FRAMING = (
    Case("zip-leading-data", "a script", _zip(Zip(GOOD, before=b"#!/bin/sh\n")), good_wheel),
    Case(
        "zip-data-between-members", "six bytes", _zip(Zip(GOOD, between=b"secret")), _zip(Zip(GOOD, comment=b"secret"))
    ),
    Case("zip-member-name-control-character", "a tab", _wheel(Part(b"a\tb.txt")), _wheel(Part(b"a b.txt"))),
    Case(
        "zip-member-name-encoding",
        "no flag",
        _wheel(Part("été.txt".encode())),
        _wheel(Part("été.txt".encode(), flags=0x800)),
    ),
    Case(
        "zip-extra-field-malformed", "three bytes", _wheel(stray), _wheel(replace(X, local_extra=extra_field(2, b"")))
    ),
    Case(
        "zip-extra-field-duplicate",
        "ZIP64 twice",
        _wheel(first_twice),
        _wheel(replace(X, local_extra=extra_field(2, b"") * 2)),
    ),
    Case("zip-data-descriptor", "streamed", _wheel(streamed), _wheel(replace(X, flags=4))),
    Case("zip-hidden-member", "not listed", _zip(Zip([*GOOD, replace(X, is_listed=False)])), _wheel(X)),
    Case(
        "zip-member-without-data",
        "listed under another name",
        _wheel(replace(X, local_name=b"y.txt")),
        _wheel(X),
        also=("zip-hidden-member",),
    ),
    Case("zip-size-mismatch", "one byte", _wheel(replace(X, local_size=21)), _wheel(replace(X, local_size=20))),
    Case(
        "zip-duplicate-member",
        "twice",
        _zip(Zip([*GOOD, GOOD[0]])),
        _wheel(replace(GOOD[0], name=b"sampleproject/__INIT__.py")),
    ),
    Case("zip-member-comment", "one", _wheel(replace(X, comment=b"!")), _zip(Zip(GOOD, comment=b"!"))),
    Case(
        "zip-zip64-extensible-data",
        "eight bytes",
        _zip(Zip(GOOD, end64=end64(*_directory(), data=bytes(8)))),
        _zip(Zip(GOOD, end64=end64(*_directory()))),
    ),
    Case("zip-member-count-mismatch", "one more", _zip(Zip(GOOD, count=6)), _zip(Zip(GOOD, count=5))),
    Case("zip-trailing-data", "a line break", _zip(Zip(GOOD, after=b"\n")), _zip(Zip(GOOD, comment=b"\n"))),
)
TAR = (
    Case("tar-not-a-tar", "a text", _tgz(lambda: packed(b"text")), good_sdist),
    Case("tar-not-gzip", "not packed", _tgz(lambda: tar(sdist_blocks())), _tgz(lambda: packed(tar(sdist_blocks()), 0))),
    Case(
        "tar-truncated",
        "half of it",
        _tgz(lambda: packed(tar(sdist_blocks()))[:300]),
        _tgz(lambda: packed(tar(sdist_blocks(), end=b""))),
    ),
    Case("tar-mixed-member-paths", "one absolute", _sdist(Block(b"/etc/passwd")), _at("etc/passwd")),
    Case(
        "tar-sparse-member", "GNU", _sdist(pax(b"GNU.sparse.map=0,1"), TEXT), _sdist(pax(b"GNU.volume.label=x"), TEXT)
    ),
    Case("sdist-top-level-directory", "two", _sdist(Block(b"other/x.txt")), _at("other/x.txt")),
    Case("sdist-pkg-info-missing", "none", _sdist_of([sdist_blocks()[0], *sdist_blocks()[2:]]), good_sdist),
    Case("sdist-license-file-missing", "none", _sdist_of([*sdist_blocks()[:2], *sdist_blocks()[3:]]), good_sdist),
)
WHEEL = (
    Case("wheel-file-missing", "none", _without(f"{INFO}/WHEEL"), good_wheel),
    Case("wheel-metadata-missing", "none", _without(f"{INFO}/METADATA"), good_wheel),
    Case("wheel-record-missing", "none", _without(RECORD), good_wheel),
    Case(
        "wheel-record-blank-line", "at the end", _recorded(lambda old: old + b"\n"), _recorded(lambda old: old.rstrip())
    ),
    Case(
        "wheel-license-file-missing",
        "another folder",
        _wheel_of(wheel_files(METADATA=metadata(License_File="COPYING"), COPYING=LICENSE)),
        _wheel_of(wheel_files(METADATA=metadata(License_File="COPYING"), **{"licenses/COPYING": LICENSE})),
    ),
    Case(
        "wheel-entry-points-invalid",
        "a path",
        _scripts(b"[console_scripts]\na/b = c:d\n"),
        _scripts(b"[console_scripts]\na.b = c:d\n[x]\na/b = c:d\n"),
    ),
)
BEYOND = (
    Case("zip-member-damaged", "a text", _wheel(replace(X, crc=1)), _wheel(X)),
    Case("tar-checksum-mismatch", "cut off", _tgz(lambda: packed(tar(sdist_blocks()))[:-1]), good_sdist),
    Case("tar-data-after-end", "a member", _tgz(lambda: packed(tar(sdist_blocks()) + bytes(TEXT))), _sdist(TEXT)),
    Case(
        "sdist-top-directory-name",
        "another",
        _sdist_of([replace(block, name=block.name.replace(b"project-1", b"-1")) for block in sdist_blocks()]),
        good_sdist,
    ),
    Case("wheel-record-file-unlisted", "one", _files({"sampleproject/x.py": b""}), _files({f"{RECORD}.jws": b""})),
    Case("wheel-record-file-absent", "one", _recorded(lambda old: old + b"x.py,,\n"), good_wheel),
    Case("wheel-record-hash-mismatch", "changed", _files({INIT: b"changed"}), good_wheel),
    Case(
        "wheel-record-hash-missing",
        "empty",
        _recorded(lambda old: old.replace(old.partition(b"\n")[0], f"{INIT},,16".encode())),
        good_wheel,
    ),
    Case(
        "wheel-record-size-mismatch",
        "changed",
        _files({INIT: b"changed"}),
        _recorded(lambda old: old.replace(b",16\n", b",\n")),
    ),
    Case("private-file-inside", "a token", _at(".pypirc"), _at("tests/.pypirc")),
    Case("private-key-inside", "a key", _at("deploy.key", KEY), _at("deploy.py", b'"""' + KEY + b'"""')),
    Case("archive-path-outside", "upwards", _at("../../x.py"), _at("..x.py")),
    Case("litter-inside", "of a Mac", _at(".DS_Store"), _at("DS_Store")),
    Case("build-leftovers-inside", "compiled code", _at("__pycache__/x.cpython-312.pyc"), _at("pycache/x.py")),
    Case("wheel-top-level-leftovers", "tests", _wheel(Part(b"tests/x.py")), _wheel(Part(b"sampleproject/tests/x.py"))),
)
CASES = (*OPENING, *FRAMING, *TAR, *WHEEL, *BEYOND)
