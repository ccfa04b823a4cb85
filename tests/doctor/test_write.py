"""Files are replaced whole, where they are, as they were found, or not at all."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from support.checkouts import laid
from tpub.doctor.mend import Mend
from tpub.doctor.write import write
from tpub.errors import ConfigError

A, B = Mend("a.yml", "a: 1\n", "a: 2\n"), Mend("b.yml", "b: 1\r\n", "\ufeffb: é\r\n")
NEW = Mend("new/c.yml", "", "c: 1\n")
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other links and permissions")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return laid(tmp_path / "checkout", {"a.yml": "a: 1\n", "b.yml": "b: 1\r\n"})


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def refused(root: Path, *made: Mend) -> str:
    with pytest.raises(ConfigError) as caught:
        write(root, made)
    return caught.value.diagnostic.code


def test_bytes_are_written_as_they_were_shown(root: Path) -> None:
    write(root, [A, B, NEW])
    assert contents(root) == {
        "a.yml": b"a: 2\n",
        "b.yml": "\ufeffb: é\r\n".encode(),
        "new/c.yml": b"c: 1\n",
    }


@on_posix
def test_permissions_stay_and_new_files_get_the_usual_ones(root: Path) -> None:
    (root / "a.yml").chmod(0o640)
    (root / "usual").touch()
    write(root, [A, NEW])
    modes = [stat.S_IMODE((root / name).stat().st_mode) for name in ("a.yml", "new/c.yml", "usual")]
    assert (modes[0], modes[1]) == (0o640, modes[2])


@on_posix
def test_the_file_behind_a_link_is_written_and_the_link_stays(root: Path) -> None:
    (root / "link.yml").symlink_to("a.yml")
    write(root, [Mend("link.yml", A.before, A.after)])
    assert (root / "link.yml").is_symlink()
    assert contents(root)["a.yml"] == b"a: 2\n"


@on_posix
def test_nothing_is_written_behind_a_link_that_leads_out(root: Path) -> None:
    outside = root.parent / "outside.yml"
    outside.write_bytes(b"a: 1\n")
    (root / "link.yml").symlink_to(outside)
    assert refused(root, B, Mend("link.yml", A.before, A.after)) == "file-unwritable"
    assert (outside.read_bytes(), contents(root)["b.yml"]) == (b"a: 1\n", b"b: 1\r\n")


@pytest.mark.parametrize(
    ("name", "now"),
    [
        pytest.param("b.yml", b"b: 1\r\n# mine\r\n", id="edited"),
        pytest.param("b.yml", b"b: 1\n", id="other line ends"),
        pytest.param("b.yml", None, id="gone"),
        pytest.param("new/c.yml", b"c: mine\n", id="there already"),
    ],
)
def test_what_was_changed_meanwhile_is_left_alone_and_all_else_with_it(
    root: Path, name: str, now: bytes | None
) -> None:
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True) if now is None else path.write_bytes(now)
    before = contents(root)
    assert refused(root, A, B, NEW) == "file-edited"
    assert contents(root) == before


def test_a_file_that_cannot_be_written_keeps_the_others_from_it(root: Path) -> None:
    (root / f".b.yml.{os.getpid()}.tpub" / "in the way").mkdir(parents=True)
    assert refused(root, A, B) == "file-unwritable"
    assert contents(root) == {"a.yml": b"a: 1\n", "b.yml": b"b: 1\r\n"}


@on_posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_file_that_nobody_may_write_is_not_replaced(root: Path) -> None:
    (root / "a.yml").chmod(0o444)
    assert refused(root, A) == "file-unwritable"
    assert contents(root)["a.yml"] == b"a: 1\n"


def test_nobody_else_sees_half_a_file(root: Path) -> None:
    """Somebody who had opened the file before still reads all of it."""
    with (root / "a.yml").open("rb") as file:
        try:
            write(root, [A])
        except ConfigError:  # Windows replaces no open file
            assert contents(root)["a.yml"] == b"a: 1\n"
        assert file.read() == b"a: 1\n"
