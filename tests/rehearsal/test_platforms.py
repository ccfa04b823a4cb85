"""Publishers on Google Cloud and ActiveState, GitLabs of one's own, and organizations, as the index treats them.

The words are those of warehouse.oidc.models.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import jwt
import pytest

from support import dists
from support.rehearsals import ask
from support.world import a_world, tpub
from tpub.http import Http
from tpub.identity.publisher import ActiveStatePublisher, GooglePublisher, Publisher
from tpub.publishing.publish import Order, publish
from tpub.rehearsal import JobDescription, RehearsalIndex
from tpub.rehearsal.ci import account_id

GOOGLE = JobDescription("google")
ACTIVESTATE = JobDescription("activestate")
EMAIL = "sampleproject@octo-org.iam.gserviceaccount.com"
NUMBER = account_id("octo-org/sampleproject")
NOT_FOUND = "Publisher with matching claims was not found"


def exchanged(index: RehearsalIndex, job: JobDescription) -> str:
    """Return why the index gives no token, or nothing."""
    body = json.dumps({"token": index.identity_token(job).reveal()}).encode()
    said = ask(index, "/_/oidc/mint-token", "POST", body=body)
    if said.status == 200:
        return ""
    errors = said.json()["errors"]
    assert isinstance(errors, list)
    assert errors[0]["code"] == "invalid-publisher"
    return str(errors[0]["description"]).removeprefix("valid token, but no corresponding publisher (").removesuffix(")")


def changed(job: JobDescription, **claims: object) -> JobDescription:
    return JobDescription(job.provider, changes=claims)


@pytest.mark.parametrize(
    ("publisher", "job", "words"),
    [
        pytest.param(GooglePublisher(EMAIL), GOOGLE, "", id="Google"),
        pytest.param(GooglePublisher(EMAIL, NUMBER), GOOGLE, "", id="Google, the subject too"),
        pytest.param(GooglePublisher(EMAIL, "7"), GOOGLE, NOT_FOUND, id="Google, another subject"),
        pytest.param(GooglePublisher("other@x"), GOOGLE, NOT_FOUND, id="Google, another account"),
        pytest.param(
            GooglePublisher(EMAIL), changed(GOOGLE, email=None), "Missing claim 'email'", id="Google, no e-mail address"
        ),
        pytest.param(
            GooglePublisher(EMAIL),
            changed(GOOGLE, email_verified=False),
            "Check failed for required claim 'email_verified'",
            id="Google, address not verified",
        ),
        pytest.param(ActiveStatePublisher("octo-org", "sampleproject", "releaser"), ACTIVESTATE, "", id="ActiveState"),
        pytest.param(
            ActiveStatePublisher("octo-org", "sampleproject", "alice"), ACTIVESTATE, NOT_FOUND, id="another actor"
        ),
        pytest.param(
            ActiveStatePublisher("octo-org", "other", "releaser"), ACTIVESTATE, NOT_FOUND, id="another project"
        ),
        pytest.param(
            ActiveStatePublisher("octo-org", "sampleproject", "releaser"),
            changed(ACTIVESTATE, builder="wheel-builder"),
            "Check failed for required claim 'builder'",
            id="another builder",
        ),
        pytest.param(
            ActiveStatePublisher("octo-org", "sampleproject", "releaser"),
            changed(ACTIVESTATE, sub="org:octo-org"),
            "Invalid 'subject' claim. Wrong format",
            id="a subject too short",
        ),
        pytest.param(
            ActiveStatePublisher("octo-org", "sampleproject", "releaser"),
            changed(ACTIVESTATE, sub="org:octo-org:project:other"),
            "Invalid 'subject' claim",
            id="another subject",
        ),
        pytest.param(
            ActiveStatePublisher("octo-org", "sampleproject", "releaser"),
            changed(ACTIVESTATE, actor_id=None),
            "Missing claim 'actor_id'",
            id="nobody started it",
        ),
    ],
)
def test_who_is_trusted(index: RehearsalIndex, publisher: Publisher, job: JobDescription, words: str) -> None:
    index.trust(publisher, "sampleproject")
    assert exchanged(index, job) == words


def test_a_subject_is_preferred_to_none(index: RehearsalIndex) -> None:
    index.trust(GooglePublisher(EMAIL), "any")
    index.trust(GooglePublisher(EMAIL, NUMBER), "this")
    assert exchanged(index, GOOGLE) == ""
    (live,) = index.store.live(0)
    assert live.projects == {"this"}


def test_tokens_of_google_may_come_again(index: RehearsalIndex) -> None:
    index.trust(GooglePublisher(EMAIL), "sampleproject")
    body = json.dumps({"token": index.identity_token(GOOGLE).reveal()}).encode()
    assert [ask(index, "/_/oidc/mint-token", "POST", body=body).status for _ in range(2)] == [200, 200]


@pytest.mark.parametrize(
    ("provider", "told"),
    [
        pytest.param(
            "github", {"GITHUB_SHA": "sha", "GITHUB_WORKFLOW_SHA": "sha", "GITHUB_ACTOR": "actor"}, id="GitHub"
        ),
        pytest.param("gitlab", {"CI_COMMIT_SHA": "sha", "CI_COMMIT_REF_NAME": "ref"}, id="GitLab"),
    ],
)
def test_variables_and_claims_of_a_job_agree(
    index: RehearsalIndex, provider: Literal["github", "gitlab"], told: dict[str, str]
) -> None:
    job = JobDescription(provider)
    payload = jwt.decode(index.identity_token(job).reveal(), options={"verify_signature": False})
    env = index.job(job).env
    assert {name: env[name] for name in told} == {name: payload[claim] for name, claim in told.items()}


@pytest.mark.parametrize(
    ("issuer", "status"),
    [pytest.param("https://git.example", 200, id="registered"), pytest.param("https://git.other", 422, id="unknown")],
)
def test_a_gitlab_of_ones_own(index: RehearsalIndex, issuer: str, status: int) -> None:
    index.add_issuer("https://git.example")
    job = JobDescription("gitlab", issuer=issuer)
    index.trust(index.job(job).publisher, "sampleproject")
    body = json.dumps({"token": index.identity_token(job).reveal()}).encode()
    assert ask(index, "/_/oidc/mint-token", "POST", body=body).status == status


@pytest.mark.parametrize(("organization", "owners"), [("", {}), ("octo", {"sampleproject": "octo"})])
def test_a_pending_publisher_of_an_organization(
    index: RehearsalIndex, organization: str, owners: dict[str, str]
) -> None:
    index.expect(GooglePublisher(EMAIL), "sampleproject", organization)
    assert exchanged(index, GOOGLE) == ""
    assert index.store.organizations == owners


@pytest.mark.parametrize("provider", ["google", "activestate"])
def test_a_release_lands_whole(
    index: RehearsalIndex, tmp_path: Path, provider: Literal["google", "activestate"]
) -> None:
    job = index.job(JobDescription(provider))
    index.trust(job.publisher, "sampleproject")
    with Http({}) as http:
        outcome = publish(Order([str(dists.wheel(tmp_path))], index.index), a_world(job.env, http))
    assert outcome.exit_code == 0
    assert outcome.identity is not None
    assert (outcome.identity.provider, list(index.store.files)) == (provider, ["sampleproject-1.0-py3-none-any.whl"])


@pytest.mark.parametrize("provider", ["google", "activestate"])
def test_a_rehearsal(tmp_path: Path, provider: str) -> None:
    ran = tpub("rehearse", "--as", provider, str(dists.wheel(tmp_path)))
    assert ran.code == 0, ran.err


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        pytest.param("/computeMetadata/v1/instance/service-accounts/default/identity?audience=a", {}, 403, id="flavor"),
        pytest.param("/computeMetadata/v1/instance/service-accounts/default/identity", None, 400, id="no audience"),
        pytest.param("/computeMetadata/v1/instance/zone?audience=a", None, 404, id="something else"),
    ],
)
def test_the_metadata_server(index: RehearsalIndex, path: str, headers: dict[str, str] | None, status: int) -> None:
    place = index.job(GOOGLE).env["GCE_METADATA_HOST"].partition("/")[2]
    given = {"Metadata-Flavor": "Google"} if headers is None else headers
    assert ask(index, f"/{place}{path}", headers=given).status == status


@pytest.mark.parametrize(("form", "email"), [("&format=full", EMAIL), ("", None)])
def test_the_address_is_in_full_tokens_only(index: RehearsalIndex, form: str, email: str | None) -> None:
    place = index.job(GOOGLE).env["GCE_METADATA_HOST"].partition("/")[2]
    path = f"/{place}/computeMetadata/v1/instance/service-accounts/default/identity?audience=a{form}"
    token = ask(index, path, headers={"Metadata-Flavor": "Google"}).body
    assert jwt.decode(token, options={"verify_signature": False}).get("email") == email
