from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tpub.diagnostic import Diagnostic, Severity
from tpub.dist.absence import absent, left_out

BUILD = "Build first (`python -m build`), or name the files; in CI, check that the artifacts were downloaded here."
MERGE = "in GitHub, `merge-multiple: true` lets download-artifact put all artifacts into one folder."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files there")
def test_a_pipe_is_no_file_to_publish(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x-1.tar.gz")
    told = absent(str(tmp_path / "x-1.tar.gz")).diagnostic
    why = ": it is a pipe or a device, and files are read more than once"
    assert (told.message.partition("`:")[2], told.hint) == (why[1:], BUILD)


def laid(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        path = folder / name
        (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if not name.endswith("/"):
            path.touch()


@pytest.mark.parametrize(
    ("there", "pattern", "why", "hint"),
    [
        pytest.param([], "dist/*", ": there is no folder `dist`", BUILD, id="not built"),
        pytest.param(["dist/"], "dist/*", ": the folder `dist` is empty", BUILD, id="empty"),
        pytest.param(["dist/.gitignore"], "dist/*", ": the folder `dist` is empty", BUILD, id="empty but for git's sake"),
        pytest.param(["dist"], "dist/*", ": there is no folder `dist`", BUILD, id="a file instead of a folder"),
        pytest.param(["dist/"], "dist/*.whl", ": the folder `dist` is empty", BUILD, id="empty, for wheels"),
        pytest.param(["dist/a.whl"], "dist", ": it is a folder", "Use `dist/*`.", id="a folder"),
        pytest.param(["dist/a.whl"], "dist/", ": it is a folder", "Use `dist/*`.", id="a folder with a slash"),
        pytest.param(["dist/a.whl"], ".", ": it is a folder", "Use `./dist/*`.", id="the checkout"),
        pytest.param(["dist/"], "dist", ": it is a folder", BUILD, id="an empty folder"),
        pytest.param(
            ["dist/linux/a.whl"], "dist/*", ": there are only folders", f"Use `dist/*/*`; {MERGE}", id="not merged"
        ),
        pytest.param(
            ["dist/a.whl.asc"], "dist/*", ": only what belongs beside a distribution is there", BUILD, id="signatures"
        ),
        pytest.param(["dist/a.whl"], "dist/*.zip", "", "Use `dist/*`.", id="another extension"),
        pytest.param(["dist/a.whl"], "dist/b.whl", "", "Use `dist/*`.", id="another file"),
        pytest.param(["dist/a.txt"], "dist/*.whl", "", BUILD, id="other files"),
        pytest.param(
            ["dist/a.whl"], "'dist/*'", ": the quotes are taken for a part of it", "Use `dist/*`.", id="in quotes"
        ),
        pytest.param(["dist/a.whl"], "", ": nothing is named", BUILD, id="an empty variable"),
        pytest.param(["wheelhouse/a.whl"], "dist/*", ": there is no folder `dist`", BUILD, id="elsewhere, if typed"),
    ],
)
def test_what_is_said_of_a_pattern(
    there: Sequence[str], pattern: str, why: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid(tmp_path, there)
    monkeypatch.chdir(tmp_path)
    told = absent(pattern).diagnostic
    assert (told.code, told.message, told.hint) == (
        "no-distributions",
        f"there is no file to publish at `{pattern}`{why}",
        hint,
    )


@pytest.mark.parametrize(
    ("there", "hint"),
    [
        pytest.param("wheelhouse/a.whl", "Use `wheelhouse/*`.", id="cibuildwheel"),
        pytest.param("target/wheels/a.whl", "Use `target/wheels/*`.", id="maturin"),
        pytest.param("packages/a/dist/a.whl", "Use `packages/*/dist/*`.", id="many packages"),
        pytest.param("other/a.whl", BUILD, id="who knows"),
    ],
)
def test_where_else_files_may_be(there: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid(tmp_path, [there])
    monkeypatch.chdir(tmp_path)
    assert absent("dist/*", is_default=True).diagnostic.hint == hint


def test_folders_beside_files(tmp_path: Path) -> None:
    laid(tmp_path, ["a.whl", "one/b.whl", "two/[c].whl", "two/d.tar.gz", "none/e.txt"])
    assert left_out([f"{tmp_path}/*", f"{tmp_path}/one"]) == [
        Diagnostic(
            "folder-left-out",
            f"`{tmp_path / name}` is a folder, and what is in it is left out: {number}",
            f"Name them, too (`{tmp_path / name}/*`), or take the folder away; {MERGE}",
            severity=Severity.WARNING,
        )
        for name, number in (("one", "1 distribution"), ("two", "2 distributions"))
    ]
