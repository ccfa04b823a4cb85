"""Request bodies as they come over the connection: of known length, or chunked (RFC 9112, sections 6 and 7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from tpub.rehearsal.messages import Body

_BLOCK = 256 * 1024  # bytes
_LONGEST_LINE = 8192  # bytes, of a chunk's head or a trailer


def body_of(headers: Mapping[str, str], stream: BinaryIO) -> Body:
    """Return the body that `headers` (lower-case names) announce; raises `ConnectionError` if none can be read."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _Chunked(stream)
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise ConnectionResetError("the length of the request is no number")
    return _Sized(stream, int(length))


def drain(body: Body) -> None:
    """Read what is left, so that the next request of the connection is found."""
    while body.read(_BLOCK):
        pass


class _Sized:
    """A body of known length."""

    def __init__(self, stream: BinaryIO, length: int) -> None:
        self._stream, self._left = stream, length

    def read(self, size: int) -> bytes:
        block = self._stream.read(min(size, self._left)) if self._left else b""
        if self._left and not block:
            raise ConnectionResetError("the request broke off")
        self._left -= len(block)
        return block


class _Chunked:
    """A body in chunks, each with its length."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._left, self._ended = stream, 0, False

    def read(self, size: int) -> bytes:
        if not self._left and not self._ended:
            self._next()
        if self._ended:
            return b""
        block = self._stream.read(min(size, self._left))
        if not block:
            raise ConnectionResetError("the request broke off")
        self._left -= len(block)
        if not self._left:
            self._line()
        return block

    def _next(self) -> None:
        head = self._line().partition(b";")[0].strip()
        try:
            self._left = int(head, 16)
        except ValueError:
            raise ConnectionResetError("the chunks make no sense") from None
        if not self._left:
            self._ended = True
            while self._line().strip():
                pass  # trailers

    def _line(self) -> bytes:
        line = self._stream.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise ConnectionResetError("the request broke off")
        return line
