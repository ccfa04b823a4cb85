"""Why a rehearsed job failed, as `tpub upload` would tell it in the job itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tpub.doctor.diagnose import diagnose
from tpub.doctor.evidence import Evidence
from tpub.doctor.explain import explained
from tpub.doctor.gather import Sources, of_files
from tpub.doctor.history import NoHistory
from tpub.doctor.pipeline_subject import audience_of
from tpub.outcome import Outcome
from tpub.rehearsal.role import Role


def diagnosed(
    outcome: Outcome, role: Role, env: Mapping[str, str], claims: Mapping[str, object] | None, now: float
) -> Outcome:
    """Return the report of a job that failed with the causes that its file shows.

    `env` and `claims` are those of the job. Where the doctor knows the same cause from the file alone, it is told in
    its words: they name the index that the file means, and not the one that plays it.
    """
    if not outcome.exit_code:
        return outcome
    evidence = _evidence(role, env, now)
    told = explained(outcome, lambda project: replace(evidence, claims=claims, project=project))
    known = {each.code: each for each in diagnose(evidence) if each.is_error}
    return replace(told, diagnostics=tuple(known.get(each.code, each) for each in told.diagnostics))


def _evidence(role: Role, env: Mapping[str, str], now: float) -> Evidence:
    """Return what the file and the job show; the past of the checkout is not asked: the file is rehearsed as it is."""
    found = of_files(Sources(role.root, env, now))
    return replace(found, history=NoHistory(), index=role.index, audience=audience_of(role.index))
