"""`tpub upload`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from tpub.cli.app import App, Color, Look, believing, conclude, explain, listening
from tpub.cli.diagnosis import with_causes
from tpub.cli.options import (
    AttestationsOption,
    Cert,
    ClientCert,
    ColorOption,
    ConfigFile,
    Dists,
    DryRun,
    FormatOption,
    IdentityTokenFile,
    Ignore,
    Indexes,
    Jobs,
    MaxTries,
    NoCheck,
    Password,
    Provider,
    Quiet,
    Reports,
    Strict,
    Token,
    TrustConfig,
    TrustedPublishingOption,
    Username,
    Verbose,
    Wait,
)
from tpub.cli.switching import Foreign
from tpub.errors import TpubError
from tpub.tls import Tls

if TYPE_CHECKING:
    from tpub.config.settings import Flags, Settings
    from tpub.config.wishes import Given
    from tpub.dist.digests import Digesting
    from tpub.outcome import Outcome
    from tpub.publishing.publish import Order


def upload(
    ctx: typer.Context,
    dists: Dists = None,
    index: Indexes = None,
    dry_run: DryRun = False,
    token: Token = None,
    username: Username = None,
    password: Password = None,
    trusted_publishing: TrustedPublishingOption = None,
    provider: Provider = None,
    identity_token_file: IdentityTokenFile = None,
    attestations: AttestationsOption = None,
    trust_config: TrustConfig = None,
    jobs: Jobs = None,
    max_tries: MaxTries = None,
    wait: Wait = None,
    ignore: Ignore = None,
    strict: Strict = False,
    no_check: NoCheck = False,
    config_file: ConfigFile = None,
    cert: Cert = None,
    client_cert: ClientCert = None,
    format: FormatOption = None,
    reports: Reports = None,
    color: ColorOption = Color.AUTO,
    verbose: Verbose = False,
    quiet: Quiet = False,
    *,
    foreign: Foreign,
) -> int:
    """Publish wheels and sdists: all of them, or nothing is sent and the report says why.

    In CI the job's identity is the credential (trusted publishing): no secret, no configuration. Run the same
    command again after any failure: what the index has already is not sent twice.
    """
    app, tls = ctx.ensure_object(App), Tls(cert, client_cert)
    look = Look(format, color, verbose - (quiet or foreign.is_on("quiet")), reports)

    def deed() -> Outcome:
        files = _begin(dists, dry_run=dry_run)
        from tpub.config.login import Asked
        from tpub.config.settings import Flags
        from tpub.config.wishes import Given

        flags = Flags(None, Asked(token, username, password), trusted_publishing, attestations, trust_config, provider)
        flags = replace(flags, identity_token_file=identity_token_file, config_file=config_file, tls=tls)
        given = Given(jobs, max_tries, wait, tuple(ignore or ()), strict, no_check)
        return _publish(app, look, _each(flags, foreign, index or (None,)), given, files)

    return conclude(app, look, "upload", deed)


def _each(flags: Flags, foreign: Foreign, indexes: Sequence[str | None]) -> Sequence[Flags]:
    """Return what stood on the command line for each of the indexes."""
    flags = replace(flags, theirs=foreign.values, remarks=foreign.diagnostics)
    return [replace(flags, index=name, is_one_of_many=len(indexes) > 1) for name in indexes]


class _Files(NamedTuple):
    """The files, which are being hashed if there are any, and whether they stay here."""

    patterns: tuple[str, ...]
    hashing: Mapping[Path, Digesting] | None
    dry_run: bool


def _begin(dists: list[str] | None, *, dry_run: bool) -> _Files:
    """Hash the files in threads while the interpreter imports the rest, which takes as long as 100 MB."""
    from tpub.dist.collect import collect
    from tpub.dist.digests import begin

    patterns = tuple(dists or ())
    with suppress(TpubError):  # nothing to hash is told in its turn, after the settings
        return _Files(patterns, begin(collect(patterns)), dry_run)
    return _Files(patterns, None, dry_run)


def _publish(app: App, look: Look, flags: Sequence[Flags], given: Given, files: _Files) -> Outcome:
    """Publish to one index after the other, once it is settled that there is every one of them."""
    from tpub.config.pyproject import read
    from tpub.config.settings import completed, resolve
    from tpub.publishing.turns import in_turn

    project = read(app.folder)
    settings = [completed(resolve(each, app.env, project, ask=app.ask)) for each in flags]
    orders = [_order(app, look, each, given, files) for each in settings]
    return in_turn([each.index for each in settings], lambda place: _send(app, look, settings[place], orders[place]))


def _order(app: App, look: Look, settings: Settings, given: Given, files: _Files) -> Order:
    """Return what is to be done, and say by which settings, if that was asked for."""
    from tpub.config.identity_token import chosen
    from tpub.config.lookup import Lookup
    from tpub.config.wishes import settle
    from tpub.preflight.tag import tag_of
    from tpub.publishing.attestations import Attest
    from tpub.publishing.publish import Check, Order
    from tpub.publishing.retry import Backoff
    from tpub.publishing.runner import Pace

    wishes, sources = settle(given, Lookup(app.env))
    explain(app, look, (*settings.sources, *sources))
    return Order(
        files.patterns,
        settings.index,
        settings.credential,
        settings.trusted_publishing,
        files.dry_run,
        Pace(wishes.jobs, Backoff(tries=wishes.max_tries)),
        wishes.wait,
        None if wishes.no_check else Check((*wishes.ignore, *settings.project.ignore), wishes.strict, tag_of(app.env)),
        files.hashing,
        chosen(settings.provider, settings.identity_token_file, app.stdin),
        settings.project.publisher,
        Attest(settings.attestations, settings.trust_config),
        settings.stores,
    )


def _send(app: App, look: Look, settings: Settings, order: Order) -> Outcome:
    from tpub.publishing.publish import publish
    from tpub.publishing.world import World

    app = believing(app, settings.tls)
    with app.connect(app.env) as http, listening(app, look) as listener:
        outcome = publish(order, World(app.env, http, app.clock, listener, app.machine))
    outcome = replace(outcome, diagnostics=(*outcome.diagnostics, *settings.diagnostics))
    return with_causes(app, outcome, settings.index)
