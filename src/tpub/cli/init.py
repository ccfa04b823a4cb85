"""`tpub init`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from tpub.cli.app import App, Color, Look, conclude
from tpub.cli.consent import agreed, show
from tpub.cli.options import ColorOption, FormatOption, IndexOption
from tpub.cli.publisher import publishers, undetermined
from tpub.scaffold.platform import Platform

if TYPE_CHECKING:
    from tpub.config.settings import Settings
    from tpub.outcome import Outcome
    from tpub.scaffold.draft import Draft


def init(
    ctx: typer.Context,
    platform: Annotated[
        Platform | None, typer.Option(help="The CI that publishes.  [default: that of the git remote]")
    ] = None,
    index: IndexOption = None,
    environment: Annotated[
        str | None, typer.Option(metavar="NAME", help="The publishing job's environment.  [default: the index's name]")
    ] = None,
    testpypi: Annotated[
        bool, typer.Option("--testpypi", help="Publish to TestPyPI first, in a job of its own.")
    ] = False,
    service_account: Annotated[
        str | None, typer.Option(metavar="EMAIL", help="Who publishes from Google's cloud.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Change files that are there without asking.")] = False,
    format: FormatOption = None,
    color: ColorOption = Color.AUTO,
) -> int:
    """Write the workflow that builds and publishes, then say whom the index must trust.

    Looks at the git remote, at what builds the project and at the workflow files that are there. A file that is
    there and differs is changed only if its change was shown and agreed to.
    """
    app = ctx.ensure_object(App)
    wishes = _Wishes(platform, index, environment, testpypi, service_account)
    look = Look(format, color)
    return conclude(app, look, "init", lambda: _written(app, look, wishes, dry_run=dry_run, yes=yes))


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What the command line says; None where it says nothing."""

    platform: Platform | None
    index: str | None
    environment: str | None
    testpypi: bool
    service_account: str | None


def _written(app: App, look: Look, wishes: _Wishes, *, dry_run: bool, yes: bool) -> Outcome:
    from tpub.config.pyproject import read
    from tpub.config.settings import Flags, resolve
    from tpub.doctor.write import write
    from tpub.errors import OK, ConfigError
    from tpub.outcome import IndexSummary, Outcome

    settings = resolve(Flags(wishes.index), app.env, read(app.folder))
    draft = _drafted(app, wishes, settings)
    paths = tuple(mend.path for mend in draft.mends)
    where = IndexSummary(settings.index.name, settings.index.upload_url)
    if dry_run:
        show(app, look, draft.mends)
        return Outcome(
            "init", OK, dry_run=True, index=where, written=paths, publishers=(), diagnostics=draft.diagnostics
        )
    changed = [mend for mend in draft.mends if mend.before]
    if changed and not agreed(app, look, changed, yes=yes):
        raise ConfigError(
            "change-unconfirmed",
            f"{' and '.join(mend.path for mend in changed)} would be changed, and nobody agreed to that",
            hint="Look at the difference, and run it again with `--yes`, or keep the file.",
        )
    write(app.folder, draft.mends)
    return _account(app, wishes, settings, draft)


def _drafted(app: App, wishes: _Wishes, settings: Settings) -> Draft:
    from tpub.scaffold.draft import Wish
    from tpub.scaffold.platform import check_top, platform_of
    from tpub.scaffold.release import drafted

    check_top(app.folder)
    declared = settings.project.publisher
    platform = wishes.platform or platform_of(app.folder, declared)
    if declared is not None and declared.provider != platform:
        declared = None
    environment = wishes.environment
    if environment is None:
        environment = settings.index.name if declared is None else getattr(declared, "environment", "")
    wish = Wish(settings.index, environment, wishes.testpypi, wishes.service_account or "", declared)
    return drafted(app.folder, platform, wish)


def _account(app: App, wishes: _Wishes, settings: Settings, draft: Draft) -> Outcome:
    """Return what was written, and whom to register for it: at TestPyPI too, if it is published there first.

    A platform that was asked for need not be that of the remote: then nobody can tell whom to register there.
    """
    from dataclasses import replace

    from tpub.diagnostic import Severity
    from tpub.errors import OK
    from tpub.index.model import TESTPYPI

    index = settings.index
    told = [
        publishers(app, each) for each in dict.fromkeys([index.name, *([TESTPYPI.name] if wishes.testpypi else [])])
    ]
    known = (publisher for outcome in told for publisher in outcome.publishers or ())
    found = tuple(publisher for publisher in known if wishes.platform in (None, publisher.provider))
    news = [replace(undetermined(app.folder), severity=Severity.WARNING)] if not found else []
    return replace(
        told[0],
        command="init",
        exit_code=OK,
        written=tuple(mend.path for mend in draft.mends),
        publishers=found,
        diagnostics=(*draft.diagnostics, *news),
    )
