"""The digests that the upload API takes.

Hashing lets go of the interpreter: files are hashed in threads while the program does something else, and a large
file's two digests beside each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tpub.dist.model import Digests

_BLOCK = 256 * 1024  # bytes: what stays in the processor's cache while it is hashed twice
_LARGE = 8 * 1024 * 1024  # bytes; below, a second thread costs more than it gains
_THREADS = 2


@dataclass(frozen=True, slots=True)
class Digesting:
    """A file that is being hashed."""

    _parts: tuple[Future[tuple[str, ...]], ...]
    _size: int

    def result(self) -> tuple[Digests, int]:
        """Wait for the digests; return them and the size in bytes. Raises `OSError`."""
        return Digests(*(digest for part in self._parts for digest in part.result())), self._size


def begin(paths: Iterable[Path]) -> Mapping[Path, Digesting]:
    """Begin to hash the files at `paths`; whoever asks for a result learns what went wrong."""
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="digest")
    try:
        return {path: _begin(path, pool) for path in paths}
    finally:
        pool.shutdown(wait=False)


def digest(path: Path) -> tuple[Digests, int]:
    """Return the digests and the size in bytes of the file at `path`; raises `OSError`."""
    return Digests(*_both(path)), path.stat().st_size


def _begin(path: Path, pool: ThreadPoolExecutor) -> Digesting:
    try:
        size = path.stat().st_size
    except OSError:
        size = 0  # the hashing will fail, and tell
    ways = (_sha256, _blake2) if size >= _LARGE else (_both,)
    return Digesting(tuple(pool.submit(way, path) for way in ways), size)


def _sha256(path: Path) -> tuple[str, ...]:
    with path.open("rb") as file:
        return (hashlib.file_digest(file, "sha256").hexdigest(),)


def _blake2(path: Path) -> tuple[str, ...]:
    with path.open("rb") as file:
        return (hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=32)).hexdigest(),)


def _both(path: Path) -> tuple[str, ...]:
    """Return both digests after one pass."""
    sha256, blake2 = hashlib.sha256(), hashlib.blake2b(digest_size=32)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            sha256.update(block)
            blake2.update(block)
    return sha256.hexdigest(), blake2.hexdigest()
