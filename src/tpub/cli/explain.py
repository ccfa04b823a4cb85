"""`tpub explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from tpub.cli.app import App, Look, screen
from tpub.cli.complete import codes


def explain(
    ctx: typer.Context,
    code: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CODE]...", help="What stands in brackets behind a problem.", autocompletion=codes),
    ] = None,
) -> int:
    """Tell all about a problem: what, why, how to mend it, and who says so.

    Without a code, list them all.
    """
    from tpub.pages import documents, page
    from tpub.report.page import show_index, show_page

    app = ctx.ensure_object(App)
    out = screen(app, app.out, Look())
    if code:
        show_page("\n".join([page(each).markdown for each in dict.fromkeys(code)]), out)
    else:
        for topics in documents().values():
            show_index([(topic.title, [(each.code, each.what) for each in topic.pages]) for topic in topics], out)
    return 0
