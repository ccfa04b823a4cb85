"""`tpub rehearse`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from tpub.cli.app import App, Color, Look, conclude, listening, report
from tpub.cli.complete import faults
from tpub.cli.options import ColorOption, Dists, FormatOption, Ignore, Jobs, Quiet, Reports, Strict, Wait

if TYPE_CHECKING:
    from tpub.outcome import Outcome
    from tpub.rehearsal.index import RehearsalIndex
    from tpub.rehearsal.release import Rehearsal


class Platform(StrEnum):
    """The platform that is simulated."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GOOGLE = "google"
    ACTIVESTATE = "activestate"


As = Annotated[Platform, typer.Option("--as", help="The platform to play.")]
Serve = Annotated[bool, typer.Option("--serve", help="Keep the index up until Ctrl-C: `pip install` from it.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Its port on this machine; 0 takes any.")]
Faults = Annotated[
    list[str] | None,
    typer.Option(
        "--fault",
        metavar="NAME",
        autocompletion=faults,
        help="What the index does as real ones do at times: latency, throttle, collision, 429, 500, 503, drop, lost, "
        "expire, lag.  [repeatable]",
    ),
]


def rehearse(
    ctx: typer.Context,
    dists: Dists = None,
    platform: As = Platform.GITHUB,
    serve: Serve = False,
    port: Port = 0,
    fault: Faults = None,
    jobs: Jobs = None,
    wait: Wait = None,
    ignore: Ignore = None,
    strict: Strict = False,
    format: FormatOption = None,
    reports: Reports = None,
    color: ColorOption = Color.AUTO,
    quiet: Quiet = False,
) -> int:
    """Rehearse a release offline: identity, exchange and uploads against an index inside tpub.

    A simulated CI job gets an identity token, exchanges it and publishes the files, as `tpub upload` would do it
    there. Nothing leaves this machine.
    """
    app = ctx.ensure_object(App)
    look = Look(format, color, -1 if quiet else 0, reports)

    def deed() -> Outcome:
        from dataclasses import replace

        from tpub.publishing.publish import Check
        from tpub.publishing.runner import Pace
        from tpub.rehearsal import serve as run_index
        from tpub.rehearsal.faults import named
        from tpub.rehearsal.release import Rehearsal

        rehearsal = Rehearsal(tuple(dists or ()), Pace(jobs), wait, Check(tuple(ignore or ()), strict))
        with run_index(port, faults=named(fault or ())) as index:
            outcome = _release(app, look, index, rehearsal, platform)
            if serve and not outcome.exit_code:
                report(app, look, outcome)
                app.out.flush()
                _hold(app, index)
                raise typer.Exit(0)
            return replace(outcome, releases=())  # the pages end with the index

    return conclude(app, look, "rehearse", deed)


def _release(app: App, look: Look, index: RehearsalIndex, rehearsal: Rehearsal, platform: Platform) -> Outcome:
    from tpub.publishing.world import World
    from tpub.rehearsal.ci import JobDescription
    from tpub.rehearsal.release import rehearse

    with listening(app, look) as listener, app.connect({}) as http:
        world = World(app.env, http, app.clock, listener)
        return rehearse(rehearsal, index, JobDescription(platform.value), world)


def _hold(app: App, index: RehearsalIndex) -> None:
    """Wait for Ctrl-C, the index being up."""
    app.err.write(f"serving {index.index.simple_url} until Ctrl-C: pip install --index-url {index.index.simple_url}\n")
    app.err.flush()
    try:
        while True:
            app.clock.sleep(3600)
    except KeyboardInterrupt:
        app.err.write("\n")
