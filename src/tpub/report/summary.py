"""The page that GitHub shows below a run: what became of each file, what is wrong, and what mends it.

Written as HTML without a blank line in it, so that Markdown is not looked for: of what comes from files and servers,
escaping `&`, `<`, `>` and quotes leaves nothing but text. Source: GFM, HTML blocks (4.6).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from urllib.parse import quote

from tpub.diagnostic import Diagnostic
from tpub.outcome import DistributionSummary, Outcome
from tpub.report.place import Place
from tpub.report.results import ending, release_of, status_of
from tpub.report.screen import joined
from tpub.report.together import by_index, together
from tpub.report.words import evidence, listed, size

LIMIT = 1024 * 1024
"""Bytes of a step's summary; GitHub shows nothing of a larger one."""

_MOST_ROWS = 300  # of one table; the report as JSON has them all
_LONGEST = 4000  # characters of one text; a server may say more than anybody reads
_MARKED = re.compile(r"(`[^`]+`|https://[^\s<>()\"'`]*[^\s<>()\"'`.,;:])")
_REST = "<p>The rest stands in the log.</p>\n\n"


def summary(outcome: Outcome, places: Mapping[Diagnostic, Place], source: str = "", room: int = LIMIT) -> str:
    """Return the page, at most `room` bytes of it: what is most needed comes first, and no part is cut in two.

    `source` is where the platform shows the files of the checkout, empty if that is not known.
    """
    parts: list[str] = []
    left = room - len(_REST)
    for part in _parts(outcome, places, source):
        left -= len(part.encode())
        if left < 0:
            return "".join([*parts, _REST]) if room >= len(_REST) else ""
        parts.append(part)
    return "".join(parts)


def _parts(outcome: Outcome, places: Mapping[Diagnostic, Place], source: str) -> Iterator[str]:
    told, outcome = ending(outcome), together(outcome)
    # Blank lines around: whatever else a step writes is read as what it is.
    yield "\n"
    yield _element("h3", _text(f"tpub {outcome.command}" + (f": {told}" if told else "")))
    for run, diagnostics in by_index(outcome):
        if outcome.earlier:
            yield _element("h4", _text(ending(run)))
        if run.distributions:
            yield _files(run.distributions, run)
        for diagnostic in diagnostics:
            place = places.get(diagnostic)
            yield _diagnostic(diagnostic, _there(place, source) if place is not None and place.line else "")
    yield from _about_identities(outcome)
    yield "\n"


def _files(files: Sequence[DistributionSummary], outcome: Outcome) -> str:
    rows = (
        (
            _link(release_of(file, outcome), _code(file.file)),
            _text(status_of(file, outcome)),
            _text(size(file.size)),
            _code(file.sha256),
        )
        for file in files
    )
    return _table(("file", "status", "size", "SHA-256"), list(rows))


def _there(place: Place, source: str) -> str:
    """Return the line of a file, as a link if the platform shows it."""
    return _link(source and f"{source}/{quote(place.path)}#L{place.line}", _code(f"{place.path}:{place.line}"))


def _diagnostic(diagnostic: Diagnostic, where: str) -> str:
    about = f"{_code(diagnostic.file)}: " if diagnostic.file else ""
    code = f"[{_code(diagnostic.code)}]"
    at = f" in {where}" if where else ""
    cause = _element("p", f"<b>{diagnostic.severity}</b>{at}: {about}{_prose(diagnostic.message)} {code}")
    mend = _element("p", f"<b>hint:</b> {_prose(diagnostic.hint, links=True)}") if diagnostic.hint else ""
    seen = [evidence(item, diagnostic.message) for item in diagnostic.evidence]
    return cause + mend + (_folded("evidence", _element("pre", "&#10;".join(map(_text, seen)))) if seen else "")


def _about_identities(outcome: Outcome) -> Iterator[str]:
    """Yield what is folded away: who published, whom the index must trust, and who attested what."""
    if outcome.attestations:
        heads = ("file", "attested by", "ref", "commit", "verified")
        rows = [
            (_code(it.file), _text(it.publisher), _code(it.ref), _code(it.commit), "yes" if it.verified else "no")
            for it in outcome.attestations
        ]
        yield _table(heads, rows)
    if outcome.publisher:
        yield _folded("whom the index must trust", _pairs(outcome.publisher.items()))
    for each in outcome.publishers or ():
        yield _element("p", f"<b>{_text(each.provider)}:</b> {_text(each.job)}") + _pairs(each.values.items())
        pages = (("existing project", each.project_page), ("new project", each.pending_page))
        told = [f"{when}: {_link(page, _text(page))}" for when, page in pages if page is not None]
        yield _element("p", "<br>".join(told)) if told else ""
    if outcome.identity is not None:
        yield _folded("the identity that published", _pairs(outcome.identity.claims.items()))
    if outcome.looked_at:
        yield _folded("what was looked at", _element("p", _text(listed(outcome.looked_at))))


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return _table((), [(_text(name), _code(value)) for name, value in pairs])


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [_row("th", heads)] if heads else []
    lines += [_row("td", row) for row in rows[:_MOST_ROWS]]
    if len(rows) > _MOST_ROWS:
        lines.append(_row("td", (f"and {len(rows) - _MOST_ROWS} more",)))
    return _element("table", "".join(lines))


def _row(kind: str, cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{kind}>{cell}</{kind}>' for cell in cells)}</tr>\n"


def _folded(title: str, inner: str) -> str:
    return _element("details", f"{_element('summary', title)}{inner}")


def _element(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name}>\n"


def _link(url: str, inner: str) -> str:
    return f'<a href="{escape(url)}">{inner}</a>' if url.startswith(("https://", "http://")) else inner


def _prose(text: str, *, links: bool = False) -> str:
    """Return a sentence of tpub's, what stands between backticks as code, and its addresses as `links`."""
    pieces = _MARKED.split(_shortened(text))
    return "".join(_marked(piece, links=links) if number % 2 else escape(piece) for number, piece in enumerate(pieces))


def _marked(piece: str, *, links: bool) -> str:
    if piece.startswith("`"):
        return f"<code>{escape(piece[1:-1])}</code>"
    return _link(piece, escape(piece)) if links else escape(piece)


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>" if text else ""


def _text(text: str) -> str:
    return escape(_shortened(text))


def _shortened(text: str) -> str:
    shown = joined(text)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}... ({len(shown)} characters)"
