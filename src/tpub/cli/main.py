"""The program: the only place where the outside world enters."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer
from typer.exceptions import TyperException

from tpub import __version__
from tpub.cli.app import App, Look, screen
from tpub.cli.commands import Commands
from tpub.cli.help import width
from tpub.cli.signals import Signals
from tpub.cli.streams import fault, unbroken
from tpub.clock import system
from tpub.errors import BUG, INTERRUPTED, USAGE, TpubError
from tpub.machine import product_name

if TYPE_CHECKING:  # httpx takes longer to import than `--help` takes
    from tpub.config.stores import Ask
    from tpub.diagnostic import Diagnostic
    from tpub.http import Http

_OBJECTS = 200_000  # new ones, between two collections

cli = typer.Typer(
    name="tpub",
    cls=Commands,
    rich_markup_mode=None,  # rich would double the time that `--help` takes
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(ctx: typer.Context, wanted: bool) -> None:
    if wanted:
        ctx.ensure_object(App).out.write(f"tpub {__version__}\n")
        raise typer.Exit


@cli.callback()
def tpub(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Publish Python distributions by trusted publishing: whole, verified, or not at all."""


def run(argv: Sequence[str], app: App) -> int:
    """Run one command line and return its exit code; no exception leaves."""
    try:
        words = list(argv) or ["--help"]
        code = cli(words, obj=app, standalone_mode=False, prog_name="tpub", terminal_width=width(app))
        if code == INTERRUPTED and not app.signals.is_held:  # else the report says so
            app.err.write("interrupted\n")
        return code if isinstance(code, int) else 0
    except typer.Exit as exc:
        return exc.exit_code
    except TyperException as exc:
        from tpub.cli.usage import told

        _show(app, told(exc, argv))
        return exc.exit_code
    except TpubError as exc:
        _show(app, exc.diagnostic)
        return exc.exit_code
    except (KeyboardInterrupt, typer.Abort):
        app.err.write("interrupted\n")
        return INTERRUPTED
    except Exception as exc:  # noqa: BLE001  (a bug of tpub's is told in tpub's way too)
        return _unforeseen(exc, app)


def _unforeseen(exc: Exception, app: App) -> int:
    if app.signals.heard:  # an import that is interrupted may end in any exception
        app.err.write("interrupted\n")
        return INTERRUPTED
    _show(app, _bug(exc))
    return BUG


def _show(app: App, diagnostic: Diagnostic) -> None:
    from tpub.outcome import Outcome
    from tpub.report.github import Annotations

    # Elsewhere than on GitHub, where there are annotations, this is plain text.
    Annotations(Outcome("", BUG, diagnostics=(diagnostic,)), {})(diagnostic, screen(app, app.err, Look()))


def _bug(exc: Exception) -> Diagnostic:
    """Tell where the bug is. The exception's text stays out: it may hold anything, secrets too."""
    from tpub.diagnostic import Diagnostic

    trace = exc.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "an unknown place"
    return Diagnostic(
        "internal-error",
        f"tpub has a bug: {type(exc).__name__} in {where}",
        hint=f"Report this line, and the command that led to it (tpub {__version__}).",
    )


def connect(env: Mapping[str, str]) -> Http:
    """Open the door to the network."""
    from tpub.http import Http

    return Http(env)


def asker(env: Mapping[str, str], stdin: TextIO | None, stderr: TextIO | None) -> Ask | None:
    """Return what asks somebody at the terminal; None if there is none, or in CI: nobody is there."""
    if env.get("CI") or stdin is None or stderr is None or not (stdin.isatty() and stderr.isatty()):
        return None

    def ask(question: str, *, hidden: bool) -> str:
        answer = ""
        try:
            if hidden:
                from getpass import getpass

                answer = getpass(question, stderr) + "\n"
            else:
                stderr.write(question)
                stderr.flush()
                answer = stdin.readline()
        except EOFError:
            pass
        finally:
            if not answer.endswith("\n"):  # nobody typed Enter: what follows begins a line of its own
                stderr.write("\n")
        return answer.removesuffix("\n")

    return ask


def _written(app: App, code: int) -> int:
    """Return the exit code of a command, once it is told if its report could not be written."""
    if (kept := fault(app.out)) is None:
        return code
    from tpub.diagnostic import Diagnostic

    cause = f"the report cannot be written to stdout: {kept.strerror}"
    hint = "Lead it to a place with room that can be written, and run the same command again: nothing is sent twice."
    _show(app, Diagnostic("report-unwritten", cause, hint))
    return code or USAGE


def main() -> None:
    """Run as a program."""
    # Imports leave hardly a cycle behind, and looking for some after each few hundred objects takes a twentieth of a
    # small upload.
    gc.set_threshold(_OBJECTS)
    signals = Signals()
    signals.listen()
    stdin = getattr(sys.stdin, "buffer", None)
    env = os.environ  # noqa: TID251
    ask = asker(env, sys.stdin, sys.stderr)
    out, err = unbroken(sys.stdout), unbroken(sys.stderr)
    sys.stdout = out  # where typer writes help
    app = App(env, out, err, system(), connect, stdin, product_name(), ask=ask, signals=signals)
    code = _written(app, run(sys.argv[1:], app))
    # Python would look through all that was imported once more, for nothing: it takes longer than all the rules.
    gc.freeze()
    sys.exit(code)
