"""`tpub doctor`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tpub.cli.app import App, Color, Look, conclude
from tpub.cli.consent import agreed
from tpub.cli.diagnosis import gathered
from tpub.cli.options import ColorOption, FormatOption, IndexOption, Reports

if TYPE_CHECKING:
    from tpub.doctor.finding import Finding
    from tpub.doctor.joblog import JobLog
    from tpub.errors import ConfigError
    from tpub.index.model import Index
    from tpub.outcome import Outcome

_MOST_ROUNDS = 9  # mends that uncover others; each cause is one of about as many groups
_NOTHING = "nothing here is mended by an edit"
_UNSAFE = "nothing was written: as the files are, no edit is sure to leave them right, so follow the hints by hand"


def doctor(
    ctx: typer.Context,
    root: Annotated[Path, typer.Argument(help="The checkout.", file_okay=False)] = Path(),
    index: IndexOption = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody: neither the index nor the CI.")] = False,
    log: Annotated[
        Path | None,
        typer.Option(
            "--log",
            metavar="FILE",
            help="The log of the job that failed, whatever tool published there; `-` is standard input.",
        ),
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Mend the files where that is all it takes.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write the mend without asking.")] = False,
    format: FormatOption = None,
    reports: Reports = None,
    color: ColorOption = Color.AUTO,
) -> int:
    """Say why trusted publishing fails, or would: the cause first, where it stands and how to mend it.

    Looks at workflow files, the environment, the identity token's claims and the index; with --log at what another
    tool, or this one, said when it failed. Nothing is minted, nothing is published.
    """
    app, look = ctx.ensure_object(App), Look(format, color, reports=reports)

    def deed() -> Outcome:
        from tpub.doctor.account import account
        from tpub.doctor.diagnose import findings

        folder = app.folder / root
        if not folder.is_dir():
            raise _absent(root)
        look_around = partial(gathered, app, folder, _index(app, folder, index), offline=offline)
        if log is not None:
            look_around = partial(look_around, log=_log(app, log))
        evidence = look_around()
        found = findings(evidence)
        rounds = 0
        while fix and rounds < _MOST_ROUNDS and _mended(app, look, folder, found, may_write=yes, is_first=not rounds):
            # What one mend uncovers, the next one mends: the second run of a command should find nothing more to do.
            evidence = look_around()
            found, rounds = findings(evidence), rounds + 1
        return account(evidence, (finding.diagnostic for finding in found))

    return conclude(app, look, "doctor", deed, root)


def _absent(root: Path) -> ConfigError:
    from tpub.errors import ConfigError

    return ConfigError(
        "checkout-absent", f"there is no folder {root}", hint="Name the folder of a checkout, or nothing."
    )


def _log(app: App, path: Path) -> JobLog:
    """Return what the log tells that somebody saved, or sends to standard input."""
    from tpub.doctor.joblog import load, unreadable

    if str(path) == "-" and app.stdin is not None:
        return load("standard input", app.stdin)
    try:
        with (app.folder / path).open("rb") as file:
            return load(str(path), file)
    except OSError as exc:
        raise unreadable(str(path), exc) from exc


def _index(app: App, folder: Path, wanted: str | None) -> Index | None:
    """Return the index that somebody set, None if nobody did: then it is the one that the workflow uses."""
    from tpub.config.pyproject import read
    from tpub.config.settings import Flags, resolve

    project = read(folder)
    is_set = wanted is not None or app.env.get("TPUB_INDEX") or project.index is not None
    return resolve(Flags(wanted), app.env, project).index if is_set else None


def _mended(app: App, look: Look, root: Path, found: Sequence[Finding], *, may_write: bool, is_first: bool) -> bool:
    """Show the mend and write it if that was agreed to; tell whether it was."""
    from tpub.doctor.mend import mends
    from tpub.doctor.write import write

    made = mends(root, found)
    if not made:
        if is_first:
            app.err.write(f"{_UNSAFE if any(finding.edits for finding in found) else _NOTHING}\n")
        return False
    proposals = dict.fromkeys(proposal for finding in found for proposal in finding.proposals)
    if not agreed(app, look, made, proposals, yes=may_write, what="nothing" if is_first else "nothing more"):
        return False
    write(root, made)
    return True
