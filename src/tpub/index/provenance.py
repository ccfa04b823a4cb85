"""Who published last, as far as the index tells: the publisher in a file's provenance (PEP 740).

Source: https://docs.pypi.org/api/integrity/ and the JSON simple page, which names each file's provenance.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from packaging.utils import canonicalize_name

from tpub.errors import ConfigError, NetworkError
from tpub.http import Http
from tpub.identity.publisher import GitHubPublisher, GitLabPublisher, GooglePublisher, Publisher
from tpub.index.model import Index
from tpub.reply import Reply
from tpub.urls import origin

_SIMPLE = "application/vnd.pypi.simple.v1+json"
_INTEGRITY = "application/vnd.pypi.integrity.v1+json"


def last_publisher(index: Index, project: str, http: Http) -> Publisher | None:
    """Return the publisher of the newest file that has a provenance.

    None if no file has one, or the index does not answer: this only ever helps to explain.
    """
    try:
        page = http.get(index.project_page(canonicalize_name(project)), headers={"Accept": _SIMPLE})
        url = _newest(_members(page))
        if url is None or origin(url) != origin(index.simple_url):
            return None
        return _publisher(_members(http.get(url, headers={"Accept": _INTEGRITY})))
    except (ConfigError, NetworkError):
        return None


def _newest(page: Mapping[str, object]) -> str | None:
    files = page.get("files")
    found = [
        (str(file.get("upload-time", "")), url)
        for file in (files if isinstance(files, list) else [])
        if isinstance(file, dict) and isinstance(url := file.get("provenance"), str)
    ]
    return max(found)[1] if found else None


def _publisher(provenance: Mapping[str, object]) -> Publisher | None:
    bundles = provenance.get("attestation_bundles")
    first = bundles[0] if isinstance(bundles, list) and bundles else {}
    told = first.get("publisher") if isinstance(first, dict) else None
    if not isinstance(told, dict):
        return None
    values = {name: value for name, value in told.items() if isinstance(value, str)}
    before, _, name = values.get("repository", "").rpartition("/")
    environment = values.get("environment", "")
    match values.get("kind"):
        case "GitHub":
            return GitHubPublisher(before, name, values.get("workflow", ""), environment)
        case "GitLab":
            return GitLabPublisher(before, name, values.get("workflow_filepath", ""), environment)
        case "Google":
            return GooglePublisher(values.get("email", ""))
        case _:
            return None


def _members(reply: Reply) -> Mapping[str, object]:
    try:
        value = json.loads(reply.body) if reply.is_success else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
