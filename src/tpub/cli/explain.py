"""`tpub explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from tpub.cli.app import App


def explain(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="What stands in brackets behind a problem.")],
) -> int:
    """Tell all about one problem: what, why, how to mend it, and who says so."""
    from tpub.doctor.pages import find
    from tpub.preflight.explain import page

    ctx.ensure_object(App).out.write((find(code) or page(code)).markdown)
    return 0
