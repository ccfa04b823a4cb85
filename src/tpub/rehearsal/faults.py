"""Faults on demand: which requests what befalls."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from threading import Lock
from types import MappingProxyType

from tpub.errors import ConfigError
from tpub.rehearsal.effects import Collide, Cut, Delay, Effect, Expire, Fail, Lag, Lose, Throttle
from tpub.rehearsal.messages import Body

ALWAYS = -1
_FILENAME = re.compile(rb'name="content"; filename="([^"]*)"')
_LOOKED_AT = 4 * 1024 * 1024  # bytes of a body in which the name of its file is looked for


@dataclass(frozen=True, slots=True)
class Fault:
    """An effect, and the requests that it befalls: `times` of them (or `ALWAYS`), `after` so many were let pass.

    `endpoint` is `upload`, `mint`, `burn`, `audience`, `identity` (GitHub's token service), `pages`, `download` or
    `*`; `filename` a pattern for the name of an uploaded file.
    """

    effect: Effect
    endpoint: str = "upload"
    times: int = 1
    after: int = 0
    filename: str = ""

    def concerns(self, endpoint: str, filename: str) -> bool:
        """Tell whether such a request counts."""
        return self.endpoint in ("*", endpoint) and (not self.filename or fnmatchcase(filename, self.filename))


NAMED = MappingProxyType(
    {
        "latency": Fault(Delay(0.2), "*", ALWAYS),
        "throttle": Fault(Throttle(1_000_000), times=ALWAYS),
        "collision": Fault(Collide(), times=ALWAYS),
        "429": Fault(Fail(429, retry_after=1)),
        "500": Fault(Fail(500)),
        "503": Fault(Fail(503)),
        "drop": Fault(Cut(512)),
        "lost": Fault(Lose()),
        "expire": Fault(Expire()),
        "lag": Fault(Lag(3.0), times=ALWAYS),
    }
)
"""The faults of `tpub rehearse --fault`."""


def named(names: Iterable[str]) -> tuple[Fault, ...]:
    """Return the faults of these names, in their order; raises `ConfigError` if there is none of such a name."""
    found = tuple(names)
    if unknown := next((name for name in found if name not in NAMED), None):
        raise ConfigError(
            "fault-unknown",
            f"there is no fault named {unknown!r}",
            hint=f"Use one of {', '.join(NAMED)} with `--fault`.",
        )
    return tuple(NAMED[name] for name in found)


class Faults:
    """A script of faults.

    Those that last befall every request that they concern. Of the others, one befalls a request: the first in order
    that is due and not used up.
    """

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = Lock()
        self._script: list[_Counted] = []
        self.add(*faults)

    def add(self, *faults: Fault) -> None:
        """Put faults at the end of the script."""
        with self._lock:
            self._script += [_Counted(fault) for fault in faults]

    def take(self, endpoint: str, filename: str = "") -> tuple[Effect, ...]:
        """Return what befalls a request, and count it."""
        with self._lock:
            concerned = [counted for counted in self._script if counted.fault.concerns(endpoint, filename)]
            for counted in concerned:
                counted.seen += 1
            lasting = [c.fault.effect for c in concerned if c.fault.times == ALWAYS and c.seen > c.fault.after]
            due = next((c for c in concerned if c.used < c.fault.times and c.seen > c.fault.after), None)
            if due is None:
                return tuple(lasting)
            due.used += 1
            return (*lasting, due.fault.effect)

    @property
    def left(self) -> tuple[Fault, ...]:
        """The faults that have yet to happen, however often."""
        with self._lock:
            return tuple(c.fault for c in self._script if c.used < c.fault.times)

    def __len__(self) -> int:
        return len(self._script)


@dataclass(slots=True)
class _Counted:
    fault: Fault
    seen: int = 0
    used: int = 0


def peek(body: Body) -> tuple[str, Body]:
    """Return the name of the file in a multipart body (empty if none is found), and the body as if unread."""
    read = b""
    while len(read) < _LOOKED_AT and (block := body.read(64 * 1024)):
        read += block
        if found := _FILENAME.search(read):
            return found[1].decode("utf-8", "replace"), _Replayed(read, body)
    return "", _Replayed(read, body)


class _Replayed:
    """A body of which some was read already."""

    def __init__(self, read: bytes, body: Body) -> None:
        self._read, self._body = read, body

    def read(self, size: int) -> bytes:
        if not self._read:
            return self._body.read(size)
        block, self._read = self._read[:size], self._read[size:]
        return block
