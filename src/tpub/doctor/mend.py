"""Mends: what `--fix` writes, file by file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tpub.diagnostic import Diagnostic
from tpub.doctor.finding import Finding
from tpub.errors import ConfigError
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
    """Return what the edits of findings make of the files of the checkout at `root`."""
    return edited(root, (edit for finding in found for edit in finding.edits))


def edited(root: Path, edits: Iterable[Edit]) -> list[Mend]:
    """Return what edits make of the files of the checkout at `root`.

    A file that could not be read any more afterwards is left alone.
    """
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        by_file.setdefault(edit.path, []).append(edit)
    made = []
    for path, own in sorted(by_file.items()):
        text = (root / path).read_bytes().decode("utf-8")
        lead, before = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
        after = applied(before, own)
        if after != before and not isinstance(parse(after, path), Diagnostic):
            made.append(Mend(path, lead + before, lead + after))
    return made


def write(root: Path, made: Iterable[Mend]) -> None:
    """Write the files as they are afterwards; raises `ConfigError` for one that cannot be written."""
    for mend in made:
        path = root / mend.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(mend.after.encode("utf-8"))
        except OSError as exc:
            raise ConfigError(
                "file-unwritable",
                f"{path} cannot be written: {exc.strerror}",
                hint="Check who may write there, and what is in its way.",
            ) from exc
