from __future__ import annotations

import http.client
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from support import dists
from support.rehearsals import BOUNDARY, Said, ask, basic, encoded, fields, part, post
from tpub import rehearsal
from tpub.rehearsal import RehearsalIndex, serve

PAGE = {"Accept": "text/plain"}


@pytest.mark.parametrize(
    ("method", "path", "status", "reason"),
    [
        pytest.param(
            "POST",
            "/legacy",
            308,
            "An upload was attempted to /legacy but the expected upload URL is /legacy/ (with a trailing slash)",
            id="upload URL without slash",
        ),
        pytest.param("POST", "/", 405, "Method Not Allowed", id="POST to the site"),
        pytest.param("POST", "/simple/", 405, "Method Not Allowed", id="POST to the pages"),
        pytest.param("GET", "/legacy/", 405, "Method Not Allowed", id="GET of the upload URL"),
        pytest.param("PUT", "/legacy/", 405, "Method Not Allowed", id="PUT"),
        pytest.param("GET", "/_/oidc/mint-token", 405, "Method Not Allowed", id="GET of the exchange"),
        pytest.param("GET", "/elsewhere", 404, "Not Found", id="nothing there"),
    ],
)
def test_what_has_no_answer(shared: RehearsalIndex, method: str, path: str, status: int, reason: str) -> None:
    said = ask(shared, path, method, body=b"whatever", headers=PAGE)
    assert (said.status, said.reason) == (status, reason)
    assert said.headers.get("location") == ("/legacy/" if status == 308 else None)


def test_a_connection_serves_several_requests(index: RehearsalIndex) -> None:
    connection = http.client.HTTPConnection(urlsplit(index.url).netloc, timeout=10)
    connection.request("POST", "/nowhere", b"unread" * 100_000)
    statuses = [connection.getresponse().read() and 405]
    first = connection.sock
    connection.request("HEAD", "/simple/")
    answer = connection.getresponse()
    statuses.append(answer.status)
    assert (answer.read(), int(answer.headers["Content-Length"]) > 0) == (b"", True)
    connection.request("GET", "/_/oidc/audience")
    statuses.append(connection.getresponse().status)
    assert (statuses, connection.sock is first) == ([405, 200, 200], True)
    connection.close()


def test_an_upload_in_chunks(index: RehearsalIndex) -> None:
    content = b"x" * 300_000
    body = encoded(fields(content), part("content", content, filename="sampleproject-1.0-py3-none-any.whl"))
    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Authorization": basic(index.user_token()),
    }
    said = ask(
        index, "/legacy/", "POST", body=(body[i : i + 70_000] for i in range(0, len(body), 70_000)), headers=headers
    )
    assert (said.status, next(iter(index.store.files.values())).size) == (200, 300_000)


HEAD = "POST /legacy/ HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
CHUNKED = HEAD + "Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "request_text",
    [
        pytest.param(f"{HEAD}Content-Length: 100\r\n\r\n--b\r\n", id="cut in the body"),
        pytest.param(f"{HEAD}Content-Length: many\r\n\r\n", id="no number of bytes"),
        pytest.param(f"{CHUNKED}zz\r\n", id="no chunk"),
        pytest.param(f"{CHUNKED}5\r\nab", id="cut in a chunk"),
        pytest.param(f"{CHUNKED}5\r\n", id="cut before a chunk"),
        pytest.param(f"{CHUNKED}5", id="cut in a chunk's head"),
    ],
)
def test_a_request_that_breaks_off(shared: RehearsalIndex, request_text: str) -> None:
    host, _, port = urlsplit(shared.url).netloc.partition(":")
    seen = len(shared.store.requests)
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request_text.encode())
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1000) == b""
    assert {request.status for request in shared.store.requests[seen:]} <= {0}


def test_trailers_are_skipped(shared: RehearsalIndex) -> None:
    host, _, port = urlsplit(shared.url).netloc.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"{CHUNKED}2\r\nab\r\n0\r\nTrailer: x\r\n\r\n".encode())
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1000).startswith(b"HTTP/1.1 405 ")


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=b"]
)
def test_a_form_that_is_none(shared: RehearsalIndex, kind: str) -> None:
    headers = {"Content-Type": kind, "Authorization": basic(shared.user_token())}
    assert ask(shared, "/legacy/", "POST", body=b"--b-x\r\n", headers=headers).status == 405


def test_connections_end_with_the_server() -> None:
    with serve() as index:
        connection = http.client.HTTPConnection(urlsplit(index.url).netloc, timeout=10)
        connection.request("GET", "/_/oidc/audience")
        connection.getresponse().read()
    assert connection.sock.recv(1) == b""
    connection.close()


def test_a_fault_of_the_index_itself_comes_to_light() -> None:
    def judge(path: Path, _: object) -> None:
        raise LookupError(path.name)

    def run() -> None:
        with serve(judge=judge) as index:
            said.append(post(index, fields(), authorization=basic(index.user_token())))

    said: list[Said] = []
    with pytest.raises(LookupError, match=r"sampleproject"):
        run()
    assert [(s.status, s.headers["connection"]) for s in said] == [(500, "close")]


def test_nothing_but_the_store_stays(tmp_path: Path) -> None:
    with serve() as index:
        index.put(dists.wheel(tmp_path, version="2.0"))
        assert post(index, fields(name="other"), authorization=basic(index.user_token())).status == 200
        assert [path.name for path in index.store.folder.iterdir()] == ["packages"]
        folder = index.store.folder
    assert not folder.exists()


def test_the_public_names() -> None:
    assert {name: getattr(rehearsal, name).__name__ for name in rehearsal.__all__} == {
        name: name for name in ("Job", "JobDescription", "RehearsalIndex", "serve")
    }
    with pytest.raises(AttributeError):
        rehearsal.nothing  # noqa: B018
