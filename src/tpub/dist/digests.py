"""The digests that the upload API takes, in one pass over the file."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tpub.dist.model import Digests

_BLOCK = 1024 * 1024  # bytes


def digest(path: Path) -> tuple[Digests, int]:
    """Return the digests and the size in bytes of the file at `path`; raises `OSError`."""
    sha256, blake2 = hashlib.sha256(), hashlib.blake2b(digest_size=32)
    size = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            sha256.update(block)
            blake2.update(block)
            size += len(block)
    return Digests(sha256.hexdigest(), blake2.hexdigest()), size
