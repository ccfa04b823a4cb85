"""Requests to the embedded index that no well-meaning client would make."""

from __future__ import annotations

import hashlib
import http.client
import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from tpub.rehearsal import RehearsalIndex
from tpub.secret import Secret

BOUNDARY = "a-boundary"
FILE = b"not much of a wheel"
FILENAME = "sampleproject-1.0-py3-none-any.whl"

Fields = Mapping[str, str | Iterable[str] | None]


@dataclass(frozen=True)
class Said:
    """An answer, read to its end."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found


def ask(
    index: RehearsalIndex,
    path: str,
    method: str = "GET",
    *,
    body: bytes | Iterable[bytes] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Said:
    """Make one request on a connection of its own."""
    connection = http.client.HTTPConnection(urlsplit(index.url).netloc, timeout=10)
    try:
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Said(answer.status, answer.reason, found, answer.read())
    finally:
        connection.close()


def basic(token: Secret | str, user: str = "__token__") -> str:
    """Return the Authorization header of an API token."""
    value = token.reveal() if isinstance(token, Secret) else token
    return "Basic " + b64encode(f"{user}:{value}".encode()).decode()


def fields(content: bytes = FILE, /, **changes: str | Iterable[str] | None) -> dict[str, str | Iterable[str]]:
    """Return the fields of a good form; `changes` replace some (`action` is `:action`), None takes one out."""
    good: Fields = {
        "action": "file_upload",
        "protocol_version": "1",
        "filetype": "bdist_wheel",
        "pyversion": "py3",
        "sha256_digest": hashlib.sha256(content).hexdigest(),
        "metadata_version": "2.4",
        "name": "sampleproject",
        "version": "1.0",
    }
    merged = {**good, **changes}
    return {":action" if name == "action" else name: value for name, value in merged.items() if value is not None}


def part(name: str, value: bytes, *, filename: str | None = None, content_type: str | None = None) -> bytes:
    """Return one part of a multipart form."""
    disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
    kind = f"Content-Type: {content_type}\r\n" if content_type is not None else ""
    return f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n{kind}\r\n".encode() + value + b"\r\n"


def encoded(form: Mapping[str, str | Iterable[str]], *files: bytes) -> bytes:
    """Return the body of a multipart form with `files` (parts) at its end."""
    texts = [
        part(name, value.encode())
        for name, values in form.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    return b"".join([*texts, *files]) + f"--{BOUNDARY}--\r\n".encode()


def post(
    index: RehearsalIndex,
    form: Mapping[str, str | Iterable[str]],
    *files: bytes,
    authorization: str = "",
    accept: str = "application/json",
) -> Said:
    """Upload a form with `files` (parts; the good file if none is given)."""
    body = encoded(form, *(files or [part("content", FILE, filename=FILENAME)]))
    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Authorization": authorization,
        "Accept": accept,
    }
    return ask(index, "/legacy/", "POST", body=body, headers=headers)
