"""Answers that are packed, endless, slow, or quote what they got, from servers on this machine."""

from __future__ import annotations

import gzip
import itertools
import json
import time
import zlib
from collections.abc import Callable, Iterator

import pytest

from support.loopback import Answer, Asked, serving
from tpub.authorization import basic, bearer
from tpub.errors import ConfigError, NetworkError
from tpub.http import Http, Patience
from tpub.secret import Secret

TEXT = b"what the server has to say " * 100_000
TOKEN = "pypi-AgEIcHlwaS5vcmc-0123456789"


def packed(body: bytes, coding: str = "gzip") -> Answer:
    return Answer(200, body, {"Content-Encoding": coding})


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        pytest.param(packed(gzip.compress(TEXT)), TEXT, id="gzip"),
        pytest.param(packed(gzip.compress(b"")), b"", id="gzip of nothing"),
        pytest.param(packed(TEXT, "identity"), TEXT, id="said not to be packed"),
        pytest.param(packed(b""), b"", id="nothing at all"),
        pytest.param(Answer(200, iter([TEXT, b"", TEXT])), TEXT + TEXT, id="without a length"),
    ],
)
def test_answers_are_unpacked(answer: Answer, body: bytes) -> None:
    with serving(lambda _: answer) as server, Http({}) as http:
        assert http.get(server.url).body == body
    assert server.asked[0].headers["accept-encoding"] == "gzip"


BOMB = gzip.compress(gzip.compress(bytes(2**28)))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(packed(gzip.compress(bytes(2**26))), "reply-too-large", id="more than it seems"),
        pytest.param(packed(BOMB, "gzip, gzip"), "reply-malformed", id="packed twice"),
        pytest.param(packed(b"x", "br"), "reply-malformed", id="packed as nobody asked for"),
        pytest.param(packed(b"no gzip"), "reply-malformed", id="not packed as it says"),
        pytest.param(packed(gzip.compress(TEXT)[:-9]), "reply-malformed", id="cut"),
        pytest.param(packed(zlib.compress(TEXT)), "reply-malformed", id="another format"),
        pytest.param(Answer(200, itertools.repeat(bytes(2**20))), "reply-too-large", id="endless"),
        pytest.param(Answer(400, itertools.repeat(bytes(2**20))), "reply-too-large", id="an endless refusal"),
    ],
)
def test_answers_that_are_none(answer: Answer, code: str) -> None:
    with serving(lambda _: answer) as server, Http({}) as http, pytest.raises(NetworkError) as caught:
        http.get(server.url)
    assert caught.value.diagnostic.code == code


def dripping() -> Iterator[bytes]:
    while True:
        yield b"."
        time.sleep(0.02)


def test_an_answer_that_drips_is_not_waited_for() -> None:
    with (
        serving(lambda _: Answer(200, dripping())) as server,
        Http({}, Patience(answer=0.3)) as http,
        pytest.raises(NetworkError) as caught,
    ):
        http.get(server.url)
    told = caught.value.diagnostic
    assert (told.code, told.message) == (
        "connection-idle",
        "the answer of 127.0.0.1 drips: it has not ended after 0.3 s",
    )


def sent(asked: Asked) -> str:
    return asked.headers.get("authorization") or json.loads(asked.body)["token"]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda said: Answer(403, b"", reason=f"No {said}"), id="in the reason"),
        pytest.param(lambda said: Answer(400, {"code": f"400 {said}"}), id="in JSON"),
        pytest.param(lambda said: Answer(500, f"<p>{said}</p>".encode()), id="in a page"),
        pytest.param(lambda said: Answer(302, f"<a href='/?{said}'>".encode()), id="in a redirect"),
        pytest.param(lambda said: Answer(200, b"", {f"X{said} Y": ""}), id="in a header that is none"),
        pytest.param(lambda said: Answer(200, b"", reason=f"\x00{said}"), id="in a status line that is none"),
    ],
)
@pytest.mark.parametrize("way", ["header", "basic header", "body"])
def test_no_answer_shows_what_it_was_sent(answer: Callable[[str], Answer], way: str) -> None:
    secret = basic("__token__", Secret(TOKEN)) if way == "basic header" else bearer(Secret(TOKEN))
    with serving(lambda asked: answer(sent(asked))) as server, Http({}) as http:
        try:
            reply = (
                http.post_json(server.url, {"token": Secret(TOKEN)})
                if way == "body"
                else http.get(server.url, authorization=secret)
            )
            shown = f"{reply.reason} {reply.text}"
        except NetworkError as exc:
            shown = f"{exc} {exc.diagnostic!r}"
    assert "***" in shown
    assert TOKEN not in shown
    assert secret.reveal().partition(" ")[2] not in shown


@pytest.mark.parametrize("spoilt", [f"{TOKEN}\n", f"{TOKEN}\r\nX: y", f"{TOKEN}\u20ac", f"{TOKEN}\udcff", f"{TOKEN}\0"])
def test_a_credential_that_no_header_takes(spoilt: str) -> None:
    with serving(lambda _: Answer()) as server, Http({}) as http, pytest.raises(ConfigError) as caught:
        http.get(server.url, authorization=bearer(Secret(spoilt)))
    assert (caught.value.diagnostic.code, TOKEN in repr(caught.value.diagnostic)) == ("credential-malformed", False)
    assert server.asked == []
