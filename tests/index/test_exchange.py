from __future__ import annotations

import pytest

from support.loopback import Answer, Asked, serving
from support.tokens import GITHUB, unsigned
from tpub.diagnostic import Claim
from tpub.errors import ExchangeError, NetworkError
from tpub.http import Http
from tpub.index import exchange
from tpub.index.exchange import ApiToken
from tpub.index.known import Known
from tpub.index.model import find
from tpub.secret import Secret

TOKEN = Secret(unsigned(GITHUB))


def refusal(code: str, description: str) -> Answer:
    errors = [{"code": code, "description": description}]
    return Answer(422, {"message": "Token request failed", "errors": errors})


def test_the_whole_exchange() -> None:
    def index(asked: Asked) -> Answer:
        return {
            "/_/oidc/audience": Answer(body={"audience": "tpub"}),
            "/_/oidc/mint-token": Answer(body={"success": True, "token": "pypi-minted", "expires": 1795000900}),
            "/_/oidc/burn-token": Answer(body={"success": True}),
        }[asked.path]

    with serving(index) as server, Http({}) as http:
        there = find(f"{server.url}/legacy/")
        assert exchange.audience(there, http) == "tpub"
        minted = exchange.mint(there, TOKEN, GITHUB, http)
        assert minted == ApiToken(Secret("pypi-minted"), 1795000900.0)
        assert exchange.burn(there, minted, http)
    assert [(asked.method, asked.path) for asked in server.asked] == [
        ("GET", "/_/oidc/audience"),
        ("POST", "/_/oidc/mint-token"),
        ("POST", "/_/oidc/burn-token"),
    ]
    assert server.asked[1].body == b'{"token":"%s"}' % TOKEN.reveal().encode()


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        pytest.param(Answer(404), ExchangeError, "index-no-oidc", id="no trusted publishing"),
        pytest.param(Answer(403), ExchangeError, "index-oidc-off", id="switched off"),
        pytest.param(Answer(302, headers={"Location": "/"}), ExchangeError, "index-no-oidc", id="redirect"),
        pytest.param(Answer(body={"audience": "pypi"}), ExchangeError, "audience-foreign", id="PyPI's audience"),
        pytest.param(
            Answer(body={"audience": "testpypi"}), ExchangeError, "audience-foreign", id="TestPyPI's audience"
        ),
        pytest.param(Answer(body={"audience": "sigstore"}), ExchangeError, "audience-foreign", id="sigstore's"),
        pytest.param(Answer(body={"audience": "sts.amazonaws.com"}), ExchangeError, "audience-foreign", id="a cloud's"),
        pytest.param(Answer(502), NetworkError, "index-unavailable", id="overload"),
        pytest.param(Answer(body={"audience": ""}), NetworkError, "reply-malformed", id="empty"),
        pytest.param(Answer(body=b"<html>"), NetworkError, "reply-malformed", id="no JSON"),
    ],
)
def test_an_index_without_audience(answer: Answer, error: type[ExchangeError | NetworkError], code: str) -> None:
    with serving(lambda _: answer) as server, Http({}) as http, pytest.raises(error) as caught:
        exchange.audience(find(server.url), http)
    assert caught.value.diagnostic.code == code


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(
            Answer(307, headers={"Location": "https://elsewhere.example"}), "exchange-redirected", id="redirect"
        ),
        pytest.param(Answer(400, b"no"), "exchange-failed", id="no JSON"),
        pytest.param(Answer(422, {"errors": ["x", {}]}), "exchange-failed", id="errors that are none"),
    ],
)
def test_an_exchange_that_fails(answer: Answer, code: str) -> None:
    with serving(lambda _: answer) as server, Http({}) as http, pytest.raises(ExchangeError) as caught:
        exchange.mint(find(server.url), TOKEN, GITHUB, http)
    assert caught.value.diagnostic.code == code
    assert TOKEN.reveal() not in str(caught.value) + repr(caught.value.diagnostic)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(Answer(504), "exchange-timeout", id="the gateway gave up"),
        pytest.param(Answer(503), "index-unavailable", id="overload"),
        pytest.param(None, "connection-lost", id="no answer"),
    ],
)
def test_an_exchange_that_may_work_later(answer: Answer | None, code: str) -> None:
    with serving(lambda _: answer) as server, Http({}) as http, pytest.raises(NetworkError) as caught:
        exchange.mint(find(server.url), TOKEN, GITHUB, http)
    assert caught.value.diagnostic.code == code


def test_a_refusal_shows_the_claims_and_what_to_register() -> None:
    said = "valid token, but no corresponding publisher (Publisher with matching claims was not found)"
    answer = refusal("invalid-publisher", said)
    with serving(lambda _: answer) as server, Http({}) as http, pytest.raises(ExchangeError) as caught:
        exchange.mint(find(server.url), TOKEN, GITHUB, http)
    told = caught.value.diagnostic
    assert said in repr(told)
    assert Claim("repository", "octo-org/sampleproject") in told.evidence
    for text in ("octo-org", "sampleproject", "release.yml", "environment"):
        assert text in told.hint


@pytest.mark.parametrize(
    ("expires", "known"),
    [
        pytest.param(1795000900, 1795000900.0, id="a time"),
        pytest.param(10**400, None, id="beyond all floats"),
        pytest.param(-1, None, id="before all time"),
        pytest.param(True, None, id="no number"),
        pytest.param("soon", None, id="a word"),
    ],
)
def test_a_token_is_kept_whatever_the_index_says_of_its_end(expires: object, known: float | None) -> None:
    answer = Answer(body={"success": True, "token": "pypi-minted", "expires": expires})
    with serving(lambda _: answer) as server, Http({}) as http:
        assert exchange.mint(find(server.url), TOKEN, GITHUB, http) == ApiToken(Secret("pypi-minted"), known)


@pytest.mark.parametrize(
    ("date", "ends"),
    [
        pytest.param("Thu, 18 Nov 2026 11:06:40 GMT", 1795000900.0, id="our clock"),
        pytest.param("Thu, 18 Nov 2026 10:06:40 GMT", 1795004500.0, id="behind ours"),
        pytest.param("Thu, 18 Nov 2026 12:06:40 GMT", 1794997300.0, id="ahead of ours"),
        pytest.param("Mon, 01 Jan 99999999999 00:00:00 GMT", 1795000900.0, id="no time of ours"),
        pytest.param("soon", 1795000900.0, id="no time"),
    ],
)
def test_a_token_ends_by_the_clock_of_the_index(date: str, ends: float) -> None:
    body = {"success": True, "token": "pypi-minted", "expires": 1795000900}
    with serving(lambda _: Answer(body=body, headers={"Date": date})) as server, Http({}) as http:
        token = exchange.mint(find(server.url), TOKEN, GITHUB, http, known=Known(now=1795000000.0))
    assert (token.expires, token.ends) == (1795000900.0, ends)


def test_a_token_that_cannot_be_burnt() -> None:
    with serving(lambda _: Answer(404)) as server, Http({}) as http:
        assert not exchange.burn(find(server.url), ApiToken(Secret("pypi-minted")), http)
