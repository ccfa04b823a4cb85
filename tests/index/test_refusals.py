"""What the index says of an exchange, and what that means. Its words are those recorded of a running Warehouse."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from support.tokens import ACTIVESTATE, GITHUB, GITLAB, GOOGLE
from tpub.diagnostic import Answer, Claim, Diagnostic, Variable
from tpub.identity.publisher import (
    ActiveStatePublisher,
    GitHubPublisher,
    GitLabPublisher,
    GooglePublisher,
    Publisher,
)
from tpub.index.known import Known, Release
from tpub.index.model import PYPI, TESTPYPI, find
from tpub.index.refusals import explain, foreseen
from tpub.index.refusals.case import Case
from tpub.index.refusals.platforms import support_mail

Claims = dict[str, object]

NOW = 1_795_000_000.0
SAID = Answer("https://index.example/_/oidc/mint-token", 422, "as recorded")
NOT_FOUND = "valid token, but no corresponding publisher (Publisher with matching claims was not found)"
CALLED = "octo-org/workflows/.github/workflows/publish.yml@refs/heads/main"
TOP = "octo-org/sampleproject/.github/workflows/release.yml@refs/tags/v1"
BESIDE = "octo-org/sampleproject/.github/workflows/_publish.yml@refs/tags/v1"
OWN_GITLAB = GITLAB | {
    "iss": "https://gitlab.corp.example",
    "ci_config_ref_uri": "gitlab.corp.example/octo-group/sub/sampleproject//ci/release.yml@refs/tags/v1",
}
IN_PYPI = GITHUB | {"aud": "pypi", "environment": "pypi"}
GH = GitHubPublisher("octo-org", "sampleproject", "release.yml", "pypi")
GL = GitLabPublisher("octo-group/sub", "sampleproject", "ci/release.yml", "release")
IN_GITLAB: Claims = {**GITLAB, "aud": "pypi", "environment": "release"}


def told(claims: Claims, code: str, words: str = "", known: Known | None = None) -> Diagnostic:
    known = known or Known()
    return explain(Case(PYPI, claims, Known(NOW, "pypi", known.env, known.declared, known.release)), SAID, code, words)


@pytest.mark.parametrize(
    ("claims", "code", "words", "expected", "mentioned"),
    [
        pytest.param(IN_PYPI | {"aud": ["pypi", "testpypi"]}, "invalid-token", "malformed or invalid token",
                     "audience-list", "TESTPYPI_ID_TOKEN: {aud: testpypi}", id="two audiences"),
        pytest.param(IN_PYPI | {"aud": ["pypi"]}, "invalid-token", "malformed or invalid token",
                     "audience-list", "no list", id="a list of one"),
        pytest.param(IN_PYPI | {"aud": "https://github.com/octo-org"}, "invalid-token", "malformed or invalid token",
                     "audience-mismatch", "&audience=pypi", id="GitHub's default audience"),
        pytest.param(IN_GITLAB | {"aud": "testpypi"}, "invalid-token", "malformed or invalid token",
                     "audience-mismatch", "id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}", id="the other index's audience"),
        pytest.param(IN_PYPI | {"iat": NOW - 900, "exp": NOW - 600}, "invalid-token", "malformed or invalid token",
                     "token-expired", "10 minutes ago", id="expired"),
        pytest.param(IN_PYPI | {"iat": NOW - 900, "exp": NOW - 29}, "invalid-token", "malformed or invalid token",
                     "invalid-token", "could not verify", id="expired within the leeway"),
        pytest.param(IN_PYPI | {"iat": NOW + 3600 * 3, "exp": NOW + 9999}, "invalid-token",
                     "malformed or invalid token", "clock-skew", "3.0 hours in the future", id="issued later"),
        pytest.param(IN_PYPI | {"iat": NOW, "nbf": NOW + 31}, "invalid-token", "malformed or invalid token",
                     "clock-skew", "31 seconds in the future", id="begins later"),
        pytest.param(IN_PYPI | {"iat": "now", "exp": True}, "invalid-token", "malformed or invalid token",
                     "invalid-token", "keys can be fetched", id="times that are none"),
        pytest.param(IN_PYPI, "invalid-reuse-token", "invalid token: already used", "token-reused", "once", id="reuse"),
        pytest.param(IN_PYPI, "not-enabled", "github trusted publishing functionality not enabled",
                     "index-oidc-off", "status page", id="switched off"),
        pytest.param(IN_PYPI, "invalid-payload", "malformed JWT", "exchange-payload", "jq -r", id="no JWT"),
        pytest.param(IN_PYPI, "invalid-payload", "1 validation error for TokenPayload\ntoken\n  Input should be",
                     "exchange-payload", "without quotes", id="no token"),
        pytest.param(IN_PYPI, "invalid-payload",
                     "The name 'requests2' is too similar to an existing project. See https://index.example/help",
                     "project-name-refused", "too similar", id="name too similar"),
        pytest.param(IN_PYPI, "invalid-payload", "New project registration temporarily disabled. See x",
                     "invalid-payload", "temporarily disabled", id="no new projects"),
        pytest.param(IN_PYPI, "invalid-pending-publisher", "valid token, but project already exists",
                     "pending-publisher-stale", "normal publisher", id="stale pending publisher"),
        pytest.param(IN_PYPI, "brand-new-code", "something else", "brand-new-code", "something else", id="unknown"),
        pytest.param({"iss": "https://github.example.com/_services/token", "aud": "pypi"}, "invalid-payload",
                     "unknown trusted publishing issuer", "issuer-unknown", "Enterprise Server", id="GHES"),
        pytest.param({"iss": "https://token.actions.octocorp.ghe.com", "aud": "pypi"}, "invalid-payload",
                     "unknown trusted publishing issuer", "issuer-unknown", "ghe.com", id="data residency"),
        pytest.param({"iss": "https://token.actions.githubusercontent.com/octocorp", "aud": "pypi"}, "invalid-payload",
                     "unknown trusted publishing issuer", "issuer-unknown", "include_enterprise_slug", id="slug"),
        pytest.param({"iss": "https://oidc.circleci.com/org/abc", "aud": "pypi"}, "invalid-payload",
                     "unknown trusted publishing issuer", "provider-unsupported", "CircleCI", id="CircleCI"),
        pytest.param({"iss": "https://ci.example", "aud": "pypi"}, "invalid-payload",
                     "unknown trusted publishing issuer", "issuer-unknown", "ci.example", id="nobody knows"),
        pytest.param(OWN_GITLAB | {"aud": "pypi"}, "invalid-payload", "unknown trusted publishing issuer",
                     "issuer-unknown", "https://gitlab.corp.example/oauth/discovery/keys", id="self-managed GitLab"),
        pytest.param(IN_PYPI, "invalid-payload", "unknown trusted publishing issuer", "invalid-payload",
                     "unknown trusted publishing issuer", id="an issuer that should be known"),
    ],
)  # fmt: skip
def test_a_token_that_is_refused(claims: Claims, code: str, words: str, expected: str, mentioned: str) -> None:
    found = told(claims, code, words)
    assert (found.code, found.evidence[0]) == (expected, SAID)
    assert mentioned in f"{found.message}\n{found.hint}"


@pytest.mark.parametrize(
    ("claims", "words", "expected", "mentioned"),
    [
        pytest.param(
            IN_PYPI | {"event_name": "pull_request_target"},
            "... (Publishing from a workflow invoked via 'pull_request_target' is not supported.)",
            "gh-pull-request-target", "workflow_dispatch", id="pull_request_target"),
        pytest.param(IN_PYPI | {"workflow_ref": TOP, "job_workflow_ref": CALLED}, NOT_FOUND,
                     "gh-reusable-workflow", "octo-org/workflows", id="reusable workflow of another repository"),
        pytest.param(IN_PYPI | {"workflow_ref": TOP, "job_workflow_ref": BESIDE}, NOT_FOUND,
                     "gh-reusable-workflow", "release.yml itself", id="reusable workflow of the same repository"),
        pytest.param(IN_PYPI | {"workflow_ref": TOP, "job_workflow_ref": BESIDE, "ref": "refs/heads/other"}, NOT_FOUND,
                     "gh-reusable-workflow", "without `@`", id="another version of a reusable workflow"),
        pytest.param(IN_PYPI | {"workflow_ref": TOP, "job_workflow_ref": TOP.replace("tags", "heads")}, NOT_FOUND,
                     "gh-publisher-mismatch", "release.yml", id="one file at two references is no other file"),
        pytest.param(GITHUB | {"aud": "pypi"}, NOT_FOUND, "gh-environment-missing", "environment", id="GitHub, none"),
        pytest.param(IN_PYPI, NOT_FOUND, "gh-publisher-mismatch", "settings/publishing", id="GitHub, environment"),
        pytest.param(GITLAB | {"aud": "pypi"}, NOT_FOUND, "gl-environment-missing", "environment", id="GitLab, none"),
        pytest.param(IN_GITLAB, NOT_FOUND, "gl-publisher-mismatch", "ci/release.yml", id="GitLab, environment"),
        pytest.param(OWN_GITLAB | {"aud": "pypi"}, NOT_FOUND,
                     "gl-publisher-mismatch", "another issuer", id="self-managed GitLab"),
        pytest.param(
            IN_GITLAB,
            "... (The ci_config_ref_uri claim does not match, expecting one of "
            "['gitlab.com/Octo-Group/sub/sampleproject//ci/release.yml@3b5f', 'x'], got 'y')",
            "gl-namespace-case", "octo-group/sub", id="GitLab, namespace in other letters"),
        pytest.param(
            IN_PYPI,
            "... (The job_workflow_ref claim does not match, expecting one of ['octo-org/sampleproject/.github/"
            "workflows/release.yml@3b5f', 'x'], got 'octo-org/ci/.github/workflows/release.yml@refs/heads/main')",
            "gh-reusable-workflow", "octo-org/ci", id="GitHub, the index alone tells of another file"),
        pytest.param(
            IN_PYPI,
            "... (The job_workflow_ref claim does not match, expecting one of ['octo-org/sampleproject/.github/"
            "workflows/release.yml@3b5f', 'x'], got 'octo-org/sampleproject/.github/workflows/release.yml@main')",
            "gh-reusable-workflow", "without `@`", id="GitHub, the index alone tells of another version"),
        pytest.param({k: v for k, v in IN_GITLAB.items() if k != "ci_config_ref_uri"},
                     "... (Missing claim 'ci_config_ref_uri')", "gl-config-remote", "ci_config_ref_uri",
                     id="GitLab, configuration from elsewhere"),
        pytest.param(IN_GITLAB | {"ci_config_ref_uri": "gitlab.com/shared/ci//publish.yml@refs/heads/main"}, NOT_FOUND,
                     "gl-config-remote", "shared/ci", id="GitLab, configuration of another project"),
        pytest.param(GOOGLE | {"email": "1-compute@developer.gserviceaccount.com"}, NOT_FOUND,
                     "google-email-mismatch", "1-compute@developer.gserviceaccount.com", id="Google, default account"),
        pytest.param(GOOGLE | {"email": "publisher@my-proj.iam.gserviceaccount.com", "sub": "77"}, NOT_FOUND,
                     "google-sub-mismatch", "with 77", id="Google, an account of one's own"),
        pytest.param({k: v for k, v in GOOGLE.items() if k != "email"}, "... (Missing claim 'email')",
                     "google-no-email", "format=full", id="Google, no e-mail address"),
        pytest.param(ACTIVESTATE | {"actor": "bob"}, NOT_FOUND, "activestate-actor", "bob", id="ActiveState, actor"),
        pytest.param(ACTIVESTATE | {"builder": "wheel-builder"}, "... (Check failed for required claim 'builder')",
                     "activestate-builder", "pypi-publisher", id="ActiveState, builder"),
        pytest.param(IN_PYPI, "... (Missing claim 'jti')", "invalid-publisher", "no `jti`", id="a claim is missing"),
        pytest.param(IN_PYPI, "... (Missing claim 'x')", "gh-publisher-mismatch", "release.yml", id="an unknown claim"),
        pytest.param({"iss": "https://ci.example", "aud": "pypi"}, NOT_FOUND, "invalid-publisher", "unknown here",
                     id="a platform that the index knows and tpub does not"),
    ],
)  # fmt: skip
def test_no_publisher_and_nothing_declared(claims: Claims, words: str, expected: str, mentioned: str) -> None:
    found = told(claims, "invalid-publisher", words)
    assert (found.code, found.evidence[0]) == (expected, SAID)
    assert mentioned in f"{found.message}\n{found.hint}"


@pytest.mark.parametrize(
    ("claims", "declared", "expected", "claim", "mentioned"),
    [
        pytest.param(IN_PYPI, GitHubPublisher("octocat", "sampleproject", "release.yml", "pypi"),
                     "gh-repository-mismatch", "repository", "octo-org", id="owner"),
        pytest.param(IN_PYPI, GitHubPublisher("octo-org", "oldname", "release.yml"),
                     "gh-repository-mismatch", "repository", "sampleproject", id="repository"),
        pytest.param(IN_PYPI, GitHubPublisher("octo-org", "SampleProject", "release.yml"),
                     "gh-repository-mismatch", "repository", "upper and lower case", id="letter case"),
        pytest.param(IN_PYPI, GitHubPublisher("octo-org", "sampleproject", "release.yaml"),
                     "gh-workflow-mismatch", "job_workflow_ref", "release.yml", id="extension"),
        pytest.param(IN_PYPI, GitHubPublisher("octo-org", "sampleproject", "release.yml "),
                     "gh-publisher-mismatch", "job_workflow_ref", "blanks", id="blanks"),
        pytest.param(IN_PYPI, GitHubPublisher("octo-org", "sampleproject", "release.yml", "release"),
                     "gh-environment-mismatch", "environment", "environment: release", id="other environment"),
        pytest.param(GITHUB, GH, "gh-environment-missing", "environment", "environment: pypi", id="no environment"),
        pytest.param(IN_GITLAB, GitLabPublisher("old-group", "sampleproject", "ci/release.yml"),
                     "gl-namespace-mismatch", "project_path", "octo-group/sub", id="namespace"),
        pytest.param(IN_GITLAB, GitLabPublisher("Octo-Group/sub", "sampleproject", "ci/release.yml"),
                     "gl-namespace-case", "project_path", "octo-group/sub", id="namespace in other letters"),
        pytest.param(IN_GITLAB, GitLabPublisher("octo-group/sub", "other", "ci/release.yml"),
                     "gl-namespace-mismatch", "project_path", "sampleproject", id="project"),
        pytest.param(IN_GITLAB, GitLabPublisher("octo-group/sub", "sampleproject", "ci/publish.yml"),
                     "gl-config-mismatch", "ci_config_ref_uri", "ci/release.yml", id="configuration"),
        pytest.param(IN_GITLAB, GitLabPublisher("octo-group/sub", "sampleproject", "ci/release.yml", "Release"),
                     "gl-environment-mismatch", "environment", "upper and lower case", id="environment's letters"),
        pytest.param(IN_GITLAB, GitLabPublisher("octo-group/sub", "sampleproject", "ci/release.yml", "review/$REF"),
                     "gl-environment-dynamic", "environment", "fixed name", id="environment with a variable"),
        pytest.param(OWN_GITLAB, GitLabPublisher("octo-group/sub", "sampleproject", "ci/release.yml"),
                     "gl-publisher-mismatch", "iss", "issuer", id="issuer"),
        pytest.param(GOOGLE, GooglePublisher("other@my-proj.iam.gserviceaccount.com"),
                     "google-email-mismatch", "email", "impersonate", id="account"),
        pytest.param(GOOGLE, GooglePublisher("publisher@my-proj.iam.gserviceaccount.com", "7"),
                     "google-sub-mismatch", "sub", "made anew", id="subject"),
        pytest.param(ACTIVESTATE | {"actor": "bob"}, ActiveStatePublisher("octo-org", "sample", "alice"),
                     "activestate-actor", "actor", "alice", id="actor"),
        pytest.param(ACTIVESTATE, ActiveStatePublisher("octo-org", "other", "alice"),
                     "invalid-publisher", "project", "sample", id="ActiveState's project"),
    ],
)  # fmt: skip
def test_no_publisher_beside_what_is_declared(
    claims: Claims, declared: Publisher, expected: str, claim: str, mentioned: str
) -> None:
    found = told(claims, "invalid-publisher", NOT_FOUND, Known(declared=declared))
    assert (found.code, found.evidence[0]) == (expected, SAID)
    wanted = [item for item in found.evidence if isinstance(item, Claim) and item.expected is not None]
    assert [item.name for item in wanted] == [claim]
    assert mentioned in f"{found.message}\n{found.hint}"


@pytest.mark.parametrize(
    ("known", "claims", "expected", "mentioned"),
    [
        pytest.param(Known(declared=GH), IN_PYPI, "gh-owner-id-mismatch", "1001", id="all as declared on GitHub"),
        pytest.param(Known(declared=GL), IN_GITLAB, "gl-publisher-mismatch", "environment", id="and on GitLab"),
        pytest.param(Known(declared=GL), IN_PYPI, "gh-publisher-mismatch", "gitlab", id="another platform"),
        pytest.param(
            Known(declared=GitHubPublisher("octo-org", "sampleproject", "_publish.yml")),
            IN_PYPI | {"workflow_ref": TOP, "job_workflow_ref": BESIDE},
            "gh-owner-id-mismatch", "number", id="a called workflow that is registered"),
        pytest.param(Known(release=Release(("new",), frozenset({"new"}))), IN_PYPI,
                     "pending-publisher-missing", "30 days", id="a project that is not there"),
        pytest.param(Known(release=Release(("new", "old"), frozenset({"new"}))), IN_PYPI,
                     "gh-publisher-mismatch", "the project name new", id="one of two that is not there"),
        pytest.param(
            Known(env={"CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": "a/x", "CI_MERGE_REQUEST_PROJECT_PATH": "b/x"}),
            IN_GITLAB, "gl-fork-merge-request", "fork a/x", id="a merge request of a fork"),
        pytest.param(
            Known(env={"CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": "b/x", "CI_MERGE_REQUEST_PROJECT_PATH": "b/x"}),
            IN_GITLAB, "gl-publisher-mismatch", "ci/release.yml", id="a merge request of one's own"),
        pytest.param(Known(env={"GITEA_ACTIONS": "true"}), {"iss": "https://git.example/api/actions"},
                     "invalid-publisher", "unknown here", id="Gitea that somebody trusts"),
    ],
)  # fmt: skip
def test_no_publisher_and_what_else_is_known(known: Known, claims: Claims, expected: str, mentioned: str) -> None:
    found = told(claims, "invalid-publisher", NOT_FOUND, known)
    assert found.code == expected
    assert mentioned in f"{found.message}\n{found.hint}"


def test_testpypi_has_publishers_of_its_own() -> None:
    found = explain(Case(TESTPYPI, GITHUB), SAID, "invalid-publisher", NOT_FOUND)
    assert found.code == "index-publisher-elsewhere"
    assert f"{TESTPYPI.site_url}/manage/account/publishing/" in found.hint


def test_the_whole_of_a_refusal() -> None:
    known = Known(declared=GH, release=Release(("sampleproject",)))
    found = explain(Case(PYPI, GITHUB | {"aud": "pypi"}, known), SAID, "invalid-publisher", NOT_FOUND)
    assert found == Diagnostic(
        "gh-environment-missing",
        "the token's environment is nothing, and the publisher declared in pyproject.toml has 'pypi'",
        "Add `environment: pypi` to the publishing job. Or register "
        "this publisher: owner `octo-org`, repository `sampleproject`, workflow_filename `release.yml`, environment "
        f"empty. {PYPI.site_url}/manage/project/sampleproject/settings/publishing/?provider=github&owner=octo-org"
        "&repository=sampleproject&workflow_filename=release.yml&environment=",
        (
            SAID,
            Claim("iss", "https://token.actions.githubusercontent.com"),
            Claim("aud", "pypi"),
            Claim("repository", "octo-org/sampleproject"),
            Claim("repository_owner", "octo-org"),
            Claim("repository_owner_id", "1001"),
            Claim("job_workflow_ref", "octo-org/sampleproject/.github/workflows/release.yml@refs/tags/v1"),
            Claim("environment", None, "pypi"),
            Claim("event_name", "push"),
        ),
    )


@pytest.mark.parametrize(
    ("claims", "codes"),
    [
        pytest.param(IN_PYPI | {"exp": NOW + 60}, [], id="nothing"),
        pytest.param(IN_PYPI | {"aud": "x", "exp": NOW - 60, "event_name": "pull_request_target"},
                     ["audience-mismatch", "token-expired", "gh-pull-request-target"], id="much"),
        pytest.param({"iss": "https://agent.buildkite.com", "aud": "pypi"}, ["provider-unsupported"], id="Buildkite"),
    ],
)  # fmt: skip
def test_what_can_be_foreseen(claims: Claims, codes: list[str]) -> None:
    assert [found.code for found in foreseen(Case(PYPI, claims, Known(NOW, "pypi")))] == codes


@pytest.mark.parametrize(
    ("url", "audience", "found", "codes"),
    [
        pytest.param("https://packages.example.com/legacy/", "packages", ["packages"], [], id="a list of one"),
        pytest.param("https://packages.example.com/legacy/", "packages", ["packages", "pypi"], ["audience-list"],
                     id="PyPI's beside"),
        pytest.param("https://packages.example.com/legacy/", "packages", "pypi", ["audience-mismatch"], id="PyPI's"),
    ],
)  # fmt: skip
def test_audiences_of_another_index(url: str, audience: str, found: object, codes: list[str]) -> None:
    case = Case(find(url), GITHUB | {"aud": found}, Known(None, audience))
    assert [each.code for each in foreseen(case)] == codes


def test_gitea_says_what_it_is() -> None:
    claims: Claims = {"iss": "https://gitea.example.org/api/actions"}
    (found,) = foreseen(Case(PYPI, claims, Known(env={"GITEA_ACTIONS": "true"})))
    assert (found.code, found.message.partition(",")[0]) == ("issuer-unknown", "this is Gitea Actions")


def test_the_letter_to_the_staff() -> None:
    mail = support_mail(Case(PYPI, OWN_GITLAB))
    assert mail.startswith("mailto:support+orgs@")
    assert "https%3A%2F%2Fgitlab.corp.example%2F.well-known%2Fopenid-configuration" in mail
    assert "\n" not in mail
    assert "%0A" in mail


def test_a_fork_is_told_by_its_variable() -> None:
    env = {"CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": "a/x", "CI_MERGE_REQUEST_PROJECT_PATH": "b/x"}
    found = told(IN_GITLAB, "invalid-publisher", NOT_FOUND, Known(env=env))
    assert found.evidence == (
        SAID,
        Variable("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", "set"),
        Claim("project_path", "octo-group/sub/sampleproject"),
    )


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())
CODES = ("invalid-publisher", "invalid-token", "invalid-payload", "invalid-pending-publisher", "invalid-reuse-token")


@given(
    base=st.sampled_from([{}, GITHUB, GITLAB, GOOGLE, ACTIVESTATE]),
    changes=st.dictionaries(st.sampled_from([*GITHUB, *GITLAB, *GOOGLE, *ACTIVESTATE, "exp", "iat", "nbf"]), VALUES),
    code=st.sampled_from(CODES),
    words=st.text() | st.sampled_from([NOT_FOUND, "unknown trusted publishing issuer", "The name 'x' is invalid."]),
)
def test_whatever_the_claims_are_there_is_an_explanation(base: Claims, changes: Claims, code: str, words: str) -> None:
    found = told({**base, **changes}, code, words)
    assert found.is_error
    assert found.message
    assert found.hint
    assert found.evidence[0] == SAID
