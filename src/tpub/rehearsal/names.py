"""Which names a new project may have. Source: ProjectService.check_project_name in warehouse.packaging.services."""

from __future__ import annotations

import re
import sys

from packaging.utils import canonicalize_name

from tpub.rehearsal.messages import RefusedError
from tpub.rehearsal.site import Site

VALID = re.compile(r"[A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9]", re.IGNORECASE | re.ASCII)
_STANDARD_LIBRARY = frozenset(canonicalize_name(name.strip("_")) for name in sys.stdlib_module_names)


def check_new(site: Site, name: str) -> None:
    """Refuse a name that no new project gets."""
    see = f"See {site.help('project-name')} for more information."
    if not VALID.fullmatch(name):
        raise RefusedError(400, f"The name {name!r} is invalid.")
    if canonicalize_name(name) in _STANDARD_LIBRARY:
        reason = "conflict with Python Standard Library module name"
        raise RefusedError(400, f"The name {name!r} isn't allowed ({reason}). {see}")
    if any(_confusable(name) == _confusable(known) for known in site.store.projects):
        raise RefusedError(400, f"The name {name!r} is too similar to an existing project. {see}")


def _confusable(name: str) -> str:
    """Return what is left of a name if letters that look alike are one, and separators none."""
    return re.sub(r"[._-]", "", name).lower().translate(str.maketrans("ilo", "110"))
