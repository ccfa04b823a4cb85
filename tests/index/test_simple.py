from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from support.loopback import Answer, serving
from tpub.authorization import basic
from tpub.errors import NetworkError
from tpub.http import Http
from tpub.index.model import Index, find
from tpub.index.simple import ListedFile, listing
from tpub.secret import Secret

NAME = canonicalize_name("Sample.Project")
JSON = {"Content-Type": "application/vnd.pypi.simple.v1+json"}
HTML = {"Content-Type": "text/html; charset=UTF-8"}
SHA = "ab" * 32


@pytest.mark.parametrize(
    ("answer", "files"),
    [
        pytest.param(Answer(404), {}, id="unknown project"),
        pytest.param(
            Answer(
                body={
                    "files": [
                        {
                            "filename": "a-1.whl",
                            "hashes": {"sha256": SHA.upper()},
                            "size": 7,
                            "upload-time": "2026-01-01T00:00:00Z",
                            "provenance": "https://example.com/a",
                        },
                        {"filename": "b-1.whl", "hashes": {}, "provenance": None},
                    ]
                },
                headers=JSON,
            ),
            {
                "a-1.whl": ListedFile("a-1.whl", SHA, 7, "2026-01-01T00:00:00Z", "https://example.com/a"),
                "b-1.whl": ListedFile("b-1.whl"),
            },
            id="JSON",
        ),
        pytest.param(
            Answer(
                body=b'<a href="../p/a-1%%2Bl.whl#sha256=%s&x">a</a><a>b</a>'
                b'<a data-provenance="p" href="c-1.zip#md5=0">c</a>' % SHA.encode(),
                headers=HTML,
            ),
            {"a-1+l.whl": ListedFile("a-1+l.whl", SHA), "c-1.zip": ListedFile("c-1.zip", provenance="p")},
            id="HTML",
        ),
    ],
)
def test_what_is_listed(answer: Answer, files: dict[str, ListedFile]) -> None:
    with serving(lambda _: answer) as server, Http({}) as http:
        assert listing(find(f"{server.url}/legacy/"), NAME, http) == files
    assert server.asked[0].path == "/simple/sample-project/"
    assert server.asked[0].headers["accept"].startswith("application/vnd.pypi.simple.v1+json")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(Answer(503), "index-unavailable", id="overload"),
        pytest.param(Answer(401), "index-pages-unavailable", id="not for everybody"),
        pytest.param(Answer(301, headers={"Location": "/x"}), "index-pages-unavailable", id="redirect"),
        pytest.param(Answer(body=b"{", headers=JSON), "reply-malformed", id="broken JSON"),
        pytest.param(Answer(body={"files": [1]}, headers=JSON), "reply-malformed", id="JSON of another kind"),
        pytest.param(Answer(body=b"[" * 100_000, headers=JSON), "reply-malformed", id="JSON without end"),
        pytest.param(Answer(body=b"<![foo[", headers=HTML), "reply-malformed", id="HTML that is none"),
        pytest.param(None, "connection-lost", id="silence"),
    ],
)
def test_an_index_that_does_not_tell(answer: Answer | None, code: str) -> None:
    with serving(lambda _: answer) as server, Http({}) as http, pytest.raises(NetworkError) as caught:
        listing(find(server.url), NAME, http)
    assert caught.value.diagnostic.code == code


def test_the_credential_goes_to_its_own_origin_alone() -> None:
    authorization = basic("user", Secret("password"))
    with serving(lambda _: Answer(404)) as pages, serving(lambda _: Answer(404)) as other, Http({}) as http:
        listing(find(pages.url), NAME, http, authorization)
        listing(Index("x", f"{other.url}/legacy/", f"{pages.url}/simple/"), NAME, http, authorization)
    assert [asked.headers.get("authorization") for asked in pages.asked] == [authorization.reveal(), None]
