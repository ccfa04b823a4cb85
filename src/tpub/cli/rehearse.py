"""`tpub rehearse`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tpub.cli.app import App, Color, Look, conclude, listening, report
from tpub.cli.complete import faults
from tpub.cli.options import ColorOption, Dists, FormatOption, Ignore, Jobs, Quiet, Reports, Strict, Wait

if TYPE_CHECKING:
    from tpub.outcome import Outcome
    from tpub.rehearsal.index import RehearsalIndex
    from tpub.rehearsal.release import Rehearsal
    from tpub.rehearsal.role import Role


class Platform(StrEnum):
    """The platform that is simulated."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GOOGLE = "google"
    ACTIVESTATE = "activestate"


Workflow = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Play the publishing jobs of this workflow file: what their identity claims is read from it.",
    ),
]
As = Annotated[
    Platform | None, typer.Option("--as", help="The platform to play.  [default: that of the workflow file, or github]")
]
Serve = Annotated[bool, typer.Option("--serve", help="Keep the index up until Ctrl-C: `pip install` from it.")]
Port = Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="Its port on this machine; 0 takes any.")]
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
    workflow: Workflow = None,
    platform: As = None,
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
    there. With `--workflow`, it is the job that the file describes, and the index trusts whom `tpub publisher` names.
    Nothing leaves this machine.
    """
    app = ctx.ensure_object(App)
    look = Look(format, color, -1 if quiet else 0, reports)

    def deed() -> Outcome:
        from tpub.config.lookup import Lookup
        from tpub.config.wishes import Given, settle
        from tpub.preflight.tag import tag_of
        from tpub.publishing.publish import Check
        from tpub.publishing.runner import Pace
        from tpub.rehearsal.release import Rehearsal

        wishes, _ = settle(Given(jobs, None, wait, tuple(ignore or ()), strict), Lookup(app.env))
        check = Check(wishes.ignore, wishes.strict, tag_of(app.env))
        rehearsal = Rehearsal(tuple(dists or ()), Pace(wishes.jobs), wishes.wait, check)
        return _played(app, look, _Stage(port, tuple(fault or ()), serve), rehearsal, _roles(app, platform, workflow))

    return conclude(app, look, "rehearse", deed)


@dataclass(frozen=True, slots=True)
class _Stage:
    """What the index is like, and whether it stays up."""

    port: int
    faults: tuple[str, ...]
    stays: bool


def _roles(app: App, platform: Platform | None, workflow: Path | None) -> Sequence[Role]:
    from tpub.rehearsal.ci import JobDescription
    from tpub.rehearsal.role import Role
    from tpub.rehearsal.written import roles

    if workflow is not None:
        return roles(app.folder, workflow, platform)
    return [Role(JobDescription((platform or Platform.GITHUB).value))]


def _played(app: App, look: Look, stage: _Stage, rehearsal: Rehearsal, roles: Sequence[Role]) -> Outcome:
    """Play one job after the other, each with an index of its own, until one fails; return the account of the last."""
    from dataclasses import replace

    from tpub.rehearsal import serve as run_index
    from tpub.rehearsal.faults import named

    *before, last = roles
    for role in before:
        with run_index(faults=named(stage.faults)) as index:
            outcome = _release(app, look, index, rehearsal, role)
        if outcome.exit_code:
            return replace(outcome, releases=())
    with run_index(stage.port, faults=named(stage.faults)) as index:
        outcome = _release(app, look, index, rehearsal, last)
        if stage.stays and not outcome.exit_code:
            report(app, look, outcome)
            app.out.flush()
            _hold(app, index, [file.project for file in outcome.distributions or ()])
            raise typer.Exit(0)
        return replace(outcome, releases=())  # the pages end with the index


def _release(app: App, look: Look, index: RehearsalIndex, rehearsal: Rehearsal, role: Role) -> Outcome:
    from tpub.publishing.world import World
    from tpub.rehearsal.release import rehearse

    with listening(app, look) as listener, app.connect({}) as http:
        return rehearse(rehearsal, index, role, World(app.env, http, app.clock, listener))


def _hold(app: App, index: RehearsalIndex, projects: Sequence[str]) -> None:
    """Wait for Ctrl-C, the index being up."""
    pages, names = index.index.simple_url, " ".join(dict.fromkeys(projects))
    app.err.write(f"serving {pages} until Ctrl-C:\n  pip install --index-url {pages} {names}\n")
    app.err.flush()
    try:
        while True:
            app.clock.sleep(3600)
    except KeyboardInterrupt:
        app.err.write("\n")
