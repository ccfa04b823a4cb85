"""Which publishing jobs of GitHub have no identity, or would have none."""

from __future__ import annotations

from collections.abc import Mapping

from tpub.doctor.evidence import Evidence
from tpub.doctor.subject import Subject
from tpub.workflow.fix import Edit, added, filled, replaced
from tpub.workflow.github.model import Job, Workflow
from tpub.workflow.github.permissions import IDENTITY

CALLED = "workflow_call"


def lacking(evidence: Evidence) -> tuple[Subject, ...]:
    """Return the jobs that depend on an identity, unless this run shows that it has one."""
    if evidence.is_github and evidence.has_request:
        return ()
    return tuple(subject for subject in evidence.subjects if subject.wants_identity or _tried(evidence, subject))


def _tried(evidence: Evidence, subject: Subject) -> bool:
    """Tell whether this very job asked for an identity, though nothing in it is known to publish."""
    return not subject.steps and (evidence.has_asked or not evidence.actions.publishing)


def is_called_only(workflow: Workflow) -> bool:
    """Tell whether a workflow runs only as a part of others, which grant it what it has."""
    return set(workflow.triggers) == {CALLED}


def flow(block: Mapping[str, str]) -> str:
    """Return a block of permissions on one line."""
    return ", ".join(f"{name}: {value}" for name, value in block.items())


def granting(job: Job, needed: Mapping[str, str]) -> Edit:
    """Return the edit that gives a job at least what is `needed`, and to no other job with which it shares a block."""
    own = job.permissions
    if own is None:
        return added(job.place, "permissions", needed)
    place = own.place
    is_merged = place.entry is not None and place.entry.is_merged
    if place.is_alias or is_merged:
        held = {scope: found.text for scope, found in own.scopes.items()} or {"contents": "read"}
        whole = held | {IDENTITY: "write"}
        return added(job.place, "permissions", whole) if is_merged else replaced(place, f"{{{flow(whole)}}}")
    if place.text:
        return replaced(place, f"{{{flow(needed)}}}")
    if own.is_empty:
        return filled(place, needed)
    named = own.scopes.get(IDENTITY)
    if named is not None and named.entry is not None and not named.entry.is_merged:
        return replaced(named, "write")
    return added(place, IDENTITY, "write")
