"""How a release is to be made, settings of the index apart."""

from __future__ import annotations

from typing import NamedTuple

from tpub.config.lookup import Lookup
from tpub.diagnostic import Setting

MOST_JOBS, MOST_TRIES = 64, 50
TRIES = 5


class Given(NamedTuple):
    """What stood on the command line; None where nothing did."""

    jobs: int | None = None
    max_tries: int | None = None
    wait: float | None = None
    ignore: tuple[str, ...] = ()
    strict: bool = False
    no_check: bool = False


class Wishes(NamedTuple):
    """What holds in the end; None leaves it to tpub."""

    jobs: int | None = None
    max_tries: int = TRIES
    wait: float | None = None
    ignore: tuple[str, ...] = ()
    strict: bool = False
    no_check: bool = False


def settle(given: Given, lookup: Lookup) -> tuple[Wishes, tuple[Setting, ...]]:
    """Return what holds, and where it comes from; raises `ConfigError` for a variable that makes no sense."""
    held = Wishes(
        lookup.whole("jobs", given.jobs, MOST_JOBS),
        lookup.whole("max-tries", given.max_tries, MOST_TRIES) or TRIES,
        lookup.number("wait", given.wait, 0),
        lookup.listed("ignore", given.ignore),
        lookup.switch("strict", given=given.strict),
        lookup.switch("no-check", given=given.no_check),
    )
    said = (
        ("jobs", given.jobs),
        ("max-tries", given.max_tries),
        ("wait", given.wait),
        ("ignore", " ".join(given.ignore) or None),
        ("strict", given.strict or None),
        ("no-check", given.no_check or None),
    )
    found = ((name, lookup.first(name, None if value is None else f"{value}")) for name, value in said)
    return held, tuple(Setting(name, value.value, value.source) for name, value in found if value is not None)
