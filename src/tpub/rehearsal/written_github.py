"""The publishing jobs of a workflow of GitHub's, those of workflows that it calls included.

Source: https://docs.github.com/en/actions/reference/security/oidc, and for what callers grant
https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tpub.doctor.evidence import REQUEST
from tpub.identity.publisher import GitHubPublisher, Publisher
from tpub.rehearsal.ci import JobDescription
from tpub.rehearsal.role import Role, played
from tpub.workflow import github
from tpub.workflow.github import Actions, Publishing
from tpub.workflow.github.condition import may_hold
from tpub.workflow.github.emptiness import why_empty
from tpub.workflow.github.model import Job, Workflow
from tpub.workflow.github.permissions import IDENTITY, Permissions
from tpub.workflow.locate import Place
from tpub.workflow.remote import Remote

_HOST = "github.com"
_BRANCH = "refs/heads/main"
_TAG = "refs/tags/v1.0"
# What starts a workflow, the likeliest to publish first, and the reference that it then runs for.
_EVENTS = {
    "release": _TAG,
    "push": _TAG,
    "workflow_call": _TAG,
    "workflow_dispatch": _BRANCH,
    "repository_dispatch": _BRANCH,
    "schedule": _BRANCH,
    "workflow_run": _BRANCH,
    "pull_request_target": _BRANCH,
    "pull_request": "refs/pull/1/merge",
}


@dataclass(frozen=True, slots=True)
class _Call:
    """The job of a workflow that calls another one."""

    workflow: Workflow
    job: Job


def roles(root: Path, path: str, origin: Remote, declared: Publisher | None) -> Iterator[Role]:
    """Yield the jobs of the workflow in `path`, of a repository at `origin`."""
    # GitHub Enterprise Server and its like have issuers of their own.
    issuer = "" if origin.host == _HOST else f"https://{origin.host}/_services/token"
    seen = set()
    for each, call in _publishing(github.load(root), path):
        key = (each.workflow.path, each.job.id, each.publish.index)
        if each.publish.secrets or key in seen:
            continue
        seen.add(key)
        event, reference = _start(each, call)
        description = JobDescription(
            "github",
            origin.path,
            each.workflow.file,
            _environment(each, declared),
            event=event,
            issuer=issuer,
            name=each.job.id,
            reference=reference,
            caller=call.workflow.file if call is not None else "",
            is_granted=_is_granted(each, call),
        )
        yield played(root, description, f"{each.workflow.path}, {each.job.name}", each.publish)


def _publishing(actions: Actions, path: str) -> Iterator[tuple[Publishing, _Call | None]]:
    for each in actions.publishing:
        if each.workflow.path == path:
            yield each, None
        for workflow, job in actions.callers(each.workflow):
            if workflow.path == path:
                yield each, _Call(workflow, job)


def _is_granted(each: Publishing, call: _Call | None) -> bool:
    """Tell whether what publishes may ask for an identity, and is told where; nobody grants more than a caller has."""
    own = each.workflow.granted(each.job)
    if call is not None:
        above = call.workflow.granted(call.job)
        if not _writes(above):
            return False
        own = own if own is not None else above
    command = each.publish.command
    return _writes(own) and (command is None or command.lets(*REQUEST))


def _writes(granted: Permissions | None) -> bool:
    return granted is not None and granted.access(IDENTITY) == "write"


def _environment(each: Publishing, declared: Publisher | None) -> str | None:
    """Return the environment's name; of an expression that only the run evaluates, that which is trusted."""
    place = each.job.environment
    if place is None or "${{" not in place.text:
        return place.text if place is not None else None
    if why_empty(each.workflow, each.job, place.text):
        return None
    return declared.environment if isinstance(declared, GitHubPublisher) and declared.environment else place.text


def _start(each: Publishing, call: _Call | None) -> tuple[str, str]:
    """Return the event that starts a job, and the reference that it then runs for.

    It is one for which the job's condition can be true; if there is none, which doctor tells, the likeliest.
    """
    jobs = (each.job,) if call is None else (call.job, each.job)
    conditions = [place.text for job in jobs if (place := job.place.get("if")) is not None]
    likely = list(_starts(each.workflow if call is None else call.workflow)) or [("push", _TAG)]
    fitting = (start for start in likely if all(may_hold(condition, *start) for condition in conditions))
    return next(fitting, likely[0])


def _starts(workflow: Workflow) -> Iterator[tuple[str, str]]:
    """Yield the events that start a workflow, each with a reference, the likeliest to publish first."""
    triggers = workflow.triggers
    push = triggers.get("push")
    if push is not None and (tags := push.get("tags")) is not None:
        yield "push", f"refs/tags/{_example(tags, '1.0')}"
    if push is not None and (branches := push.get("branches")) is not None and "release" not in triggers:
        yield "push", f"refs/heads/{_example(branches, 'main')}"
    yield from ((event, ref) for event, ref in _EVENTS.items() if event in triggers)
    if "workflow_dispatch" in triggers:
        yield "workflow_dispatch", _TAG


def _example(patterns: Place, word: str) -> str:
    """Return a name that the first pattern lets through, or nearly so: it shows in claims, and decides nothing."""
    pattern = next((text for text in patterns.texts if not text.startswith("!")), word)
    return re.sub(r"[*?+]+", word, re.sub(r"\[(\w)[^\]]*\]", r"\1", pattern))
