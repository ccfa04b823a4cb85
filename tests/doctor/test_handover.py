"""Where the distributions come to lie, and where the upload looks for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.evidence import GRANTED, RELEASE, github, of, told
from support.world import tpub
from tpub.doctor.diagnose import diagnose

PUBLISH = "      - uses: pypa/gh-action-pypi-publish@release/v1\n"


def handed(upload: str, download: str, publish: str = PUBLISH, between: str = "") -> str:
    """Return a workflow whose jobs hand the distributions over with those inputs."""
    build = f"""\
    steps:
      - uses: actions/checkout@v5
      - run: python -m build
      - uses: actions/upload-artifact@v4
        with:
          name: dist
{upload}"""
    text = github(
        f"{GRANTED}    steps:\n      - uses: actions/download-artifact@v4\n        with:\n          name: dist\n"
        f"{download}{between}{publish}"
    )
    return text.replace("    steps:\n      - uses: actions/checkout@v5\n      - run: python -m build\n", build, 1)


def path(*entries: str) -> str:
    """Return `path:` with those lines."""
    return "          path: |\n" + "".join(f"            {entry}\n" for entry in entries)


DIST, INTO = path("dist/"), path("dist")
UPLOADED = "jobs.build.steps[2]"
DOWNLOADED = "jobs.publish.steps[0]"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param(handed(path("dist/", "env.txt"), INTO), UPLOADED, id="more than dist is uploaded"),
        pytest.param(handed(path("dist/*", "docs/*.txt"), INTO), UPLOADED, id="another folder is uploaded, too"),
        pytest.param(handed(path("./pkg/dist/*.whl", "pkg/LICENSE"), INTO), UPLOADED, id="of a folder below"),
        pytest.param(handed(DIST, ""), DOWNLOADED, id="no path"),
        pytest.param(handed(DIST, path("artifacts/")), DOWNLOADED, id="another path"),
        pytest.param(
            handed(DIST, path("artifacts/"), "      - run: twine upload dist/*\n"), DOWNLOADED, id="another path, twine"
        ),
        pytest.param(
            handed(DIST, INTO, "      - run: twine upload dist/*\n        working-directory: pkg\n"),
            DOWNLOADED,
            id="the upload runs in another folder",
        ),
        pytest.param(
            handed(DIST, path("out"), between="      - run: ls -R && pip install twine\n"),
            DOWNLOADED,
            id="steps that change nothing",
        ),
    ],
)
def test_they_lie_elsewhere(text: str, key: str, tmp_path: Path) -> None:
    assert told(of(tmp_path, {RELEASE: text})) == [("gh-artifact-layout", key)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(handed(DIST, INTO), id="all is right"),
        pytest.param(handed(path("dist/*.whl", "dist/*.tar.gz"), INTO), id="two patterns of one folder"),
        pytest.param(handed(path("dist/", "env.txt"), ""), id="the common folder is the workspace"),
        pytest.param(handed(path("dist/", "env.txt"), path(".")), id="the common folder is the workspace, said"),
        pytest.param(handed(path("pkg/dist"), INTO), id="one folder below"),
        pytest.param(handed(path("**/dist/*.whl"), path("x")), id="a pattern of folders"),
        pytest.param(handed(path("out/"), path("x")), id="what is in the artifact is not known"),
        pytest.param(handed(path("dist/", "!dist/*.log"), path("x")), id="a pattern that leaves out"),
        pytest.param(handed(path("${{ env.DIST }}"), path("x")), id="an expression"),
        pytest.param(handed(DIST, path("${{ env.DIST }}")), id="an expression in the download"),
        pytest.param(handed(DIST, path("x"), between="      - run: mv x dist\n"), id="moved"),
        pytest.param(handed(DIST, path("x"), between="      - run: ./prepare\n"), id="who knows"),
        pytest.param(handed(DIST, path("x"), between="      - uses: some/action@v1\n"), id="an action, who knows"),
        pytest.param(handed(DIST, path("x") + "        if: false\n"), id="on a condition"),
        pytest.param(
            handed(DIST, path("x"), PUBLISH + "        with: {packages-dir: x/}\n"), id="the upload looks there"
        ),
        pytest.param(handed(DIST, path("x"), "      - run: twine upload x/*\n"), id="the upload looks there, twine"),
        pytest.param(handed(DIST, path("x") + "          run-id: 7\n"), id="of another run"),
    ],
)
def test_they_may_lie_there(text: str, tmp_path: Path) -> None:
    assert told(of(tmp_path, {RELEASE: text})) == []


def in_one_job(build: str, publish: str = PUBLISH, top: str = "") -> str:
    """Return a workflow that builds and publishes in one job."""
    return f"""\
