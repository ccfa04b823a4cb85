"""Why a rehearsed job fails, as `tpub upload` would tell it in the job itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tpub.diagnostic import Diagnostic, Severity
from tpub.doctor.diagnose import diagnose
from tpub.doctor.evidence import Evidence
from tpub.doctor.explain import explained
from tpub.doctor.gather import Sources, of_files
from tpub.doctor.history import NoHistory
from tpub.doctor.pipeline_subject import audience_of
from tpub.errors import IDENTITY
from tpub.outcome import Outcome, UploadStatus, UploadSummary
from tpub.rehearsal.role import Role


def diagnosed(
    outcome: Outcome, role: Role, env: Mapping[str, str], claims: Mapping[str, object] | None, now: float
) -> Outcome:
    """Return the report of a job with what its file adds: why it failed, or why it would not have come so far.

    `env` and `claims` are those of the job. Where the doctor knows a cause from the file alone, it is told in its
    words: they name the index that the file means, and not the one that plays it.
    """
    evidence = _evidence(role, env, now)
    seen = [each for each in diagnose(evidence) if each.severity is not Severity.NOTE]
    if not outcome.exit_code:
        return _doubted(outcome, seen)
    told = explained(outcome, lambda project: replace(evidence, claims=claims, project=project))
    known = {each.code: each for each in seen if each.is_error}
    return replace(told, diagnostics=tuple(known.get(each.code, each) for each in told.diagnostics))


def _doubted(outcome: Outcome, seen: Sequence[Diagnostic]) -> Outcome:
    """Return the report of a job that did its part here, and fails in real life if an error is `seen`."""
    outcome = replace(outcome, diagnostics=(*seen, *outcome.diagnostics))
    if not any(each.is_error for each in seen):
        return outcome
    unsent = tuple(UploadSummary(each.file, UploadStatus.UNSENT) for each in outcome.uploads or ())
    return replace(outcome, exit_code=IDENTITY, uploads=unsent, releases=())


def _evidence(role: Role, env: Mapping[str, str], now: float) -> Evidence:
    """Return what the file and the job show; the past of the checkout is not asked: the file is rehearsed as it is."""
    found = of_files(Sources(role.root, env, now))
    return replace(found, history=NoHistory(), index=role.index, audience=audience_of(role.index))
