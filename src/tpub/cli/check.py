"""`tpub check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tpub.cli.app import App, Color, Look, believing, conclude
from tpub.cli.complete import indexes
from tpub.cli.options import ColorOption, Dists, FormatOption, Ignore, Reports, Strict

if TYPE_CHECKING:
    from tpub.config.pyproject import Project
    from tpub.config.settings import Settings
    from tpub.index.model import Index
    from tpub.outcome import Outcome

_Weights = tuple[tuple[str, ...], bool, str]  # as in `tpub.publishing.publish.Check`


def check(
    ctx: typer.Context,
    dists: Dists = None,
    index: Annotated[
        str | None,
        typer.Option(
            "--index",
            metavar="NAME|URL",
            autocompletion=indexes,
            help="Ask this index's public pages, too; nothing is sent.",
        ),
    ] = None,
    ignore: Ignore = None,
    strict: Strict = False,
    format: FormatOption = None,
    reports: Reports = None,
    color: ColorOption = Color.AUTO,
) -> int:
    """Say what the index would say of wheels and sdists, without asking it.

    Nothing is sent, no network is needed and no identity. Errors are what the index refuses; warnings what it
    accepts and people regret. `tpub explain CODE` tells all about one of them.
    """
    app = ctx.ensure_object(App)

    def deed() -> Outcome:
        from tpub.config.lookup import Lookup
        from tpub.config.pyproject import read
        from tpub.config.wishes import Given, settle
        from tpub.preflight.tag import tag_of

        lookup, project = Lookup(app.env), read(app.folder)
        wishes, _ = settle(Given(ignore=tuple(ignore or ()), strict=strict), lookup)
        weights = ((*wishes.ignore, *project.ignore), wishes.strict, tag_of(app.env))
        if index is not None:
            return _asking(app, _settings(app, index, project), dists, weights)
        from tpub.config.where import named

        return _offline(named(lookup, project), dists, *weights)

    return conclude(app, Look(format, color, reports=reports), "check", deed)


def _settings(app: App, index: str, project: Project) -> Settings:
    from tpub.config.settings import Flags, resolve

    return resolve(Flags(index), app.env, project)


def _offline(index: Index, dists: list[str] | None, ignore: tuple[str, ...], strict: bool, tag: str) -> Outcome:
    from tpub.dist.absence import left_out
    from tpub.dist.collect import DEFAULT, collect
    from tpub.errors import OK, PREFLIGHT
    from tpub.outcome import Outcome
    from tpub.preflight.run import check as judge

    found = judge(collect(dists or ()), is_pypi=index.is_pypi, ignore=ignore, strict=strict, tag=tag)
    code = PREFLIGHT if found.has_errors else OK
    told = (*left_out(dists or DEFAULT), *found.diagnostics)
    return Outcome("check", code, distributions=found.distributions, diagnostics=told)


def _asking(app: App, settings: Settings, dists: list[str] | None, weights: _Weights) -> Outcome:
    from dataclasses import replace

    from tpub.publishing.publish import Check, Order, publish
    from tpub.publishing.world import World

    order = Order(
        tuple(dists or ()),
        settings.index,
        settings.credential,
        settings.trusted_publishing,
        dry_run=True,
        check=Check(*weights),
        stores=settings.stores,
    )
    with believing(app, settings.tls).connect(app.env) as http:
        outcome = publish(order, World(app.env, http, app.clock), command="check")
    return replace(outcome, uploads=None, releases=None, dry_run=False)
