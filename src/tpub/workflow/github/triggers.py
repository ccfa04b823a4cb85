"""What starts a workflow."""

from __future__ import annotations

from tpub.workflow.github.model import Workflow


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
