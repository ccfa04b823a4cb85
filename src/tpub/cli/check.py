"""`tpub check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tpub.cli.app import App, Color, Format, Look, conclude
from tpub.cli.options import ColorOption, Dists, FormatOption, Ignore, IndexOption, Strict

if TYPE_CHECKING:
    from tpub.outcome import Outcome


def check(
    ctx: typer.Context,
    dists: Dists = None,
    index: IndexOption = None,
    ignore: Ignore = None,
    strict: Strict = False,
    format: FormatOption = Format.TEXT,
    color: ColorOption = Color.AUTO,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only files with something to tell.")] = False,
) -> int:
    """Say what the index would say of wheels and sdists, without asking it.

    Nothing is sent, no network is needed and no identity. Errors are what the index refuses; warnings what it
    accepts and people regret. `tpub explain CODE` tells all about one of them.
    """
    app = ctx.ensure_object(App)

    def deed() -> Outcome:
        from tpub.config.settings import Flags, resolve
        from tpub.dist.collect import collect
        from tpub.errors import OK, PREFLIGHT
        from tpub.outcome import Outcome
        from tpub.preflight.run import check as judge

        settings = resolve(Flags(index), app.env)
        found = judge(collect(dists or ()), is_pypi=settings.index.is_pypi, ignore=ignore or (), strict=strict)
        return Outcome(
            "check",
            PREFLIGHT if found.has_errors else OK,
            distributions=found.distributions,
            diagnostics=found.diagnostics,
        )

    return conclude(app, Look(format, color, -1 if quiet else 0), "check", deed)
