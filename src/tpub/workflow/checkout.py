"""The files of the checkout that are read beside the workflows: small, text, and inside of it."""

from __future__ import annotations

from pathlib import Path

_LARGEST = 200_000  # bytes


def text_of(root: Path, path: str) -> str | None:
    """Return the text of the file `path` of the checkout at `root`.

    None if it is none, if it cannot be read, or if the path or a symbolic link in it leads out of the checkout.
    """
    try:
        place = root / path
        return place.read_text("utf-8") if holds(root, path) and place.stat().st_size <= _LARGEST else None
    except (OSError, ValueError):
        return None


def holds(root: Path, path: str) -> bool:
    """Tell whether `path` is a file of the checkout, and no link in it leads out."""
    try:
        place = (root / path).resolve()
        return place.is_relative_to(root.resolve()) and place.is_file()
    except (OSError, ValueError, RuntimeError):  # the last is a circle of links, before Python 3.13
        return False
