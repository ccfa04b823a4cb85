"""When to try again, and how long to wait before: decided without I/O."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeVar

from tpub.clock import Clock
from tpub.errors import TpubError
from tpub.http import OverloadError, Reply

_TOO_MANY = 429
_LONGEST_WAIT = 300.0  # seconds; a server that wants more than this is not waited for longer

# Silence that a second try may end. What is not listed (an untrusted certificate, an insecure URL, an answer that
# makes no sense) stays as it is however often one asks.
_PASSING = frozenset(
    {
        "index-unreachable",
        "index-unavailable",
        "connection-idle",
        "connection-lost",
        "proxy-refused",
        "gh-token-endpoint-error",
        "exchange-timeout",
    }
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential back-off with full jitter: `tries` in all, waits of at most `base` * 2^n and `cap` seconds."""

    tries: int = 5
    base: float = 1.0
    cap: float = 30.0

    def wait(self, tried: int, random: float) -> float:
        """Return the pause in seconds after so many tries; `random` is in [0, 1)."""
        return min(self.cap, self.base * 2.0 ** (tried - 1)) * random


# Questions are cheap, and their answer decides whether anything is sent at all: they do not wait long.
QUESTION = Backoff(tries=3, base=0.8)


def asked_wait(reply: Reply, now: float) -> float:
    """Return how many seconds the server asks to be left alone, at most five minutes; 0 if it does not.

    Source: RFC 9110 (Retry-After) and the RateLimit header, whose `t` is the time until the quota is full again.
    """
    after = reply.headers.get("retry-after", "").strip()
    if after.isdigit():
        return min(float(after), _LONGEST_WAIT)
    if after:
        try:
            return min(max(0.0, parsedate_to_datetime(after).timestamp() - now), _LONGEST_WAIT)
        except ValueError:
            return 0.0
    left = re.search(r"\bt=(\d+)", reply.headers.get("ratelimit", "")) if reply.status == _TOO_MANY else None
    return min(float(left[1]), _LONGEST_WAIT) if left else 0.0


def wait_before_retry(error: TpubError, failures: int, backoff: Backoff, clock: Clock) -> float | None:
    """Return how many seconds to wait after so many failures before trying again; None if there is no point."""
    if failures >= backoff.tries or error.diagnostic.code not in _PASSING:
        return None
    asked = asked_wait(error.reply, clock.now()) if isinstance(error, OverloadError) else 0.0
    return max(asked, backoff.wait(failures, clock.random()))


def patiently(question: Callable[[], T], clock: Clock, backoff: Backoff = QUESTION) -> T:
    """Ask until there is an answer, a refusal, or no hope: raises what `question` raised last."""
    failures = 0
    while True:
        try:
            return question()
        except TpubError as exc:
            failures += 1
            if (wait := wait_before_retry(exc, failures, backoff, clock)) is None:
                raise
        clock.sleep(wait)
