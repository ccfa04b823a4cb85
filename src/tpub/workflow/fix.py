"""Mends of text: what is put where, and nothing else is touched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping as Values
from dataclasses import dataclass
from difflib import unified_diff

from tpub.workflow.locate import Place
from tpub.workflow.node import Entry, Mapping, Scalar, Sequence

Value = str | Values[str, "Value"]

# After which of a job's keys a new one reads well; else after the first.
_NEIGHBOURS = ("environment", "permissions", "runs-on", "needs", "stage", "image", "extends")
_PLAIN = re.compile(r"[A-Za-z][\w.*/-]*", re.ASCII)
_ALIAS = re.compile(r"\*[^\s,\[\]{}]+")


@dataclass(frozen=True, slots=True)
class Edit:
    """In the file `path`, the characters from `start` to `end` become `text`."""

    path: str
    start: int
    end: int
    text: str


def scalar(text: str) -> str:
    """Return a text as a value in YAML."""
    is_plain = _PLAIN.fullmatch(text) is not None and text.lower() not in ("true", "false", "null")
    return text if is_plain else "'" + text.replace("'", "''") + "'"


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` with `edits` made; of two that overlap, the first is made.

    What an input of GitLab's fills in (`$[[ inputs.NAME ]]`) is left alone: every include gives it another value.
    """
    done: list[Edit] = []
    for edit in edits:
        if (
            "$[[" not in text[edit.start : edit.end]
            and all(edit.end <= other.start or edit.start >= other.end for other in done)
            and edit not in done
        ):
            done.append(edit)
    for edit in sorted(done, key=lambda each: (each.start, each.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def diff(path: str, before: str, after: str) -> str:
    """Return the change as a unified diff."""
    lines = unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def replaced(place: Place, text: str) -> Edit:
    """Return the edit that puts `text` in the place of a value."""
    span = place.node.span
    return Edit(place.document.path, span.start, span.end, text)


def unaliased(place: Place, value: Value) -> Edit:
    """Return the edit that writes a value of its own in the place of an alias."""
    text, at = place.document.text, place.entry.key.span.end if place.entry is not None else 0
    found = _ALIAS.search(text, at)
    span = found.span() if found is not None else (at, at)
    return Edit(place.document.path, *span, _flow(value))


def renamed(place: Place, key: str) -> Edit:
    """Return the edit that gives the entry at `place` another key."""
    span = place.entry.key.span if place.entry is not None else place.node.span
    return Edit(place.document.path, span.start, span.end, key)


def rewritten(place: Place, value: Value) -> Edit:
    """Return the edit that gives the entry at `place` another value, whatever the shape of the present one."""
    if place.entry is None or _is_in_flow(place):
        return replaced(place, _flow(value))
    key, node = place.entry.key.span, place.node
    if isinstance(node, Mapping) and not node.is_flow and isinstance(value, Values):
        # The line of the key stays, with its comment.
        indent, newline = " " * (node.span.column - 1), _newline(place.document.text)
        below = "".join(_block(name, each, indent, newline) for name, each in value.items())
        return Edit(place.document.path, node.span.start, node.span.end, below.strip())
    block = _block(str(place.route[-1]), value, " " * (key.column - 1), _newline(place.document.text)).rstrip()
    return Edit(place.document.path, key.start, max(key.end, place.node.span.end), block.lstrip())


def appended(place: Place, item: str) -> Edit:
    """Return the edit that puts one more item, on one line, behind the last of a sequence."""
    span, text = place.node.span, place.document.text
    if isinstance(place.node, Sequence) and place.node.items and not place.node.is_flow:
        at = _line_end(text, span.end)
        lead = "" if text[:at].endswith("\n") else _newline(text)
        return Edit(place.document.path, at, at, f"{lead}{' ' * (span.column - 1)}- {item}{_newline(text)}")
    last = span.start + len(text[span.start : span.end - 1].rstrip())
    return Edit(place.document.path, last, last, f", {item}")


def prepended(place: Place, entry: str) -> Edit:
    """Return the edit that puts a mapping of one entry before the first item of a sequence."""
    span, path = place.node.span, place.document.path
    if isinstance(place.node, Sequence) and place.node.is_flow:
        return Edit(path, span.start + 1, span.start + 1, f"{{{entry}}}, ")
    return Edit(path, span.start, span.start, f"- {entry}{_newline(place.document.text)}{' ' * (span.column - 1)}")


def exchanged(place: Place, old: str, new: str) -> tuple[Edit, ...]:
    """Return the edits that write `new` wherever `old` stands in the source of a value."""
    span = place.node.span
    source = place.document.text[span.start : span.end]
    return tuple(
        Edit(place.document.path, span.start + found.start(), span.start + found.end(), new)
        for found in re.finditer(re.escape(old), source)
    )


def exchanged_once(place: Place, behind: str, old: str, new: str) -> tuple[Edit, ...]:
    """Return the edit that writes `new` for the first `old` from where `behind` stands in the source of a value."""
    span, text = place.node.span, place.document.text
    start = max(text.find(behind, span.start, span.end), span.start)
    at = text.find(old, start, span.end)
    return (Edit(place.document.path, at, at + len(old), new),) if at >= 0 else ()


def removed(place: Place) -> Edit:
    """Return the edit that takes an entry out: its lines in a block, it and a comma between braces."""
    text, key, value = place.document.text, place.entry, place.node.span
    start = key.key.span.start if key is not None else value.start
    line_start, line_end = _line_start(text, start), _line_end(text, max(value.end, start))
    if not text[line_start:start].strip(" "):
        return Edit(place.document.path, line_start, line_end, "")
    after = re.compile(r"\s*,\s*").match(text, value.end)
    if after is not None:
        return Edit(place.document.path, start, after.end(), "")
    before = re.compile(r",\s*$").search(text, 0, start)
    return Edit(place.document.path, before.start() if before is not None else start, value.end, "")


def added(place: Place, key: str, value: Value) -> Edit:
    """Return the edit that gives the mapping at `place` one more entry.

    A key without value, and an empty pair of braces, become mappings.
    """
    node, text, path = place.node, place.document.text, place.document.path
    if isinstance(node, Mapping) and node.is_flow:
        inner = f"{key}: {_flow(value)}"
        if not node.entries:
            return Edit(path, node.span.start, node.span.end, f"{{{inner}}}")
        last = _last_of_flow(node, text)
        return Edit(path, last, last, f", {inner}")
    if isinstance(node, Mapping) and node.entries:
        column = node.span.column - 1
        at, lead = _after(place, node)
        return Edit(path, at, at, lead + _block(key, value, " " * column, _newline(text)))
    indent = " " * (_key_column(place) + 2)
    # What is not there stands where the library looked for it last, which can be lines further down.
    end = place.entry.key.span.end if place.entry is not None and place.is_null else node.span.end
    at = _line_end(text, end)
    lead = "" if text[:at].endswith("\n") else _newline(text)
    if isinstance(node, Scalar) and not node.text and not node.style:
        if place.entry is not None and _is_in_flow(place):
            colon = text.index(":", end) + 1
            return Edit(path, colon, colon, f" {{{key}: {_flow(value)}}}")
        return Edit(path, at, at, lead + _block(key, value, indent, _newline(text)))
    return Edit(path, node.span.start, node.span.end, f"{{{key}: {_flow(value)}}}")


def moved(source: Place, target: Place, value: Value) -> tuple[Edit, ...]:
    """Return the edits that take the entry at `source` out and give `value` to `target` under the same key.

    From block to block its lines move as they are, with their comments.
    """
    key, node = str(source.route[-1]), target.node
    gone, text = removed(source), source.document.text
    lines = text[gone.start : gone.end]
    is_block = gone.start == _line_start(text, gone.start) and lines.endswith("\n")
    if not is_block or not isinstance(node, Mapping) or node.is_flow or source.document.path != target.document.path:
        return (gone, added(target, key, value))
    at, lead = _after(target, node)
    return (gone, Edit(target.document.path, at, at, lead + _indented(lines, node.span.column - 1)))


def relined(place: Place, lines: str) -> Edit:
    """Return the edit that writes other lines, at the column of its key, in the place of an entry of a block."""
    text, key = place.document.text, place.line.column - 1
    start, end = _lines_of(place)
    return Edit(place.document.path, start, end, _fitted(lines, key, text))


def below(place: Place, lines: str) -> Edit:
    """Return the edit that writes lines behind an entry of a block, at the column of its key."""
    text, (_, end) = place.document.text, _lines_of(place)
    lead = "" if text[:end].endswith("\n") else _newline(text)
    return Edit(place.document.path, end, end, lead + _fitted(lines, place.line.column - 1, text))


def above(place: Place, lines: str) -> Edit:
    """Return the edit that writes lines before an entry of a block and the comments right above it."""
    text, (start, _) = place.document.text, _lines_of(place)
    while start and text[_line_start(text, start - 1) : start].lstrip().startswith("#"):
        start = _line_start(text, start - 1)
    return Edit(place.document.path, start, start, _fitted(lines, place.line.column - 1, text))


def _lines_of(place: Place) -> tuple[int, int]:
    text, span = place.document.text, place.node.span
    start = place.entry.key.span.start if place.entry is not None else span.start
    return _line_start(text, start), _line_end(text, max(span.end, start))


def _fitted(lines: str, column: int, text: str) -> str:
    return _indented(lines, column).replace("\n", _newline(text))


def _indented(lines: str, column: int) -> str:
    """Return whole lines with the first at `column`, and the others as far from it as they were."""
    shift = column - (len(lines) - len(lines.lstrip(" ")))
    return "".join(
        line if not line.strip() else (" " * shift + line if shift > 0 else line[min(-shift, _depth(line)) :])
        for line in lines.splitlines(keepends=True)
    )


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _after(place: Place, node: Mapping) -> tuple[int, str]:
    """Return where a new entry of a block goes: behind the line on which a fitting neighbour ends."""
    text = place.document.text
    own = [entry for entry in node.entries if not entry.is_merged]
    if not own:
        at = _line_end(text, node.span.end)
        return at, "" if text[:at].endswith("\n") else _newline(text)
    near = (entry for name in _NEIGHBOURS for entry in own if entry.key.text == name)
    neighbour = next(near, own[0])
    if neighbour is own[0] and neighbour.key.text in ("steps", "script"):
        return _line_start(text, neighbour.key.span.start), ""
    if node.find("runs-on") is None and node.find("stage") is None and node.find("image") is None:
        neighbour = own[-1] if "steps" not in {entry.key.text for entry in own} else neighbour
    inside = neighbour.key.span.end <= neighbour.value.span.end <= node.span.end
    at = _line_end(text, neighbour.value.span.end if inside else neighbour.key.span.end)
    return at, "" if text[:at].endswith("\n") else _newline(text)


def _last_of_flow(node: Mapping, text: str) -> int:
    """Return where the last entry between braces ends: a comma and remarks may stand behind it."""
    last = max((entry.value.span.end for entry in node.entries if _is_inside(entry, node)), default=0)
    if last:
        return last
    return node.span.start + len(text[node.span.start : node.span.end - 1].rstrip())


def _is_inside(entry: Entry, node: Mapping) -> bool:
    """Tell whether an entry stands between the braces with its value: no alias, and nothing merged."""
    return not entry.is_merged and entry.key.span.end < entry.value.span.end < node.span.end


def _block(key: str, value: Value, indent: str, newline: str) -> str:
    if isinstance(value, str):
        return f"{indent}{key}: {value}{newline}"
    below = "".join(_block(name, each, f"{indent}  ", newline) for name, each in value.items())
    return f"{indent}{key}:{newline}{below}"


def _flow(value: Value) -> str:
    if isinstance(value, str):
        return value
    return "{" + ", ".join(f"{name}: {_flow(each)}" for name, each in value.items()) + "}"


def _is_in_flow(place: Place) -> bool:
    """Tell whether the entry stands between braces: its key is then not the first of its line."""
    text = place.document.text
    start = place.entry.key.span.start if place.entry is not None else place.node.span.start
    return bool(text[_line_start(text, start) : start].strip(" -"))


def _key_column(place: Place) -> int:
    return place.entry.key.span.column - 1 if place.entry is not None else place.node.span.column - 1


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
