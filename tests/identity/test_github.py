from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.loopback import Answer, Asked, serving
from tpub.diagnostic import Evidence, Variable
from tpub.errors import IdentityError
from tpub.http import Http
from tpub.identity.github import TOKEN, URL, GitHubActions

JOB = {"GITHUB_ACTIONS": "true", "GITHUB_JOB": "publish", URL: "https://actions.example/token?api-version=2.0"}
JOB |= {TOKEN: "request-token"}


@pytest.mark.parametrize("value", ["", "false", "TRUE", "True", "1", "yes"])
def test_only_the_exact_mark_counts(value: str) -> None:
    assert GitHubActions.detect(JOB | {"GITHUB_ACTIONS": value}) is None


def event(folder: Path, head: object) -> dict[str, str]:
    path = folder / "event.json"
    base = {"repo": {"full_name": "octo-org/sampleproject"}}
    path.write_text(json.dumps({"pull_request": {"head": {"repo": head}, "base": base}}))
    return {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(path)}


NEITHER: tuple[Evidence, ...] = (Variable(URL), Variable(TOKEN))


@pytest.mark.parametrize(
    ("gone", "code", "evidence"),
    [
        pytest.param({URL: None, TOKEN: None}, "gh-id-token-missing", NEITHER, id="no permission"),
        pytest.param({TOKEN: None}, "gh-id-token-missing", (Variable(TOKEN),), id="half of it dropped"),
        pytest.param({TOKEN: ""}, "gh-id-token-missing", (Variable(TOKEN, "empty"),), id="passed on empty"),
        pytest.param({URL: None, TOKEN: None, "ACT": "true"}, "act-no-oidc", NEITHER, id="act"),
        pytest.param({URL: "http://elsewhere.example/"}, "gh-token-url-insecure", (Variable(URL, "set"),), id="http"),
    ],
)
def test_a_job_without_identity(gone: Mapping[str, str | None], code: str, evidence: tuple[Evidence, ...]) -> None:
    env = {name: value for name, value in {**JOB, **gone}.items() if value is not None}
    with pytest.raises(IdentityError) as caught:
        GitHubActions.detect(env)
    assert (caught.value.diagnostic.code, caught.value.diagnostic.evidence) == (code, evidence)
    assert caught.value.diagnostic.hint


@pytest.mark.parametrize(
    ("head", "code"),
    [
        pytest.param({"full_name": "stranger/sampleproject"}, "gh-fork-pull-request", id="fork"),
        pytest.param(None, "gh-fork-pull-request", id="fork that is gone"),
        pytest.param({"full_name": "octo-org/sampleproject"}, "gh-id-token-missing", id="branch of the repository"),
        pytest.param("nonsense", "gh-id-token-missing", id="event that makes no sense"),
    ],
)
def test_a_pull_request_without_identity(tmp_path: Path, head: object, code: str) -> None:
    env = {"GITHUB_ACTIONS": "true"} | event(tmp_path, head)
    with pytest.raises(IdentityError) as caught:
        GitHubActions.detect(env)
    assert caught.value.diagnostic.code == code


def test_a_token_is_asked_for_with_the_jobs_own_token() -> None:
    def token(_: Asked) -> Answer:
        return Answer(body={"value": "a.b.c"})

    with serving(token) as server, Http({}) as http:
        provider = GitHubActions.detect(JOB | {URL: f"{server.url}/token?api-version=2.0"})
        assert provider is not None
        assert provider.identity_token("pypi", http).reveal() == "a.b.c"
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.query, asked.headers["authorization"]) == (
        "GET",
        "/token",
        {"api-version": ["2.0"], "audience": ["pypi"]},
        "Bearer request-token",
    )


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(500), id="500"),
        pytest.param(Answer(302, headers={"Location": "https://elsewhere.example/"}), id="redirect"),
        pytest.param(Answer(body=b"<html>"), id="no JSON"),
        pytest.param(Answer(body={"count": 1}), id="no value"),
        pytest.param(Answer(body={"value": 7}), id="no string"),
        pytest.param(None, id="silence"),
    ],
)
def test_a_token_service_that_gives_none(answer: Answer | None) -> None:
    with serving(lambda _: answer) as server, Http({}) as http:
        provider = GitHubActions.detect(JOB | {URL: server.url})
        assert provider is not None
        with pytest.raises(IdentityError) as caught:
            provider.identity_token("pypi", http)
    assert caught.value.diagnostic.code == "gh-token-endpoint-error"
    assert "request-token" not in str(caught.value)


def test_the_request_token_does_not_show() -> None:
    assert "request-token" not in repr(GitHubActions.detect(JOB))
