from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from support.dists import metadata
from support.hostile import INFO, WHEEL_NAME, Part, Zip, wheel_files
from support.judging import codes, judge_wheel
from tpub.diagnostic import Diagnostic, Member
from tpub.preflight.record import Record, Row, read_record

RECORD = f"{INFO}/RECORD"
INIT = "sampleproject/__init__.py"


def pack(files: Mapping[str, bytes]) -> bytes:
    return bytes(Zip([Part(name.encode(), content) for name, content in files.items()]))


def moved(name: str, to: str) -> dict[str, bytes]:
    files = wheel_files()
    return {to if path == name else path: content for path, content in files.items()}


def recorded(edit: Callable[[bytes], bytes]) -> bytes:
    """Return a good wheel whose RECORD was edited."""
    files = wheel_files()
    return pack(files | {RECORD: edit(files[RECORD])})


def scripts(text: bytes) -> bytes:
    return pack(wheel_files(**{"entry_points.txt": text}))


def without(name: str) -> bytes:
    return pack({path: content for path, content in wheel_files().items() if path != name})


def license_file(path: str, at: str = "") -> bytes:
    """Return a wheel with that License-File, and perhaps a file."""
    return pack(wheel_files(METADATA=metadata(license_file=path), **({at: b"Do what you like.\n"} if at else {})))


OTHER = "sampleproject-1.0.0.dist-info"
REFUSED: dict[str, tuple[Callable[[], bytes], list[str]]] = {
    "WHEEL missing": (lambda: without(f"{INFO}/WHEEL"), ["wheel-file-missing"]),
    "METADATA missing": (lambda: without(f"{INFO}/METADATA"), ["wheel-metadata-missing"]),
    "RECORD missing": (lambda: without(RECORD), ["wheel-record-missing"]),
    "version spelt otherwise": (
        lambda: pack({name.replace(INFO, OTHER): content for name, content in wheel_files().items()}),
        ["wheel-file-missing"],
    ),
    "no member at all": (
        lambda: bytes(Zip([])),
        ["wheel-file-missing", "wheel-record-missing", "wheel-metadata-missing"],
    ),
    "RECORD in Latin-1": (lambda: recorded(lambda old: old + b"\xe9,,\n"), ["wheel-record-missing"]),
    "RECORD with an endless field": (lambda: recorded(lambda old: old + b"x" * 200_000), ["wheel-record-missing"]),
    "blank line in RECORD": (lambda: recorded(lambda old: b"\n" + old), ["wheel-record-blank-line"]),
    "blank line at the end of RECORD": (lambda: recorded(lambda old: old + b"\r\n"), ["wheel-record-blank-line"]),
    "form feed in RECORD": (lambda: recorded(lambda old: old + b"\x0c\n"), ["wheel-record-blank-line"]),
    "licence missing": (lambda: license_file("COPYING"), ["wheel-license-file-missing"]),
    "licence beside METADATA": (lambda: license_file("COPYING", "COPYING"), ["wheel-license-file-missing"]),
    "licence without its folder": (
        lambda: license_file("vendor/COPYING", "licenses/COPYING"),
        ["wheel-license-file-missing"],
    ),
    "path as a script's name": (
        lambda: scripts(b"[console_scripts]\n../bin/sh = a:b\n"),
        ["wheel-entry-points-invalid"],
    ),
    "space in a script's name": (lambda: scripts(b"[gui_scripts]\na b = a:b\n"), ["wheel-entry-points-invalid"]),
    "the same script twice": (
        lambda: scripts(b"[console_scripts]\na = a:b\na = a:c\n"),
        ["wheel-entry-points-invalid"],
    ),
    "the same section twice": (lambda: scripts(b"[x]\na = b\n[x]\n"), ["wheel-entry-points-invalid"]),
    "colon for a sign of equality": (lambda: scripts(b"[console_scripts]\na : a:b\n"), ["wheel-entry-points-invalid"]),
    "no section": (lambda: scripts(b"a = a:b\n"), ["wheel-entry-points-invalid"]),
    "byte order mark": (lambda: scripts(b"\xef\xbb\xbf[x]\na = b\n"), ["wheel-entry-points-invalid"]),
    "entry points in Latin-1": (lambda: scripts(b"[x]\n\xe9 = b\n"), ["wheel-entry-points-invalid"]),
    "a default for all sections": (
        lambda: scripts(b"[DEFAULT]\na/b = c\n[console_scripts]\n"),
        ["wheel-entry-points-invalid"],
    ),
    "many spaces and no sign of equality": (
        lambda: scripts(b"[console_scripts]\na" + b" " * 100_000 + b"b\n"),
        ["wheel-entry-points-invalid"],
    ),
}


@pytest.mark.parametrize(("make", "expected"), REFUSED.values(), ids=list(REFUSED))
def test_a_wheel_that_the_index_refuses(make: Callable[[], bytes], expected: list[str], tmp_path: Path) -> None:
    told = judge_wheel(make(), tmp_path)
    assert codes([diagnostic for diagnostic in told if diagnostic.is_error]) == expected


