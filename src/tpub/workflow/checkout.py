"""The files of the checkout that are read beside the workflows: small, text, and inside of it."""

from __future__ import annotations

from pathlib import Path

_LARGEST = 200_000  # bytes


def text_of(root: Path, path: str) -> str | None:
    """Return the text of the file `path` of the checkout at `root`.

    None if it is none, if it cannot be read, or if the path or a symbolic link in it leads out of the checkout.
    """
    try:
        place = (root / path).resolve()
        if not place.is_relative_to(root.resolve()) or not place.is_file() or place.stat().st_size > _LARGEST:
            return None
        return place.read_text("utf-8")
    except (OSError, ValueError, RuntimeError):  # the last is a circle of links, before Python 3.13
        return None
