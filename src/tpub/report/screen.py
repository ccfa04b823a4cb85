"""Where text goes: whole lines into pipes and logs, wrapped and coloured ones onto terminals.

rich is asked only for terminals: importing it takes longer than all that is written elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from rich.console import Console

# A piece of a line: plain text, or text with the name of its style.
Span = str | tuple[str, str]

_NARROWEST = 20  # columns that a wrapped line keeps, however deep its indent


class Screen(Protocol):
    """Somewhere to print lines."""

    def line(self, *spans: Span, indent: int = 0) -> None:
        """Print one line, `indent` columns from the left."""


class Plain:
    """A pipe, a file, a CI system's log: lines stay whole, for grep."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def line(self, *spans: Span, indent: int = 0) -> None:
        """Print one line without its styles."""
        self._file.write(" " * indent + "".join(span if isinstance(span, str) else span[0] for span in spans) + "\n")
        self._file.flush()


class Terminal:
    """A terminal: lines are wrapped with their indent kept, and styles repeat what the words say."""

    def __init__(self, file: TextIO, env: Mapping[str, str], *, colors: bool, forced: bool) -> None:
        from rich.console import Console  # noqa: PLC0415  (see above)

        self.console: Console = Console(
            file=file,
            force_terminal=True if forced else None,
            color_system="auto" if colors else None,
            _environ=env,
        )

    def line(self, *spans: Span, indent: int = 0) -> None:
        """Print one line, in as many as it takes."""
        from rich.text import Text  # noqa: PLC0415  (see above)

        text = Text.assemble(*spans)
        for part in text.wrap(self.console, max(self.console.width - indent, _NARROWEST)):
            self.console.print(" " * indent, part, sep="", highlight=False, soft_wrap=True)


def is_terminal(file: TextIO, env: Mapping[str, str]) -> bool:
    """Tell whether people look at `file`: it is a terminal, or the environment says so (FORCE_COLOR)."""
    return bool(env.get("FORCE_COLOR")) or (file.isatty() and env.get("TERM") != "dumb")
