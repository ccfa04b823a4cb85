from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.loopback import Answer, Asked, Loopback, serving
from support.tokens import GOOGLE, unsigned
from tpub.diagnostic import Answer as Said, Variable
from tpub.errors import IdentityError
from tpub.http import Http
from tpub.identity.detect import detect
from tpub.identity.google import GoogleCloud

TOKEN = unsigned(GOOGLE)
FLAVOR = {"Metadata-Flavor": "Google"}
ACCOUNT = "publisher@my-proj.iam.gserviceaccount.com"
DEFAULT = "/computeMetadata/v1/instance/service-accounts/default"


def machine(server: Loopback, account: str = "") -> GoogleCloud:
    return GoogleCloud(account, server.url.removeprefix("http://"), server.url)


def google(asked: Asked) -> Answer:
    """Answer as the metadata server and the credentials API do together."""
    if asked.path == f"{DEFAULT}/identity":
        return Answer(body=f"{TOKEN}\n".encode(), headers=FLAVOR)
    if asked.path == f"{DEFAULT}/token":
        return Answer(body={"access_token": "ya29.access", "expires_in": 3599}, headers=FLAVOR)
    return Answer(body={"token": TOKEN})


@pytest.mark.parametrize(
    ("env", "machine", "provider"),
    [
        pytest.param({"GCE_METADATA_HOST": "127.0.0.1:1"}, "", GoogleCloud("", "127.0.0.1:1"), id="a server is named"),
        pytest.param({"K_SERVICE": "release"}, "", GoogleCloud(), id="Cloud Run"),
        pytest.param({"CLOUD_RUN_JOB": "release"}, "", GoogleCloud(), id="a job on Cloud Run"),
        pytest.param({"GAE_SERVICE": "default"}, "", GoogleCloud(), id="App Engine"),
        pytest.param({}, "Google Compute Engine", GoogleCloud(), id="the firmware says so"),
        pytest.param({}, "Google", GoogleCloud(), id="an older firmware says so"),
        pytest.param({"GOOGLE_SERVICE_ACCOUNT_NAME": ACCOUNT}, "", GoogleCloud(ACCOUNT), id="impersonation"),
        pytest.param({"GCE_METADATA_HOST": "", "K_SERVICE": ""}, "", None, id="empty variables"),
        pytest.param({}, "Googly Eyes 3000", None, id="another machine"),
        pytest.param({}, "", None, id="a laptop"),
    ],
)
def test_where_google_is(env: dict[str, str], machine: str, provider: GoogleCloud | None) -> None:
    assert detect(env, machine) == provider


def test_the_token_of_the_machine() -> None:
    with serving(google) as server, Http({}) as http:
        assert machine(server).identity_token("pypi", http).reveal() == TOKEN
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.query, asked.headers["metadata-flavor"]) == (
        "GET",
        f"{DEFAULT}/identity",
        {"audience": ["pypi"], "format": ["full"]},
        "Google",
    )
    assert "authorization" not in asked.headers


def test_the_token_of_an_impersonated_account() -> None:
    with serving(google) as server, Http({}) as http:
        assert machine(server, ACCOUNT).identity_token("pypi", http).reveal() == TOKEN
    first, second = server.asked
    assert (first.method, first.path, first.query) == (
        "GET",
        f"{DEFAULT}/token",
        {"scopes": ["https://www.googleapis.com/auth/cloud-platform"]},
    )
    assert "authorization" not in first.headers
    assert (second.method, second.path) == ("POST", f"/v1/projects/-/serviceAccounts/{ACCOUNT}:generateIdToken")
    assert second.headers["authorization"] == "Bearer ya29.access"
    assert json.loads(second.body) == {"audience": "pypi", "includeEmail": True}


def test_an_account_cannot_leave_its_place_in_the_address() -> None:
    with serving(google) as server, Http({}) as http:
        machine(server, "../x?y#z").identity_token("pypi", http)
    assert (server.asked[1].path, server.asked[1].query) == (
        "/v1/projects/-/serviceAccounts/..%2Fx%3Fy%23z:generateIdToken",
        {},
    )


