"""What a rule is: a code, a mend, and a function that looks for one defect."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tpub.diagnostic import Diagnostic, Evidence, Severity
from tpub.preflight.context import Context


@dataclass(frozen=True, slots=True)
class Problem:
    """One defect that a check found; `hint` and `severity` replace the rule's where more is known."""

    message: str
    evidence: tuple[Evidence, ...] = ()
    hint: str = ""
    severity: Severity | None = None


Check = Callable[[Context], Iterator[Problem]]
"""Looks at one file."""
BatchCheck = Callable[[Sequence[Context]], Iterator[tuple[Context, Problem]]]
"""Looks at all files of a run, and says which of them has the problem."""


@dataclass(frozen=True, slots=True)
class _Described:
    code: str
    hint: str
    why: str
    severity: Severity
    is_pypi_only: bool
    what: str
    source: str

    def diagnostic(self, problem: Problem, file: str) -> Diagnostic:
        """Return the news of one problem of one file."""
        severity = problem.severity or self.severity
        return Diagnostic(self.code, problem.message, problem.hint or self.hint, problem.evidence, severity, file=file)


@dataclass(frozen=True, slots=True)
class Rule(_Described):
    """A rule on one file.

    `what` says what holds of a good file and `source` where that is laid down, both from the check's docstring;
    `why` says why it matters; `is_pypi_only` rules are PyPI's own, the others are laid down for every index.
    """

    check: Check


@dataclass(frozen=True, slots=True)
class BatchRule(_Described):
    """A rule on the files of one run together."""

    check: BatchCheck


AnyRule = Rule | BatchRule


def rule(
    code: str,
    *,
    hint: str,
    why: str,
    severity: Severity = Severity.ERROR,
    is_pypi_only: bool = False,
) -> Callable[[Check], Rule]:
    """Turn the check below into a `Rule`. Nothing is registered: see `catalogue`."""

    def build(check: Check) -> Rule:
        what, source = _read_docstring(check)
        return Rule(code, hint, why, severity, is_pypi_only, what, source, check)

    return build


def batch_rule(
    code: str,
    *,
    hint: str,
    why: str,
    severity: Severity = Severity.ERROR,
    is_pypi_only: bool = False,
) -> Callable[[BatchCheck], BatchRule]:
    """Turn the check below into a `BatchRule`. Nothing is registered: see `catalogue`."""

    def build(check: BatchCheck) -> BatchRule:
        what, source = _read_docstring(check)
        return BatchRule(code, hint, why, severity, is_pypi_only, what, source, check)

    return build


def _read_docstring(check: Callable[..., object]) -> tuple[str, str]:
    """Return what a check's docstring says: its first line, and what follows `Source:`."""
    what, _, source = (inspect.getdoc(check) or "").partition("Source:")
    return what.strip(), " ".join(source.split())
