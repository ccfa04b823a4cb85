"""A release that failed, with what the checkout and the run add to the words that it failed with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tpub.diagnostic import Answer, Diagnostic
from tpub.doctor.diagnose import missing_identity
from tpub.doctor.evidence import Evidence
from tpub.doctor.suspects import suspects
from tpub.errors import IDENTITY, REFUSED
from tpub.outcome import Outcome

# What is wrong with a credential that no identity was to stand for: these words are the cause.
_OF_CREDENTIALS = frozenset(["no-credential", "keyring-silent", "keyring-failed"])


def explained(outcome: Outcome, gather: Callable[[str], Evidence]) -> Outcome:
    """Return the report of a failed release with the causes first.

    `gather` is called only if that can help, with the project's name, empty if there are several.
    """
    failures = [each for each in outcome.diagnostics if each.is_error]
    rest = sorted((each for each in outcome.diagnostics if not each.is_error), key=lambda each: each.severity.rank)
    if outcome.exit_code in (IDENTITY, REFUSED) and failures:
        projects = {file.project for file in outcome.distributions or ()}
        evidence = gather(next(iter(projects)) if len(projects) == 1 else "")
        causes = [cause for failure in failures for cause in _causes(outcome, evidence, failure)]
        failures = sorted(causes, key=lambda each: each.severity.rank)
    return replace(outcome, diagnostics=(*dict.fromkeys(failures), *rest))


def _causes(outcome: Outcome, evidence: Evidence, failure: Diagnostic) -> list[Diagnostic]:
    if failure.code in _OF_CREDENTIALS:
        return [failure]
    answered = any(isinstance(item, Answer) and "/_/oidc/" in item.url for item in failure.evidence)
    if outcome.exit_code == IDENTITY and not answered and failure.file is None:
        return missing_identity(evidence) or [failure]
    return [replace(cause, file=failure.file) for cause in suspects(evidence, failure)]
