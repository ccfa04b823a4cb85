"""From the evidence to the one cause, and what else is worth knowing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tpub.diagnostic import Diagnostic, Severity
from tpub.doctor import catalogue
from tpub.doctor.account import expected_publisher
from tpub.doctor.catalogue import Group
from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding
from tpub.doctor.pipeline_subject import publishing
from tpub.doctor.subject import Subject


def diagnose(evidence: Evidence) -> list[Diagnostic]:
    """Return what is wrong, the main cause first; nothing for a right set-up."""
    return [finding.diagnostic for finding in findings(evidence)]


def findings(evidence: Evidence) -> list[Finding]:
    """Return what is wrong with the mends that are edits, the main cause first."""
    found = _ordered(_found(catalogue.ALL, evidence))
    if evidence.log is None:
        return found
    from tpub.doctor.joblog.told import told  # noqa: PLC0415  (most diagnoses need no log)

    return _ordered(told(evidence, expected_publisher(evidence), found))


def missing_identity(evidence: Evidence) -> list[Diagnostic]:
    """Return why a job that asked for an identity got none; nothing if that is not to be seen."""
    # On a laptop it is not the files that fail.
    groups = (catalogue.PLATFORM, catalogue.IDENTITY) if evidence.is_run else (catalogue.PLATFORM,)
    found = _ordered(_found(groups, replace(evidence, has_asked=True)))
    return [finding.diagnostic for finding in found if _is_grave(finding)]


def _found(groups: Iterable[Group], evidence: Evidence) -> list[Finding]:
    """Ask each group about one job after the other: what is wrong with one says nothing of the others."""
    evidence = replace(evidence, own=evidence.subjects)
    jobs: dict[str, tuple[Subject, ...]] = {subject.key: (subject,) for subject in evidence.subjects}
    jobs |= {subject.key: () for subject in publishing(evidence)}
    found: list[Finding] = []
    without_identity: set[str] = set()
    for group in groups:
        for focus in ("",) if group.is_final or group.is_of_all or not jobs else tuple(jobs):
            if group.is_about_identity and focus in without_identity:
                continue
            answer = _answer(group, replace(evidence, focus=focus, own=jobs[focus]) if focus else evidence)
            found += answer
            if group.is_about_identity and any(finding.diagnostic.is_error for finding in answer):
                without_identity.add(focus)
        if group.is_final and any(finding.diagnostic.is_error for finding in found):
            break
    return found


def _answer(group: Group, evidence: Evidence) -> list[Finding]:
    """Return what the group's first cause finds that is more than a note, and the notes before it."""
    answer: list[Finding] = []
    for cause in group.causes:
        answer += cause(evidence)
        if any(_is_grave(finding) for finding in answer):
            break
    return answer


def _is_grave(finding: Finding) -> bool:
    return finding.diagnostic.severity is not Severity.NOTE


def _ordered(found: Iterable[Finding]) -> list[Finding]:
    """Sort by gravity, keeping the order of the causes, each finding once."""
    unique: dict[Diagnostic, Finding] = {}
    for finding in found:
        unique.setdefault(finding.diagnostic, finding)
    return sorted(unique.values(), key=lambda finding: finding.diagnostic.severity.rank)
