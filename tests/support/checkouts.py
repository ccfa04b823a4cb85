"""Checkouts on disk, from a dict of paths and texts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def laid(root: Path, files: Mapping[str, str]) -> Path:
    """Write `files` below `root` and return it."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return root
