"""What a minted token allows, and for how long."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from support.rehearsals import ask, basic, fields, part, post
from tpub.rehearsal import JobDescription, RehearsalIndex, serve

JOB = JobDescription("github")
OTHER = "OIDC scoped token is not valid for project 'other', project-scoped token is not valid for project: 'other'"


@dataclass
class Time:
    """A clock that stands still until told."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def mint(index: RehearsalIndex) -> str:
    body = json.dumps({"token": index.identity_token(JOB).reveal()}).encode()
    token = ask(index, "/_/oidc/mint-token", "POST", body=body).json()["token"]
    assert isinstance(token, str)
    return token


def uploaded(index: RehearsalIndex, token: str, name: str = "sampleproject") -> tuple[int, str]:
    file = part("content", name.encode(), filename=f"{name}-1.0-py3-none-any.whl")
    said = post(index, fields(name.encode(), name=name), file, authorization=basic(token))
    return said.status, said.reason


def test_a_token_expires() -> None:
    time = Time()
    with serve(now=time, token_life=60) as index:
        index.trust(index.job(JOB).publisher, "sampleproject")
        token = mint(index)
        time.now += 59
        assert uploaded(index, token) == (200, "OK")
        time.now += 1
        assert uploaded(index, token) == (403, "Invalid API Token: token is expired, token is expired")


def test_a_token_is_for_the_projects_of_its_publisher(index: RehearsalIndex) -> None:
    index.trust(index.job(JOB).publisher, "sampleproject")
    token = mint(index)
    index.store.create_project("other")
    assert uploaded(index, token, "other") == (403, f"Invalid API Token: {OTHER}, {OTHER}")
    index.trust(index.job(JOB).publisher, "other")
    half = "project-scoped token is not valid for project: 'other'"
    assert uploaded(index, token, "other") == (403, f"Invalid API Token: {half}, {half}")
    assert uploaded(index, mint(index), "other") == (200, "OK")


def test_a_token_creates_no_project(index: RehearsalIndex) -> None:
    index.expect(index.job(JOB).publisher, "sampleproject")
    status, reason = uploaded(index, mint(index), "sampel")
    assert (status, reason.partition(". ")[0]) == (400, "Non-user identities cannot create new projects")
    assert reason.endswith(f"Please ensure that both match. See: {index.url}/help/#trusted-publishers")
    assert list(index.store.projects) == ["sampleproject"]


def test_the_name_of_a_project_is_as_last_spelt(index: RehearsalIndex) -> None:
    index.trust(index.job(JOB).publisher, "SampleProject")
    assert uploaded(index, mint(index)) == (200, "OK")
    assert index.store.projects == {"sampleproject": "sampleproject"}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        pytest.param({}, 200, id="right"),
        pytest.param({"authorization": "Bearer guess"}, 401, id="other bearer"),
        pytest.param({"authorization": "Basic {bearer}"}, 401, id="other scheme"),
        pytest.param({"job": "999"}, 401, id="unknown job"),
        pytest.param({"query": "audience=a"}, 400, id="no api-version"),
    ],
)
def test_the_token_service_of_github(shared: RehearsalIndex, change: dict[str, str], status: int) -> None:
    env = shared.job(JOB).env
    bearer = env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]
    path, _, query = env["ACTIONS_ID_TOKEN_REQUEST_URL"].removeprefix(shared.url).partition("?")
    path = f"/ci/github/{change['job']}/idtoken" if "job" in change else path
    authorization = change.get("authorization", "Bearer {bearer}").format(bearer=bearer)
    target = f"{path}?{change.get('query', f'{query}&audience=a')}"
    said = ask(shared, target, headers={"Authorization": authorization})
    assert (said.status, "value" in said.json()) == (status, status == 200)