@pytest.mark.parametrize(
    ("answer", "status", "text"),
    [
        pytest.param(Answer(404, headers=FLAVOR, reason="Not Found"), 404, "Not Found", id="no service account"),
        pytest.param(Answer(503, headers=FLAVOR, reason="Busy"), 503, "Busy", id="not ready"),
        pytest.param(Answer(302, headers=FLAVOR | {"Location": "/x"}, reason="Found"), 302, "Found", id="redirect"),
        pytest.param(Answer(200, TOKEN.encode(), reason="OK"), 200, "OK", id="not the metadata server"),
    ],
)
def test_a_metadata_server_that_gives_no_token(answer: Answer, status: int, text: str) -> None:
    with serving(lambda _: answer) as server, Http({}) as http, pytest.raises(IdentityError) as caught:
        machine(server).identity_token("pypi", http)
    told = caught.value.diagnostic
    url = f"{server.url}{DEFAULT}/identity"
    assert (told.code, told.evidence) == ("google-token-error", (Said(url, status, text),))
    assert TOKEN not in repr(told)
    assert len(server.asked) == 1


@pytest.mark.parametrize("authority", ["127.0.0.1:1", "localhost:http"])
def test_no_metadata_server(authority: str) -> None:
    with Http({}) as http, pytest.raises(IdentityError) as caught:
        GoogleCloud("", authority).identity_token("pypi", http)
    assert caught.value.diagnostic.code == "google-metadata-unreachable"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(
            Answer(403, {"error": {"code": 403, "message": "Permission denied"}}),
            "google-impersonation-denied",
            id="the role is missing",
        ),
        pytest.param(
            Answer(404, {"error": {"code": 404, "message": "Not found"}}),
            "google-impersonation-denied",
            id="no such account",
        ),
        pytest.param(Answer(500, b"<html>"), "google-token-error", id="outage"),
        pytest.param(Answer(200, {"error": "x"}), "google-token-error", id="no token in it"),
        pytest.param(None, "google-token-error", id="no answer"),
    ],
)
def test_an_impersonation_that_fails(answer: Answer | None, code: str) -> None:
    def refusing(asked: Asked) -> Answer | None:
        return google(asked) if asked.method == "GET" else answer

    with serving(refusing) as server, Http({}) as http, pytest.raises(IdentityError) as caught:
        machine(server, ACCOUNT).identity_token("pypi", http)
    told = caught.value.diagnostic
    assert told.code == code
    assert "ya29" not in repr(told)


def test_the_role_that_impersonation_needs() -> None:
    def refusing(asked: Asked) -> Answer:
        return google(asked) if asked.method == "GET" else Answer(403, {"error": {"message": "No"}}, reason="Forbidden")

    with serving(refusing) as server, Http({}) as http, pytest.raises(IdentityError) as caught:
        machine(server, ACCOUNT).identity_token("pypi", http)
    told = caught.value.diagnostic
    url = f"{server.url}/v1/projects/-/serviceAccounts/{ACCOUNT}:generateIdToken"
    assert told.evidence == (Said(url, 403, "No"), Variable("GOOGLE_SERVICE_ACCOUNT_NAME", "set"))
    assert told.hint == (
        f"Grant this machine's service account roles/iam.serviceAccountOpenIdTokenCreator on {ACCOUNT}."
    )


def test_a_proxy_is_not_asked(tmp_path: Path) -> None:
    script = tmp_path / "ask.py"
    script.write_text(
        "import os\n"
        "from tpub.http import Http\n"
        "from tpub.identity.google import GoogleCloud\n"
        "with Http(os.environ) as http:\n"
        "    print(GoogleCloud.of(os.environ).identity_token('pypi', http).reveal())\n"
    )
    with serving(google) as server, serving(lambda _: Answer(502)) as proxy:
        named = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"), proxy.url)
        env = named | {"GCE_METADATA_HOST": server.url.removeprefix("http://")}
        done = subprocess.run([sys.executable, script], env=env, capture_output=True, text=True, check=False)  # noqa: S603  (our own)
    assert (done.stdout.strip(), done.stderr, proxy.asked) == (TOKEN, "", [])
