"""How the releases of a checkout are tagged, read from git's own files without asking git."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tpub.workflow.remote import git_folder

_PACKED = re.compile(r"^[0-9a-f]+ refs/tags/(?P<name>\S+)$", re.MULTILINE)
_LARGEST = 5_000_000  # bytes of a list of references
_WITH_V, _WITHOUT = re.compile(r"v\d"), re.compile(r"\d+\.\d")


def has_prefix(root: Path) -> bool:
    """Tell whether releases are tagged as `v1.0`, not as `1.0`: as the tags that are there, with a `v` if none is."""
    try:
        names = list(_tags(git_folder(root)))
    except (OSError, ValueError):
        return True
    return any(map(_WITH_V.match, names)) or not any(map(_WITHOUT.match, names))


def _tags(folder: Path) -> Iterator[str]:
    packed = folder / "packed-refs"
    if packed.is_file() and packed.stat().st_size <= _LARGEST:
        yield from (found["name"] for found in _PACKED.finditer(packed.read_text("utf-8", "replace")))
    loose = folder / "refs" / "tags"
    if loose.is_dir():
        yield from (path.name for path in loose.iterdir())
