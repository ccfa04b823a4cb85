"""The index says that no publisher fits, and not why: what is likeliest, and what else it may be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from support.evidence import (
    CI,
    GITHUB,
    GITHUB_CLAIMS,
    GITLAB,
    GITLAB_CLAIMS,
    GRANTED,
    IDENTITY,
    RELEASE,
    UPLOAD,
    github,
    of,
)
from tpub.diagnostic import Claim, Diagnostic, Severity
from tpub.doctor.suspects import suspects
from tpub.identity.publisher import GitHubPublisher, GitLabPublisher

RUN = github(GRANTED + UPLOAD)
JOB = "publish:\n  id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}\n  script: tpub upload\n"
GH = GitHubPublisher("octo-org", "sample", "release.yml")
GL = GitLabPublisher("group", "sample", ".gitlab-ci.yml")
NO_ENVIRONMENT = Diagnostic("gh-environment-missing", "no publisher", "Register it.", (Claim("environment", None),))
ALL_OF_GITHUB = ("environment-missing", "repository-mismatch", "workflow-mismatch", "owner-id-mismatch")


@pytest.mark.parametrize(
    ("claims", "parts", "code", "mentions"),
    [
        pytest.param({}, {}, "gh-environment-missing", "no publisher", id="nothing is known"),
        pytest.param({}, {"project": "sample"}, "gh-environment-missing", "", id="the project is called alike"),
        pytest.param({}, {"project": "python-Sample"}, "gh-environment-missing", "", id="all but alike"),
        pytest.param({}, {"project": "other"}, "gh-repository-mismatch", "octo-org/sample", id="called otherwise"),
        pytest.param(
            {},
            {"urls": ("https://docs.example.org", "https://github.com/octo-org/former.git/issues")},
            "gh-repository-mismatch",
            "octo-org/former",
            id="renamed, by its addresses",
        ),
        pytest.param(
            {}, {"urls": ("https://github.com/someone/sample",)}, "gh-repository-mismatch", "someone/sample", id="moved"
        ),
        pytest.param(
            {},
            {"urls": ("https://github.com/x/sample", "https://github.com/Octo-Org/Sample/")},
            "gh-environment-missing",
            "",
            id="one of its addresses is its own",
        ),
        pytest.param(
            {}, {"urls": ("https://github.com/sponsors/sample",)}, "gh-environment-missing", "", id="no repository"
        ),
        pytest.param(
            {}, {"urls": ("https://github.com/x/y",)}, "gh-environment-missing", "", id="another's repository"
        ),
        pytest.param(
            {"repository_owner_id": "900", "repository_id": "20"},
            {},
            "gh-owner-id-mismatch",
            "900",
            id="the owner is younger than the repository",
        ),
        pytest.param(
            {"repository_owner_id": "20", "repository_id": "900"}, {}, "gh-environment-missing", "", id="and older"
        ),
        pytest.param(
            {}, {"last": replace(GH, repository="old")}, "gh-repository-mismatch", "'old'", id="the last release's"
        ),
        pytest.param(
            {},
            {"last": replace(GH, environment="pypi")},
            "gh-environment-missing",
            "'pypi'",
            id="the last release's environment",
        ),
        pytest.param({}, {"last": GH}, "gh-owner-id-mismatch", "number", id="the last release's fits"),
        pytest.param({}, {"last": GL}, "gh-environment-missing", "", id="the last release came from another platform"),
    ],
)
def test_the_likeliest_on_github(
    tmp_path: Path, claims: dict[str, object], parts: dict[str, object], code: str, mentions: str
) -> None:
    evidence = of(tmp_path, {RELEASE: RUN}, GITHUB | IDENTITY, claims=GITHUB_CLAIMS | claims, **parts)
    main, *others = suspects(evidence, NO_ENVIRONMENT)
    assert (main.code, main.severity) == (code, Severity.ERROR)
    assert mentions in main.message
    assert {each.severity for each in others} == {Severity.NOTE}
    expected = (*(f"gh-{name}" for name in ALL_OF_GITHUB), "gh-publisher-mismatch")
    assert [each.code for each in others] == [each for each in expected if each != code]


@pytest.mark.parametrize(
    ("claims", "told", "parts", "code"),
    [
        pytest.param({}, "gl-environment-missing", {}, "gl-environment-missing", id="nothing is known"),
        pytest.param(
            {"project_path": "group/sub/sample"}, "gl-environment-missing", {}, "gl-namespace-mismatch", id="a subgroup"
        ),
        pytest.param(
            {}, "gl-environment-missing", {"project": "other"}, "gl-namespace-mismatch", id="called otherwise"
        ),
        pytest.param(
            {},
            "gl-environment-missing",
            {"urls": ("https://gitlab.com/former/sample/-/issues",)},
            "gl-namespace-mismatch",
            id="moved, by its addresses",
        ),
        pytest.param(
            {},
            "gl-environment-missing",
            {"urls": ("https://gitlab.com/group/sample/-/issues",)},
            "gl-environment-missing",
            id="an address of its own",
        ),
        pytest.param(
            {},
            "gl-environment-missing",
            {"last": replace(GL, workflow_filepath="ci/publish.yml")},
            "gl-config-mismatch",
            id="the last release's",
        ),
        pytest.param(
            {"environment": "release"}, "gl-publisher-mismatch", {}, "gl-environment-mismatch", id="an environment"
        ),
        pytest.param({"environment": "pypi"}, "gl-publisher-mismatch", {}, "gl-environment-mismatch", id="a usual one"),
        pytest.param(
            {"ci_config_ref_uri": "gitlab.com/group/sample//ci/main.yml@refs/tags/v1", "environment": "release"},
            "gl-publisher-mismatch",
            {},
            "gl-config-mismatch",
            id="a file of the project's settings",
        ),
        pytest.param(
            {"environment": "release", "project_path": "group/sub/sample"},
            "gl-publisher-mismatch",
            {},
            "gl-namespace-mismatch",
            id="a subgroup, and an environment",
        ),
    ],
)
def test_the_likeliest_on_gitlab(
    tmp_path: Path, claims: dict[str, object], told: str, parts: dict[str, object], code: str
) -> None:
    evidence = of(tmp_path, {CI: JOB}, GITLAB, claims=GITLAB_CLAIMS | claims, **parts)
    main, *others = suspects(evidence, replace(NO_ENVIRONMENT, code=told))
    assert main.code == code
    assert code not in {each.code for each in others}
    assert {"gl-namespace-mismatch", "gl-config-mismatch", "gl-publisher-mismatch"} <= {
        each.code for each in (main, *others)
    }


@pytest.mark.parametrize(
    ("claims", "parts", "code"),
    [
        pytest.param({"environment": "pypi"}, {}, "gh-publisher-mismatch", id="the usual environment"),
        pytest.param({"environment": "PyPI"}, {}, "gh-publisher-mismatch", id="in other letters"),
        pytest.param({"environment": "production"}, {}, "gh-environment-mismatch", id="another environment"),
        pytest.param({"environment": "x"}, {"project": "other"}, "gh-repository-mismatch", id="called otherwise"),
        pytest.param(
            {"environment": "x", "repository_owner_id": "900", "repository_id": "20"},
            {},
            "gh-owner-id-mismatch",
            id="the owner is younger than the repository",
        ),
        pytest.param(
            {"environment": "pypi", "job_workflow_ref": "octo-org/sample/.github/workflows/release.yaml@refs/tags/v1"},
            {},
            "gh-workflow-mismatch",
            id="the rarer ending",
        ),
    ],
)
def test_the_likeliest_with_an_environment(
    tmp_path: Path, claims: dict[str, object], parts: dict[str, object], code: str
) -> None:
    told = replace(NO_ENVIRONMENT, code="gh-publisher-mismatch")
    evidence = of(tmp_path, {RELEASE: RUN}, GITHUB | IDENTITY, claims=GITHUB_CLAIMS | claims, **parts)
    main, *others = suspects(evidence, told)
    assert main.code == code
    assert {"gh-environment-mismatch", "gh-publisher-mismatch"} <= {each.code for each in (main, *others)}


def test_what_the_files_show_comes_first(tmp_path: Path) -> None:
    text = github(GRANTED + UPLOAD, build="    environment: pypi\n")
    evidence = of(tmp_path, {RELEASE: text}, GITHUB | IDENTITY, claims=GITHUB_CLAIMS, project="other")
    assert suspects(evidence, NO_ENVIRONMENT)[0].code == "gh-environment-wrong-job"


@pytest.mark.parametrize(
    ("told", "parts"),
    [
        pytest.param(replace(NO_ENVIRONMENT, code="token-reused"), {}, id="a cause that the index names"),
        pytest.param(
            replace(NO_ENVIRONMENT, code="gl-publisher-mismatch"),
            {"claims": GITLAB_CLAIMS | {"iss": "https://git.example.org", "environment": "release"}},
            id="a GitLab of one's own, and an environment",
        ),
        pytest.param(NO_ENVIRONMENT, {"declared": GH}, id="a publisher that is declared"),
        pytest.param(NO_ENVIRONMENT, {"claims": {"iss": "https://accounts.google.com"}}, id="no choice"),
        pytest.param(
            NO_ENVIRONMENT, {"claims": GITLAB_CLAIMS | {"iss": "https://git.example.org"}}, id="a GitLab of one's own"
        ),
    ],
)
def test_what_is_known_stands_alone(tmp_path: Path, told: Diagnostic, parts: dict[str, object]) -> None:
    given: dict[str, object] = {"claims": GITHUB_CLAIMS, **parts}
    evidence = of(tmp_path, {RELEASE: RUN}, GITHUB | IDENTITY, **given)
    assert [each.code for each in suspects(evidence, told)] == [told.code]
