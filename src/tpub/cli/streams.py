"""stdout and stderr as they should be: no reader that is gone or slow, no full disk, no character ends a command."""

from __future__ import annotations

import io
import os
from contextlib import suppress
from typing import BinaryIO, TextIO


class _Heedless(io.BufferedIOBase):
    """Bytes for a reader who may have gone (`tpub upload | head`): then they go nowhere, and the command goes on.

    So they do where there is no room for them, and `fault` is why: nobody meant that. A reader who is slow is waited
    for, also where whoever shares the pipe (Node does) has set it to refuse instead.
    """

    def __init__(self, there: io.RawIOBase | BinaryIO) -> None:
        self._there = there
        self.fault: OSError | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        block = memoryview(data).cast("B")  # type: ignore[arg-type]  # (whatever has bytes)
        left = block
        try:
            while left:
                if (written := self._there.write(left)) is None:
                    import select

                    select.select((), (self._there,), ())
                left = left[written or 0 :]
        except OSError as exc:
            self.fault = None if isinstance(exc, BrokenPipeError) else exc
            # What is written from now on, and what Python still has to write at exit, goes nowhere.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._there.fileno())
            os.close(nowhere)
        return len(block)

    def isatty(self) -> bool:
        return self._there.isatty()

    def fileno(self) -> int:
        return self._there.fileno()


def unbroken(stream: TextIO | None) -> TextIO:
    """Return what writes to `stream`, whatever becomes of it; None is a stream that was closed before the start.

    Characters that it does not have are written as escapes: files and servers say what they like, and a console of
    Windows has some two hundred.
    """
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123  (it is there until the end)
    with suppress(OSError, ValueError):
        stream.flush()
    # Below the buffer: it does not tell how much it wrote before it was refused.
    there = getattr(stream.buffer, "raw", stream.buffer)
    return io.TextIOWrapper(
        _Heedless(there),  # type: ignore[type-var]  # (what it asks for and is not there, it does not use)
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=True,
        write_through=True,
    )


def fault(stream: TextIO) -> OSError | None:
    """Return what kept an unbroken stream from being written, None if nothing did, or its reader has gone."""
    found = getattr(stream.buffer, "fault", None)
    return found if isinstance(found, OSError) else None
