"""Mends of text: what is put where, and nothing else is touched."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping as Values
from dataclasses import dataclass, field
from difflib import unified_diff

from tpub.workflow.lines import fitted, indented, lead, line_end, line_start, newline, split
from tpub.workflow.locate import Place, around
from tpub.workflow.node import Entry, Mapping, Node, Scalar, Sequence
from tpub.workflow.values import Value, block, flow, scalar

# After which of a job's keys a new one reads well; else after the first.
_NEIGHBOURS = ("environment", "permissions", "runs-on", "needs", "stage", "image", "extends")
# Blocks that may be missing, and that the CI systems refuse when they are empty.
_DISPENSABLE = frozenset({"defaults", "env", "secrets", "variables", "with"})
_ANCHOR = re.compile(r"\s&\S")
_ALIAS = re.compile(r"\*[^\s,\[\]{}]+")
_SIMPLE = re.compile(r"[\w.+-]+")
_BEHIND = re.compile(r"(\s*:)((?:[ \t]+[&!][^\s#]+)*)((?:[ \t]+#[^\r\n]*)?)[ \t]*\r?\n")
_COLON = re.compile(r"\s*:")
_COMMA = re.compile(r"\s*,\s*")


@dataclass(frozen=True, slots=True)
class Edit:
    """In the file `path`, whose text is `source`, the characters from `start` to `end` become `text`."""

    path: str
    source: str = field(repr=False)
    start: int
    end: int
    text: str


def edit(place: Place, start: int, end: int, text: str) -> Edit:
    """Return the edit of the file in which `place` stands."""
    return Edit(place.document.path, place.document.text, start, end, text)


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` with edits made that do not overlap; of several at one place, the first comes last."""
    for each in sorted(edits, key=lambda each: (each.start, each.end), reverse=True):
        text = text[: each.start] + each.text + text[each.end :]
    return text


