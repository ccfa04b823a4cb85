"""The outside world of a command."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

from tpub.clock import Clock
from tpub.errors import TpubError

if TYPE_CHECKING:  # rich and httpx take longer to import than a command line takes to refuse
    from tpub.diagnostic import Setting
    from tpub.events import Listener
    from tpub.http import Http
    from tpub.outcome import Outcome
    from tpub.report.screen import Screen


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
    """Everything that a command may touch outside of its own memory.

    `machine` is what the firmware calls it, empty if that is not known; `folder` is where the command was given.
    """

    env: Mapping[str, str]
    out: TextIO
    err: TextIO
    clock: Clock
    connect: Callable[[Mapping[str, str]], Http]
    stdin: BinaryIO | None = None
    machine: str = ""
    folder: Path = Path()


@dataclass(frozen=True, slots=True)
class Look:
    """How a command talks: `verbosity` is -1 (quiet), 0 or 1 (verbose)."""

    format: Format = Format.TEXT
    color: Color = Color.AUTO
    verbosity: int = 0


def screen(app: App, file: TextIO, color: Color) -> Screen:
    """Return what prints on `file`: a terminal's lines are wrapped and coloured, unless the user says otherwise."""
    from tpub.report.screen import Plain, Terminal, is_terminal

    if color is not Color.ALWAYS and not is_terminal(file, app.env):
        return Plain(file)
    return Terminal(file, app.env, colors=color is not Color.NEVER, forced=color is Color.ALWAYS)


@contextmanager
def listening(app: App, look: Look) -> Iterator[Listener]:
    """Yield the listener that shows progress on stderr: bars on a terminal, lines elsewhere, masks on GitHub."""
    from tpub.events import ignore
    from tpub.report.progress import Lines, Masks, is_github
    from tpub.report.screen import Terminal

    err = screen(app, app.err, look.color)
    mask = (lambda then: Masks(app.err, then)) if is_github(app.env) else (lambda then: then)
    if look.verbosity < 0:
        yield mask(ignore)
    elif isinstance(err, Terminal) and app.err.isatty() and look.format is Format.TEXT:
        from tpub.report.bars import Bars

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

        show(outcome, screen(app, app.out, look.color), screen(app, app.err, look.color))
    return outcome.exit_code
