"""Where in the checkout a diagnostic belongs: platforms show news beside the file that they are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tpub.diagnostic import Diagnostic, Line
from tpub.outcome import Outcome
from tpub.report.screen import visible


class Place(NamedTuple):
    """A file of the checkout, and the place in it as far as that is known; without a path, no place at all."""

    path: str = ""
    line: int | None = None
    column: int | None = None


def places(outcome: Outcome, rooted: Callable[[str], str]) -> dict[Diagnostic, Place]:
    """Return the place of each diagnostic that has one: its first line, else the distribution.

    `rooted` makes of a path as it was given one that begins at the checkout's root.
    """
    paths = {file.file: file.path for file in outcome.distributions or ()}
    found = {}
    for diagnostic in outcome.diagnostics:
        line = next((item for item in diagnostic.evidence if isinstance(item, Line)), None)
        if line is not None:
            found[diagnostic] = Place(visible(rooted(line.path)), line.line, line.column)
        elif diagnostic.file in paths:
            found[diagnostic] = Place(visible(rooted(paths[diagnostic.file])))
    return found
