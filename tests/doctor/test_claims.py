"""What the identity token's claims tell, and what the files add to that."""

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
    NOW,
    RELEASE,
    UPLOAD,
    github,
    of,
    told,
)
from tpub.diagnostic import Claim, Diagnostic, Line, Severity
from tpub.doctor.diagnose import diagnose, missing_identity
from tpub.doctor.evidence import Evidence
from tpub.doctor.history import NoHistory
from tpub.doctor.refine import refined
from tpub.identity.publisher import GitHubPublisher, GitLabPublisher, Publisher

GOOGLE = {"iss": "https://accounts.google.com", "aud": "pypi", "email": "1-compute@developer.gserviceaccount.com"}
ACTIVESTATE = {
    "iss": "https://platform.activestate.com/api/v1/oauth/oidc",
    "aud": "pypi",
    "actor": "bob",
    "builder": "pypi-publisher",
}
RUN = github(GRANTED + UPLOAD)


def first(evidence: Evidence) -> str | None:
    return next((code for code, _ in told(evidence)), None)


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        pytest.param({}, None, id="right"),
        pytest.param({"aud": "testpypi"}, "audience-mismatch", id="the other index"),
        pytest.param({"aud": "https://github.com/octo-org"}, "audience-mismatch", id="GitHub's default"),
        pytest.param({"aud": ["pypi"]}, "audience-list", id="a list, even of one"),
        pytest.param({"exp": NOW - 20}, None, id="expired within the leeway"),
        pytest.param({"exp": NOW - 40}, "token-expired", id="expired"),
        pytest.param({"nbf": NOW + 20}, None, id="early within the leeway"),
        pytest.param({"nbf": NOW + 3600}, "clock-skew", id="of the future"),
        pytest.param({"iat": NOW + 3600}, "clock-skew", id="issued in the future"),
        pytest.param({"iss": "https://token.actions.githubusercontent.com/corp"}, "issuer-unknown", id="own issuer"),
        pytest.param({"sub": "repository_owner_id:1"}, None, id="a subject of one's own"),
    ],
)
def test_claims_on_github(tmp_path: Path, claims: dict[str, object], code: str | None) -> None:
    assert first(of(tmp_path, {RELEASE: RUN}, GITHUB | IDENTITY, claims=GITHUB_CLAIMS | claims)) == code


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        pytest.param(GOOGLE, None, id="Google"),
        pytest.param(GOOGLE | {"email": ""}, "google-no-email", id="no e-mail"),
        pytest.param(ACTIVESTATE, None, id="ActiveState"),
        pytest.param(ACTIVESTATE | {"builder": "wheels"}, "activestate-builder", id="another builder"),
    ],
)
def test_claims_elsewhere(claims: dict[str, object], code: str | None) -> None:
    assert first(Evidence(claims=claims, now=NOW)) == code


GH = GitHubPublisher("octo-org", "sample", "release.yml")
GL = GitLabPublisher("group", "sample", ".gitlab-ci.yml")


@pytest.mark.parametrize(
    ("declared", "claims", "code"),
    [
        pytest.param(GH, {}, None, id="right"),
        pytest.param(GH, {"environment": "pypi"}, None, id="a publisher without environment takes any"),
        pytest.param(replace(GH, environment="PyPI"), {"environment": "pypi"}, None, id="case of the environment"),
        pytest.param(
            replace(GH, environment="x"), {"environment": "pypi"}, "gh-environment-mismatch", id="environment"
        ),
        pytest.param(replace(GH, environment="pypi"), {}, "gh-environment-missing", id="no environment"),
        pytest.param(replace(GH, owner="Octo-Org"), {}, "gh-repository-mismatch", id="case of the owner"),
        pytest.param(replace(GH, repository="old"), {}, "gh-repository-mismatch", id="renamed"),
        pytest.param(replace(GH, workflow_filename="release.yaml"), {}, "gh-workflow-mismatch", id="yaml for yml"),
        pytest.param(
            GH,
            {"job_workflow_ref": "octo-org/sample/.github/workflows/_p.yml@x"},
            "gh-reusable-workflow",
            id="the called file counts",
        ),
    ],
)
def test_a_declared_publisher_on_github(
    tmp_path: Path, declared: Publisher, claims: dict[str, object], code: str | None
) -> None:
    evidence = of(tmp_path, {RELEASE: RUN}, GITHUB | IDENTITY, claims=GITHUB_CLAIMS | claims, declared=declared)
    assert first(evidence) == code


