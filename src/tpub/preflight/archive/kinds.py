"""Whether a file would also pass for an archive of the other kind."""

from __future__ import annotations

import bz2
import lzma
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, Protocol

from tpub.preflight.archive.model import Broken
from tpub.preflight.archive.zip_directory import find_directory

if TYPE_CHECKING:
    from tpub.preflight.archive.tar_header import Source

GZIP = b"\x1f\x8b"
"""What every gzip member begins with."""

_HEAD = 64 * 1024  # bytes, packed: enough for the first header of a tar archive
_LZMA_MEMORY = 64 * 1024 * 1024
_BLOCKS, _RECORDS = 100, 1000  # of headers, before the first member
# What the checksum in a tar header may begin with: without one of these, no wheel has to be read as a tar archive.
_BLOCK, _CHECKSUM = 512, 148
_NUMBER = re.compile(rb"[\s\x1c-\x1f]*[-+0-7\0]|[\s\x1c-\x1f]{8}|[\x80\xff]")
_OTHERS: tuple[tuple[bytes, Callable[[], Unpacker]], ...] = (
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\0", lambda: lzma.LZMADecompressor(memlimit=_LZMA_MEMORY)),
)


class Unpacker(Protocol):
    """A decompressor of the standard library."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return at most `max_length` bytes of what `data` unpacks to."""


class _Bytes:
    """A few bytes as a source of header blocks."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    def read(self, count: int) -> bytes:
        piece = self._data[self.position : self.position + count]
        self.position += len(piece)
        return piece


def is_zip(file: BinaryIO, size: int) -> bool:
    """Tell whether the index's zipfile module takes the file for a zip archive."""
    try:
        find_directory(file, size)
    except Broken:
        return False
    return True


def is_tar(file: BinaryIO) -> bool:
    """Tell whether the index's tarfile module takes the file for a tar archive, packed or not."""
    file.seek(0)
    head = file.read(_HEAD)
    if head.startswith(GZIP):
        from tpub.preflight.archive.gzip_stream import GzipStream  # noqa: PLC0415  (no wheel begins so)

        return begins_like_tar(GzipStream(file, len(head)))
    beginnings = (data for data in (head, _unpack(head)) if len(data) >= _BLOCK and _NUMBER.match(data, _CHECKSUM))
    return any(begins_like_tar(_Bytes(data)) for data in beginnings)


def begins_like_tar(source: Source) -> bool:
    """Tell whether the first block is a header, or the end of an empty archive."""
    from tpub.preflight.archive.tar_header import BadHeader, EndOfArchive, HeaderReader  # noqa: PLC0415  (few wheels)

    try:
        HeaderReader(source, _BLOCKS, _RECORDS, {}).read()
    except EndOfArchive:
        return True
    except (BadHeader, Broken):
        return False
    return True


def _unpack(head: bytes) -> bytes:
    """Return the beginning of what bzip2 or xz packed; nothing if it was neither."""
    for magic, unpacker in _OTHERS:
        if head.startswith(magic):
            try:
                return unpacker().decompress(head, _HEAD)
            except (OSError, EOFError, lzma.LZMAError):
                return b""
    return b""
