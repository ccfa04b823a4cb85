"""What must not happen to an identity, whatever the servers say."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from support import dists
from support.loopback import Answer, Asked, Loopback, serving
from support.tokens import GITHUB, GITLAB, unsigned
from support.world import quick_clock, tpub
from tpub.authorization import basic
from tpub.cli.app import App
from tpub.cli.main import connect, run
from tpub.secret import Secret

AUDIENCE = "packages.example.com"
BEARER = "the-bearer-of-the-job"


def claims(audience: object) -> dict[str, object]:
    return {**GITHUB, "aud": audience}


def github(server: Loopback) -> dict[str, str]:
    return {
        "GITHUB_ACTIONS": "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{server.url}/idtoken?api-version=2.0",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": BEARER,
    }


def answering(**answers: Answer) -> Callable[[Asked], Answer]:
    """Return an index, with GitHub's token service beside it; `answers` replace what it says."""
    usual = {
        "audience": Answer(body={"audience": AUDIENCE}),
        "idtoken": Answer(body={"value": unsigned(claims(AUDIENCE))}),
        "mint-token": Answer(body={"success": True, "token": "pypi-minted", "expires": 9999999999}),
        "burn-token": Answer(body={}),
    }
    return lambda asked: (usual | answers).get(asked.path.rpartition("/")[2], Answer(404))


def received(server: Loopback, secret: str) -> list[str]:
    """Return the paths to which a secret was sent, in whatever part of the request."""
    return [
        asked.path
        for asked in server.asked
        if secret in f"{asked.path}{asked.query}{asked.headers}{asked.body.decode('latin-1')}"
    ]


@pytest.mark.parametrize(
    ("audience", "code"),
    [
        pytest.param("pypi", "audience-mismatch", id="PyPI's"),
        pytest.param("testpypi", "audience-mismatch", id="TestPyPI's"),
        pytest.param([AUDIENCE, "pypi"], "audience-list", id="PyPI's beside its own"),
        pytest.param("", "audience-mismatch", id="empty"),
        pytest.param(None, "audience-mismatch", id="none"),
    ],
)
@pytest.mark.parametrize("way", ["brought", "in a variable", "from GitHub"])
def test_a_token_for_somebody_else_is_not_sent(tmp_path: Path, audience: object, code: str, way: str) -> None:
    token = unsigned(claims(audience))
    (tmp_path / "identity").write_text(token)
    usual = answering(idtoken=Answer(body={"value": token}))
    with serving(usual) as server:
        env, options = {
            "brought": ({}, ["--identity-token-file", str(tmp_path / "identity")]),
            "in a variable": ({"PACKAGES_EXAMPLE_COM_ID_TOKEN": token}, []),
            "from GitHub": (github(server), []),
        }[way]
        ran = tpub("token", "--index", f"{server.url}/legacy/", *options, env=env, folder=tmp_path)
    assert (ran.code, f"[{code}]" in ran.err) == (4, True)
    assert received(server, token) == []


