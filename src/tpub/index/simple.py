"""What the index has: the simple API, as JSON where it is offered (PEP 691), else as HTML (PEP 503)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from packaging.utils import NormalizedName

from tpub.diagnostic import Answer
from tpub.errors import NetworkError
from tpub.http import Http
from tpub.index.model import Index
from tpub.reply import Reply
from tpub.secret import Secret
from tpub.urls import origin

_ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.1"
_NOT_FOUND = 404


class ListedFile(NamedTuple):
    """A file on a project's page; what the page does not tell is None.

    `uploaded` is ISO 8601, `size` in bytes, `provenance` the address of the attestations.
    """

    filename: str
    sha256: str | None = None
    size: int | None = None
    uploaded: str | None = None
    provenance: str | None = None


Listing = Mapping[str, ListedFile]


class ProjectPage(NamedTuple):
    """What the index shows of a project; `status` is that of PEP 792, None where the page has none."""

    files: Listing
    is_known: bool
    status: str | None = None


def listing(index: Index, project: NormalizedName, http: Http, authorization: Secret | None = None) -> Listing:
    """Return the files of `project` by name: see `project_page`."""
    return project_page(index, project, http, authorization).files


def project_page(index: Index, project: NormalizedName, http: Http, authorization: Secret | None = None) -> ProjectPage:
    """Return what the index shows of `project`; a page without files if it does not know it.

    `authorization` goes along where the pages live beside the upload URL. Raises `NetworkError` if the index
    does not answer, or with something that is no such page.
    """
    url = index.project_page(project)
    same = origin(url) == origin(index.upload_url)
    # Freshness: between us and PyPI stands a cache, which this asks to look again.
    headers = {"Accept": _ACCEPT, "Cache-Control": "max-age=0"}
    reply = http.get(url, headers=headers, authorization=authorization if same else None)
    reply = reply.unless_overloaded()
    if reply.status == _NOT_FOUND:
        return ProjectPage({}, is_known=False)
    if not reply.is_success:
        raise NetworkError(
            "index-pages-unavailable",
            f"{index.name} does not show what it has of {project}",
            Answer(reply.url, reply.status, reply.reason),
            hint="Run the same command again later; if the index has no such pages, set its `simple-url`.",
        )
    files, status = _read(reply)
    return ProjectPage({file.filename: file for file in files}, is_known=True, status=status)


def _read(reply: Reply) -> tuple[list[ListedFile], str | None]:
    if "json" in reply.headers.get("content-type", ""):
        return _from_json(reply)
    from tpub.index.anchors import files  # noqa: PLC0415  (PyPI has JSON)

    try:
        return files(reply.text), None
    except AssertionError as exc:  # (what Python's parser says of marked sections that are none)
        raise _malformed(reply, f"its HTML cannot be read ({exc})") from exc


def _from_json(reply: Reply) -> tuple[list[ListedFile], str | None]:
    try:
        page = json.loads(reply.body)
        status = page.get("project-status", {}).get("status")
        return [_file(entry) for entry in page["files"]], status if isinstance(status, str) else None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as exc:
        raise _malformed(reply, "its JSON is not that of PEP 691") from exc


def _malformed(reply: Reply, why: str) -> NetworkError:
    return NetworkError(
        "reply-malformed",
        f"{reply.url} is no page of the simple API: {why}",
        hint="Check the index's `simple-url`; if it is right, run the same command again later.",
    )


def _file(entry: Mapping[str, object]) -> ListedFile:
    hashes, size, uploaded = entry.get("hashes"), entry.get("size"), entry.get("upload-time")
    provenance = entry.get("provenance")
    sha256 = hashes.get("sha256") if isinstance(hashes, dict) else None
    return ListedFile(
        str(entry["filename"]),
        sha256.lower() if isinstance(sha256, str) else None,
        size if isinstance(size, int) else None,
        uploaded if isinstance(uploaded, str) else None,
        provenance if isinstance(provenance, str) else None,
    )
