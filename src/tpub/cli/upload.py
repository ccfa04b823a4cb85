"""`tpub upload`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tpub.cli.app import App, Color, Look, conclude, explain, listening
from tpub.cli.diagnosis import with_causes
from tpub.cli.options import (
    AttestationsOption,
    ColorOption,
    Dists,
    FormatOption,
    IdentityTokenFile,
    Ignore,
    IndexOption,
    Jobs,
    Provider,
    Quiet,
    Reports,
    Strict,
    TrustConfig,
    Verbose,
    Wait,
)
from tpub.config.modes import Attestations, TrustedPublishing
from tpub.errors import TpubError

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
    provider: Provider = None,
    identity_token_file: IdentityTokenFile = None,
    attestations: AttestationsOption = None,
    trust_config: TrustConfig = None,
    jobs: Jobs = None,
    max_tries: Annotated[int, typer.Option(min=1, max=50, help="Requests for one file at most.")] = 5,
    wait: Wait = None,
    ignore: Ignore = None,
    strict: Strict = False,
    no_check: Annotated[bool, typer.Option("--no-check", help="Send the files unjudged.")] = False,
    format: FormatOption = None,
    reports: Reports = None,
    color: ColorOption = Color.AUTO,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Publish wheels and sdists: all of them, or nothing is sent and the report says why.

    In CI the job's identity is the credential (trusted publishing): no secret, no configuration. Run the same
    command again after any failure: what the index has already is not sent twice.
    """
    app = ctx.ensure_object(App)
    look = Look(format, color, verbose - quiet, reports)
    wishes = _Wishes(tuple(dists or ()), dry_run, jobs, max_tries, wait, not no_check, tuple(ignore or ()), strict)
    given = _Given(
        index,
        token,
        username,
        password,
        trusted_publishing,
        provider,
        identity_token_file,
        attestations,
        trust_config,
    )
    return conclude(app, look, "upload", lambda: _publish(app, look, wishes, given))


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


@dataclass(frozen=True, slots=True, repr=False)
class _Given:
    """What the command line says of the index, and of who publishes and attests there."""

    index: str | None
    token: str | None
    username: str | None
    password: str | None
    trusted_publishing: TrustedPublishing | None
    provider: str | None
    identity_token_file: str | None
    attestations: Attestations | None
    trust_config: Path | None


def _publish(app: App, look: Look, wishes: _Wishes, given: _Given) -> Outcome:
    from tpub.dist.collect import collect
    from tpub.dist.digests import begin

    # Files are hashed in threads while the interpreter imports the rest, which takes as long as 100 MB.
    hashing = None
    with suppress(TpubError):  # nothing to hash is told in its turn, after the settings
        hashing = begin(collect(wishes.dists))

    from tpub.config.identity_token import chosen
    from tpub.config.pyproject import read
    from tpub.config.settings import Flags, resolve
    from tpub.publishing.attesting import Attest
    from tpub.publishing.publish import Check, Order, publish
    from tpub.publishing.retry import Backoff
    from tpub.publishing.runner import Pace
    from tpub.publishing.world import World

    flags = Flags(
        given.index,
        given.token,
        given.username,
        given.password,
        given.trusted_publishing,
        given.attestations,
        given.trust_config,
    )
    settings = resolve(flags, app.env, read(app.folder))
    explain(app, look, settings.sources)
    order = Order(
        wishes.dists,
        settings.index,
        settings.credential,
        settings.trusted_publishing,
        wishes.dry_run,
        Pace(wishes.jobs, Backoff(tries=wishes.max_tries)),
        wishes.wait,
        Check((*wishes.ignore, *settings.project.ignore), wishes.strict) if wishes.check else None,
        hashing,
        chosen(given.provider, given.identity_token_file, app.stdin),
        settings.project.publisher,
        Attest(settings.attestations, settings.trust_config),
    )
    with app.connect(app.env) as http, listening(app, look) as listener:
        outcome = publish(order, World(app.env, http, app.clock, listener, app.machine))
    return with_causes(app, outcome, settings.index)
