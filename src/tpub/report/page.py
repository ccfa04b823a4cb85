"""A page of `tpub explain`: Markdown in a pipe; on a terminal, wrapped, with what Markdown marks in bold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tpub.report.screen import Screen, Span, Terminal

_MARKED = re.compile(r"^## (?P<heading>.*)|\*\*(?P<bold>.+?)\*\*")


def show_page(markdown: str, out: Screen) -> None:
    """Print a page of headings and paragraphs."""
    for line in markdown.splitlines():
        out.line(*(_spans(line) if isinstance(out, Terminal) else [line]))


def _spans(line: str) -> Iterator[Span]:
    end = 0
    for found in _MARKED.finditer(line):
        yield line[end : found.start()]
        yield found["heading"] or found["bold"], "bold"
        end = found.end()
    yield line[end:]
