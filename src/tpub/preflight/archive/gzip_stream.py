"""What a gzip file unpacks to, read forwards, within bounds, its trailers checked only when they are reached."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from tpub.preflight.archive.kinds import GZIP
from tpub.preflight.archive.limits import most_unpacked
from tpub.preflight.archive.model import Broken, Defect

_HEADER = struct.Struct("<2sBB6x")
_TRAILER = struct.Struct("<LL")
_DEFLATE = 8
_HEADER_CHECKSUM, _EXTRA, _NAME, _COMMENT = 2, 4, 8, 16  # flags
_BLOCK = 128 * 1024  # bytes, packed and unpacked: as in the index's Python, for damage further on is not met there


class GzipStream:
    """A gzip file's content. Like Python's own gzip module it joins several gzip members and skips padding."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        file.seek(0)
        self._file = file
        self._waiting = b""
        self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        self._is_open = False
        self._crc = self._length = 0
        self._piece, self._at = b"", 0  # what was unpacked, and how much of it was taken
        self._budget = most_unpacked(size)
        self._members_left = max(10_000, size // 1000)
        self.position = 0

    def read(self, count: int) -> bytes:
        """Return the next `count` bytes, fewer only at the end; raises `Broken` if the stream is damaged."""
        end = self._at + count
        if count > 0 and end <= len(self._piece):
            piece = self._piece[self._at : end]
            self._at = end
            self.position += count
            return piece
        return b"".join(self.pieces(count))

    def skip(self, count: int) -> None:
        """Go on `count` bytes, or to the end."""
        while count > 0 and (self._at < len(self._piece) or self._fill()):
            step = min(count, len(self._piece) - self._at)
            self._at += step
            self.position += step
            count -= step

    def pieces(self, count: int) -> Iterator[bytes]:
        """Yield the next `count` bytes in pieces."""
        while count > 0:
            if self._at == len(self._piece) and not self._fill():
                return
            piece = self._piece[self._at : self._at + count]
            self._at += len(piece)
            self.position += len(piece)
            count -= len(piece)
            yield piece

    def _fill(self) -> bool:
        """Unpack the next piece; return False at the end of the file."""
        while True:
            if self._unpacker.eof:
                self._close_member()
            if not self._is_open and not self._open_member():
                return False
            block = self._unpacker.unconsumed_tail or self._take_block()
            self._piece, self._at = self._inflate(block), 0
            if self._unpacker.unused_data:
                self._waiting = self._unpacker.unused_data + self._waiting
            if self._piece:
                return True
            if not block:
                raise _ends_early()

    def _inflate(self, block: bytes) -> bytes:
        try:
            piece = self._unpacker.decompress(block, _BLOCK)
        except zlib.error as exc:
            raise Broken(
                Defect.TAR_TRUNCATED, f"its compressed data is damaged after {self.position} unpacked bytes"
            ) from exc
        self._crc = zlib.crc32(piece, self._crc)
        self._length += len(piece)
        self._budget -= len(piece)
        if self._budget < 0:
            raise Broken(Defect.TOO_COSTLY, f"it unpacks to more than {self.position} bytes")
        return piece

    def _open_member(self) -> bool:
        """Read the header of a gzip member; return False if none follows."""
        start = self._take(2)
        if not start:
            return False
        header = start + self._take(_HEADER.size - 2)
        if not header.startswith(GZIP):
            raise Broken(Defect.TAR_TRUNCATED, "something that is no gzip follows the compressed data")
        if len(header) < _HEADER.size:
            raise _ends_early()
        _, method, flags = _HEADER.unpack(header)
        if method != _DEFLATE:
            raise Broken(Defect.TAR_TRUNCATED, f"gzip compression method {method} is unknown")
        if flags & _EXTRA:
            self._take_exactly(int.from_bytes(self._take_exactly(2), "little"))
        for flag in (_NAME, _COMMENT):
            if flags & flag:
                self._skip_text()
        if flags & _HEADER_CHECKSUM:
            self._take_exactly(2)
        self._begin_member()
        return True

    def _begin_member(self) -> None:
        self._members_left -= 1
        if self._members_left < 0:
            raise Broken(Defect.TOO_COSTLY, "it consists of very many small gzip members")
        self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        self._is_open = True
        self._crc = self._length = 0

    def _close_member(self) -> None:
        """Compare the trailer of a gzip member with what came out, and skip the padding behind it."""
        crc, length = _TRAILER.unpack(self._take_exactly(_TRAILER.size))
        if (crc, length) != (self._crc, self._length & 0xFFFF_FFFF):
            raise Broken(Defect.TAR_TRUNCATED, "its content does not match its checksum")
        self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        self._is_open = False
        while block := self._take_block():
            if rest := block.lstrip(b"\0"):
                self._waiting = rest
                return

    def _skip_text(self) -> None:
        """Skip a text of the header, which ends with a zero byte or with the file."""
        while block := self._take_block():
            _, end, rest = block.partition(b"\0")
            if end:
                self._waiting = rest
                return

    def _take_exactly(self, count: int) -> bytes:
        data = self._take(count)
        if len(data) < count:
            raise _ends_early()
        return data

    def _take(self, count: int) -> bytes:
        while len(self._waiting) < count and (block := self._file.read(_BLOCK)):
            self._waiting += block
        data, self._waiting = self._waiting[:count], self._waiting[count:]
        return data

    def _take_block(self) -> bytes:
        return self._take(len(self._waiting) or _BLOCK)


def _ends_early() -> Broken:
    return Broken(Defect.TAR_TRUNCATED, "its compressed data ends too early: the file is cut short")
