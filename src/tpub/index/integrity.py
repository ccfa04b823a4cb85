"""What the index says of a file's provenance.

Source: https://docs.pypi.org/api/integrity/ and warehouse.api.integrity.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from packaging.utils import NormalizedName

from tpub.diagnostic import Answer
from tpub.errors import NetworkError
from tpub.http import Http
from tpub.index.model import Index
from tpub.urls import origin

_ACCEPT = "application/vnd.pypi.integrity.v1+json, application/json;q=0.5"
_NOT_FOUND = 404


def provenance(
    index: Index, project: NormalizedName, version: str, filename: str, *, http: Http
) -> Mapping[str, object] | None:
    """Return the provenance object of a file (PEP 740); None if the index has none, or no such file.

    `version` is the normalized one. Raises `NetworkError` if the index does not answer, or with something else.
    """
    site = index.site_url or origin(index.simple_url)
    url = f"{site}/integrity/{project}/{quote(version)}/{quote(filename)}/provenance"
    reply = http.get(url, headers={"Accept": _ACCEPT}).unless_overloaded()
    if reply.status == _NOT_FOUND:
        return None
    document = reply.members()
    if not reply.is_success or not document:
        raise NetworkError(
            "index-no-integrity",
            f"{index.name} does not tell where its files come from",
            Answer(reply.url, reply.status, reply.reason),
            hint="Ask an index that keeps attestations: `--index pypi`.",
        )
    return document