@pytest.mark.parametrize(
    ("declared", "claims", "code"),
    [
        pytest.param(GL, {}, None, id="right"),
        pytest.param(replace(GL, issuer_url="https://git.x.example"), {}, "gl-publisher-mismatch", id="issuer"),
        pytest.param(replace(GL, namespace="other"), {}, "gl-namespace-mismatch", id="moved"),
        pytest.param(replace(GL, namespace="Group"), {}, "gl-namespace-case", id="case"),
        pytest.param(replace(GL, workflow_filepath="ci/publish.yml"), {}, "gl-config-mismatch", id="file"),
        pytest.param(replace(GL, environment="release"), {}, "gl-environment-missing", id="no environment"),
        pytest.param(
            replace(GL, environment="release"), {"environment": "Release"}, "gl-environment-mismatch", id="case counts"
        ),
    ],
)
def test_a_declared_publisher_on_gitlab(
    tmp_path: Path, declared: Publisher, claims: dict[str, object], code: str | None
) -> None:
    text = "publish:\n  id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}\n  script: tpub upload\n"
    evidence = of(tmp_path, {CI: text}, GITLAB, claims=GITLAB_CLAIMS | claims, declared=declared)
    assert first(evidence) == code


class Renamed(NoHistory):
    """A repository whose workflow had another name."""

    def former_name(self, path: str) -> str:
        return "python-package.yml" if path == RELEASE else ""


GUESSED = Diagnostic("gh-environment-missing", "no publisher", "Register it.", (Claim("environment", None),))
EXPECTED = replace(GUESSED, evidence=(Claim("environment", None, "pypi"),))
AT_GITLAB = replace(GUESSED, code="gl-environment-missing")
UNKNOWN = replace(GUESSED, code="gl-publisher-mismatch")
OTHER_ENVIRONMENT = replace(
    GUESSED, code="gl-environment-mismatch", evidence=(Claim("environment", "pypi", "release"),)
)
COMPONENT = "gitlab.com/acme/tpub/publish@1.0"
GITLAB_JOB = "publish:\n  id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}\n  script: tpub upload\n"


def refinement(evidence: Evidence, told_by_the_index: Diagnostic) -> tuple[str, str | None, int]:
    """Return the code, the key of the first line, and how many edits mend it."""
    found = refined(evidence, told_by_the_index)
    lines = [item.key for item in found.diagnostic.evidence if isinstance(item, Line)]
    return found.diagnostic.code, next(iter(lines), None), len(found.edits)


@pytest.mark.parametrize(
    ("text", "parts", "known", "expected"),
    [
        pytest.param(RUN, {}, GUESSED, ("gh-environment-missing", "jobs.publish", 0), id="a guess stays one"),
        pytest.param(RUN, {}, EXPECTED, ("gh-environment-missing", "jobs.publish", 1), id="what is expected is added"),
        pytest.param(RUN, {"history": Renamed()}, GUESSED, ("gh-workflow-mismatch", None, 0), id="renamed"),
        pytest.param(RUN, {"history": Renamed()}, EXPECTED, ("gh-environment-missing", "jobs.publish", 1), id="known"),
        pytest.param(
            github(GRANTED + UPLOAD, build="    environment: pypi\n"),
            {},
            GUESSED,
            ("gh-environment-wrong-job", "jobs.build.environment", 2),
            id="on another job",
        ),
        pytest.param(
            github(GRANTED + UPLOAD, build="    environment: github-pages\n"),
            {},
            GUESSED,
            ("gh-environment-missing", "jobs.publish", 0),
            id="of GitHub's own on another job",
        ),
        pytest.param(
            github(GRANTED + UPLOAD, build="    environment: staging\n"),
            {},
            EXPECTED,
            ("gh-environment-missing", "jobs.publish", 1),
            id="another one on another job",
        ),
        pytest.param(
            github(GRANTED + "    environment: ${{ inputs.x }}\n" + UPLOAD),
            {},
            GUESSED,
            ("gh-environment-empty", "jobs.publish.environment", 1),
            id="an expression",
        ),
    ],
)
def test_files_tell_more_of_github(
    tmp_path: Path, text: str, parts: dict[str, object], known: Diagnostic, expected: tuple[str, str | None, int]
) -> None:
    evidence = of(tmp_path, {RELEASE: text}, GITHUB | IDENTITY, claims=GITHUB_CLAIMS, **parts)
    assert refinement(evidence, known) == expected


