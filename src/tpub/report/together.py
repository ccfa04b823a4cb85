"""What is to be said of several files or indexes alike, said once: 40 wheels have the same flaw 40 times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tpub.diagnostic import Diagnostic
from tpub.outcome import Outcome
from tpub.report.words import count

_NAMED = 2  # files by name; machines find all of them in the JSON report


def together(outcome: Outcome) -> Outcome:
    """Return the outcome for people: diagnostics that differ in nothing but the file are one, about all of those."""
    files: dict[Diagnostic, list[str]] = {}
    for diagnostic in outcome.diagnostics:
        said = files.setdefault(replace(diagnostic, file=None), [])
        if diagnostic.file is not None and diagnostic.file not in said:
            said.append(diagnostic.file)
    total = len(outcome.distributions or ())
    return replace(
        outcome,
        diagnostics=tuple(replace(d, file=_names(names, total)) for d, names in files.items()),
        earlier=tuple(together(run) for run in outcome.earlier),
    )


def by_index(outcome: Outcome) -> Iterator[tuple[Outcome, list[Diagnostic]]]:
    """Yield what became of a release on each index, with what is wrong there and was not so on one before."""
    said: set[Diagnostic] = set()
    for run in (*outcome.earlier, outcome):
        yield run, [diagnostic for diagnostic in run.diagnostics if diagnostic not in said]
        said.update(run.diagnostics)


def _names(files: Sequence[str], total: int) -> str | None:
    if len(files) <= 1:
        return files[0] if files else None
    if len(files) == total:
        return {2: "both files"}.get(total, f"all {count(total, 'file')}")
    more = len(files) - _NAMED
    return ", ".join(files[:_NAMED]) + (f" and {count(more, 'more file')}" if more > 0 else "")
