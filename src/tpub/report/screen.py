"""Where text goes: whole lines into pipes and logs, wrapped and coloured ones onto terminals.

rich is asked only for terminals and colours: importing it takes longer than all that is written elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from rich.console import Console

# A piece of a line: plain text, or text with the name of its style.
Span = str | tuple[str, str]

_NARROWEST = 20  # columns that a wrapped line keeps, however deep its indent
# C0, DEL and C1: in a name out of an archive or a server's answer they would move cursors and begin lines; and what
# stands for bytes that are no UTF-8, which no file takes.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


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
        self._file.write(" " * indent + joined(*spans) + "\n")
        self._file.flush()


class Terminal:
    """A terminal, or a log that shows colours: styles repeat what the words say.

    Lines are wrapped with their indent kept; `whole` ones are not, for logs.
    """

    def __init__(
        self, file: TextIO, env: Mapping[str, str], *, colors: bool, forced: bool, whole: bool = False
    ) -> None:
        from rich.console import Console  # noqa: PLC0415  (see above)

        self.console: Console = Console(
            file=file,
            force_terminal=True if forced else None,
            color_system="auto" if colors else None,
            _environ=env,
        )
        self._whole = whole

    def line(self, *spans: Span, indent: int = 0) -> None:
        """Print one line, in as many as it takes."""
        from rich.text import Text  # noqa: PLC0415  (see above)

        text = Text.assemble(
            *(visible(span) if isinstance(span, str) else (visible(span[0]), span[1]) for span in spans)
        )
        width = max(self.console.width - indent, _NARROWEST)
        for part in [text] if self._whole else text.divide(_breaks(text.plain, width)):
            part.rstrip()
            self.console.print(" " * indent, part, sep="", highlight=False, soft_wrap=True)


class Folded:
    """Lines that a log shows folded away: `begin` is written before the first of them, `end` after the last."""

    def __init__(self, screen: Screen, file: TextIO, begin: Callable[[], str], end: Callable[[], str]) -> None:
        self._screen, self._file = screen, file
        self._begin, self._end = begin, end
        self._is_open = False

    def line(self, *spans: Span, indent: int = 0) -> None:
        """Print one line."""
        if not self._is_open:
            self._is_open = True
            self._file.write(self._begin() + "\n")
        self._screen.line(*spans, indent=indent)

    def close(self) -> None:
        """End what was begun, if it was."""
        if self._is_open:
            self._file.write(self._end() + "\n")
            self._file.flush()


def joined(*spans: Span) -> str:
    """Return a line without its styles."""
    return visible("".join(span if isinstance(span, str) else span[0] for span in spans))


def visible(text: str) -> str:
    r"""Return `text` with control characters written as `\x1b`: a line stays one line, and moves nothing."""
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def _breaks(text: str, width: int) -> Iterator[int]:
    """Yield where lines begin that are not wider than `width`; a word that is, an address say, stays whole."""
    from rich.cells import cell_len  # noqa: PLC0415  (see above)

    column = 0
    for word in re.finditer(r"\S+\s*|^\s+", text):
        if column and column + cell_len(word[0].rstrip()) > width:
            yield word.start()
            column = 0
        column += cell_len(word[0])


def is_terminal(file: TextIO, env: Mapping[str, str]) -> bool:
    """Tell whether people look at `file`: it is a terminal, or the environment says so (FORCE_COLOR)."""
    return bool(env.get("FORCE_COLOR")) or (file.isatty() and env.get("TERM") != "dumb")
