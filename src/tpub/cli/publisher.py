"""`tpub publisher`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tpub.cli.app import App, Color, Look, conclude
from tpub.cli.options import ColorOption, FormatOption, IndexOption
from tpub.diagnostic import Diagnostic

if TYPE_CHECKING:
    from tpub.outcome import Outcome


def publisher(
    ctx: typer.Context,
    index: IndexOption = None,
    project: Annotated[
        str | None, typer.Option(metavar="NAME", help="The project's name.  [default: that in pyproject.toml]")
    ] = None,
    organization: Annotated[
        str | None, typer.Option(metavar="NAME", help="The organization that a new project is to belong to.")
    ] = None,
    format: FormatOption = None,
    color: ColorOption = Color.AUTO,
) -> int:
    """Say whom the index must trust: the values for its publisher form, and the page with the form filled in.

    Told by the variables of the CI's job, or by the git remote and the workflow files of this checkout. Nothing is
    asked of anybody.
    """
    app = ctx.ensure_object(App)
    names = (project, organization)
    return conclude(app, Look(format, color), "publisher", lambda: publishers(app, index, *names))


def publishers(app: App, index: str | None, project: str | None = None, organization: str | None = None) -> Outcome:
    """Return the account of whom the index must trust for what this checkout, or this job, publishes."""
    from tpub.config.pyproject import read
    from tpub.config.settings import Flags, resolve
    from tpub.errors import OK, USAGE
    from tpub.identity.publisher import form_values
    from tpub.index.registration import organization_url, pending_url, prefilled_url
    from tpub.outcome import IndexSummary, Outcome
    from tpub.summaries import PublisherSummary
    from tpub.workflow.registrants import registrants

    _check(project)
    settings = resolve(Flags(index), app.env, read(app.folder))
    there, name = settings.index, project or settings.project.name or "PROJECT"
    found = registrants(app.folder, app.env, there.name)
    where = IndexSummary(there.name, there.upload_url)
    if not found:
        return Outcome("publisher", USAGE, index=where, publishers=(), diagnostics=(undetermined(app.folder),))
    summaries = (
        PublisherSummary(
            each.publisher.provider,
            form_values(each.publisher),
            each.job,
            name,
            prefilled_url(there, name, each.publisher),
            pending_url(there),
            organization_url(there, organization) if organization is not None else None,
        )
        for each in found
    )
    return Outcome("publisher", OK, index=where, publishers=tuple(summaries))


def _check(project: str | None) -> None:
    """Refuse a name that no project can have."""
    from packaging.utils import InvalidName, canonicalize_name

    from tpub.diagnostic import Setting
    from tpub.errors import ConfigError

    try:
        canonicalize_name(project or "PROJECT", validate=True)
    except InvalidName as exc:
        raise ConfigError(
            "setting-invalid",
            f"no project can be called {project!r}",
            Setting("project", project or "", "--project"),
            hint="Use the `name` that pyproject.toml has: letters, digits, `.`, `-` and `_`.",
        ) from exc


def undetermined(folder: Path) -> Diagnostic:
    """Return what is to be said where nothing in the folder tells whom to register."""
    from tpub.machine import typed
    from tpub.workflow.remote import top_above

    above = top_above(folder)
    mend = (
        f"Run it at the top of this checkout: `cd {typed(above)}`."
        if above is not None
        else "Run it in the checkout of a repository on GitHub or GitLab that has the workflow which publishes, or in "
        "the job itself."
    )
    return Diagnostic("publisher-undetermined", "nothing here tells from where the project is published", mend)
