"""`tpub explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from tpub.cli.app import App, Look, screen
from tpub.cli.complete import codes


def explain(
    ctx: typer.Context,
    code: Annotated[
        str | None,
        typer.Argument(metavar="CODE", help="What stands in brackets behind a problem.", autocompletion=codes),
    ] = None,
) -> int:
    """Tell all about one problem: what, why, how to mend it, and who says so.

    Without a code, list them all.
    """
    from tpub.pages import page, pages

    app = ctx.ensure_object(App)
    if code is None:
        app.out.writelines(f"{each.code}\n" for each in pages())
        return 0
    from tpub.report.page import show_page

    show_page(page(code).markdown, screen(app, app.out, Look()))
    return 0
