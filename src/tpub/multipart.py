"""A file on its way, as a multipart form: the only door to requests-toolbelt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from requests_toolbelt.multipart.encoder import MultipartEncoder  # noqa: TID251

_BLOCK = 256 * 1024  # bytes; larger gains nothing, smaller costs (measured: 8 KiB blocks are five times slower)


class FormBody:
    """The streaming body of one upload; it can be sent once, a retry makes a new one.

    `fields` come first, in their order and as often as they stand there; the part `content` with `file` last.
    Memory stays flat whatever the file's size. `advanced` is told how many bytes have left, after each block.
    """

    def __init__(
        self,
        fields: Sequence[tuple[str, str]],
        *,
        filename: str,
        file: BinaryIO,
        advanced: Callable[[int], None],
    ) -> None:
        content = ("content", (filename, file, "application/octet-stream"))
        self._encoder = MultipartEncoder(fields=[*fields, content])
        self._advanced = advanced
        self.content_type: str = self._encoder.content_type
        self.length: int = self._encoder.len

    def __iter__(self) -> Iterator[bytes]:
        sent = 0
        while block := self._encoder.read(_BLOCK):
            yield block
            sent += len(block)
            self._advanced(sent)