on: {{push: {{tags: [v*]}}}}
{top}jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: {{id-token: write}}
    steps:
      - uses: actions/checkout@v5
{build}{publish}"""


WITHIN = "      - run: pip install build && python -m build --sdist\n        working-directory: pkg\n"
DEFAULTS = "defaults: {run: {working-directory: ./pkg}}\n"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param(in_one_job(WITHIN), "jobs.publish.steps[1].run", id="the step says where"),
        pytest.param(
            in_one_job("      - run: python -m build\n", top=DEFAULTS), "jobs.publish.steps[1].run", id="by default"
        ),
        pytest.param(in_one_job(WITHIN, "      - run: twine upload dist/*\n"), "jobs.publish.steps[1].run", id="twine"),
        pytest.param(in_one_job(WITHIN, top=DEFAULTS), "jobs.publish.steps[1].run", id="both"),
        pytest.param(in_one_job("      - run: python -m build pkg\n"), "", id="the folder is an argument"),
        pytest.param(in_one_job("      - run: cd pkg; python -m build\n"), "", id="the shell goes there"),
        pytest.param(in_one_job(WITHIN.replace("--sdist", "--outdir ../dist")), "", id="it builds elsewhere"),
        pytest.param(in_one_job("      - run: python -m build\n"), "", id="in the workspace"),
        pytest.param(in_one_job("      - run: python -m build\n        working-directory: .\n"), "", id="said"),
        pytest.param(
            in_one_job("      - run: python -m build\n", "      - run: twine upload dist/*\n", DEFAULTS),
            "",
            id="both in one folder",
        ),
        pytest.param(
            in_one_job(WITHIN.replace("python -m build", "uv build")), "", id="a workspace of uv's builds at its top"
        ),
    ],
)
def test_the_job_builds_elsewhere(text: str, key: str, tmp_path: Path) -> None:
    assert told(of(tmp_path, {RELEASE: text})) == ([("gh-artifact-layout", key)] if key else [])


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param(handed(DIST, ""), "          name: dist\n          path: dist/\n", id="the path is missing"),
        pytest.param(handed(DIST, path("x")), "          path: dist/\n", id="the path is another"),
        pytest.param(handed(path("dist/", "env.txt"), "          path: dist/\n"), "          path: '.'\n", id="deeper"),
        pytest.param(
            handed(path("pkg/dist/", "pkg/env.txt", "LICENSE"), "          path: dist/\n"),
            "        with:\n          packages-dir: dist/pkg/dist/\n",
            id="deeper than any path mends",
        ),
        pytest.param(in_one_job(WITHIN), "        with:\n          packages-dir: pkg/dist/\n", id="built elsewhere"),
        pytest.param(
            in_one_job(WITHIN.replace("pkg", "'p #k'")),
            "        with:\n          packages-dir: 'p #k/dist/'\n",
            id="a folder with an odd name",
        ),
    ],
)
def test_the_mend(text: str, written: str, tmp_path: Path) -> None:
    evidence = of(tmp_path, {RELEASE: text})
    assert [each.code for each in diagnose(evidence) if each.is_error] == ["gh-artifact-layout"]
    assert tpub("doctor", "--offline", "--fix", "--yes", str(tmp_path)).code == 0
    assert written in (tmp_path / RELEASE).read_text(encoding="utf-8")


def test_a_folder_that_is_there_may_hold_them(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    assert told(of(tmp_path, {RELEASE: handed(DIST, path("x"))})) == []
