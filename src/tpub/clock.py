"""Time and chance, passed in like the rest of the outside world."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple


class Clock(NamedTuple):
    """What the time is, and how to let it pass; all in seconds.

    `now` counts from the epoch, `monotonic` never goes back, `random` is uniform in [0, 1).
    """

    now: Callable[[], float]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]


def system() -> Clock:
    """Return the machine's own."""
    return Clock(time.time, time.monotonic, time.sleep, _chance)


def http_date(text: str) -> float | None:
    """Return the moment that a date of HTTP means, in seconds since the epoch; None if it is none.

    One without a zone is in UTC, wherever this machine is. Source: RFC 9110, 5.6.7.
    """
    from datetime import UTC  # noqa: PLC0415  (few answers are asked for their date)
    from email.utils import parsedate_to_datetime  # noqa: PLC0415

    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _chance() -> float:
    import random  # noqa: PLC0415  (only what has failed is tried again)

    return random.random()  # noqa: S311  (it spreads retries, and keeps no secret)
