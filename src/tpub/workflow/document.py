"""YAML with positions: the only door to the YAML library.

A document is a tree of nodes that know where they stand in the text, so that a finding can point and a mend can
cut. Mends are made in the text itself: what is not part of a mend stays as it was typed, comments included.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tpub.diagnostic import Diagnostic, Line

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node as Raw

_LARGEST_FILE = 1_000_000  # characters; GitHub refuses workflow files long before
_LARGEST_TREE = 200_000  # nodes, every use of an anchor counted: a bomb of aliases stays small only on disk
_TABS = re.compile(r"(?<=\S)[ ]*\t[ \t]*(?=#|\r?$)", re.MULTILINE)
_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"


@dataclass(frozen=True, slots=True)
class Span:
    """Where a node stands: offsets into the text (end exclusive), and line and column of its start from 1."""

    start: int
    end: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value without parts, as its text; `style` is its quote, `|`, `>` or empty."""

    text: str
    span: Span
    is_null: bool = False
    style: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value; `is_merged` if it came through `<<`."""

    key: Scalar
    value: Node
    is_merged: bool = False


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order of the file; of keys given twice, the last."""

    entries: tuple[Entry, ...]
    span: Span
    is_flow: bool = False

    def find(self, key: str) -> Entry | None:
        """Return the entry of `key`."""
        return next((entry for entry in self.entries if entry.key.text == key), None)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Items in order; `tag` is that of GitLab's `!reference [job, key]`."""

    items: tuple[Node, ...]
    span: Span
    is_flow: bool = False
    tag: str = ""


