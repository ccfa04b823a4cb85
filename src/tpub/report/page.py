"""Pages of `tpub explain`, and the list of them all.

In a pipe, a page is Markdown and the list has a line for each code; on a terminal both are wrapped, with headings in
bold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tpub.report.screen import Screen, Span, Terminal

_MARKED = re.compile(r"^## (?P<heading>.*)|\*\*(?P<bold>.+?)\*\*")


def show_page(markdown: str, out: Screen) -> None:
    """Print a page of headings and paragraphs."""
    for line in markdown.splitlines():
        out.line(*(_spans(line) if isinstance(out, Terminal) else [line]))


def show_index(topics: Iterable[tuple[str, Iterable[tuple[str, str]]]], out: Screen) -> None:
    """Print what there are pages of, topic by topic: each code with the first line of its page."""
    for title, pages in topics:
        if isinstance(out, Terminal):
            out.line((title, "bold"))
        for code, what in pages:
            _show_entry(code, what.partition("\n")[0], out)
        if isinstance(out, Terminal):
            out.line()


def _show_entry(code: str, what: str, out: Screen) -> None:
    if isinstance(out, Terminal):
        out.line(code, indent=2)
        out.line((what, "dim"), indent=6)
    else:
        out.line(f"{code}: {what}")


def _spans(line: str) -> Iterator[Span]:
    end = 0
    for found in _MARKED.finditer(line):
        yield line[end : found.start()]
        yield found["heading"] or found["bold"], "bold"
        end = found.end()
    yield line[end:]
