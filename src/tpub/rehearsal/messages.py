"""Requests and replies, and the three forms in which the index says no."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tpub.rehearsal.accept import best

_HTML, _JSON, _PLAIN = "text/html", "application/json", "text/plain"
_EXPLANATION = {
    HTTPStatus.BAD_REQUEST: (
        "The server could not comply with the request since it is either malformed or otherwise incorrect."
    ),
    HTTPStatus.FORBIDDEN: "Access was denied to this resource.",
}


if TYPE_CHECKING:
    from tpub.rehearsal.effects import Effect


class Body(Protocol):
    """The body of a request, as it comes in."""

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, none at the end; raises `ConnectionError` if it breaks off."""


@dataclass(slots=True)
class Request:
    """What a client asks; header names are lower case, `filename` is that of an upload once its form is read."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)
    body: Body = field(repr=False)
    filename: str = ""
    effects: tuple[Effect, ...] = ()

    @property
    def accept(self) -> str:
        """The Accept header."""
        return self.headers.get("accept", "")

    def content(self) -> bytes:
        """Return the rest of the body: for small ones."""
        return b"".join(iter(lambda: self.body.read(65536), b""))


@dataclass(frozen=True, slots=True)
class Reply:
    """What the index answers; a body that is a path is a file to be sent."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Path = field(default=b"", repr=False)
    reason: str = ""


class RefusedError(Exception):
    """The index refuses the request; `message` is its own sentence and goes into the reason phrase, too."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}


def as_json(status: int, document: object) -> Reply:
    """Return a JSON document."""
    return Reply(status, {"Content-Type": _JSON}, json.dumps(document).encode())


def not_found() -> Reply:
    """Return what stands in for a page or a file that is not there."""
    return Reply(404, {"Content-Type": f"{_PLAIN}; charset=UTF-8"}, b"404 Not Found")


def shaped(accept: str, status: int, message: str = "", headers: Mapping[str, str] | None = None) -> Reply:
    """Return `message` as JSON, HTML or text, whichever `accept` likes, and in the reason phrase.

    Source: pyramid.httpexceptions and warehouse.forklift.utils, whose shapes clients take apart.
    """
    title = HTTPStatus(status).phrase
    reason = " ".join((message or title).split()).encode("latin-1", "replace").decode("latin-1")
    form = best(accept, (_HTML, _JSON), _PLAIN)
    code, explanation = f"{status} {reason}", _EXPLANATION.get(HTTPStatus(status), "")
    match form:
        case "application/json":
            text = json.dumps({"message": f"{explanation}\n\n\n{message}\n\n\n", "code": code, "title": title})
        case "text/html":
            head = f"<html>\n <head>\n  <title>{escape(code)}</title>\n </head>\n"
            page = f"  <h1>{escape(code)}</h1>\n  {explanation}<br/><br/>\n{escape(message)}\n"
            text = f"{head} <body>\n{page} </body>\n</html>"
        case _:
            text = f"{code}\n\n{explanation}\n\n\n{message}\n\n"
    kind = form if form == _JSON else f"{form}; charset=UTF-8"
    return Reply(status, {"Content-Type": kind, **(headers or {})}, text.encode(), reason)
