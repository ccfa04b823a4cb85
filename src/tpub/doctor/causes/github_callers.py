"""GitHub: reusable workflows hold what their callers grant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, error, note
from tpub.doctor.lacking import CALLED, flow, granting, is_called_only, lacking
from tpub.workflow.fix import replaced
from tpub.workflow.github.model import Job, Workflow, named_in_full, own_path
from tpub.workflow.github.permissions import IDENTITY
from tpub.workflow.github.triggers import filters

_PUBLISHES = re.compile("publish|pypi|release|upload", re.IGNORECASE)
_DEPTH = 4  # GitHub's own limit for workflows that call workflows was four for long


def caller_grants_too_little(evidence: Evidence) -> Iterator[Finding]:
    """Look at who calls: a called workflow never holds more than the job that calls it."""
    for subject in lacking(evidence):
        if subject.workflow.granted(subject.job) is not None and not subject.is_granted:
            continue
        yield from _callers(evidence, subject.workflow, subject.job, 0)


def caller_names_another_version(evidence: Evidence) -> Iterator[Finding]:
    """Look for calls of the own repository by its full name: the token then names that version, not the run's.

    Source: warehouse.oidc.models.github, the check of `job_workflow_ref`.
    """
    for subject in evidence.subjects if evidence.claims is None and evidence.index.is_pypi else ():
        for caller, job in evidence.actions.callers(subject.workflow) if subject.wants_identity else ():
            path = named_in_full(job.calls.text, evidence.actions.repository) if job.calls is not None else ""
            if job.calls is None or not path or not {"tags", "release"} & filters(caller):
                continue
            reference = job.calls.text.partition("@")[2]
            yield error(
                "gh-reusable-workflow",
                f"{caller.file} calls {subject.workflow.file} of its own repository at {reference}, and runs of a tag: "
                f"{evidence.where} takes a called workflow at the run's commit alone",
                f"Call it as `./{path}`, without `@`, or better, write the publishing job in {caller.file} itself.",
                job.calls.line,
                edits=[replaced(job.calls, f"./{path}")],
            )


def called_elsewhere_is_unread(evidence: Evidence) -> Iterator[Finding]:
    """Say what cannot be seen: whether a workflow of another repository, which is given the identity, uploads.

    Only calls are told of whose names speak of publishing: provenance and pages are made with the identity, too.
    """
    for workflow in evidence.actions.workflows if evidence.claims is None and evidence.index.is_pypi else ():
        for job in workflow.jobs:
            granted = workflow.granted(job)
            if job.calls is None or granted is None or granted.access(IDENTITY) != "write":
                continue
            called = job.calls.text.partition("@")[0]
            is_own = own_path(job.calls.text, evidence.actions.repository) is not None
            if is_own or not _PUBLISHES.search(f"{job.id} {called.rpartition('/')[2]}"):
                continue
            yield note(
                "gh-reusable-workflow",
                f"{job.name} gives its identity to {called}, which is not read here: should that upload, "
                f"{evidence.where} refuses it, because the job is not written in {workflow.file}",
                f"If it uploads, keep building there, but write the publishing job in {workflow.file} itself.",
                job.calls.line,
            )


def _callers(evidence: Evidence, called: Workflow, needing: Job, depth: int) -> Iterator[Finding]:
    for caller, job in evidence.actions.callers(called) if CALLED in called.triggers else ():
        granted = caller.granted(job)
        if granted is not None and granted.access(IDENTITY) == "write":
            continue
        if granted is None and is_called_only(caller):
            if depth < _DEPTH:
                yield from _callers(evidence, caller, needing, depth + 1)
            continue
        has = granted.access(IDENTITY) if granted is not None else "none"
        block = _with_identity(caller, job)
        yield error(
            "gh-caller-permission-missing",
            f"{caller.file} calls {called.file}, whose {needing.name} needs `{IDENTITY}: write`, but {job.name} in "
            f"{caller.file} is allowed `{IDENTITY}: {has}` only: a called workflow never holds more than its caller",
            f"Give {job.name} in {caller.file} `permissions: {{{flow(block)}}}`, "
            f"or better, write the publishing job into {caller.file} itself.",
            job.place.line,
            needing.place.line,
            edits=[granting(job, block)],
        )


def _with_identity(workflow: Workflow, job: Job) -> dict[str, str]:
    """Return what a block of the job's own must name so that nothing else gets lost."""
    around = workflow.permissions if job.permissions is None else None
    kept = {scope: place.text for scope, place in around.scopes.items()} if around is not None else {}
    return kept | {IDENTITY: "write"}
