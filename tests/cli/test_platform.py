"""What a command does for the CI system in which it runs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from support import dists, runner
from support.checkouts import laid
from support.evidence import RELEASE, UPLOAD, github
from support.world import tpub
from tpub.rehearsal.ci import JobDescription
from tpub.rehearsal.index import RehearsalIndex

GITHUB, GITLAB = {"GITHUB_ACTIONS": "true"}, {"GITLAB_CI": "true"}
REFUSED = "cp312-cp312-linux_x86_64"


def a_job(folder: Path) -> dict[str, str]:
    """Return the variables of a step on GitHub whose checkout is `folder`."""
    return GITHUB | {
        "GITHUB_WORKSPACE": str(folder),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "GITHUB_OUTPUT": str(folder / "output"),
    }


@pytest.mark.parametrize(
    ("env", "words", "expected"),
    [
        pytest.param({}, [], "text", id="a shell"),
        pytest.param(GITHUB, [], "github", id="GitHub"),
        pytest.param(GITLAB, [], "gitlab", id="GitLab"),
        pytest.param({"GITHUB_ACTIONS": "True", "GITLAB_CI": "1"}, [], "text", id="words that these do not use"),
        pytest.param(GITHUB, ["--format", "text"], "text", id="text on GitHub"),
        pytest.param(GITHUB, ["--format", "json"], "json", id="JSON on GitHub"),
        pytest.param({}, ["--format", "github"], "github", id="GitHub's at home"),
        pytest.param(GITHUB, ["--format", "gitlab"], "gitlab", id="GitLab's on GitHub"),
    ],
)
def test_the_format(tmp_path: Path, env: dict[str, str], words: list[str], expected: str) -> None:
    ran = tpub("rehearse", *words, str(dists.wheel(tmp_path)), env=env)
    signs = {"github": "::group::tpub" in ran.err, "gitlab": "section_start:" in ran.err, "json": ran.out[:1] == "{"}
    assert [name for name, is_there in signs.items() if is_there] == ([] if expected == "text" else [expected])


def test_a_release_on_github(index: RehearsalIndex, tmp_path: Path) -> None:
    job = index.job(JobDescription("github"))
    index.expect(job.publisher, "sampleproject")
    wheel = dists.wheel(tmp_path / "dist")
    ran = tpub("upload", "--index", index.index.upload_url, str(wheel), env=dict(job.env) | a_job(tmp_path))
    told = [each.name for each in runner.commands(ran.err) if each.name != "add-mask"]
    assert (ran.code, told, runner.commands(ran.out)) == (0, ["group", "endgroup"], [])
    url = f"{index.index.simple_url}sampleproject/"
    outputs = runner.outputs((tmp_path / "output").read_text())
    assert (list(outputs), outputs["release-url"]) == (["release-url", "files"], url)
    (file,) = json.loads(outputs["files"])
    assert (file["file"], file["status"], file["sha256"]) == (
        wheel.name,
        "uploaded",
        index.store.files[wheel.name].digests.sha256,
    )
    summary = (tmp_path / "summary").read_text()
    assert f'<a href="{url}"><code>{wheel.name}</code></a>' in summary
    assert file["sha256"] in summary


def test_two_steps_append(tmp_path: Path) -> None:
    (tmp_path / "summary").write_text("Mine.")
    (tmp_path / "output").write_text("mine=1\n")
    tpub("check", str(dists.wheel(tmp_path)), env=a_job(tmp_path))
    tpub("check", str(dists.sdist(tmp_path)), env=a_job(tmp_path))
    summary = (tmp_path / "summary").read_text()
    assert (summary.startswith("Mine.\n<h3>"), summary.count("<h3>tpub check: 1 file")) == (True, 2)
    assert (tmp_path / "output").read_text().startswith("mine=1\nfiles<<tpub_")


def test_a_verdict_on_github(tmp_path: Path) -> None:
    bad = dists.wheel(tmp_path / "dist", tag=REFUSED)
    ran = tpub("check", str(bad), env=a_job(tmp_path))
    (read,) = runner.commands(ran.out)
    assert (ran.code, read.name, read.properties) == (
        3,
        "error",
        {"file": f"dist/{bad.name}", "title": "tpub: wheel-platform-tag"},
    )
    assert read.data.startswith(f"{bad.name}: PyPI takes no wheels for the platform")
    assert "\n  hint: Build in a manylinux image" in read.data
    assert ran.out.splitlines()[-1] == "1 of 1 file would be refused"


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
def test_links_that_go_round_in_circles_on_github(tmp_path: Path) -> None:
    (tmp_path / "sampleproject-1.0.tar.gz").symlink_to("sampleproject-1.0.tar.gz")
    ran = tpub("upload", str(tmp_path / "sampleproject-1.0.tar.gz"), env=a_job(tmp_path))
    (read,) = runner.commands(ran.err)
    assert (ran.code, read.properties["title"]) == (3, "tpub: file-unreadable")


@pytest.mark.parametrize("root", [pytest.param(".", id="here"), pytest.param("sub", id="below")])
def test_a_cause_on_github_is_annotated_on_its_line(tmp_path: Path, root: str) -> None:
    laid(tmp_path / root, {RELEASE: github(UPLOAD)})
    ran = tpub("doctor", root, "--offline", env=a_job(tmp_path), folder=tmp_path)
    found = [each for each in runner.commands(ran.out) if each.properties["title"] == "tpub: gh-id-token-missing"]
    where = f"{root}/{RELEASE}".removeprefix("./")
    assert [(each.name, each.properties["file"], each.properties["line"]) for each in found] == [("error", where, "9")]


def test_a_refusal_to_begin_on_github(tmp_path: Path) -> None:
    ran = tpub("upload", "/nowhere/*", env=a_job(tmp_path))
    (read,) = runner.commands(ran.err)
    assert (ran.code, read.properties, ran.out) == (2, {"title": "tpub: no-distributions"}, "")
    assert "[<code>no-distributions</code>]" in (tmp_path / "summary").read_text()


@pytest.mark.parametrize(
    ("argv", "code", "told"),
    [
        pytest.param(["explain", "wheel-platform-tags"], 2, "tpub: rule-unknown", id="an error before any report"),
        pytest.param(["upload", "--jobs", "x"], 2, "tpub: usage-invalid", id="a slip"),
    ],
)
def test_every_failure_is_annotated(argv: list[str], code: int, told: str) -> None:
    ran = tpub(*argv, env=GITHUB)
    assert (ran.code, [each.properties["title"] for each in runner.commands(ran.err)]) == (code, [told])
    assert tpub(*argv).err.startswith("error: ")


def test_files_that_cannot_be_written_cost_no_release(tmp_path: Path) -> None:
    wheel = dists.wheel(tmp_path)
    env = a_job(tmp_path) | {"GITHUB_STEP_SUMMARY": str(tmp_path / "no" / "summary"), "GITHUB_OUTPUT": str(tmp_path)}
    ran = tpub("rehearse", str(wheel), "--reports", str(wheel), env=env)
    told = [each for each in runner.commands(ran.err) if each.name == "warning"]
    assert (ran.code, [each.properties for each in told]) == (0, [{"title": "tpub: report-unwritten"}] * 3)
    for each, where in zip(told, (wheel, "$GITHUB_STEP_SUMMARY", "$GITHUB_OUTPUT"), strict=True):
        assert each.data.startswith(f"a report cannot be written to {where}: ")


def test_no_secret_in_what_is_left_behind(index: RehearsalIndex, tmp_path: Path) -> None:
    job = index.job(JobDescription("github"))
    index.expect(job.publisher, "sampleproject")
    argv = ["upload", "--index", index.index.upload_url, str(dists.wheel(tmp_path)), "--reports", str(tmp_path / "r")]
    assert tpub(*argv, env=dict(job.env) | a_job(tmp_path)).code == 0
    secrets = {minted.secret.reveal() for minted in index.store.minted} | {job.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]}
    left = [tmp_path / "summary", tmp_path / "output", *(tmp_path / "r").iterdir()]
    assert len(left) == 5
    assert [path.name for path in left if any(secret in path.read_text() for secret in secrets)] == []


def test_reports_for_gitlab(index: RehearsalIndex, tmp_path: Path) -> None:
    job = index.job(JobDescription("gitlab"))
    index.expect(job.publisher, "sampleproject")
    env = dict(job.env) | GITLAB | {"CI_PROJECT_DIR": str(tmp_path)}
    good, bad = dists.wheel(tmp_path / "dist"), dists.wheel(tmp_path / "bad", filename="other-1.0-py3-none-any.whl")
    index_url = index.index.upload_url
    refused = tpub("upload", "--index", index_url, str(bad), "--reports", "reports", env=env, folder=tmp_path)
    violations = json.loads((tmp_path / "reports" / "gl-code-quality-report.json").read_text())
    assert (refused.code, {each["location"]["path"] for each in violations}) == (3, {f"bad/{bad.name}"})
    case = f'<testcase classname="{bad.name}" name="{violations[0]["check_name"]}"'
    assert case in (tmp_path / "reports" / "tpub-junit.xml").read_text()
    assert (tmp_path / "reports" / "tpub.env").read_text() == ""
    done = tpub("upload", "--index", index_url, str(good), "--reports", "reports", env=env, folder=tmp_path)
    assert done.code == 0
    assert (tmp_path / "reports" / "gl-code-quality-report.json").read_text() == "[]\n"
    url = f"{index.index.simple_url}sampleproject/"
    assert (tmp_path / "reports" / "tpub.env").read_text() == f"TPUB_RELEASE_URL={url}\n"
    progress = done.err[done.err.index("section_start:") : done.err.index("section_end:")]
    assert ("sending 1 file" in progress, done.err.splitlines()[-1].startswith("done: 1 of 1 file")) == (True, True)


def test_reports_of_a_command_without_files(tmp_path: Path) -> None:
    laid(tmp_path, {RELEASE: github(UPLOAD)})
    tpub("doctor", "--offline", "--reports", ".", folder=tmp_path)
    found = json.loads((tmp_path / "gl-code-quality-report.json").read_text())
    assert {each["check_name"]: each["location"] for each in found}["gh-id-token-missing"] == {
        "path": RELEASE,
        "lines": {"begin": 9},
    }
    assert not (tmp_path / "tpub.env").exists()


def test_colours_in_a_log_leave_lines_whole(tmp_path: Path) -> None:
    bad = dists.wheel(tmp_path, tag=REFUSED)
    env = GITLAB | {"FORCE_COLOR": "1", "COLUMNS": "40", "TERM": "xterm"}
    ran = tpub("check", str(bad), env=env)
    assert "\x1b[" in ran.out
    assert any(len(line) > 80 for line in ran.out.splitlines())