def diff(path: str, before: str, after: str) -> str:
    """Return the change as a unified diff."""
    lines = unified_diff(split(before), split(after), f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def replaced(place: Place, text: str) -> Edit:
    """Return the edit that puts `text` in the place of a value; in that of an alias, not of what it stands for."""
    if place.entry is not None and not place.is_written and not place.is_alias:
        return edit(place, _end(place), _end(place), f" {text}")
    start, end = _alias(place) or (place.node.span.start, place.node.span.end)
    is_block = not isinstance(place.node, Scalar) and not place.node.is_flow and not place.is_alias
    if is_block and place.entry is not None and (found := _BEHIND.match(place.document.text, place.entry.key.span.end)):
        # What stands in the line of the key stays there: its anchor, and its remark.
        return edit(place, found.start(2), end, f"{found[2]} {text}{found[3]}")
    return edit(place, start, end, text)


def renamed(place: Place, key: str) -> Edit:
    """Return the edit that gives the entry at `place` another key."""
    span = place.entry.key.span if place.entry is not None else place.node.span
    return edit(place, span.start, span.end, key)


def rewritten(place: Place, value: Value) -> Edit:
    """Return the edit that gives the entry at `place` another value, whatever the shape of the present one."""
    if place.entry is None or _is_in_flow(place) or place.is_alias:
        return replaced(place, flow(value))
    text, key, node = place.document.text, place.entry.key.span, place.node
    if isinstance(node, Mapping) and not node.is_flow and isinstance(value, Values):
        # The line of the key stays, with its comment.
        written = block(value, node.span.column - 1, newline(text)).strip()
        return edit(place, node.span.start, node.span.end, written)
    written = block({text[key.start : key.end]: value}, key.column - 1, newline(text)).strip()
    return edit(place, key.start, _end(place), written)


def appended(place: Place, item: str) -> Edit:
    """Return the edit that puts one more item, on one line, behind the last of a sequence."""
    node, text = place.node, place.document.text
    if not isinstance(node, Sequence) or not node.items:
        return replaced(place, f"[{item}]")
    if not node.is_flow:
        at = line_end(text, node.span.end)
        written = f"{' ' * (node.span.column - 1)}- {item}{newline(text)}"
        return edit(place, at, at, lead(text, at) + written)
    at = _last(node, text, [each.span.end for each in node.items if _is_inside(each, node)])
    return edit(place, at, at, f", {item}")


def prepended(place: Place, entry: str) -> Edit:
    """Return the edit that puts a mapping of one entry before the first item of a sequence."""
    span = place.node.span
    if isinstance(place.node, Sequence) and place.node.is_flow:
        return edit(place, span.start + 1, span.start + 1, f"{{{entry}}}, ")
    written = f"- {entry}{newline(place.document.text)}{' ' * (span.column - 1)}"
    return edit(place, span.start, span.start, written)


def exchanged(place: Place, old: str, new: str) -> tuple[Edit, ...]:
    """Return the edits that write `new` wherever `old` stands in the source of a value."""
    start, source = place.node.span.start, place.source
    found = (start + each.start() for each in re.finditer(re.escape(old), source))
    return tuple(edit(place, at, at + len(old), new) for at in found)


def exchanged_once(place: Place, behind: str, old: str, new: str) -> tuple[Edit, ...]:
    """Return the edit that writes `new` for the first `old` from where `behind` stands in the source of a value.

    None where that is typed otherwise than it reads: nobody knows which one is meant.
    """
    span, text = place.node.span, place.document.text
    start = text.find(behind, span.start, span.end)
    at = text.find(old, start, span.end) if start >= 0 else -1
    return (edit(place, at, at + len(old), new),) if at >= 0 else ()


def removed(place: Place) -> Edit:
    """Return the edit that takes an entry out: its lines in a block, it and a comma between braces.

    What it leaves empty goes with it, where it may.
    """
    whole = around(place)
    if whole is not None and whole.route and whole.route[-1] in _DISPENSABLE and len(whole.fields) == 1:
        return removed(whole)
    text, (line, end) = place.document.text, _lines_of(place)
    start = place.entry.key.span.start if place.entry is not None else place.node.span.start
    if not text[line:start].strip(" "):
        return edit(place, line, end, "")
    last = _end(place)
    after = _COMMA.match(text, last) if _is_in_flow(place) else None
    if after is not None:
        return edit(place, start, after.end(), "")
    before = re.compile(r",\s*$").search(text, 0, start)
    return edit(place, before.start() if before is not None else start, last, "")


def without(place: Place, keys: Collection[str]) -> list[Edit]:
    """Return the edits that take entries out of the mapping at `place`, and itself if nothing is left of it."""
    gone = [place.fields[key] for key in keys]
    kept = [each for name, each in place.fields.items() if name not in keys]
    if not kept:
        return [removed(place)]
    if len(gone) == 1 or not isinstance(place.node, Mapping) or not place.node.is_flow:
        return [removed(each) for each in gone]
    sources = (place.document.text[each.entry.key.span.start : _end(each)] for each in kept if each.entry is not None)
    return [replaced(place, f"{{{', '.join(sources)}}}")]


def added(place: Place, key: str, value: Value) -> Edit:
    """Return the edit that gives the mapping at `place` one more entry."""
    return filled(place, {key: value})


def filled(place: Place, values: Values[str, Value]) -> Edit:
    """Return the edit that gives the mapping at `place` more entries.

    A key without value, and an empty pair of braces, become mappings. An alias of a few words makes way for them, so
    that nobody else who uses them is given more.
    """
    node, text, ending = place.node, place.document.text, newline(place.document.text)
    if isinstance(node, Mapping) and place.is_alias and all(isinstance(each.value, Scalar) for each in node.entries):
        return replaced(place, flow({name: _copied(each) for name, each in place.fields.items()} | dict(values)))
    if isinstance(node, Mapping) and node.entries and node.is_flow:
        at = _last(node, text, [each.value.span.end for each in node.entries if _is_own(each, node)])
        return edit(place, at, at, f", {flow(values)[1:-1]}")
    if isinstance(node, Mapping) and node.entries:
        at, before = _after(place, node)
        return edit(place, at, at, before + block(values, node.span.column - 1, ending))
    if not isinstance(node, Scalar) or node.text or node.style or place.is_alias:
        return replaced(place, flow(values))
    # What is not there stands where the library looked for it last, which can be lines further down.
    end = place.entry.key.span.end if place.entry is not None else node.span.end
    if place.entry is not None and _is_in_flow(place):
        colon = text.index(":", end) + 1
        return edit(place, colon, colon, f" {flow(values)}")
    at = line_end(text, end)
    return edit(place, at, at, lead(text, at) + block(values, place.line.column + 1, ending))


def moved(source: Place, target: Place, value: Value) -> tuple[Edit, ...]:
    """Return the edits that take the entry at `source` out and give `value` to `target` under the same key.

    From block to block its lines move as they are, with their comments. What has an anchor stays, for others take it.
    """
    node, text, key = target.node, source.document.text, str(source.route[-1])
    start, end = _lines_of(source)
    first = source.entry.key.span.start if source.entry is not None else source.node.span.start
    lines = text[start:end]
    if _ANCHOR.search(text, first, _end(source)) is not None:
        return (added(target, key, value),)
    is_block = not text[start:first].strip(" ") and lines.endswith("\n")
    if not is_block or not isinstance(node, Mapping) or node.is_flow or source.document.path != target.document.path:
        return (removed(source), added(target, key, value))
    at, before = _after(target, node)
    return (removed(source), edit(target, at, at, before + indented(lines, node.span.column - 1)))


def relined(place: Place, lines: str) -> Edit:
    """Return the edit that writes other lines, at the column of its key, in the place of an entry of a block."""
    return edit(place, *_lines_of(place), fitted(lines, place.line.column - 1, place.document.text))


def below(place: Place, lines: str) -> Edit:
    """Return the edit that writes lines behind an entry of a block, at the column of its key."""
    text, (_, end) = place.document.text, _lines_of(place)
    return edit(place, end, end, lead(text, end) + fitted(lines, place.line.column - 1, text))


def above(place: Place, lines: str) -> Edit:
    """Return the edit that writes lines before an entry of a block and the comments right above it."""
    text, (start, _) = place.document.text, _lines_of(place)
    while start and text[line_start(text, start - 1) : start].lstrip().startswith("#"):
        start = line_start(text, start - 1)
    return edit(place, start, start, fitted(lines, place.line.column - 1, text))


def _lines_of(place: Place) -> tuple[int, int]:
    text, span = place.document.text, place.node.span
    start = place.entry.key.span.start if place.entry is not None else span.start
    return line_start(text, start), line_end(text, max(_end(place), start))


def _end(place: Place) -> int:
    """Return where an entry ends in the text: behind the alias, if it is one."""
    alias, key = _alias(place), place.entry.key.span if place.entry is not None else place.node.span
    if alias is not None:
        return alias[1]
    colon = _COLON.match(place.document.text, key.end)
    # What is not there stands where the library looked for it last, which can be lines further down.
    return place.node.span.end if place.is_written else colon.end() if colon is not None else key.end


def _alias(place: Place) -> tuple[int, int] | None:
    """Return where the alias stands that `place` is; None if it is none."""
    found = _ALIAS.search(place.document.text, place.entry.key.span.end) if place.entry is not None else None
    return found.span() if found is not None and place.is_alias else None


def _copied(place: Place) -> str:
    """Return a scalar as it is to be written once more, on one line."""
    is_plain = isinstance(place.node, Scalar) and not place.node.style
    return place.source if is_plain and _SIMPLE.fullmatch(place.source) is not None else scalar(place.text)


def _after(place: Place, node: Mapping) -> tuple[int, str]:
    """Return where a new entry of a block goes, behind the line on which a fitting neighbour ends, and its lead."""
    text = place.document.text
    own = [entry for entry in node.entries if not entry.is_merged]
    if not own:
        at = line_end(text, node.span.end)
        return at, lead(text, at)
    near = (entry for name in _NEIGHBOURS for entry in own if entry.key.text == name)
    neighbour = next(near, own[0])
    if neighbour is own[0] and neighbour.key.text in ("steps", "script"):
        return line_start(text, neighbour.key.span.start), ""
    if node.find("runs-on") is None and node.find("stage") is None and node.find("image") is None:
        neighbour = own[-1] if "steps" not in {entry.key.text for entry in own} else neighbour
    is_inside = neighbour.key.span.end <= neighbour.value.span.end <= node.span.end
    at = line_end(text, neighbour.value.span.end if is_inside else neighbour.key.span.end)
    return at, lead(text, at)


def _last(node: Node, text: str, ends: Iterable[int]) -> int:
    """Return where the last thing between braces ends: a comma and remarks may stand behind it."""
    aliases = (found.end() for found in _ALIAS.finditer(text, node.span.start, node.span.end - 1))
    return max(ends, default=0) or max(aliases, default=node.span.end - 1)


def _is_own(entry: Entry, node: Mapping) -> bool:
    """Tell whether an entry stands between the braces with its value: no alias, and nothing merged."""
    return not entry.is_merged and entry.key.span.end < entry.value.span.end and _is_inside(entry.value, node)


def _is_inside(part: Node, node: Node) -> bool:
    return node.span.start < part.span.end < node.span.end


def _is_in_flow(place: Place) -> bool:
    """Tell whether the entry stands between braces: its key is then not the first of its line."""
    text = place.document.text
    start = place.entry.key.span.start if place.entry is not None else place.node.span.start
    return bool(text[line_start(text, start) : start].strip(" -"))
