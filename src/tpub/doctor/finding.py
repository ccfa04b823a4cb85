"""What a cause finds: a diagnostic, and the edits that mend it where the mend is one of text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from tpub.diagnostic import Diagnostic, Evidence as Seen, Severity
from tpub.doctor.evidence import Evidence
from tpub.workflow.fix import Edit


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnostic with its mend; `proposals` say what in the edits is a guess, and what else it may be."""

    diagnostic: Diagnostic
    edits: tuple[Edit, ...] = ()
    proposals: tuple[str, ...] = ()


Cause = Callable[[Evidence], Iterator[Finding]]


def _found(severity: Severity, code: str, message: str, hint: str, *seen: Seen, edits: Iterable[Edit] = ()) -> Finding:
    return Finding(Diagnostic(code, message, hint, seen, severity), tuple(edits))


error = partial(_found, Severity.ERROR)
warning = partial(_found, Severity.WARNING)
note = partial(_found, Severity.NOTE)
