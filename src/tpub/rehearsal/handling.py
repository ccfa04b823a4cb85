"""One request from its head to its answer, and what befalls it on the way."""

from __future__ import annotations

from http import HTTPStatus

from tpub.rehearsal.faults import peek
from tpub.rehearsal.messages import RefusedError, Reply, Request, shaped
from tpub.rehearsal.routes import Endpoint, route
from tpub.rehearsal.site import Site
from tpub.rehearsal.store import Seen
from tpub.rehearsal.wire import drain


def handle(site: Site, request: Request) -> Reply:
    """Return the answer to `request`, which is on record then.

    Raises `ConnectionError` if the request breaks off, or its answer is lost on purpose.
    """
    name, endpoint = route(request.method, request.path)
    try:
        reply = _befallen(site, request, name, endpoint)
        drain(request.body)
    except ConnectionError:
        site.store.record(Seen(name, request.method, request.path, 0, request.filename))
        raise
    site.store.record(Seen(name, request.method, request.path, reply.status, request.filename))
    if any(effect.loses_answer for effect in request.effects):
        raise ConnectionAbortedError("lost on purpose")
    return reply


def _befallen(site: Site, request: Request, name: str, endpoint: Endpoint) -> Reply:
    if name == "upload" and len(site.faults):
        request.filename, request.body = peek(request.body)
    request.effects = site.faults.take(name, request.filename)
    for effect in request.effects:
        request.body = effect.within(request.body, site.pause)
    if any(effect.ends_tokens for effect in request.effects):
        site.store.expire()
    try:
        for effect in request.effects:
            effect.before(site.pause)
        return endpoint(site, request)
    except RefusedError as exc:
        # What breaks does not ask which form of an answer is liked.
        accept = request.accept if exc.status < HTTPStatus.INTERNAL_SERVER_ERROR else "text/html"
        return shaped(accept, exc.status, exc.message, exc.headers)
