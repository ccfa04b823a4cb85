"""What a rule is: a code, a mend, and a function that looks for one defect."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from tpub.diagnostic import Diagnostic, Evidence, Severity
from tpub.preflight.context import Context


class Problem(NamedTuple):
    """One defect that a check found; `hint` and `severity` replace the rule's where more is known."""

    message: str
    evidence: tuple[Evidence, ...] = ()
    hint: str = ""
    severity: Severity | None = None


Check = Callable[[Context], Iterator[Problem]]
"""Looks at one file."""
BatchCheck = Callable[[Sequence[Context]], Iterator[tuple[Context, Problem]]]
"""Looks at all files of a run, and says which of them has the problem."""


C = TypeVar("C", Check, BatchCheck)


@dataclass(frozen=True, slots=True)
class _Rule(Generic[C]):
    """What is the same for each place where a rule finds something, and the check that finds it.

    `why` says why it matters; `is_pypi_only` rules are PyPI's own, the others are laid down for every index.
    """

    code: str
    hint: str
    why: str
    severity: Severity
    is_pypi_only: bool
    check: C

    @property
    def what(self) -> str:
        """What holds of a good file, by the check's docstring."""
        return _docstring(self.check)[0]

    @property
    def source(self) -> str:
        """Where that is laid down, by the check's docstring."""
        return _docstring(self.check)[1]

    def diagnostic(self, problem: Problem, file: str) -> Diagnostic:
        """Return the news of one problem of one file."""
        severity = problem.severity or self.severity
        return Diagnostic(self.code, problem.message, problem.hint or self.hint, problem.evidence, severity, file=file)


class Rule(_Rule[Check]):
    """A rule on one file."""

    __slots__ = ()


class BatchRule(_Rule[BatchCheck]):
    """A rule on the files of one run together."""

    __slots__ = ()


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
        return Rule(code, hint, why, severity, is_pypi_only, check)

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
        return BatchRule(code, hint, why, severity, is_pypi_only, check)

    return build


def _docstring(check: Callable[..., object]) -> tuple[str, str]:
    """Return a check's docstring up to `Source:`, and what follows that."""
    what, _, source = (inspect.getdoc(check) or "").partition("Source:")
    return what.strip(), " ".join(source.split())
