"""Which names a new project may have. Source: ProjectService.check_project_name in warehouse.packaging.services."""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name

from tpub.preflight.data import stdlib_names
from tpub.publishing.similar import confusable
from tpub.rehearsal.messages import RefusedError
from tpub.rehearsal.site import Site

VALID = re.compile(r"[A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9]", re.IGNORECASE | re.ASCII)


def check_new(site: Site, name: str) -> None:
    """Refuse a name that no new project gets."""
    see = f"See {site.help('project-name')} for more information."
    if not VALID.fullmatch(name):
        raise RefusedError(400, f"The name {name!r} is invalid.")
    if canonicalize_name(name) in stdlib_names():
        reason = "conflict with Python Standard Library module name"
        raise RefusedError(400, f"The name {name!r} isn't allowed ({reason}). {see}")
    if any(confusable(name) == confusable(known) for known in site.store.projects):
        raise RefusedError(400, f"The name {name!r} is too similar to an existing project. {see}")
