"""What commands share that change files: the change is shown, and somebody has to agree to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from tpub.cli.app import App
    from tpub.doctor.mend import Mend


def agreed(app: App, made: Sequence[Mend], *, yes: bool) -> bool:
    """Show what would change, and tell whether that was agreed to: by `--yes`, or on a terminal when asked."""
    app.err.writelines(mend.diff for mend in made)
    if yes or _confirmed(made):
        return True
    app.err.write("nothing was written: `--yes` writes it\n")
    return False


def _confirmed(made: Sequence[Mend]) -> bool:
    if not typer.get_text_stream("stdin").isatty():
        return False
    return typer.confirm(f"Write {', '.join(mend.path for mend in made)}?", err=True)
