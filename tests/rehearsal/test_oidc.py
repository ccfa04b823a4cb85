from __future__ import annotations

import json
from typing import Literal

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from support.rehearsals import Said, ask, basic, fields, post
from tpub.identity.publisher import GitHubPublisher, GitLabPublisher
from tpub.rehearsal import JobDescription, RehearsalIndex, serve
from tpub.secret import Secret

GITHUB = JobDescription("github")
GITLAB = JobDescription("gitlab")
SHA = "3b5f0c9a2d7e4186b0a9c8d7e6f5a4b3c2d1e0f9"
NOT_FOUND = "valid token, but no corresponding publisher (Publisher with matching claims was not found)"
INVALID = ("invalid-token", "malformed or invalid token")
REUSED = ("invalid-reuse-token", "invalid token: already used")


def mint(index: RehearsalIndex, token: Secret | str) -> Said:
    value = token.reveal() if isinstance(token, Secret) else token
    return ask(index, "/_/oidc/mint-token", "POST", body=json.dumps({"token": value}).encode())


def refusal(said: Said) -> tuple[str, str]:
    document = said.json()
    assert (said.status, document["message"]) == (422, "Token request failed")
    errors = document["errors"]
    assert isinstance(errors, list)
    assert len(errors) == 1
    return errors[0]["code"], errors[0]["description"]


def minted(index: RehearsalIndex, job: JobDescription) -> str:
    said = mint(index, index.identity_token(job))
    assert said.status == 200, said.body
    token = said.json()["token"]
    assert isinstance(token, str)
    return token


def test_the_audience_is_not_that_of_the_real_index(shared: RehearsalIndex) -> None:
    said = ask(shared, "/_/oidc/audience")
    assert (said.status, said.json()) == (200, {"audience": "tpub-rehearsal"})


@pytest.mark.parametrize("job", [GITHUB, GITLAB], ids=["github", "gitlab"])
def test_an_identity_token_is_exchanged_once(job: JobDescription) -> None:
    with serve(now=lambda: 1_700_000_000.5) as index:
        index.trust(index.job(job).publisher, "sampleproject", "Other_Project")
        identity_token = index.identity_token(job)
        said = mint(index, identity_token)
        token = said.json()["token"]
        assert (said.status, said.json()) == (200, {"success": True, "token": token, "expires": 1_700_000_900})
        assert str(token).startswith("pypi-AgE")
        (live,) = index.store.live(1_700_000_899)
        assert sorted(live.projects) == ["other-project", "sampleproject"]
        assert index.store.live(1_700_000_900) == []
        assert refusal(mint(index, identity_token)) == REUSED


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(b"{", "Invalid JSON", id="no JSON"),
        pytest.param(b"[]", "Input should be a string", id="no object"),
        pytest.param(b'{"token": 1}', "Input should be a string", id="no string"),
        pytest.param(b'{"token": "a.b"}', "malformed JWT", id="no token"),
    ],
)
def test_a_bad_payload(shared: RehearsalIndex, body: bytes, words: str) -> None:
    code, description = refusal(ask(shared, "/_/oidc/mint-token", "POST", body=body))
    assert (code, description.splitlines()[-1].strip()) == ("invalid-payload", words)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"aud": "somebody"}, INVALID, id="other audience"),
        pytest.param({"aud": ["tpub-rehearsal"]}, INVALID, id="audience as a list"),
        pytest.param({"aud": None}, INVALID, id="no audience"),
        pytest.param({"exp": None}, INVALID, id="no end"),
        pytest.param({"iat": None}, INVALID, id="no beginning"),
        pytest.param({"exp": "tomorrow"}, INVALID, id="an end that is no number"),
        pytest.param({"exp": 999_970}, INVALID, id="ended 30 s ago"),
        pytest.param({"nbf": 1_000_031}, INVALID, id="begins in 31 s"),
        pytest.param({"iat": 1_000_031}, INVALID, id="issued in 31 s"),
        pytest.param(
            {"iss": "https://issuer.example"},
            ("invalid-payload", "unknown trusted publishing issuer"),
            id="unknown issuer",
        ),
        pytest.param({"iss": None}, ("invalid-payload", "malformed JWT"), id="no issuer"),
        pytest.param({"exp": 999_971, "nbf": 1_000_030, "iat": 1_000_030}, None, id="clocks differ by less"),
    ],
)
def test_what_makes_a_token_valid(changes: dict[str, object], expected: tuple[str, str] | None) -> None:
    with serve(now=lambda: 1_000_000) as index:
        index.trust(index.job(GITHUB).publisher, "sampleproject")
        said = mint(index, index.identity_token(JobDescription("github", changes=changes)))
        assert (refusal(said) if said.status != 200 else None) == expected


