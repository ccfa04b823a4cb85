"""What a YAML file says, as a tree whose nodes know where they stand."""

from __future__ import annotations

from dataclasses import dataclass


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
