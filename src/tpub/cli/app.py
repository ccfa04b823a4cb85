"""The outside world of a command."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, TextIO

from tpub.cli.signals import Signals
from tpub.clock import Clock
from tpub.errors import INTERRUPTED, TpubError

if TYPE_CHECKING:  # rich and httpx take longer to import than a command line takes to refuse
    from tpub.config.stores import Ask
    from tpub.diagnostic import Setting
    from tpub.events import Event, Listener
    from tpub.http import Http
    from tpub.outcome import Outcome
    from tpub.report.screen import Screen
    from tpub.tls import Tls


class Format(StrEnum):
    """What the report is written as."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    GITLAB = "gitlab"


class Color(StrEnum):
    """When to use colour; it never carries meaning alone."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class App(NamedTuple):
    """Everything that a command may touch outside of its own memory.

    `machine` is what the firmware calls it, empty if that is not known; `folder` is where the command was given.
    `ask` puts a question to somebody at a terminal, None if nobody is there. `signals` are those to end.
    """

    env: Mapping[str, str]
    out: TextIO
    err: TextIO
    clock: Clock
    connect: Callable[[Mapping[str, str]], Http]
    stdin: BinaryIO | None = None
    machine: str = ""
    folder: Path = Path()
    ask: Ask | None = None
    signals: Signals = Signals()


def believing(app: App, tls: Tls) -> App:
    """Return the outside world, its network reached with the certificates that the settings name."""
    return app._replace(connect=lambda env: app.connect(env).believing(tls))


class Look(NamedTuple):
    """How a command talks.

    `format` is None for what the CI reads in which it runs, text elsewhere; `verbosity` is -1 (quiet), 0 or 1
    (verbose); `reports` is a folder for reports that CI systems collect, None if nobody asked for any.
    """

    format: Format | None = None
    color: Color = Color.AUTO
    verbosity: int = 0
    reports: Path | None = None


def form(app: App, look: Look) -> Format:
    """Return what the report is written as."""
    if look.format is not None:
        return look.format
    if app.env.get("GITHUB_ACTIONS") == "true":
        return Format.GITHUB
    return Format.GITLAB if app.env.get("GITLAB_CI") == "true" else Format.TEXT


def screen(app: App, file: TextIO, look: Look, *, whole: bool = False) -> Screen:
    """Return what prints on `file`: a terminal's lines are coloured, and wrapped but for `whole` ones."""
    from tpub.report.github import Log, is_github
    from tpub.report.screen import Plain, Terminal, is_terminal

    is_log = form(app, look) in (Format.GITHUB, Format.GITLAB)
    lines: Screen = Plain(file)
    if look.color is Color.ALWAYS or is_terminal(file, app.env):
        colors, forced = look.color is not Color.NEVER, look.color is Color.ALWAYS
        lines = Terminal(file, app.env, colors=colors, forced=forced, whole=whole or is_log)
    # Whatever the report is written as: GitHub reads the log.
    return Log(file, lines) if is_github(app.env) or form(app, look) is Format.GITHUB else lines


@contextmanager
def listening(app: App, look: Look) -> Iterator[Listener]:
    """Yield the listener that shows progress on stderr: bars on a terminal, lines elsewhere, masks on GitHub."""
    from tpub.events import ignore
    from tpub.report.github import is_github
    from tpub.report.progress import Lines, Masks
    from tpub.report.screen import Terminal

    err = screen(app, app.err, look)

    def mask(then: Listener) -> Listener:
        told = Masks(app.err, then) if is_github(app.env) else then

        def tell(event: Event) -> None:
            with suppress(OSError):  # a full disk under the log is no reason to abandon a release
                told(event)

        return tell

    if look.verbosity < 0:
        yield mask(ignore)
    elif isinstance(err, Terminal) and app.err.isatty() and form(app, look) is Format.TEXT:
        from tpub.report.bars import Bars

        with Bars(err) as bars:
            yield mask(bars)
    elif form(app, look) in (Format.GITHUB, Format.GITLAB):
        from tpub.cli.platform import folded

        with folded(app, look, err) as lines:
            yield mask(Lines(lines))
    else:
        yield mask(Lines(err))


def explain(app: App, look: Look, sources: Sequence[Setting]) -> None:
    """Say where each setting comes from, if that was asked for."""
    if look.verbosity > 0:
        from tpub.report.words import evidence

        err = screen(app, app.err, look)
        for source in sources:
            err.line(evidence(source))


def conclude(app: App, look: Look, command: str, deed: Callable[[], Outcome], root: Path = Path()) -> int:
    """Do the deed of a command and report it, a refusal to begin and an interruption included; return the exit code.

    `root` is where the files lie that are told of, if not in the folder where the command was given.
    """
    try:
        outcome = deed()
    except TpubError as exc:
        from tpub.outcome import Outcome

        outcome = Outcome(command, exc.exit_code, diagnostics=(exc.diagnostic,))
    except KeyboardInterrupt:
        from tpub.outcome import Outcome

        outcome = Outcome(command, INTERRUPTED)
    app.signals.hold()
    return report(app, look, outcome, root)


def report(app: App, look: Look, outcome: Outcome, root: Path = Path()) -> int:
    """Write the report of a command; return its exit code."""
    written = form(app, look)
    if look.reports is not None:
        from tpub.cli.platform import hand_over

        outcome = hand_over(app, look.reports, outcome, root)
    if written is Format.JSON:
        from tpub.report.document import document
        from tpub.report.github import is_github, undisturbed

        text = document(outcome) + "\n"
        app.out.write(undisturbed(text) if is_github(app.env) else text)
    elif written is Format.GITHUB:
        from tpub.cli.platform import show_on_github

        show_on_github(app, look, outcome, root)
    else:
        from tpub.report.text import show

        show(outcome, screen(app, app.out, look), screen(app, app.err, look))
    return outcome.exit_code
