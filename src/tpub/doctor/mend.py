"""Mends: what `--fix` writes, file by file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tpub.diagnostic import Diagnostic
from tpub.doctor.finding import Finding
from tpub.workflow.document import parse
from tpub.workflow.fix import Edit, applied, diff

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Mend:
    """A file before and after."""

    path: str
    before: str
    after: str

    @property
    def diff(self) -> str:
        """Return the change as a unified diff."""
        return diff(self.path, self.before, self.after)


def mends(root: Path, found: Iterable[Finding]) -> list[Mend]:
    """Return what the edits of findings make of the files of the checkout at `root`.

    A file that could not be read any more afterwards is left alone.
    """
    by_file: dict[str, list[Edit]] = {}
    for finding in found:
        for edit in finding.edits:
            by_file.setdefault(edit.path, []).append(edit)
    made = []
    for path, edits in sorted(by_file.items()):
        text = (root / path).read_bytes().decode("utf-8")
        lead, before = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
        after = applied(before, edits)
        if after != before and not isinstance(parse(after, path), Diagnostic):
            made.append(Mend(path, lead + before, lead + after))
    return made


def write(root: Path, made: Iterable[Mend]) -> None:
    """Write the files as they are afterwards."""
    for mend in made:
        (root / mend.path).write_bytes(mend.after.encode("utf-8"))
