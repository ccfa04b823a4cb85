"""A file on its way, as a multipart form: the only door to requests-toolbelt."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Protocol


@contextmanager
def _hollow(*names: str) -> Iterator[None]:
    """Let packages that are not imported yet be empty meanwhile; their modules are found all the same."""
    before = set(sys.modules)
    for name in names:
        parent = sys.modules.get(name.rpartition(".")[0])
        spec = PathFinder.find_spec(name, parent.__path__ if parent else None)
        package = sys.modules.setdefault(name, ModuleType(name))
        if spec is not None and name not in before:
            package.__path__ = list(spec.submodule_search_locations or ())
    try:
        yield
    finally:
        packages = {name.partition(".")[0] for name in names}
        for name in set(sys.modules) - before:
            if name.partition(".")[0] in packages:
                del sys.modules[name]


if TYPE_CHECKING:
    from requests_toolbelt.multipart.encoder import MultipartEncoder  # noqa: TID251
else:
    # Its package imports requests, and that all of urllib3, which takes longer than a small upload and is of no use
    # here: the encoder needs urllib3's fields, and looks for them in `_compat`.
    with _hollow(
        "requests", "urllib3", "requests_toolbelt", "requests_toolbelt.multipart", "requests_toolbelt._compat"
    ):
        from urllib3 import fields

        sys.modules["requests_toolbelt._compat"].fields = fields
        from requests_toolbelt.multipart.encoder import MultipartEncoder  # noqa: TID251

_BLOCK = 256 * 1024  # bytes; larger gains nothing, smaller costs (measured: 8 KiB blocks are five times slower)


class Content(Protocol):
    """What a file holds; `len` is how many bytes are still to be read."""

    @property
    def len(self) -> int:
        """Return that number."""

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most `size` and at least one if there are any."""


class Escort:
    """Who goes with a body on its way; this one does nothing."""

    def advanced(self, sent: int) -> None:
        """Hear how many bytes have left, after each block."""

    def complete(self) -> None:
        """Be asked before the last block: wait for the right moment, or raise to keep the request from being whole."""


class FormBody:
    """The streaming body of one upload; it can be sent once, a retry makes a new one.

    `fields` come first, in their order and as often as they stand there; the part `content` with `file` last.
    Memory stays flat whatever the file's size.
    """

    def __init__(self, fields: Sequence[tuple[str, str]], *, filename: str, file: Content, escort: Escort) -> None:
        content = ("content", (filename, file, "application/octet-stream"))
        self._encoder = MultipartEncoder(fields=[*fields, content])
        self._escort = escort
        self.content_type: str = self._encoder.content_type
        self.length: int = self._encoder.len

    def __iter__(self) -> Iterator[bytes]:
        sent = 0
        while block := self._encoder.read(_BLOCK):
            sent += len(block)
            if sent == self.length:
                self._escort.complete()
            yield block
            self._escort.advanced(sent)
