"""`tpub rehearse`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from tpub.cli.app import App, Color, Format, Look, conclude, listening, report
from tpub.cli.options import ColorOption, Dists, FormatOption, Ignore, Jobs, Quiet, Strict, Wait

if TYPE_CHECKING:
    from tpub.outcome import Outcome
    from tpub.rehearsal.index import RehearsalIndex


class Platform(StrEnum):
    """The CI system that is simulated."""

    GITHUB = "github"
    GITLAB = "gitlab"


def rehearse(
    ctx: typer.Context,
    dists: Dists = None,
    platform: Annotated[Platform, typer.Option("--as", help="The CI system to play.")] = Platform.GITHUB,
    serve: Annotated[
        bool, typer.Option("--serve", help="Keep the index up until Ctrl-C: `pip install` from it.")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Its port on this machine; 0 takes any.")] = 0,
    jobs: Jobs = None,
    wait: Wait = None,
    ignore: Ignore = None,
    strict: Strict = False,
    format: FormatOption = Format.TEXT,
    color: ColorOption = Color.AUTO,
    quiet: Quiet = False,
) -> int:
    """Rehearse a release offline: identity, exchange and uploads against an index inside tpub.

    A simulated CI job gets an identity token, exchanges it and publishes the files, as `tpub upload` would do it
    there. Nothing leaves this machine.
    """
    app = ctx.ensure_object(App)
    look = Look(format, color, verbosity=-1 if quiet else 0)

    def deed(index: RehearsalIndex) -> Outcome:
        from tpub.publishing.publish import Check
        from tpub.publishing.runner import Pace
        from tpub.publishing.world import World
        from tpub.rehearsal.ci import JobDescription
        from tpub.rehearsal.release import Rehearsal, rehearse

        rehearsal = Rehearsal(tuple(dists or ()), Pace(jobs), wait, Check(tuple(ignore or ()), strict))
        with listening(app, look) as listener, app.connect({}) as http:
            world = World(app.env, http, app.clock, listener)
            return rehearse(rehearsal, index, JobDescription(platform.value), world)

    def serving() -> Outcome:
        from tpub.rehearsal import serve as run_index

        with run_index(port) as index:
            outcome = deed(index)
            if serve and not outcome.exit_code:
                report(app, look, outcome)
                app.out.flush()
                _hold(app, index)
                raise typer.Exit(0)
            return outcome

    return conclude(app, look, "rehearse", serving)


def _hold(app: App, index: RehearsalIndex) -> None:
    """Wait for Ctrl-C, the index being up."""
    app.err.write(f"serving {index.index.simple_url} until Ctrl-C: pip install --index-url {index.index.simple_url}\n")
    app.err.flush()
    try:
        while True:
            app.clock.sleep(3600)
    except KeyboardInterrupt:
        app.err.write("\n")