Node = Scalar | Mapping | Sequence


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One file: its path in the checkout, its text, and what it says. `duplicates` are keys that stand twice.

    One document is the same as another only if it is that other: comparing trees would take longer than reading them.
    """

    path: str
    text: str = field(repr=False)
    root: Node = field(repr=False)
    duplicates: tuple[Scalar, ...] = field(default=(), repr=False)


def read(root: Path, path: str) -> Document | Diagnostic:
    """Return the YAML file `path` of the checkout at `root`, or what is wrong with it."""
    try:
        data = (root / path).read_bytes()
    except OSError as exc:
        return _broken(path, f"it cannot be read: {exc.strerror}")
    try:
        return parse(data.decode("utf-8-sig"), path)
    except UnicodeDecodeError:
        return _broken(path, "it is not UTF-8")


def parse(text: str, path: str) -> Document | Diagnostic:
    """Return what a YAML text says, or what is wrong with it; of several documents, the last that says anything.

    (GitLab's files may begin with a header document of their own, `spec:`.)
    """
    if len(text) > _LARGEST_FILE:
        return _broken(path, f"it has {len(text)} characters")
    try:
        raw = _compose(text)
        reader = _Reader(text)
        root = reader.node(raw) if raw is not None else Scalar("", Span(0, 0, 1, 1), is_null=True)
    except _UnreadableError as exc:
        return exc.diagnostic(path)
    except (ValueError, RecursionError, OverflowError):
        return _broken(path, "it is nested too deeply, or holds characters that do not exist")
    return Document(path, text, root, tuple(reader.duplicates))


def _compose(text: str) -> Raw | None:
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415  (takes longer than starting Python)

    from tpub.workflow.composing import composed  # noqa: PLC0415  (the same)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on directives that nobody uses
            # The library takes no tab before a remark or at the end of a line, as YAML and the CI systems do.
            blank = _TABS.sub(lambda tabs: " " * len(tabs[0]), text) if "\t" in text else text
            found = [raw for raw in composed(blank) if raw is not None]
    except MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        raise _UnreadableError(
            str(exc.problem or exc.context or "it is no YAML"),
            (mark.line + 1, mark.column + 1) if mark is not None else (1, 1),
        ) from exc
    except (YAMLError, AttributeError, TypeError, LookupError) as exc:
        raise _UnreadableError("it is no YAML") from exc
    return next((raw for raw in reversed(found) if raw.tag != _NULL), None)


class _UnreadableError(Exception):
    def __init__(self, problem: str, at: tuple[int, int] = (1, 1)) -> None:
        super().__init__(problem)
        self.problem = problem
        self.at = at

    def diagnostic(self, path: str) -> Diagnostic:
        return _broken(path, self.problem, self.at)


def _broken(path: str, problem: str, at: tuple[int, int] = (1, 1)) -> Diagnostic:
    return Diagnostic(
        "workflow-unreadable",
        f"{path} cannot be understood: {problem}",
        f"Correct {path} at line {at[0]}: nothing in the file takes effect before.",
        (Line(path, *at),),
    )


class _Reader:
    """Turns the library's nodes into ours, each anchor once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.duplicates: list[Scalar] = []
        self._done: dict[int, Node] = {}
        self._sizes: dict[int, int] = {}
        self._open: set[int] = set()

    def node(self, raw: Raw) -> Node:
        if (done := self._done.get(id(raw))) is not None:
            return done
        if id(raw) in self._open:
            raise _UnreadableError("an anchor contains itself", _at(raw))
        self._open.add(id(raw))
        made = self._made(raw)
        self._open.discard(id(raw))
        self._done[id(raw)] = made
        return made

    def _made(self, raw: Any) -> Node:  # noqa: ANN401  (the library's nodes tell their kinds apart by class name alone)
        match type(raw).__name__:
            case "MappingNode":
                return self._mapping(raw)
            case "SequenceNode":
                items = tuple(self.node(item) for item in raw.value)
                self._weigh(raw, raw.value)
                tag = raw.tag if str(raw.tag).startswith("!") else ""
                return Sequence(items, self._span(raw, items), bool(raw.flow_style), str(tag))
            case _:
                self._sizes[id(raw)] = 1
                style = str(raw.style or "")
                return Scalar(str(raw.value), self._span(raw, ()), raw.tag == _NULL and not style, style)

    def _mapping(self, raw: Any) -> Mapping:  # noqa: ANN401  (as above)
        own: dict[str, Entry] = {}
        merged: dict[str, Entry] = {}
        children: list[Node] = []
        for raw_key, raw_value in raw.value:
            key, value = self.node(raw_key), self.node(raw_value)
            children.append(value if value.span.start > key.span.start else key)
            if not isinstance(key, Scalar):
                continue
            if raw_key.tag == _MERGE:
                merged |= {e.key.text: e for e in _merged(value) if e.key.text not in merged}
                continue
            if key.text in own:
                self.duplicates.append(key)
            own[key.text] = Entry(key, value)
        self._weigh(raw, [part for pair in raw.value for part in pair])
        entries = (*own.values(), *(entry for text, entry in merged.items() if text not in own))
        return Mapping(entries, self._span(raw, tuple(children)), bool(raw.flow_style))

    def _weigh(self, raw: Raw, parts: list[Raw]) -> None:
        size = 1 + sum(self._sizes.get(id(part), 1) for part in parts)
        if size > _LARGEST_TREE:
            raise _UnreadableError("its anchors unfold to too many values", _at(raw))
        self._sizes[id(raw)] = size

    def _span(self, raw: Any, parts: tuple[Node, ...]) -> Span:  # noqa: ANN401  (as above)
        start, end = raw.start_mark.index, raw.end_mark.index
        if parts and not raw.flow_style:
            # The library lets a block end where the next token begins: comments after it would be part of it.
            within = [part.span.end for part in parts if start <= part.span.end <= end]
            end = max(within, default=end)
        elif getattr(raw, "style", None) in ("|", ">"):
            end = start + len(self.text[start:end].rstrip())
        line, column = _at(raw)
        return Span(start, end, line, column)


def _merged(value: Node) -> Iterator[Entry]:
    sources = value.items if isinstance(value, Sequence) else (value,)
    for source in sources:
        if isinstance(source, Mapping):
            yield from (Entry(entry.key, entry.value, is_merged=True) for entry in source.entries)


def _at(raw: Any) -> tuple[int, int]:  # noqa: ANN401  (as above)
    return raw.start_mark.line + 1, raw.start_mark.column + 1
