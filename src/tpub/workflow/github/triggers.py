"""What starts a workflow, and whether a job's condition can be true then."""

from __future__ import annotations

import re

from tpub.workflow.github.model import Workflow

_ASKS_BRANCH = re.compile(
    r"(?<!!)startsWith\(\s*github\.ref\s*,\s*'refs/heads/|github\.ref\s*==\s*'refs/heads/|github\.ref_type\s*==\s*'branch'"
)
_ASKS_TAG = re.compile(r"(?<!!)startsWith\(\s*github\.ref\s*,\s*'refs/tags|github\.ref_type\s*==\s*'tag'")
_ASKS_EVENT = re.compile(r"github\.event_name\s*==\s*'(\w+)'")
_ASKS_NAME = re.compile(r"(?<!!)startsWith\(\s*github\.ref\s*,\s*'(?!refs/)")


def impossible(condition: str, workflow: Workflow) -> str | None:
    """Return why the `if:` of a job is never true, or None if it can be, as far as is understood here."""
    if {"workflow_call", "workflow_dispatch"} & set(workflow.triggers):
        return None
    for event in _ASKS_EVENT.findall(condition):
        if event not in workflow.triggers:
            return f"it asks for the event `{event}`, which does not start {workflow.file}"
    if _ASKS_NAME.search(condition):
        return "github.ref begins with `refs/`: the name alone is in github.ref_name"
    return _wrong_ref(condition, set(workflow.triggers), filters(workflow))


def _wrong_ref(condition: str, events: set[str], waits: set[str]) -> str | None:
    if _ASKS_BRANCH.search(condition) and events <= {"push", "release"} and waits and waits <= {"tags", "release"}:
        return "it asks for a branch (refs/heads), and only tags (refs/tags) start the workflow"
    if not _ASKS_TAG.search(condition):
        return None
    if events == {"push"} and waits == {"branches"}:
        return "it asks for a tag, and only pushes to branches start the workflow"
    if events <= {"pull_request", "pull_request_target"}:
        return "it asks for a tag, and only pull requests start the workflow"
    return None


def filters(workflow: Workflow) -> set[str]:
    """Return what the workflow waits for: `tags`, `branches`, `release`."""
    found = {"release"} & set(workflow.triggers)
    push = workflow.triggers.get("push")
    if "push" in workflow.triggers:
        keys = set(push.fields) if push is not None else set()
        has_tags, has_branches = "tags" in keys, bool({"branches", "branches-ignore"} & keys)
        found |= {"tags"} if has_tags else set()
        found |= {"branches"} if has_branches else set()
        found |= set() if has_tags or has_branches else {"tags", "branches"}
    return found


def waits_for(workflow: Workflow) -> set[str]:
    """Return which things, once made, start the workflow: `release`, `tag`."""
    found = set()
    release = workflow.triggers.get("release")
    types = release.get("types") if release is not None else None
    if "release" in workflow.triggers and (types is None or {"published", "released", "created"} & set(types.texts)):
        found.add("release")
    push = workflow.triggers.get("push")
    if push is not None and push.get("tags") is not None:
        found.add("tag")
    return found
