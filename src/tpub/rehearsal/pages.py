"""What the index shows: the simple API and the files (PEPs 503, 691, 700). Source: warehouse.api.simple."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote, unquote

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from tpub.rehearsal.accept import best
from tpub.rehearsal.messages import Reply, Request, as_json, not_found
from tpub.rehearsal.site import Site
from tpub.rehearsal.store import StoredFile

_HTML, _HTML_V1, _JSON = "text/html", "application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.v1+json"
_API_VERSION = "1.4"
_INTEGRITY, _PLAIN_JSON = "application/vnd.pypi.integrity.v1+json", "application/json"
_INTEGRITY_PARTS = 4  # project, version, file name, `provenance`


def simple(site: Site, request: Request) -> Reply:
    """Show the list of projects, or one project's files."""
    name = unquote(request.path.removeprefix("/simple")).strip("/")
    project = canonicalize_name(name)
    canonical = f"/simple/{quote(project)}/" if project else "/simple/"
    if request.path != canonical:
        return Reply(301, {"Location": canonical})
    if not project:
        return _projects(site, request)
    if project not in site.store.projects:
        return not_found()
    return _project(site, request, project)


def download(site: Site, request: Request) -> Reply:
    """Hand out a file."""
    file = site.store.files.get(unquote(request.path.rpartition("/")[2]))
    if file is None or request.path != _path(file):
        return not_found()
    return Reply(200, {"Content-Type": "application/octet-stream"}, file.path)


def provenance(site: Site, request: Request) -> Reply:
    """Show the attestations of a file (PEP 740). Source: warehouse.api.integrity."""
    if not best(request.accept, (_INTEGRITY, _PLAIN_JSON), ""):
        return as_json(406, {"message": "Request not acceptable"})
    parts = [unquote(part) for part in request.path.removeprefix("/integrity/").split("/")]
    file = site.store.files.get(parts[2]) if len(parts) == _INTEGRITY_PARTS else None
    if file is None or request.path != _provenance_path(file):
        return not_found()
    if file.provenance is None:
        return as_json(404, {"message": f"No provenance available for {file.filename}"})
    return Reply(200, {"Content-Type": _INTEGRITY}, json.dumps(file.provenance).encode())


def _projects(site: Site, request: Request) -> Reply:
    with site.store.lock:
        projects = sorted(site.store.projects.items())
    links = [f'<a href="/simple/{project}/">{escape(name)}</a>' for project, name in projects]
    document = {"meta": {"api-version": _API_VERSION}, "projects": [{"name": name} for _, name in projects]}
    return _page(request, document, "Simple index", links)


def _project(site: Site, request: Request, project: NormalizedName) -> Reply:
    files = [file for file in site.store.files_of(project) if file.listed <= site.now()]
    document = {
        "meta": {"api-version": _API_VERSION},
        "name": project,
        "project-status": {"status": "active"},
        "versions": sorted({file.version for file in files}, key=Version),
        "files": [_entry(site, file) for file in files],
    }
    return _page(request, document, f"Links for {project}", [_link(site, file) for file in files])


def _page(request: Request, document: object, title: str, links: list[str]) -> Reply:
    form = best(request.accept, (_HTML, _HTML_V1, _JSON), _HTML)
    headers = {"Content-Type": form, "Cache-Control": "max-age=600, public", "Vary": "Accept"}
    if form == _JSON:
        return Reply(200, headers, json.dumps(document).encode() + b"\n")
    meta = f'<meta name="pypi:repository-version" content="{_API_VERSION}">'
    head = f"<head>{meta}<title>{escape(title)}</title></head>"
    body = "\n".join(f"{link}<br />" for link in links)
    page = f"<!DOCTYPE html>\n<html>\n{head}\n<body>\n<h1>{escape(title)}</h1>\n{body}\n</body>\n</html>\n"
    return Reply(200, headers | {"Content-Type": f"{form}; charset=UTF-8"}, page.encode())


def _path(file: StoredFile) -> str:
    blake2 = file.digests.blake2_256
    return f"/packages/{blake2[:2]}/{blake2[2:4]}/{blake2[4:]}/{quote(file.filename)}"


def _provenance_path(file: StoredFile) -> str:
    return f"/integrity/{file.project}/{quote(file.version)}/{quote(file.filename)}/provenance"


def _entry(site: Site, file: StoredFile) -> dict[str, object]:
    return {
        "filename": file.filename,
        "url": site.url + _path(file),
        "hashes": {"sha256": file.digests.sha256},
        "requires-python": file.requires_python,
        "size": file.size,
        "upload-time": datetime.fromtimestamp(file.uploaded, UTC).isoformat().replace("+00:00", "Z"),
        "yanked": False,
        "data-dist-info-metadata": False,
        "core-metadata": False,
        "provenance": site.url + _provenance_path(file) if file.provenance else None,
    }


def _link(site: Site, file: StoredFile) -> str:
    target = f"{site.url}{_path(file)}#sha256={file.digests.sha256}"
    python = f' data-requires-python="{escape(file.requires_python)}"' if file.requires_python else ""
    return f'<a href="{escape(target)}"{python}>{escape(file.filename)}</a>'