ACCEPTED: dict[str, Callable[[], bytes]] = {
    "a good wheel": lambda: pack(wheel_files()),
    "licence in a folder": lambda: license_file("vendor/COPYING", "licenses/vendor/COPYING"),
    "no licence file": lambda: pack(wheel_files(METADATA=metadata(license_file=""))),
    "licence file before it was allowed": lambda: pack(
        wheel_files(METADATA=metadata(metadata_version="2.1", license_file="COPYING"))
    ),
    "no entry points": lambda: scripts(b"\n"),
    "entry points": lambda: scripts(
        "# comment\n[console_scripts]\na.b-c_d = a:b\nété = a:b\n\n[x.y]\na b/c = d [e]\n".encode()
    ),
    "names that differ in case": lambda: scripts(b"[console_scripts]\na = a:b\nA = a:b\n"),
    "many spaces": lambda: scripts(b"[console_scripts]\na" + b" " * 100_000 + b"=" + b" " * 100_000 + b"a:b\n"),
    "RECORD with back slashes": lambda: recorded(lambda old: old.replace(b"/__init__", b"\\__init__")),
    "RECORD with quotes": lambda: recorded(lambda old: old.replace(INIT.encode(), b'"' + INIT.encode() + b'"')),
    "RECORD with padded hashes": lambda: recorded(lambda old: old.replace(b",16\n", b"=,16\n")),
    "RECORD without sizes": lambda: recorded(lambda old: old.replace(b",16\n", b",\n")),
    "RECORD with another kind of hash": lambda: recorded(lambda old: old.replace(b"sha256=", b"sha512=")),
    "signatures": lambda: pack(wheel_files() | {f"{RECORD}.jws": b"{}", f"{RECORD}.p7s": b"x"}),
}


@pytest.mark.parametrize("make", ACCEPTED.values(), ids=list(ACCEPTED))
def test_a_wheel_that_the_index_accepts(make: Callable[[], bytes], tmp_path: Path) -> None:
    assert judge_wheel(make(), tmp_path) == []


REGRETTED: dict[str, tuple[Callable[[], bytes], list[tuple[str, str]]]] = {
    "a file that RECORD leaves out": (
        lambda: pack(wheel_files() | {"sampleproject/b.py": b"", "sampleproject/a.py": b""}),
        [("wheel-record-file-unlisted", "RECORD leaves out: `sampleproject/a.py` and 1 more")],
    ),
    "a file that is not there": (
        lambda: recorded(lambda old: old + b"sampleproject/gone.py,sha256=abc,3\n"),
        [("wheel-record-file-absent", "RECORD lists what is not in the wheel: `sampleproject/gone.py`")],
    ),
    "a file that changed": (
        lambda: pack(wheel_files() | {INIT: b'"""Another."""\n'}),
        [
            ("wheel-record-hash-mismatch", f"the hash in RECORD is not that of: `{INIT}`"),
            ("wheel-record-size-mismatch", f"the size in RECORD is not that of: `{INIT}`"),
        ],
    ),
    "a hash that is none": (
        lambda: recorded(lambda old: old.replace(b"sha256=", b"sha256=x", 1)),
        [("wheel-record-hash-mismatch", f"the hash in RECORD is not that of: `{INIT}`")],
    ),
    "no hash": (
        lambda: recorded(lambda old: old.replace(old.splitlines()[0], f"{INIT},,".encode())),
        [("wheel-record-hash-missing", f"RECORD has no hash for: `{INIT}`")],
    ),
}


@pytest.mark.parametrize(("make", "expected"), REGRETTED.values(), ids=list(REGRETTED))
def test_a_wheel_that_users_regret(make: Callable[[], bytes], expected: list[tuple[str, str]], tmp_path: Path) -> None:
    told = judge_wheel(make(), tmp_path)
    assert [(each.code, each.message, str(each.severity)) for each in told] == [(*pair, "warning") for pair in expected]


def test_where_the_metadata_is_instead(tmp_path: Path) -> None:
    told = judge_wheel(pack(moved(f"{INFO}/WHEEL", f"{OTHER}/WHEEL")), tmp_path)
    assert told[0] == Diagnostic(
        "wheel-file-missing",
        f"the wheel has no `{INFO}/WHEEL`; there is `{OTHER}/WHEEL`, which belongs to another name or version",
        f"It was built as `{WHEEL_NAME.replace('1.0', '1.0.0')}`: leave it that name; for another version, set that "
        "and build anew.",
        (Member(f"{INFO}/WHEEL"),),
        file=WHEEL_NAME,
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"", Record(), id="empty"),
        pytest.param(b"a,sha256=x,1\nb", Record((Row("a", "sha256=x", "1"), Row("b"))), id="no line break at the end"),
        pytest.param(b'"a\nb",,\n', Record((Row("ab"),)), id="line break in quotes"),
        pytest.param("a\u2028b\n".encode(), Record((Row("a"), Row("b"))), id="line separator"),
        pytest.param(b"a,b,c,d,e\r\nx\\y\r", Record((Row("a", "b", "c"), Row("x/y"))), id="too many fields"),
        pytest.param(b"a\n\nb\n", Record((Row("a"),), has_blank_line=True), id="blank line"),
        pytest.param(b"a\n" * 9, Record((Row("a"),) * 5, is_cut=True), id="too many rows"),
        pytest.param(b"a\n\xff", Record(fault="it is no UTF-8 (byte 2)"), id="no UTF-8"),
    ],
)
def test_reading_record(content: bytes, expected: Record) -> None:
    assert read_record(content, most=5) == expected


def test_a_record_with_very_many_rows_is_not_read_to_its_end(tmp_path: Path) -> None:
    told = judge_wheel(recorded(lambda old: old + b"x\n" * 500_000), tmp_path)
    assert [each.message for each in told] == ["RECORD lists what is not in the wheel: `x`"]
