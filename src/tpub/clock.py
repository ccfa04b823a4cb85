"""Time and chance, passed in like the rest of the outside world."""

from __future__ import annotations

import random as chance
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """What the time is, and how to let it pass; all in seconds.

    `now` counts from the epoch, `monotonic` never goes back, `random` is uniform in [0, 1).
    """

    now: Callable[[], float]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]


def system() -> Clock:
    """Return the machine's own."""
    return Clock(time.time, time.monotonic, time.sleep, chance.random)