def test_a_signature_of_somebody_else(shared: RehearsalIndex) -> None:
    claims = jwt.decode(shared.identity_token(GITHUB).reveal(), options={"verify_signature": False})
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for key_id in ("tpub-rehearsal", "another"):
        token = jwt.encode(claims, key, algorithm="RS256", headers={"kid": key_id})
        assert refusal(mint(shared, token)) == INVALID


REPOSITORY = "octo-org/sampleproject"


def publisher_error(reason: str) -> tuple[str, str]:
    return "invalid-publisher", f"valid token, but no corresponding publisher ({reason})"


@pytest.mark.parametrize(
    ("environment", "job", "expected"),
    [
        pytest.param("", JobDescription("github", environment="anything"), None, id="gh: any environment"),
        pytest.param("PyPI", JobDescription("github", environment="pypi"), None, id="gh: environment in other case"),
        pytest.param("pypi", JobDescription("github", environment="release"), NOT_FOUND, id="gh: other environment"),
        pytest.param("pypi", GITHUB, NOT_FOUND, id="gh: no environment"),
        pytest.param("", JobDescription("github", "Octo-Org/sampleproject"), NOT_FOUND, id="gh: owner in other case"),
        pytest.param("", JobDescription("github", "octo-org/SampleProject"), NOT_FOUND, id="gh: other case"),
        pytest.param("", JobDescription("github", workflow="ci.yml"), NOT_FOUND, id="gh: other workflow"),
        pytest.param(
            "", JobDescription("github", changes={"repository_owner_id": "7"}), NOT_FOUND, id="gh: owner anew"
        ),
        pytest.param("", JobDescription("github", changes={"jti": None}), "Missing claim 'jti'", id="gh: no jti"),
        pytest.param(
            "",
            JobDescription("github", changes={"repository_owner": "somebody"}),
            "Check failed for required claim 'repository_owner'",
            id="gh: owner claim differs",
        ),
        pytest.param(
            "",
            JobDescription("github", changes={"job_workflow_ref": "octo-org/sampleproject/release@main"}),
            "Could not job extract workflow filename from OIDC claims",
            id="gh: no workflow file",
        ),
        pytest.param(
            "",
            JobDescription(
                "github", changes={"job_workflow_ref": "octo-org/shared/.github/workflows/release.yml@refs/heads/main"}
            ),
            f"The job_workflow_ref claim does not match, expecting one of ['{REPOSITORY}/.github/workflows/release.yml@"
            f"{SHA}', '{REPOSITORY}/.github/workflows/release.yml@refs/tags/v1.0'], got "
            "'octo-org/shared/.github/workflows/release.yml@refs/heads/main'",
            id="gh: reusable workflow",
        ),
        pytest.param(
            "",
            JobDescription(
                "github",
                changes={"ref": "", "job_workflow_ref": f"{REPOSITORY}/.github/workflows/release.yml@{SHA}"},
            ),
            None,
            id="gh: by commit",
        ),
        pytest.param(
            "",
            JobDescription("github", changes={"ref": "", "sha": ""}),
            "The ref and sha claims are empty",
            id="gh: neither reference nor commit",
        ),
        pytest.param(
            "",
            JobDescription("github", event="pull_request_target"),
            "Publishing from a workflow invoked via 'pull_request_target' is not supported.",
            id="gh: pull_request_target",
        ),
        pytest.param("", JobDescription("gitlab", environment="anything"), None, id="gl: any environment"),
        pytest.param("PyPI", JobDescription("gitlab", environment="pypi"), NOT_FOUND, id="gl: environment exactly"),
        pytest.param("pypi", JobDescription("gitlab", environment="pypi"), None, id="gl: environment"),
        pytest.param("", JobDescription("gitlab", workflow="ci/release.yml"), NOT_FOUND, id="gl: other file"),
        pytest.param(
            "",
            JobDescription("gitlab", "Octo-Org/sampleproject"),
            "The ci_config_ref_uri claim does not match, expecting one of ['gitlab.com/octo-org/sampleproject//"
            f".gitlab-ci.yml@{SHA}', 'gitlab.com/octo-org/sampleproject//.gitlab-ci.yml@refs/tags/v1.0'], got "
            "'gitlab.com/Octo-Org/sampleproject//.gitlab-ci.yml@refs/tags/v1.0'",
            id="gl: found in any case, compared exactly",
        ),
        pytest.param(
            "",
            JobDescription("gitlab", changes={"ci_config_ref_uri": "gitlab.com/octo-org/sampleproject@main"}),
            "Could not extract workflow filename from OIDC claims",
            id="gl: no configuration file",
        ),
        pytest.param(
            "",
            JobDescription("gitlab", changes={"sub": "project_path:octo-org/other:ref:main"}),
            "Check failed for required claim 'sub'",
            id="gl: other subject",
        ),
        pytest.param(
            "",
            JobDescription("gitlab", changes={"ref_path": ""}),
            "The ref_path and sha claims are empty",
            id="gl: no reference",
        ),
        pytest.param("", JobDescription("gitlab", changes={"jti": None}), "Missing claim 'jti'", id="gl: no jti"),
    ],
)
def test_which_publisher_matches(
    index: RehearsalIndex, environment: str, job: JobDescription, expected: str | None
) -> None:
    index.trust(GitHubPublisher("octo-org", "sampleproject", "release.yml", environment), "sampleproject")
    index.trust(GitLabPublisher("octo-org", "sampleproject", ".gitlab-ci.yml", environment), "sampleproject")
    said = mint(index, index.identity_token(job))
    reason = NOT_FOUND if expected == NOT_FOUND else publisher_error(expected or "")[1]
    assert (refusal(said) if said.status != 200 else None) == (("invalid-publisher", reason) if expected else None)


