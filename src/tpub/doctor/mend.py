"""Mends: what `--fix` writes, file by file.

A mend is made whole or not at all, and none is made that leaves a file which means something else than it should: one
that no longer reads, or that has one more key twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from tpub.doctor.finding import Finding
from tpub.workflow.document import Document, parse
from tpub.workflow.fix import Edit, applied, diff
from tpub.workflow.sharing import shared

_BOM = "\ufeff"
# What an input of GitLab's fills in: every include gives it another value.
_FILLED_IN = "$[["
_OLD_LINES = re.compile(r"\r(?!\n|\Z)")


@dataclass(frozen=True, slots=True)
class Mend:
    """A file before and after; `shared` are the keys that change although nothing is written there, by an alias."""

    path: str
    before: str
    after: str
    shared: tuple[str, ...] = ()

    @property
    def diff(self) -> str:
        """Return the change as a unified diff."""
        return diff(self.path, self.before, self.after)


def mends(root: Path, found: Iterable[Finding]) -> list[Mend]:
    """Return what the edits of findings make of the files of the checkout at `root`."""
    return edited(root, (finding.edits for finding in found))


def edited(root: Path, mending: Iterable[Sequence[Edit]]) -> list[Mend]:
    """Return what edits make of the files of the checkout at `root`, those that belong together all or none.

    Of two that contradict each other, the first is made. A file that was changed since it was read is left alone.
    """
    files: dict[Path, _File] = {}
    for edits in mending:
        if not edits:
            continue
        wanted: dict[Path, list[Edit]] = {}
        for each in edits:
            # Two names can be one file.
            wanted.setdefault((root / each.path).resolve(), []).append(each)
        for place, own in wanted.items():
            if place not in files:
                files[place] = _File(own[0].path, _read(place), own[0].source, _twice(own[0].source, own[0].path))
        versions = {place: files[place].with_(own) for place, own in wanted.items()}
        files |= {place: each for place, each in versions.items() if each is not None and None not in versions.values()}
    made = (file.mend for file in files.values() if file.edits)
    return sorted((mend for mend in made if mend.after != mend.before), key=lambda mend: mend.path)


@dataclass(frozen=True, slots=True)
class _File:
    """A file with the edits that it takes.

    `text` is what is there, and `source` what was diagnosed, in which so many keys stand `twice`.
    """

    path: str
    text: str
    source: str
    twice: int
    edits: tuple[Edit, ...] = ()

    def with_(self, edits: Iterable[Edit]) -> _File | None:
        """Return the file with edits on top; None if it does not take all of them."""
        fresh = [edit for edit in dict.fromkeys(edits) if not any(_is_same(edit, old) for old in self.edits)]
        together = (*self.edits, *fresh)
        if not all(self._takes(edit) for edit in fresh) or _overlap(together):
            return None
        twice = _twice(applied(self.source, together), self.path)
        return replace(self, edits=together) if 0 <= twice <= self.twice else None

    def _takes(self, edit: Edit) -> bool:
        return (
            edit.source == self.source == self.text.removeprefix(_BOM)
            and _OLD_LINES.search(self.source) is None
            and _FILLED_IN not in self.source[edit.start : edit.end]
        )

    @property
    def mend(self) -> Mend:
        after = applied(self.source, self.edits)
        mark = _BOM * self.text.startswith(_BOM)
        return Mend(self.path, self.text, mark + after, shared(self.path, self.source, after))


def _twice(text: str, path: str) -> int:
    """Return how many keys of a text stand twice; -1 if it cannot be read."""
    document = parse(text, path)
    return len(document.duplicates) if isinstance(document, Document) else -1


def _is_same(one: Edit, other: Edit) -> bool:
    return (one.start, one.end, one.text) == (other.start, other.end, other.text)


def _overlap(edits: Sequence[Edit]) -> bool:
    """Tell whether two edits contradict each other: over the same characters."""
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    return any(after.start < before.end for before, after in pairwise(ordered))


def _read(path: Path) -> str:
    """Return the text of a file; empty if there is none any more."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
