"""The outside world of a command."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TextIO

from tpub.clock import Clock
from tpub.errors import TpubError

if TYPE_CHECKING:  # rich and httpx take longer to import than a command line takes to refuse
    from rich.console import Console

    from tpub.diagnostic import Setting
    from tpub.events import Listener
    from tpub.http import Http
    from tpub.outcome import Outcome


class Format(StrEnum):
    """What the report is written as."""

    TEXT = "text"
    JSON = "json"


class Color(StrEnum):
    """When to use colour; it never carries meaning alone."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class App:
    """Everything that a command may touch outside of its own memory."""

    env: Mapping[str, str]
    out: TextIO
    err: TextIO
    clock: Clock
    connect: Callable[[Mapping[str, str]], Http]


@dataclass(frozen=True, slots=True)
class Look:
    """How a command talks: `verbosity` is -1 (quiet), 0 or 1 (verbose)."""

    format: Format = Format.TEXT
    color: Color = Color.AUTO
    verbosity: int = 0


def console(app: App, file: TextIO, color: Color) -> Console:
    """Return a console on `file` that follows NO_COLOR, FORCE_COLOR and the terminal, unless told otherwise."""
    from rich.console import Console

    forced = True if color is Color.ALWAYS else None
    return Console(
        file=file,
        force_terminal=forced,
        color_system=None if color is Color.NEVER else "auto",
        _environ=app.env,
    )


@contextmanager
def listening(app: App, look: Look) -> Iterator[Listener]:
    """Yield the listener that shows progress on stderr: bars on a terminal, lines elsewhere, masks on GitHub."""
    from tpub.events import ignore
    from tpub.report.progress import Bars, Lines, Masks, is_github

    err = console(app, app.err, look.color)
    mask = (lambda then: Masks(err, then)) if is_github(app.env) else (lambda then: then)
    if look.verbosity < 0:
        yield mask(ignore)
    elif err.is_terminal and look.format is Format.TEXT:
        with Bars(err) as bars:
            yield mask(bars)
    else:
        yield mask(Lines(err))


def explain(app: App, look: Look, sources: Sequence[Setting]) -> None:
    """Say where each setting comes from, if that was asked for."""
    if look.verbosity > 0:
        from tpub.report.words import evidence

        app.err.writelines(evidence(source) + "\n" for source in sources)


def conclude(app: App, look: Look, command: str, deed: Callable[[], Outcome]) -> int:
    """Do the deed of a command and report it, a refusal to begin included; return the exit code."""
    try:
        outcome = deed()
    except TpubError as exc:
        from tpub.outcome import Outcome

        outcome = Outcome(command, exc.exit_code, diagnostics=(exc.diagnostic,))
    return report(app, look, outcome)


def report(app: App, look: Look, outcome: Outcome) -> int:
    """Write the report of a command; return its exit code."""
    if look.format is Format.JSON:
        from tpub.report.document import document

        app.out.write(document(outcome) + "\n")
    else:
        from tpub.report.text import show

        show(outcome, console(app, app.out, look.color), console(app, app.err, look.color))
    return outcome.exit_code
