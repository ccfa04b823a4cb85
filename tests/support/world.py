"""The outside world as tests make it: real network on loopback, a clock that runs fast."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tpub.cli.app import App
from tpub.cli.main import connect, run
from tpub.clock import Clock
from tpub.config.stores import Ask
from tpub.events import Event
from tpub.http import Http
from tpub.publishing.world import World


def quick_clock(speed: float = 100.0, seed: int = 1) -> Clock:
    """Return a clock whose pauses pass `speed` times as fast; chance is seeded."""
    begun = time.monotonic()
    return Clock(
        time.time,
        lambda: begun + (time.monotonic() - begun) * speed,
        lambda seconds: time.sleep(seconds / speed),
        random.Random(seed).random,  # noqa: S311  (jitter)
    )


class Heard(list[Event]):
    """A listener that remembers."""

    def __call__(self, event: Event) -> None:
        self.append(event)


def a_world(env: Mapping[str, str], http: Http, heard: Heard | None = None) -> World:
    """Return a world in which `env` holds."""
    return World(env, http, quick_clock(), heard if heard is not None else Heard())


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Ran:
    """What a command line did."""

    code: int
    out: str
    err: str


def tpub(
    *argv: str,
    env: Mapping[str, str] | None = None,
    terminal: bool = False,
    folder: Path | None = None,
    stdin: bytes = b"",
    ask: Ask | None = None,
) -> Ran:
    """Run a command line inside this process, in `folder`, with nothing of this machine's environment."""
    out, err = (Terminal(), Terminal()) if terminal else (io.StringIO(), io.StringIO())
    app = App(env or {}, out, err, quick_clock(), connect, io.BytesIO(stdin), folder=folder or Path(), ask=ask)
    code = run(argv, app)
    return Ran(code, out.getvalue(), err.getvalue())
