from __future__ import annotations

from collections.abc import Mapping

import pytest

from support.tokens import ACTIVESTATE, GITHUB, GITLAB, GOOGLE
from tpub.identity.claims import COMPARISONS, Difference, comparison_of, differences, looked_at
from tpub.identity.publisher import GitHubPublisher, GitLabPublisher, GooglePublisher, Publisher, publisher_of
from tpub.rehearsal.ci import JobDescription
from tpub.rehearsal.claims import CLAIMS

# Looked at before anything is compared: warehouse.oidc.models._core, __preverified_claims__.
VERIFIED = {"iss", "iat", "nbf", "exp", "aud"}
Claims = Mapping[str, object]
JOBS = [
    JobDescription("github", environment="pypi"),
    JobDescription("gitlab", environment="pypi"),
    JobDescription("google"),
    JobDescription("activestate"),
]


@pytest.mark.parametrize("job", JOBS, ids=[job.provider for job in JOBS])
def test_every_claim_has_its_place(job: JobDescription) -> None:
    comparison = COMPARISONS[job.provider]
    places = [*comparison.compared, *comparison.present, *comparison.ignored, *VERIFIED]
    assert len(places) == len(set(places))
    assert set(CLAIMS[job.provider](job, "a", 0)) - set(places) == set()


@pytest.mark.parametrize(
    ("claims", "required"),
    [
        pytest.param(
            GITHUB,
            {"repository", "repository_owner", "repository_owner_id", "job_workflow_ref", "event_name"}
            | {"jti", "ref", "sha"},
            id="GitHub",
        ),
        pytest.param(GITLAB, {"project_path", "ci_config_ref_uri", "sub", "jti", "ref_path", "sha"}, id="GitLab"),
        pytest.param(GOOGLE, {"email", "email_verified"}, id="Google"),
        pytest.param(ACTIVESTATE, {"sub", "organization", "project", "actor_id", "builder"}, id="ActiveState"),
        pytest.param({"iss": "https://ci.example"}, set(), id="nobody"),
    ],
)
def test_what_a_token_must_have(claims: Claims, required: set[str]) -> None:
    assert set(comparison_of(claims).required) == required


def test_what_nobody_compares() -> None:
    assert looked_at({"iss": "https://ci.example"}) == ()


@pytest.mark.parametrize("claims", [GITHUB, GITLAB, GOOGLE, ACTIVESTATE], ids=["GitHub", "GitLab", "Google", "AS"])
def test_a_token_fits_the_publisher_that_it_needs(claims: Claims) -> None:
    publisher = publisher_of(claims)
    assert publisher is not None
    assert differences(publisher, claims) == ()


@pytest.mark.parametrize(
    ("publisher", "claims", "found"),
    [
        pytest.param(
            GitHubPublisher("octo-org", "sampleproject", "release.yml", "PyPI"),
            {**GITHUB, "environment": "pypi"},
            (),
            id="GitHub ignores the case of environments",
        ),
        pytest.param(
            GitLabPublisher("octo-group/sub", "sampleproject", "ci/release.yml", "Release"),
            {**GITLAB, "environment": "release"},
            (Difference("environment", "environment", "release", "Release"),),
            id="GitLab does not",
        ),
        pytest.param(
            GitHubPublisher("octo-org", "sampleproject", "release.yml"),
            {**GITHUB, "environment": "pypi"},
            (),
            id="an open environment",
        ),
        pytest.param(GooglePublisher(str(GOOGLE["email"]), "112233"), GOOGLE, (), id="the subject"),
        pytest.param(
            GitLabPublisher("octo-group/sub", "other", "x.yml", issuer_url="https://git.example"),
            GITLAB,
            (
                Difference("issuer_url", "iss", "https://gitlab.com", "https://git.example"),
                Difference("project", "project_path", "sampleproject", "other"),
                Difference("workflow_filepath", "ci_config_ref_uri", "ci/release.yml", "x.yml"),
            ),
            id="several, the issuer first",
        ),
        pytest.param(GooglePublisher("a@b"), GITHUB, (), id="other platforms are not compared"),
    ],
)
def test_where_they_differ(publisher: Publisher, claims: Claims, found: tuple[Difference, ...]) -> None:
    assert differences(publisher, claims) == found


@pytest.mark.parametrize(
    ("value", "expected", "kinds"),
    [
        pytest.param("Name", "name", (True, False), id="case"),
        pytest.param("name", "name ", (False, True), id="blank"),
        pytest.param("name", "other", (False, False), id="another"),
    ],
)
def test_kinds_of_differences(value: str, expected: str, kinds: tuple[bool, bool]) -> None:
    found = Difference("repository", "repository", value, expected)
    assert (found.is_spelling, found.is_blank) == kinds