@pytest.mark.parametrize("audience", ["pypi", "testpypi"])
def test_an_index_that_asks_for_somebody_elses_token_gets_none(tmp_path: Path, audience: str) -> None:
    greedy = answering(audience=Answer(body={"audience": audience}))
    gitlab = {"GITLAB_CI": "true", f"{audience.upper()}_ID_TOKEN": unsigned(GITLAB | {"aud": audience})}
    with serving(greedy) as server:
        for env in (github(server), gitlab):
            ran = tpub("token", "--index", f"{server.url}/legacy/", env=env, folder=tmp_path)
            assert (ran.code, "[audience-foreign]" in ran.err) == (4, True)
    assert {asked.path for asked in server.asked} == {"/_/oidc/audience"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("where", ["audience", "idtoken", "mint-token", "burn-token"])
def test_nothing_follows_a_redirect(tmp_path: Path, where: str, status: int) -> None:
    with serving(answering()) as elsewhere:
        away = Answer(status, headers={"Location": f"{elsewhere.url}/_/oidc/{where}"})
        with serving(answering(**{where: away})) as server:
            env = github(server)
            dists.wheel(tmp_path / "dist")
            paths = [str(path) for path in (tmp_path / "dist").iterdir()]
            ran = tpub("upload", "--index", f"{server.url}/legacy/", *paths, env=env, folder=tmp_path)
    assert ran.code != 0
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        pytest.param("http://packages.example.com/legacy/", "index-url-insecure", id="an index in the clear"),
        pytest.param("http://127.0.0.1.example.com/legacy/", "index-url-insecure", id="a host that looks local"),
        pytest.param("https://packages.example.com:port/legacy/", "index-url-malformed", id="a port that is none"),
    ],
)
def test_nothing_travels_in_the_clear(tmp_path: Path, url: str, code: str) -> None:
    ran = tpub("token", "--index", url, env={"GITHUB_ACTIONS": "true"}, folder=tmp_path)
    assert (ran.code, f"[{code}]" in ran.err) == (2, True)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["upload", "--dry-run", "--index", "{index}"], id="upload --dry-run"),
        pytest.param(["check"], id="check"),
        pytest.param(["check", "--index", "{index}"], id="check --index"),
    ],
)
def test_nothing_is_minted_only_to_look(tmp_path: Path, command: list[str]) -> None:
    with serving(answering()) as server:
        words = [word.format(index=f"{server.url}/legacy/") for word in command]
        ran = tpub(*words, str(dists.wheel(tmp_path)), env=github(server), folder=tmp_path)
    assert ran.code == 0
    assert {asked.path for asked in server.asked} <= {"/simple/sampleproject/"}


def test_secrets_are_masked_before_they_are_used(tmp_path: Path) -> None:
    identity, err, masked = unsigned(claims(AUDIENCE)), io.StringIO(), []

    def index(asked: Asked) -> Answer:
        if asked.path.endswith("/mint-token"):
            masked.append(f"::add-mask::{identity}\n" == err.getvalue())
        return answering()(asked)

    with serving(index) as server:
        app = App(github(server), io.StringIO(), err, quick_clock(), connect, folder=tmp_path)
        assert run(["token", "--index", f"{server.url}/legacy/"], app) == 0
    assert masked == [True]
    assert err.getvalue().splitlines()[:2] == [f"::add-mask::{identity}", "::add-mask::pypi-minted"]


def test_the_bearer_of_the_job_goes_to_github_alone(tmp_path: Path) -> None:
    with serving(answering()) as server:
        tpub("token", "--index", f"{server.url}/legacy/", env=github(server), folder=tmp_path)
    assert received(server, BEARER) == ["/idtoken"]
    assert received(server, unsigned(claims(AUDIENCE))) == ["/_/oidc/mint-token"]


@pytest.mark.parametrize("where", ["idtoken", "mint-token", "legacy", "simple"])
@pytest.mark.parametrize("status", [400, 403, 500])
@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_a_server_that_answers_with_what_it_got(tmp_path: Path, where: str, status: int, form: str) -> None:
    def index(asked: Asked) -> Answer:
        if where not in asked.path:
            return answering(legacy=Answer(body={}))(asked)
        got = asked.headers.get("authorization") or json.loads(asked.body)["token"]
        errors = [{"code": "invalid-token", "description": got}]
        return Answer(status, {"message": got, "errors": errors}, reason=got)

    wheel, token = dists.wheel(tmp_path), "pypi-the-users-own"
    with serving(index) as server:
        words = ["upload", "--index", f"{server.url}/legacy/", "--format", form, "--max-tries", "1", str(wheel)]
        ran = tpub(*words, env={"TPUB_TOKEN": token} if where == "simple" else github(server), folder=tmp_path)
    seen = "\n".join(line for line in (ran.out + ran.err).splitlines() if not line.startswith("::add-mask::"))
    hidden = {BEARER, token, "pypi-minted", unsigned(claims(AUDIENCE)).split(".")[1]}
    hidden |= {basic("__token__", Secret(each)).reveal().split()[1] for each in (token, "pypi-minted")}
    assert ([secret for secret in hidden if secret in seen], "***" in seen) == ([], True)
