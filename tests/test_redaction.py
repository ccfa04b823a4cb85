"""What is left of a server's words when the secrets are out of them."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from tpub.authorization import basic, bearer
from tpub.redaction import struck
from tpub.secret import Secret

TOKEN, JWT = "pypi-AgEIcHlwaS5vcmc", "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwcyJ9.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("secret", "said", "shown"),
    [
        pytest.param(Secret(TOKEN), f"bad token {TOKEN}!", "bad token ***!", id="token"),
        pytest.param(Secret(TOKEN), f"x{TOKEN}x{TOKEN}", "x***x***", id="in the middle of words"),
        pytest.param(bearer(Secret(TOKEN)), f"no {TOKEN}", "no ***", id="bearer"),
        pytest.param(bearer(Secret(TOKEN)), f"got 'Bearer {TOKEN}'", "got 'Bearer ***'", id="header"),
        pytest.param(
            basic("__token__", Secret(TOKEN)),
            f"got {basic('__token__', Secret(TOKEN)).reveal()}, that is __token__:{TOKEN}",
            "got Basic ***, that is ***",
            id="basic header and what it says",
        ),
        pytest.param(basic("me", Secret(TOKEN)), f"{TOKEN} of me", "*** of me", id="password"),
        pytest.param(basic("me", Secret('a"&b/c d€')), "&quot; a&quot;&amp;b/c d€", "&quot; ***", id="in HTML"),
        pytest.param(basic("me", Secret('a"&b/c d€')), r'{"p": "a\"&b/c d\u20ac"}', '{"p": "***"}', id="in JSON"),
        pytest.param(basic("me", Secret('a"&b/c d€')), "?p=a%22%26b%2Fc%20d%E2%82%AC", "?p=***", id="in a URL"),
        pytest.param(basic("me", Secret("index")), "the index of indexes", "the *** of indexes", id="short password"),
        pytest.param(basic("", Secret("")), "the index: no", "the index: no", id="nothing secret"),
        pytest.param(Secret(JWT), f"got {JWT}", "got ***", id="identity token"),
        pytest.param(Secret(JWT), f"signature {JWT.rpartition('.')[2]}", "signature ***", id="its signature"),
        pytest.param(Secret(JWT), f"header {JWT.partition('.')[0]}", f"header {JWT.partition('.')[0]}", id="no secret"),
    ],
)
def test_what_is_shown(secret: Secret, said: str, shown: str) -> None:
    assert struck(said, [secret]) == shown


@given(
    st.text(), st.text(min_size=8).filter(lambda text: "***" not in text and "*" not in text[:1] + text[-1:]), st.text()
)
def test_no_password_is_left(before: str, password: str, after: str) -> None:
    assert password not in struck(f"{before}{password}{after}", [Secret(f"Bearer {password}")])
