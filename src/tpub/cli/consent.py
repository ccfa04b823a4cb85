"""What commands share that change files: the change is shown, and somebody has to agree to it."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import typer

from tpub.cli.app import App, Look, screen

if TYPE_CHECKING:
    from tpub.doctor.mend import Mend

_STYLES = MappingProxyType({"+": "green", "-": "red", "@": "cyan"})


def agreed(app: App, look: Look, made: Sequence[Mend], *, yes: bool) -> bool:
    """Show what would change, and tell whether that was agreed to: by `--yes`, or on a terminal when asked."""
    show(app, look, made)
    if yes or _confirmed(made):
        return True
    app.err.write("nothing was written: `--yes` writes it\n")
    return False


def show(app: App, look: Look, made: Sequence[Mend]) -> None:
    """Show what would change: lines of files, which on GitHub are no commands."""
    err = screen(app, app.err, look, whole=True)
    for mend in made:
        for line in mend.diff.removesuffix("\n").split("\n"):
            err.line((line.rstrip("\r"), _STYLES.get(line[:1], "")))


def _confirmed(made: Sequence[Mend]) -> bool:
    if not typer.get_text_stream("stdin").isatty():
        return False
    return typer.confirm(f"Write {', '.join(mend.path for mend in made)}?", err=True)
