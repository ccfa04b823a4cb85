"""What commands share that change files: the change is shown, and somebody has to agree to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from tpub.cli.app import App, Look, screen

if TYPE_CHECKING:
    from tpub.doctor.mend import Mend

_STYLES = MappingProxyType({"+": "green", "-": "red", "@": "cyan"})


def agreed(
    app: App, look: Look, made: Sequence[Mend], proposals: Iterable[str] = (), *, yes: bool, what: str = "nothing"
) -> bool:
    """Show what would change, and tell whether that was agreed to: by `--yes`, or on a terminal when asked.

    `proposals` say what of it is a guess, `what` was not written if it was not agreed to.
    """
    show(app, look, made)
    for mend in made:
        if mend.shared:
            told = f": {', '.join(mend.shared)} of {mend.path}: an alias there says the same as what is changed"
            screen(app, app.err, look, whole=True).line(("also changed", "yellow"), (told, ""))
    for proposal in proposals:
        screen(app, app.err, look, whole=True).line(("proposed", "yellow"), (f": {proposal}", ""))
    answer = "yes" if yes else _answer(app, made)
    if answer is None:
        app.err.write(f"{what} was written: `--yes` writes it\n")
    elif not answer:
        app.err.write(f"{what} was written\n")
    return bool(answer)


def show(app: App, look: Look, made: Sequence[Mend]) -> None:
    """Show what would change: lines of files, which on GitHub are no commands."""
    err = screen(app, app.err, look, whole=True)
    for mend in made:
        for line in mend.diff.removesuffix("\n").split("\n"):
            err.line((line.rstrip("\r"), _STYLES.get(line[:1], "")))


def _answer(app: App, made: Sequence[Mend]) -> str | None:
    """Return "yes" or nothing; None if there is nobody to ask."""
    from tpub.config.lookup import Lookup

    if app.ask is None or Lookup(app.env).switch("non-interactive", given=False):
        return None
    answer = app.ask(f"Write {', '.join(mend.path for mend in made)}? [y/N]: ", hidden=False)
    return "yes" if answer.strip().lower() in ("y", "yes") else ""
