"""Which environment a publisher most likely names, and where that is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from support.evidence import GITHUB, GITHUB_CLAIMS, GRANTED, IDENTITY, RELEASE, UPLOAD, github, of, told
from tpub.diagnostic import Claim, Diagnostic
from tpub.doctor.diagnose import findings
from tpub.doctor.environments import Likely, likely
from tpub.doctor.history import NoHistory
from tpub.doctor.mend import mends
from tpub.doctor.suspects import suspects
from tpub.identity.publisher import GitHubPublisher, GitLabPublisher
from tpub.index.model import TESTPYPI

RUN = github(GRANTED + UPLOAD)
IN_LIVE = github(GRANTED + "    environment: live\n" + UPLOAD)
AT_TESTPYPI = github(GRANTED + "    environment: trial\n" + UPLOAD.replace("upload", "upload --index testpypi"))
BY_EXPRESSION = github(GRANTED + "    environment: ${{ inputs.e }}\n" + UPLOAD)
OTHER = ".github/workflows/other.yml"
LAST = GitHubPublisher("octo-org", "sample", "release.yml", "live")


class Past(NoHistory):
    """A repository whose workflow had an environment two changes ago, and was unreadable before that."""

    def changes(self, path: str) -> tuple[str, ...]:
        return ("c" * 40, "b" * 40, "a" * 40) if path == RELEASE else ()

    def text_at(self, commit: str, path: str) -> str | None:
        assert path == RELEASE
        return {"c": RUN, "b": IN_LIVE, "a": None}[commit[0]]


@pytest.mark.parametrize(
    ("files", "parts", "expected"),
    [
        pytest.param({RELEASE: RUN}, {}, Likely("pypi"), id="nothing tells"),
        pytest.param({RELEASE: RUN}, {"index": TESTPYPI}, Likely("testpypi"), id="nothing tells, TestPyPI"),
        pytest.param(
            {RELEASE: RUN},
            {"last": LAST, "history": Past()},
            Likely("live", "the last release was published from it"),
            id="the last release",
        ),
        pytest.param({RELEASE: RUN}, {"last": replace(LAST, environment="")}, Likely("pypi"), id="released without"),
        pytest.param(
            {RELEASE: RUN},
            {"last": GitLabPublisher("g", "s", "x.yml", "live")},
            Likely("pypi"),
            id="released elsewhere",
        ),
        pytest.param(
            {RELEASE: RUN, OTHER: IN_LIVE}, {}, Likely("live", "jobs.publish in other.yml has it"), id="another job"
        ),
        pytest.param({RELEASE: RUN, OTHER: AT_TESTPYPI}, {}, Likely("pypi"), id="another job, of another index"),
        pytest.param({RELEASE: RUN, OTHER: BY_EXPRESSION}, {}, Likely("pypi"), id="another job, by an expression"),
        pytest.param(
            {RELEASE: RUN}, {"history": Past()}, Likely("live", f"{RELEASE} had it at bbbbbbbb"), id="the past"
        ),
        pytest.param({OTHER: RUN}, {"history": Past()}, Likely("pypi"), id="the past of another file"),
    ],
)
def test_the_likeliest(tmp_path: Path, files: dict[str, str], parts: dict[str, object], expected: Likely) -> None:
    assert likely(of(tmp_path, files, {}, **parts), next(iter(files))) == expected


def test_a_refusal_names_the_likeliest(tmp_path: Path) -> None:
    evidence = of(tmp_path, {RELEASE: RUN}, GITHUB | IDENTITY, claims=GITHUB_CLAIMS, history=Past())
    refusal = Diagnostic("gh-environment-missing", "no publisher", "Register it.", (Claim("environment", None),))
    assert suspects(evidence, refusal)[0].hint == (
        f"Write `environment: live` into jobs.publish ({RELEASE} had it at bbbbbbbb) if the publisher names that. "
        "Register it."
    )


@pytest.mark.parametrize(
    ("text", "parts", "expected"),
    [
        pytest.param(RUN, {"last": LAST}, [("gh-environment-missing", "jobs.publish")], id="gone since"),
        pytest.param(IN_LIVE, {"last": LAST}, [], id="still there"),
        pytest.param(IN_LIVE.replace("live", "other"), {"last": LAST}, [], id="renamed, perhaps on both sides"),
        pytest.param(RUN, {"last": replace(LAST, environment="")}, [], id="never there"),
        pytest.param(RUN, {"last": replace(LAST, workflow_filename="x.yml")}, [], id="another file"),
        pytest.param(RUN, {"last": LAST, "declared": replace(LAST, environment="")}, [], id="declared otherwise"),
        pytest.param(
            github(GRANTED + UPLOAD.replace("upload", "upload -t ${{ secrets.T }}")).replace(GRANTED, ""),
            {"last": LAST},
            [],
            id="by an API token",
        ),
        pytest.param(
            RUN + IN_LIVE.partition("jobs:\n")[2].replace("publish:", "again:").replace("build:", "make:"),
            {"last": LAST},
            [],
            id="another job of the file has it",
        ),
        pytest.param(
            github(GRANTED + UPLOAD, build="    environment: live\n"),
            {"last": LAST},
            [("gh-environment-wrong-job", "jobs.build.environment")],
            id="on another job",
        ),
    ],
)
def test_the_environment_of_the_last_release_is_gone(
    tmp_path: Path, text: str, parts: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    evidence = of(tmp_path, {RELEASE: text}, {"TPUB_TOKEN": "x"}, **parts)
    assert told(evidence) == expected


def test_an_environment_that_is_gone_comes_back(tmp_path: Path) -> None:
    evidence = of(tmp_path, {RELEASE: RUN}, {"TPUB_TOKEN": "x"}, last=LAST)
    (mend,) = mends(tmp_path, findings(evidence))
    assert mend.after == github(GRANTED + UPLOAD).replace(GRANTED, GRANTED + "    environment: live\n")
