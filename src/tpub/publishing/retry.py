"""When to try again, and how long to wait before: decided without I/O."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tpub.clock import Clock, http_date
from tpub.errors import TpubError
from tpub.reply import OverloadError, Reply

_TOO_MANY = 429
_LONGEST_WAIT = 300.0  # seconds; for a server that wants more than this, another run is made

# Silence that a second try may end. What is not listed (an untrusted certificate, an insecure URL, an answer that
# makes no sense) stays as it is however often one asks.
_PASSING = frozenset(
    {
        "index-unreachable",
        "index-unavailable",
        "connection-idle",
        "connection-lost",
        "gh-token-endpoint-error",
        "exchange-timeout",
        "sigstore-unavailable",
    }
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential back-off with full jitter: `tries` in all, waits of at most `base` * 2^n and `cap` seconds.

    `patience` are the seconds after which none is begun any more: a gateway that gives up late does so each time.
    """

    tries: int = 5
    base: float = 1.0
    cap: float = 30.0
    patience: float = math.inf

    def wait(self, tried: int, random: float) -> float:
        """Return the pause in seconds after so many tries; `random` is in [0, 1)."""
        return min(self.cap, self.base * 2.0 ** (tried - 1)) * random


# Questions are cheap, and their answer decides whether anything is sent at all: they do not wait long.
QUESTION = Backoff(tries=4, base=0.8, patience=120.0)


def asked_wait(reply: Reply, now: float) -> float:
    """Return how many seconds the server asks to be left alone; 0 if it does not.

    Source: RFC 9110 (Retry-After), and draft-ietf-httpapi-ratelimit-headers (RateLimit), which tells for each of
    several quotas how much of it remains (`r`) and when it is full again (`t`).
    """
    after = reply.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+", after):
        return float(after)
    if after:
        until = http_date(after)
        return 0.0 if until is None else max(0.0, until - now)
    if reply.status != _TOO_MANY:
        return 0.0
    quotas = reply.headers.get("ratelimit", "").split(",")
    spent = [quota for quota in quotas if re.search(r";\s*r=0\b", quota)]
    return max((float(t[1]) for quota in spent or quotas if (t := re.search(r";\s*t=([0-9]+)", quota))), default=0.0)


def wait_asked_with(error: TpubError, clock: Clock) -> float:
    """Return how many seconds the server asked to be left alone when it failed so; 0 if it did not."""
    return asked_wait(error.reply, clock.now()) if isinstance(error, OverloadError) else 0.0


def wait_before_retry(error: TpubError, failures: int, backoff: Backoff, clock: Clock) -> float | None:
    """Return how many seconds to wait after so many failures before trying again; None if there is no point."""
    asked = wait_asked_with(error, clock)
    if failures >= backoff.tries or error.diagnostic.code not in _PASSING or asked > _LONGEST_WAIT:
        return None
    return max(asked, backoff.wait(failures, clock.random()))


def patiently(question: Callable[[], T], clock: Clock) -> T:
    """Ask until there is an answer, a refusal, or no hope: raises what `question` raised last."""
    failures, begun = 0, clock.monotonic()
    while True:
        try:
            return question()
        except TpubError as exc:
            failures += 1
            wait = wait_before_retry(exc, failures, QUESTION, clock)
            if wait is None or clock.monotonic() - begun >= QUESTION.patience:
                raise
        clock.sleep(wait)
