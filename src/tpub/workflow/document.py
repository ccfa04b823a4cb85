"""YAML with positions, so that a finding can point and a mend can cut.

Mends are made in the text itself: what is not part of a mend stays as it was typed, comments included.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tpub.diagnostic import Diagnostic, Line
from tpub.workflow.node import Node, Scalar

_LARGEST_FILE = 1_000_000  # characters; GitHub refuses workflow files long before
_MOST_BYTES = 4 * _LARGEST_FILE  # that UTF-8 can need for them


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
        with (root / path).open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as exc:
        return _broken(path, f"it cannot be read: {exc.strerror}")
    if len(data) > _MOST_BYTES:
        return _broken(path, f"it has more than {_LARGEST_FILE} characters")
    try:
        return parse(data.decode("utf-8-sig"), path)
    except UnicodeDecodeError:
        return _broken(path, "it is not UTF-8")


def parse(text: str, path: str) -> Document | Diagnostic:
    """Return what a YAML text says, or what is wrong with it."""
    from tpub.workflow.composing import UnreadableError, composed  # noqa: PLC0415  (takes as long as starting Python)

    if len(text) > _LARGEST_FILE:
        return _broken(path, f"it has {len(text)} characters")
    try:
        root, duplicates = composed(text)
    except UnreadableError as exc:
        return _broken(path, exc.problem, exc.at)
    return Document(path, text, root, tuple(duplicates))


def _broken(path: str, problem: str, at: tuple[int, int] = (1, 1)) -> Diagnostic:
    return Diagnostic(
        "workflow-unreadable",
        f"{path} cannot be understood: {problem}",
        f"Correct {path} at line {at[0]}: nothing in the file takes effect before.",
        (Line(path, *at),),
    )
