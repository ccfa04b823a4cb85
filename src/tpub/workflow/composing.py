"""From the text of a YAML file to its tree: the only door to the YAML library, of which the events are used.

libyaml reads the text where it is at hand, as in every wheel of the library, and the library's own scanner elsewhere,
at a twentieth of the speed. GitLab reads its files with libyaml too. What a value means is not asked: of YAML's types
only null and the merge key matter here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)
from yaml.reader import Reader

from tpub.workflow.node import Entry, Mapping, Node, Scalar, Sequence, Span

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Event = Any  # the library's types know neither its parts, nor that it always has marks
_LARGEST_TREE = 200_000  # nodes, every use of an anchor counted: a bomb of aliases stays small only on disk
_DEEPEST = 100  # blocks within blocks; a workflow has about ten
_TABS = re.compile(r"(?<=\S)[ ]*\t[ \t]*(?=#|\r?$)", re.MULTILINE)
_GAP = r"(?:[ \t\r\n]|(?<=\s)#[^\n]*)*"
_ANCHOR = re.compile(rf"&[^\s,\[\]{{}}]+{_GAP}")
_PROPERTIES = re.compile(rf"(?:[&!]\S*{_GAP})+")  # of a block, which begins in a line below
_NULL = "tag:yaml.org,2002:null"
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})  # YAML 1.2, 10.3.2
_MERGE = "<<"


class UnreadableError(Exception):
    """A text is no YAML, or too much of it: `problem` says why, `at` is the line and column from 1."""

    def __init__(self, problem: str, at: tuple[int, int] = (1, 1)) -> None:
        """Take what is wrong, and where."""
        super().__init__(problem)
        self.problem = problem
        self.at = at


def composed(text: str, loader: type = LOADER) -> tuple[Node, list[Scalar]]:
    """Return the tree of a text, and the keys that stand twice; of several documents, the last that says anything.

    (GitLab's files may begin with a header document of their own, `spec:`.) Raises `UnreadableError`.
    """
    # The library's own scanner takes no tab before a remark or at the end of a line, as YAML and the CI systems do.
    blank = _TABS.sub(lambda tabs: " " * len(tabs[0]), text) if "\t" in text else text
    try:
        events = yaml.parse(blank, Loader=loader)
        composer = _Composer(text, events)
        roots = [composer.root() for event in events if isinstance(event, DocumentStartEvent)]
    except yaml.MarkedYAMLError as exc:
        raise UnreadableError(str(exc.problem or exc.context or "it is no YAML"), _culprit(exc, text)) from exc
    except yaml.YAMLError as exc:
        raise UnreadableError("it holds a control character", _unprintable(text)) from exc
    except (ValueError, OverflowError) as exc:
        raise UnreadableError("it holds characters that do not exist") from exc
    said = (root for root in reversed(roots) if not (isinstance(root, Scalar) and root.is_null))
    return next(said, Scalar("", Span(0, 0, 1, 1), is_null=True)), composer.duplicates


def _culprit(exc: yaml.MarkedYAMLError, text: str) -> tuple[int, int]:
    """Return where to look: of what the end of the text left open, where it began."""
    mark = exc.problem_mark or exc.context_mark
    if exc.context_mark and mark and not text[mark.index :].strip():
        mark = exc.context_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _unprintable(text: str) -> tuple[int, int]:
    found = Reader.NON_PRINTABLE.search(text)
    start = found.start() if found else 0
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


class _Composer:
    """Builds trees from events, each anchor once.

    A block ends where the last thing in it does. The library lets it end where the next token begins: comments behind
    it would be part of it.
    """

    def __init__(self, text: str, events: Iterator[_Event]) -> None:
        self.duplicates: list[Scalar] = []
        self._text = text
        self._events = events
        self._anchors: dict[str, tuple[Node, int] | None] = {}  # None is one that has not ended
        self._end = 0  # of the last thing that was read
        self._depth = 0

    def root(self) -> Node:
        """Return the tree of the document that has begun."""
        self._anchors = {}
        return self._node(next(self._events))[0]

    def _node(self, event: _Event) -> tuple[Node, int]:
        """Return what begins with that event, and of how many nodes it consists."""
        if type(event) is AliasEvent:
            return self._meant(event)
        if event.anchor:
            self._anchors[event.anchor] = None
        made = self._made(event)
        if made[1] > _LARGEST_TREE:
            raise UnreadableError("its anchors unfold to too many values", _at(event))
        if event.anchor:
            self._anchors[event.anchor] = made
        return made

    def _meant(self, alias: _Event) -> tuple[Node, int]:
        self._end = alias.end_mark.index
        if alias.anchor not in self._anchors:
            raise UnreadableError(f"there is no anchor &{alias.anchor}", _at(alias))
        if (made := self._anchors[alias.anchor]) is None:
            raise UnreadableError("an anchor contains itself", _at(alias))
        return made

    def _made(self, event: _Event) -> tuple[Node, int]:
        if type(event) is ScalarEvent:
            return self._scalar(event), 1
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnreadableError("it is nested too deeply", _at(event))
        parts = [self._node(part) for part in self._parts()]
        self._depth -= 1
        nodes, size = [node for node, _ in parts], 1 + sum(size for _, size in parts)
        is_flow = bool(event.flow_style)
        span = self._span(event, self._end, _ANCHOR if is_flow else _PROPERTIES)
        if type(event) is MappingStartEvent:
            return Mapping(self._entries(nodes), span, is_flow), size
        tag = event.tag if event.tag and event.tag.startswith("!") else ""
        return Sequence(tuple(nodes), span, is_flow, tag), size

    def _parts(self) -> Iterator[_Event]:
        """Yield the events with which the parts of a collection begin, up to its end."""
        for event in self._events:
            if type(event) in (MappingEndEvent, SequenceEndEvent):
                # Only braces and brackets have a width.
                self._end = event.end_mark.index if event.end_mark.index > event.start_mark.index else self._end
                return
            yield event

    def _scalar(self, event: _Event) -> Scalar:
        start, end, style = event.start_mark.index, event.end_mark.index, event.style or ""
        if style in ("|", ">"):
            end = start + len(self._text[start:end].rstrip())
        self._end = end
        is_null = not style and (event.value in _NULLS if event.tag is None else event.tag == _NULL)
        return Scalar(event.value, self._span(event, end, _ANCHOR), is_null, style)

    def _span(self, event: _Event, end: int, before: re.Pattern[str]) -> Span:
        """Return where a value stands, without what stands `before` it and is no part of it."""
        start, (line, column) = event.start_mark.index, _at(event)
        found = before.match(self._text, start, end) if event.anchor or event.tag else None
        if found is None:
            return Span(start, end, line, column)
        passed = self._text[start : found.end()]
        lines = passed.count("\n")
        return Span(found.end(), end, line + lines, len(passed) - passed.rfind("\n") if lines else column + len(passed))

    def _entries(self, nodes: list[Node]) -> tuple[Entry, ...]:
        own: dict[str, Entry] = {}
        merged: dict[str, Entry] = {}
        for key, value in zip(nodes[::2], nodes[1::2], strict=True):
            if not isinstance(key, Scalar):
                continue
            if key.text == _MERGE and not key.style:
                merged |= {e.key.text: e for e in _merged(value) if e.key.text not in merged}
                continue
            if key.text in own:
                self.duplicates.append(key)
            own[key.text] = Entry(key, value)
        return (*own.values(), *(entry for text, entry in merged.items() if text not in own))


def _merged(value: Node) -> Iterator[Entry]:
    sources = value.items if isinstance(value, Sequence) else (value,)
    for source in sources:
        if isinstance(source, Mapping):
            yield from (Entry(entry.key, entry.value, is_merged=True) for entry in source.entries)


def _at(event: _Event) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
