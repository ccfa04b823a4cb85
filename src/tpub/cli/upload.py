"""`tpub upload`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from tpub.cli.app import App, Color, Format, Look, conclude, explain, listening
from tpub.cli.options import ColorOption, Dists, FormatOption, Ignore, IndexOption, Jobs, Quiet, Strict, Verbose, Wait
from tpub.config.modes import TrustedPublishing

if TYPE_CHECKING:
    from tpub.outcome import Outcome


def upload(
    ctx: typer.Context,
    dists: Dists = None,
    index: IndexOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Stop at the plan: mint nothing, send nothing.")] = False,
    token: Annotated[str | None, typer.Option(help="An API token; better in `TPUB_TOKEN`.")] = None,
    username: Annotated[str | None, typer.Option(help="User name, for indexes that want one.")] = None,
    password: Annotated[str | None, typer.Option(help="Its password; better in `TPUB_PASSWORD`.")] = None,
    trusted_publishing: Annotated[
        TrustedPublishing | None, typer.Option(help="Whether the job's identity is the credential.  [default: auto]")
    ] = None,
    jobs: Jobs = None,
    max_tries: Annotated[int, typer.Option(min=1, max=50, help="Requests for one file at most.")] = 5,
    wait: Wait = None,
    ignore: Ignore = None,
    strict: Strict = False,
    no_check: Annotated[bool, typer.Option("--no-check", help="Send the files unjudged.")] = False,
    format: FormatOption = Format.TEXT,
    color: ColorOption = Color.AUTO,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Publish wheels and sdists: all of them, or nothing is sent and the report says why.

    In CI the job's identity is the credential (trusted publishing): no secret, no configuration. Run the same
    command again after any failure: what the index has already is not sent twice.
    """
    app = ctx.ensure_object(App)
    look = Look(format, color, verbosity=verbose - quiet)
    wishes = _Wishes(tuple(dists or ()), dry_run, jobs, max_tries, wait, not no_check, tuple(ignore or ()), strict)
    credentials = (token, username, password)
    return conclude(app, look, "upload", lambda: _publish(app, look, wishes, index, trusted_publishing, credentials))


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What the command line says of the release, settings apart."""

    dists: tuple[str, ...]
    dry_run: bool
    jobs: int | None
    max_tries: int
    wait: float | None
    check: bool
    ignore: tuple[str, ...]
    strict: bool


def _publish(
    app: App,
    look: Look,
    wishes: _Wishes,
    index: str | None,
    mode: TrustedPublishing | None,
    credentials: tuple[str | None, str | None, str | None],
) -> Outcome:
    from tpub.dist.collect import collect
    from tpub.dist.digests import begin

    # Files are hashed in threads while the interpreter imports the rest, which takes as long as 100 MB.
    hashing = begin(collect(wishes.dists))

    from tpub.config.settings import Flags, resolve
    from tpub.publishing.publish import Check, Order, publish
    from tpub.publishing.retry import Backoff
    from tpub.publishing.runner import Pace
    from tpub.publishing.world import World

    settings = resolve(Flags(index, *credentials, mode), app.env)
    explain(app, look, settings.sources)
    order = Order(
        wishes.dists,
        settings.index,
        settings.credential,
        settings.trusted_publishing,
        wishes.dry_run,
        Pace(wishes.jobs, Backoff(tries=wishes.max_tries)),
        wishes.wait,
        Check(wishes.ignore, wishes.strict) if wishes.check else None,
        hashing,
    )
    with app.connect(app.env) as http, listening(app, look) as listener:
        return publish(order, World(app.env, http, app.clock, listener))
