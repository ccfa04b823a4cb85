"""The SHA-256 of files: the one digest that the upload API needs.

An index that keeps others finds them itself (warehouse.forklift.legacy, `file_upload`), and MD5 or BLAKE2 would take
as long again. Hashing lets go of the interpreter: files are hashed in threads while the program does something else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from tpub import background

# Bytes: after each block a thread has to wait until a busy interpreter lets it in again, which takes as long as
# hashing a large part of such a block.
_BLOCK = 4 * 1024 * 1024
_THREADS = 2


class Digesting:
    """A file that is being hashed."""

    def __init__(self, found: background.Task[tuple[str, int]]) -> None:
        self._found = found

    def result(self) -> tuple[str, int]:
        """Wait for the SHA-256, in lower-case hex; return it and the size in bytes. Raises `OSError`."""
        return self._found.result()


def begin(paths: Iterable[Path]) -> Mapping[Path, Digesting]:
    """Begin to hash the files at `paths`; whoever asks for a result learns what went wrong."""
    files = list(paths)
    found = background.begin([partial(digest, path) for path in files], threads=_THREADS, name="digest")
    return {path: Digesting(each) for path, each in zip(files, found, strict=True)}


def digest(path: Path) -> tuple[str, int]:
    """Return the SHA-256, in lower-case hex, and the size in bytes of the file at `path`; raises `OSError`."""
    sha256, size = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        block = memoryview(bytearray(min(_BLOCK, max(path.stat().st_size, 1))))
        while count := file.readinto(block):
            sha256.update(block[:count])
            size += count
    return sha256.hexdigest(), size