@pytest.mark.parametrize("provider", ["github", "gitlab"])
def test_the_publisher_of_the_environment_comes_first(
    index: RehearsalIndex, provider: Literal["github", "gitlab"]
) -> None:
    any_environment, exact = JobDescription(provider), JobDescription(provider, environment="pypi")
    index.trust(index.job(any_environment).publisher, "project-a")
    index.trust(index.job(exact).publisher, "project-b")
    for job in (exact, any_environment, JobDescription(provider, environment="other")):
        minted(index, job)
    assert [set(token.projects) for token in index.store.minted] == [{"project-b"}, {"project-a"}, {"project-a"}]


def test_a_self_managed_gitlab_has_to_be_known(index: RehearsalIndex) -> None:
    job = JobDescription("gitlab", issuer="https://gitlab.example.com")
    index.trust(index.job(GITLAB).publisher, "sampleproject")
    index.trust(index.job(job).publisher, "other")
    assert refusal(mint(index, index.identity_token(job))) == ("invalid-payload", "unknown trusted publishing issuer")
    index.add_issuer("https://gitlab.example.com")
    minted(index, job)
    assert index.store.minted[0].projects == {"other"}


def test_a_pending_publisher_creates_its_project(index: RehearsalIndex) -> None:
    index.expect(index.job(GITHUB).publisher, "Sample.Project")
    token = index.identity_token(GITHUB)
    assert mint(index, token).status == 200
    assert index.store.projects == {"sample-project": "Sample.Project"}
    assert (index.store.pending, index.store.registrations[0].projects) == ([], {"sample-project"})
    index.expect(index.job(GITHUB).publisher, "another")
    assert refusal(mint(index, token)) == REUSED


@pytest.mark.parametrize(
    ("name", "code", "description"),
    [
        pytest.param(
            "Sample_Project",
            "invalid-pending-publisher",
            "valid token, but project already exists",
            id="project exists",
        ),
        pytest.param(
            "samp1eproject",
            "invalid-payload",
            "The name 'samp1eproject' is too similar to an existing project. "
            "See HELP#project-name for more information.",
            id="similar name",
        ),
        pytest.param(
            "asyncio",
            "invalid-payload",
            "The name 'asyncio' isn't allowed (conflict with Python Standard Library module name). "
            "See HELP#project-name for more information.",
            id="standard library",
        ),
        pytest.param(
            "md5",
            "invalid-payload",
            "The name 'md5' isn't allowed (conflict with Python Standard Library module name). "
            "See HELP#project-name for more information.",
            id="standard library of an old Python",
        ),
        pytest.param("-x", "invalid-payload", "The name '-x' is invalid.", id="no name at all"),
    ],
)
def test_a_pending_publisher_whose_project_cannot_be(
    index: RehearsalIndex, name: str, code: str, description: str
) -> None:
    index.store.create_project("sample-project")
    index.expect(index.job(GITHUB).publisher, name)
    expected = (code, description.replace("HELP", f"{index.url}/help/"))
    assert refusal(mint(index, index.identity_token(GITHUB))) == expected


def test_a_burnt_token_is_unknown_and_a_users_stays(index: RehearsalIndex) -> None:
    index.trust(index.job(GITHUB).publisher, "sampleproject")
    token, user_token = minted(index, GITHUB), index.user_token().reveal()
    for body in (b"nonsense", *(json.dumps({"token": t}).encode() for t in (token, user_token, "pypi-unknown"))):
        said = ask(index, "/_/oidc/burn-token", "POST", body=body)
        assert (said.status, said.json()) == (202, {"message": "Accepted", "errors": []})
    assert post(index, fields(), authorization=basic(token)).status == 403
    assert post(index, fields(), authorization=basic(user_token)).status == 200