@pytest.mark.parametrize(
    ("files", "claims", "known", "expected"),
    [
        pytest.param({CI: GITLAB_JOB}, {}, AT_GITLAB, ("gl-environment-missing", "publish", 0), id="a guess stays one"),
        pytest.param(
            {CI: "include: a.yml\n", "a.yml": GITLAB_JOB},
            {},
            AT_GITLAB,
            ("gl-config-mismatch", "publish", 0),
            id="an included file",
        ),
        pytest.param(
            {CI: GITLAB_JOB + "  environment: Release\n"},
            {"environment": "Release"},
            UNKNOWN,
            ("gl-publisher-mismatch", None, 0),
            id="an environment by itself",
        ),
        pytest.param(
            {CI: GITLAB_JOB + "  environment: r/$CI_COMMIT_TAG\n"},
            {"environment": "r/v1"},
            UNKNOWN,
            ("gl-environment-dynamic", "publish.environment", 1),
            id="an environment made of variables",
        ),
        pytest.param({CI: GITLAB_JOB}, {}, UNKNOWN, ("gl-publisher-mismatch", None, 0), id="nobody knows"),
        pytest.param(
            {CI: f"include: [{{component: {COMPONENT}}}]\n"},
            {"environment": "pypi"},
            OTHER_ENVIRONMENT,
            ("gl-environment-mismatch", "include[0].environment", 0),
            id="an environment that the component brings",
        ),
        pytest.param(
            {CI: f"include: [{{component: {COMPONENT}, inputs: {{environment: pypi}}}}]\n"},
            {"environment": "pypi"},
            OTHER_ENVIRONMENT,
            ("gl-environment-mismatch", "include[0].environment", 1),
            id="an environment that the component is given",
        ),
    ],
)
def test_files_tell_more_of_gitlab(
    tmp_path: Path,
    files: dict[str, str],
    claims: dict[str, object],
    known: Diagnostic,
    expected: tuple[str, str | None, int],
) -> None:
    assert refinement(of(tmp_path, files, GITLAB, claims=GITLAB_CLAIMS | claims), known) == expected


def test_the_publisher_of_the_last_release_is_a_hint_only(tmp_path: Path) -> None:
    last = replace(GH, workflow_filename="old.yml")
    evidence = of(tmp_path, {RELEASE: RUN}, GITHUB | IDENTITY, claims=GITHUB_CLAIMS, last=last)
    (found,) = diagnose(evidence)
    assert (found.code, found.severity, found.evidence) == (
        "publisher-changed",
        Severity.NOTE,
        (Claim("job_workflow_ref", "release.yml", "old.yml"),),
    )


@pytest.mark.parametrize(
    ("issuer", "trouble", "severity"),
    [
        pytest.param("https://git.example.org", False, Severity.NOTE, id="as far as one sees"),
        pytest.param("https://git.example.org", True, Severity.ERROR, id="unreachable"),
        pytest.param("https://gitlab.corp.internal", False, Severity.ERROR, id="a name that nobody outside knows"),
    ],
)
def test_a_gitlab_of_ones_own(tmp_path: Path, issuer: str, trouble: bool, severity: Severity) -> None:  # noqa: FBT001
    own = {"iss": issuer, "ci_config_ref_uri": f"{issuer.removeprefix('https://')}/group/sample//x.yml@y"}
    troubles = (Diagnostic("issuer-unreachable", "it does not answer"),) if trouble else ()
    evidence = of(tmp_path, {CI: GITLAB_JOB}, GITLAB, claims=GITLAB_CLAIMS | own, troubles=troubles)
    assert [(each.code, each.severity) for each in diagnose(evidence)] == [("issuer-unknown", severity)]


def test_what_a_platform_says_itself_is_passed_on() -> None:
    trouble = Diagnostic("google-impersonation-denied", "may not", "Grant it.")
    assert diagnose(Evidence(env={"GCE_METADATA_HOST": "x"}, troubles=(trouble,))) == [trouble]


def test_nothing_in_the_files_is_blamed_for_a_laptop(tmp_path: Path) -> None:
    assert missing_identity(of(tmp_path, {RELEASE: github(UPLOAD)})) == []


def test_a_job_that_got_no_identity_is_told_why(tmp_path: Path) -> None:
    evidence = of(tmp_path, {RELEASE: github("    steps:\n      - run: ./x.sh\n")}, GITHUB)
    assert [each.code for each in missing_identity(evidence)] == ["gh-id-token-missing"]


@pytest.mark.parametrize(
    ("env", "title"),
    [
        pytest.param({"CIRCLECI": "true"}, "CircleCI", id="CircleCI"),
        pytest.param({"TF_BUILD": "True"}, "Azure Pipelines", id="Azure"),
        pytest.param({"BUILDKITE": "true"}, "Buildkite", id="Buildkite"),
    ],
)
def test_platforms_that_are_not_among_the_providers(env: dict[str, str], title: str) -> None:
    (found,) = diagnose(Evidence(env=env))
    assert (found.code, found.message.split(" is ")[0]) == ("provider-unsupported", title)
    assert diagnose(Evidence(env=env | {"TPUB_TOKEN": "x"})) == []
