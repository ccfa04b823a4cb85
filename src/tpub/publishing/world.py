"""The outside world, as far as a release touches it; it enters at `tpub.cli.main` and is passed down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tpub.clock import Clock
from tpub.events import Listener, ignore
from tpub.http import Http


@dataclass(frozen=True, slots=True)
class World:
    """Environment, network, time, who listens, and what the firmware calls this machine (empty: not known)."""

    env: Mapping[str, str]
    http: Http
    clock: Clock
    listener: Listener = ignore
    machine: str = ""
