"""What can befall one request: before it is handled, within its body, while its file is stored, after its answer.

Source of what the real index does: its answers to 8 uploads at once, measured (500s when uploads of one release
collide; everything can be sent again).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from packaging.utils import NormalizedName

from tpub.rehearsal.messages import Body, RefusedError

_SMALL_BLOCK = 16 * 1024  # bytes that a throttled body is read in

Pause = Callable[[float], None]
Release = tuple[NormalizedName, str]


class Effect:
    """Something that befalls a request; of itself, nothing."""

    loses_answer: bool = False
    """The answer is never sent."""
    ends_tokens: bool = False
    """All minted tokens expire."""
    lag: float = 0.0
    """Seconds by which the pages list a stored file later."""

    def within(self, body: Body, pause: Pause) -> Body:
        """Return the body as it is read."""
        del pause
        return body

    def before(self, pause: Pause) -> None:
        """Stand in the way of whatever would answer; raises `RefusedError` to answer instead."""
        del pause

    @contextmanager
    def storing(self, release: Release, pause: Pause, *, is_new: bool) -> Iterator[None]:
        """Stand in the way of a file that is about to be stored; `is_new` tells that its release has no files."""
        del release, pause, is_new
        yield


@dataclass(frozen=True)
class Delay(Effect):
    """The answer takes so many seconds longer."""

    seconds: float

    def before(self, pause: Pause) -> None:
        """Wait."""
        pause(self.seconds)


@dataclass(frozen=True)
class Throttle(Effect):
    """The body is read at so many bytes a second."""

    rate: float

    def within(self, body: Body, pause: Pause) -> Body:
        """Return a body that comes slowly."""
        return _Slow(body, self.rate, pause)


@dataclass(frozen=True)
class Cut(Effect):
    """The connection is reset after so many bytes of the body, or at its end if that comes earlier."""

    after: int = 0

    def within(self, body: Body, pause: Pause) -> Body:
        """Return a body that breaks off."""
        del pause
        return _Short(body, self.after)


@dataclass(frozen=True)
class Fail(Effect):
    """The answer is an error of the server or of what stands before it, and nothing is done."""

    status: int
    retry_after: int | None = None

    def before(self, pause: Pause) -> None:
        """Answer with the error."""
        del pause
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        raise RefusedError(self.status, "", headers)


@dataclass(frozen=True)
class Lose(Effect):
    """All is done, and the connection ends instead of an answer."""

    loses_answer = True


@dataclass(frozen=True)
class Expire(Effect):
    """The minted tokens end before the request is looked at."""

    ends_tokens = True


@dataclass(frozen=True)
class Lag(Effect):
    """A file that is stored is listed so many seconds later."""

    lag: float = 3.0


@dataclass(frozen=True)
class Collide(Effect):
    """Uploads of one release collide: two that open it, or more than `at_once` in it; those that come late fail.

    `seconds` is what it takes to store a file, which is the time in which uploads can collide.
    """

    seconds: float = 0.2
    at_once: int = 3
    _busy: Counter[Release] = field(default_factory=Counter, repr=False, compare=False)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    @contextmanager
    def storing(self, release: Release, pause: Pause, *, is_new: bool) -> Iterator[None]:
        """Take a while, and fail if others were faster."""
        with self._lock:
            collides = self._busy[release] >= (1 if is_new else self.at_once)
            self._busy[release] += 1
        try:
            pause(self.seconds)
            if collides:
                raise RefusedError(500, "", {"Connection": "close"})
            yield
        finally:
            with self._lock:
                self._busy[release] -= 1


class _Slow:
    """A body on a thin line."""

    def __init__(self, body: Body, rate: float, pause: Pause) -> None:
        self._body, self._rate, self._pause = body, rate, pause

    def read(self, size: int) -> bytes:
        block = self._body.read(min(size, _SMALL_BLOCK))
        self._pause(len(block) / self._rate)
        return block


class _Short:
    """A body that breaks off."""

    def __init__(self, body: Body, length: int) -> None:
        self._body, self._left = body, length

    def read(self, size: int) -> bytes:
        block = self._body.read(min(size, self._left)) if self._left else b""
        if not block:
            raise ConnectionResetError("cut on purpose")
        self._left -= len(block)
        return block
