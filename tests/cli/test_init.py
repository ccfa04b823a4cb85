"""`tpub init`: what it asks, what it refuses, and what it leaves alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.checkouts import laid
from support.samples import ACCOUNT, GITHUB, GITLAB, RELEASE
from support.world import tpub

PYPROJECT = (
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n[project]\nname = "sample"\n'
)
ORIGIN = {"pyproject.toml": PYPROJECT, ".git/config": f'[remote "origin"]\n\turl = {GITHUB}\n'}
DECLARED = '\n[tool.tpub.publisher]\nprovider = "{}"\n{}\n'
OTHER = "# Mine.\non: {push: {tags: ['v*']}}\njobs: {publish: {runs-on: x, steps: [{run: tpub upload}]}}\n"


def test_it_says_what_it_wrote_and_whom_to_register(tmp_path: Path) -> None:
    ran = tpub("init", folder=laid(tmp_path, ORIGIN))
    assert (ran.code, ran.err, ran.out.splitlines()[:6]) == (
        0,
        "",
        [
            "           written  .github/workflows/release.yml",
            "github: .github/workflows/release.yml, jobs.publish",
            "             owner  octo-org",
            "        repository  sampleproject",
            " workflow_filename  release.yml",
            "       environment  pypi",
        ],
    )
    assert (tmp_path / RELEASE).is_file()


def test_the_same_as_data(tmp_path: Path) -> None:
    found = json.loads(tpub("init", "--testpypi", "--format", "json", folder=laid(tmp_path, ORIGIN)).out)
    told = [(each["job"].rpartition(".")[2], each["values"]["environment"]) for each in found["publishers"]]
    assert (found["command"], found["exit_code"], found["written"], told, found["diagnostics"]) == (
        "init",
        0,
        [RELEASE],
        [("publish", "pypi"), ("publish-testpypi", "testpypi")],
        [],
    )


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    ran = tpub("init", "--dry-run", folder=laid(tmp_path, ORIGIN))
    assert (ran.code, ran.out) == (0, "          to write  .github/workflows/release.yml\n")
    assert ran.err.startswith(f"--- a/{RELEASE}\n+++ b/{RELEASE}\n@@ -0,0 +1,")
    assert not (tmp_path / ".github").exists()


def test_a_file_that_differs_is_left_alone(tmp_path: Path) -> None:
    root = laid(tmp_path, ORIGIN | {RELEASE: OTHER})
    ran = tpub("init", folder=root)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"--- a/{RELEASE}\n+++ b/{RELEASE}\n@@ -1,3 +1,")
    assert ran.err.endswith(
        "nothing was written: `--yes` writes it\n"
        f"error: {RELEASE} would be changed, and nobody agreed to that [change-unconfirmed]\n"
        "  hint: Look at the difference, and run it again with `--yes`, or keep the file.\n"
        "failed: nothing was written\n"
    )
    assert (root / RELEASE).read_text() == OTHER


def test_a_file_that_differs_is_changed_if_that_is_agreed_to(tmp_path: Path) -> None:
    root = laid(tmp_path, ORIGIN | {RELEASE: OTHER})
    ran = tpub("init", "--yes", folder=root)
    assert (ran.code, ran.err.splitlines()[0]) == (0, f"--- a/{RELEASE}")
    assert (root / RELEASE).read_text().startswith("# Written by `tpub init`")


@pytest.mark.parametrize(
    ("files", "github", "gitlab"),
    [
        pytest.param({}, 'tags: ["v*"]', "/^v/", id="none"),
        pytest.param({".git/refs/tags/v1.0": "x"}, 'tags: ["v*"]', "/^v/", id="with a v"),
        pytest.param({".git/refs/tags/1.0": "x"}, 'tags: ["[0-9]*"]', r"/^\d/", id="without"),
        pytest.param(
            {".git/packed-refs": "# pack-refs\n0a1b refs/tags/1.0\n^0c\n0a1b refs/heads/v1\n"},
            'tags: ["[0-9]*"]',
            r"/^\d/",
            id="packed",
        ),
        pytest.param(
            {".git/packed-refs": "0a1b refs/tags/0.9\n", ".git/refs/tags/v1.0": "x"}, 'tags: ["v*"]', "/^v/", id="both"
        ),
        pytest.param({".git/refs/tags/nightly": "x"}, 'tags: ["v*"]', "/^v/", id="others"),
    ],
)
def test_releases_are_tagged_as_they_were(tmp_path: Path, files: dict[str, str], github: str, gitlab: str) -> None:
    root = laid(tmp_path, ORIGIN | files)
    assert tpub("init", folder=root).code == 0
    assert tpub("init", "--platform", "gitlab", folder=root).code == 0
    assert f"on:\n  push:\n    {github}\n" in (root / RELEASE).read_text()
    assert (root / ".gitlab-ci.yml").read_text().count(f"if: $CI_COMMIT_TAG =~ {gitlab}\n") == 2


@pytest.mark.parametrize(
    ("on", "kept"),
    [
        pytest.param("on:\n  release: # by hand\n    types: [published]\n\n", True, id="a release"),
        pytest.param("on: {push: {tags: ['rel-*']}}\n", True, id="other tags"),
        pytest.param("on: [release, workflow_dispatch]\n", True, id="by hand, too"),
        pytest.param("on: push\n", False, id="every push"),
        pytest.param("on: {push: {tags: ['*'], branches: [main]}}\n", False, id="a branch"),
        pytest.param("on: [release, pull_request]\n", False, id="pull requests"),
    ],
)
def test_what_starts_a_release_stays(tmp_path: Path, on: str, kept: bool) -> None:  # noqa: FBT001
    root = laid(tmp_path, ORIGIN | {RELEASE: on + OTHER.rpartition("\n")[0].rpartition("\n")[2] + "\n"})
    words = ("--yes",) if kept else ()
    assert tpub("init", *words, folder=root).code == 0
    path = root / (RELEASE if kept else ".github/workflows/publish.yml")
    expected = on.rstrip() if kept else 'on:\n  push:\n    tags: ["v*"]'
    assert f"name: Release\n\n{expected}\n\npermissions: {{}}\n" in path.read_text()


@pytest.mark.parametrize("words", [["--platform", "github"], []])
def test_a_folder_below_the_top_is_no_place_for_it(tmp_path: Path, words: list[str]) -> None:
    root = laid(tmp_path, {**ORIGIN, "below/pyproject.toml": PYPROJECT})
    found = json.loads(tpub("init", *words, "--format", "json", folder=root / "below").out)
    assert (found["exit_code"], [each["code"] for each in found["diagnostics"]]) == (2, ["checkout-elsewhere"])
    assert [path.name for path in (root / "below").iterdir()] == ["pyproject.toml"]


def test_another_release_workflow_keeps_its_name(tmp_path: Path) -> None:
    notes = "on: {release: {types: [published]}}\njobs: {notes: {runs-on: x, steps: [{run: ./notes}]}}\n"
    root = laid(tmp_path, ORIGIN | {RELEASE: notes})
    found = json.loads(tpub("init", "--format", "json", folder=root).out)
    assert (found["exit_code"], found["written"]) == (0, [".github/workflows/publish.yml"])


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"pyproject.toml": PYPROJECT, ".git/config": ""}, id="no remote"),
        pytest.param(ORIGIN | {RELEASE: OTHER}, id="a remote elsewhere, which publishes as well"),
    ],
)
def test_without_a_remote_nobody_knows_whom_to_register(tmp_path: Path, files: dict[str, str]) -> None:
    root = laid(tmp_path, files)
    found = json.loads(tpub("init", "--platform", "gitlab", "--format", "json", folder=root).out)
    told = [(each["code"], each["severity"]) for each in found["diagnostics"]]
    assert (found["exit_code"], found["written"], found["publishers"], told) == (
        0,
        [".gitlab-ci.yml"],
        [],
        [("publisher-undetermined", "warning")],
    )


@pytest.mark.parametrize(
    ("files", "words", "code"),
    [
        pytest.param({"pyproject.toml": "", ".git/config": ORIGIN[".git/config"]}, "", "project-absent", id="nothing"),
        pytest.param({"pyproject.toml": "[", ".git/config": ""}, "", "pyproject-unreadable", id="no TOML"),
        pytest.param({"pyproject.toml": PYPROJECT, ".git/config": ""}, "", "platform-undetermined", id="no remote"),
        pytest.param(ORIGIN, "--platform google", "service-account-missing", id="no service account"),
        pytest.param(
            ORIGIN, "--platform google --service-account me", "setting-invalid", id="a service account that is none"
        ),
        pytest.param(ORIGIN, "--environment ${{x}}", "setting-invalid", id="an environment that is no text"),
        pytest.param(ORIGIN, "--environment no", "setting-invalid", id="an environment that is no text in YAML"),
        pytest.param(ORIGIN, "--index https://example.com/legacy/", "index-identity-unknown", id="other index"),
        pytest.param(ORIGIN, "--index pipy", "index-unknown", id="no index"),
        pytest.param(ORIGIN | {".github": "a file"}, "", "file-unwritable", id="something in the way"),
        pytest.param(
            ORIGIN | {".gitlab-ci.yml": "a: [\n"}, "--platform gitlab", "workflow-unreadable", id="a broken pipeline"
        ),
        pytest.param(
            ORIGIN
            | {
                "pyproject.toml": PYPROJECT
                + DECLARED.format("github", 'owner="o"\nrepository="r"\nworkflow_filename="../../x.yml"')
            },
            "",
            "setting-invalid",
            id="a declared file elsewhere",
        ),
        pytest.param(
            ORIGIN
            | {
                "pyproject.toml": PYPROJECT
                + DECLARED.format("gitlab", 'namespace="o"\nproject="r"\nworkflow_filepath="/etc/x.yml"')
            },
            "",
            "setting-invalid",
            id="a declared pipeline elsewhere",
        ),
        pytest.param(
            ORIGIN | {"pyproject.toml": PYPROJECT + DECLARED.format("google", 'email="a b"')},
            "",
            "setting-invalid",
            id="a declared account that is none",
        ),
    ],
)
def test_what_it_refuses(tmp_path: Path, files: dict[str, str], words: str, code: str) -> None:
    found = json.loads(tpub("init", "--format", "json", *words.split(), folder=laid(tmp_path, files)).out)
    assert (found["exit_code"], [each["code"] for each in found["diagnostics"]]) == (2, [code])
    assert {path.name for path in tmp_path.iterdir()} == {name.partition("/")[0] for name in files}


@pytest.mark.parametrize(
    ("text", "after", "codes"),
    [
        pytest.param("a: {script: x}\n", "include:\n  - local: .gitlab/release.yml\n\na: {script: x}\n", [], id="none"),
        pytest.param(
            "# The file.\na: {script: x}\n",
            "# The file.\ninclude:\n  - local: .gitlab/release.yml\n\na: {script: x}\n",
            [],
            id="below the comment",
        ),
        pytest.param(
            "include:\n  - local: x.yml\na: {script: x}\n",
            "include:\n  - local: x.yml\n  - local: .gitlab/release.yml\na: {script: x}\n",
            [],
            id="a list",
        ),
        pytest.param(
            "include: [x.yml]\na: {script: x}\n",
            "include: [x.yml, {local: .gitlab/release.yml}]\na: {script: x}\n",
            [],
            id="a list on one line",
        ),
        pytest.param(
            "include: x.yml\na: {script: x}\n",
            "include: [x.yml, {local: .gitlab/release.yml}]\na: {script: x}\n",
            [],
            id="a name",
        ),
        pytest.param(
            "include: {local: x.yml}\na: {script: x}\n",
            "include: [{local: x.yml}, {local: .gitlab/release.yml}]\na: {script: x}\n",
            [],
            id="a table on one line",
        ),
        pytest.param("include:\n  local: x.yml\na: {script: x}\n", None, ["include-missing"], id="a table"),
        pytest.param("{a: {script: x}}\n", None, ["include-missing"], id="all between braces"),
        pytest.param(
            "include:\na: {script: x}\n",
            "include: [{local: .gitlab/release.yml}]\na: {script: x}\n",
            [],
            id="a key without value",
        ),
        pytest.param("include:\n  - local: /.gitlab/release.yml\na: {script: x}\n", None, [], id="there already"),
        pytest.param(
            "a: {script: tpub upload}\n",
            "include:\n  - local: .gitlab/release.yml\n\na: {script: tpub upload}\n",
            ["publishing-job-left"],
            id="publishing already",
        ),
    ],
)
def test_a_pipeline_that_is_there_includes_the_release(
    tmp_path: Path, text: str, after: str | None, codes: list[str]
) -> None:
    files = ORIGIN | {".git/config": f'[remote "origin"]\nurl = {GITLAB}\n', ".gitlab-ci.yml": text}
    root = laid(tmp_path, files)
    found = json.loads(tpub("init", "--yes", "--format", "json", folder=root).out)
    told = [each["code"] for each in found["diagnostics"] if each["code"] != "publisher-undetermined"]
    assert ((root / ".gitlab-ci.yml").read_text(), told) == (after or text, codes)
    assert (root / ".gitlab/release.yml").is_file()


def test_what_includes_the_release_ends_its_lines_as_the_file_does(tmp_path: Path) -> None:
    files = ORIGIN | {".git/config": f'[remote "origin"]\nurl = {GITLAB}\n', ".gitlab-ci.yml": "a: {script: x}\r\n"}
    root = laid(tmp_path, files)
    assert tpub("init", "--yes", folder=root).code == 0
    included = b"include:\r\n  - local: .gitlab/release.yml\r\n\r\na: {script: x}\r\n"
    assert (root / ".gitlab-ci.yml").read_bytes() == included


def test_a_build_that_publishes_is_told_of(tmp_path: Path) -> None:
    build = "steps: [{id: send, name: python, script: tpub upload}]\n"
    root = laid(tmp_path, ORIGIN | {"cloudbuild.yaml": build})
    words = ("init", "--platform", "google", "--service-account", ACCOUNT, "--format", "json")
    found = json.loads(tpub(*words, folder=root).out)
    told = [each["message"].partition(" publishes")[0] for each in found["diagnostics"]]
    assert (found["written"], told) == (["cloudbuild-release.yaml"], ["cloudbuild.yaml, send"])
