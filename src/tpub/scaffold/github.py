"""The release workflow for GitHub Actions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tpub.doctor.subject import destination
from tpub.identity.publisher import GitHubPublisher
from tpub.scaffold.draft import (
    Draft,
    Station,
    Wish,
    change,
    is_free,
    is_ours,
    left_to_add,
    publishes_already,
    stations,
)
from tpub.scaffold.tags import has_prefix
from tpub.workflow import github
from tpub.workflow.github import Actions
from tpub.workflow.github.model import Workflow
from tpub.workflow.writing.backend import Build
from tpub.workflow.writing.github import Built, building, keys, publishing
from tpub.workflow.writing.render import rendered

_FOLDER = ".github/workflows"
_NAMES = ("release.yml", "publish.yml", "pypi.yml")
_RELEASING = frozenset({"push", "release", "workflow_dispatch"})


def drafted(root: Path, wish: Wish, build: Build) -> Draft:
    """Return the workflow, and what the checkout has beside it that publishes."""
    declared = wish.declared.workflow_filename if isinstance(wish.declared, GitHubPublisher) else ""
    actions = github.load(root, f"{_FOLDER}/{declared}")
    path = _path(root, wish, actions)
    others = dict.fromkeys(
        f"{each.workflow.path}, {each.job.name}"
        for each in actions.publishing
        if each.workflow.path != path and destination(each.publish) is not None
    )
    news = (*left_to_add(path, build, has_wheels=True), *(publishes_already(other, path) for other in others))
    return Draft(change(root, path, _text(path, _on(root, actions.workflow(path)), wish, build)), news)


def _path(root: Path, wish: Wish, actions: Actions) -> str:
    """Return which file it is: as declared, the one that does the same already, or one that is free."""
    if isinstance(wish.declared, GitHubPublisher):
        return f"{_FOLDER}/{wish.declared.workflow_filename}"
    for each in actions.publishing:
        if is_ours(root, each.workflow.path):
            return each.workflow.path
    for each in actions.publishing:
        if destination(each.publish) is not None and _is_for_releases(each.workflow):
            return each.workflow.path
    names = (f"{_FOLDER}/{name}" for name in _NAMES)
    return next((name for name in names if is_free(root, name)), f"{_FOLDER}/{_NAMES[0]}")


def _is_for_releases(workflow: Workflow) -> bool:
    """Tell whether nothing but a release starts a workflow: one that runs for branches has more to do."""
    push = workflow.triggers.get("push")
    has_tags = push is not None and push.get("tags") is not None and push.get("branches") is None
    return (
        bool(workflow.triggers)
        and set(workflow.triggers) <= _RELEASING
        and ("push" not in workflow.triggers or has_tags)
    )


def _on(root: Path, there: Workflow | None) -> str:
    """Return what starts the workflow: what starts the one that is there, if it is for releases, else a tag."""
    place = there.place.get("on") if there is not None and _is_for_releases(there) else None
    if place is not None and place.entry is not None:
        return place.document.text[place.entry.key.span.start : place.node.span.end].rstrip()
    return f'on:\n  push:\n    tags: ["{"v*" if has_prefix(root) else "[0-9]*"}"]'


def _text(path: str, on: str, wish: Wish, build: Build) -> str:
    built = building(path, build)
    head = rendered("github/head", {"path": path, "on": on})
    return "".join((head, built.text, *_published(stations(wish, "publish", built.last), built)))


def _published(jobs: Iterator[Station], built: Built) -> Iterator[str]:
    for job in jobs:
        values = {
            "job": job.job,
            "title": job.index.title,
            "needs": job.after[0] if len(job.after) == 1 else f"[{', '.join(job.after)}]",
            "keys": keys(job.environment),
            "steps": publishing([built.artifacts], job.index.name),
        }
        yield rendered("github/publish", values)
