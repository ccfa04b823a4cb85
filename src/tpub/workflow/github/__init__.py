"""GitHub Actions: the workflows of a checkout, the actions beside them, and who publishes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tpub.diagnostic import Diagnostic
from tpub.workflow import tox
from tpub.workflow.command import commands
from tpub.workflow.document import Document, parse, read
from tpub.workflow.github.model import Job, Step, Workflow, composite_steps, workflow
from tpub.workflow.locate import Place
from tpub.workflow.publish import Publish, in_action, in_script

FOLDERS = (".github/workflows", ".gitea/workflows", ".forgejo/workflows")
_LARGEST = 1_000_000  # bytes
# A file without any of these words neither publishes, nor calls, makes or starts something that does.
_TELLING = re.compile(
    r"(?i)publish|pypi|twine|tpub|maturin|id.token|release|workflow_call|uses:\s*['\"]?\./|\btox\b"
    r"|workflow run|git push"
)


@dataclass(frozen=True, slots=True)
class Publishing:
    """A publishing step with the job that it is part of; `action` is the composite action in between, if any."""

    workflow: Workflow
    job: Job
    step: Step
    publish: Publish
    action: Place | None = None


@dataclass(frozen=True, slots=True)
class Actions:
    """All that a checkout tells GitHub Actions, as far as it can have to do with publishing."""

    workflows: tuple[Workflow, ...] = ()
    publishing: tuple[Publishing, ...] = ()
    broken: tuple[Diagnostic, ...] = field(default=(), repr=False)

    def workflow(self, path: str) -> Workflow | None:
        """Return the workflow in the file `path`."""
        return next((each for each in self.workflows if each.path == path), None)

    def callers(self, called: Workflow) -> tuple[tuple[Workflow, Job], ...]:
        """Return the jobs of this checkout that call a workflow of this checkout."""
        return tuple(
            (each, job)
            for each in self.workflows
            for job in each.jobs
            if job.calls is not None and job.calls.text.removeprefix("./") == called.path
        )


def load(root: Path) -> Actions:
    """Read what the checkout at `root` tells GitHub Actions."""
    workflows: list[Workflow] = []
    broken: list[Diagnostic] = []
    for path in _files(root):
        match read(root, path):
            case Document() as document:
                workflows.append(workflow(document))
            case Diagnostic() as diagnostic:
                broken.append(diagnostic)
    found = tuple(found for each in workflows for found in _publishing(root, each))
    return Actions(tuple(workflows), found, tuple(broken))


def of_text(text: str, path: str) -> Actions:
    """Return what one workflow file by itself tells, as it was at another commit."""
    match parse(text, path):
        case Document() as document:
            one = workflow(document)
            return Actions((one,), tuple(_publishing(Path("/nonexistent"), one)))
        case Diagnostic() as diagnostic:
            return Actions(broken=(diagnostic,))


def _files(root: Path) -> Iterator[str]:
    for folder in FOLDERS:
        if not (root / folder).is_dir():
            continue
        for path in sorted((root / folder).iterdir()):
            if path.suffix in (".yml", ".yaml") and path.is_file() and _is_telling(path):
                yield f"{folder}/{path.name}"


def _is_telling(path: Path) -> bool:
    try:
        if path.stat().st_size > _LARGEST:
            return True
        return _TELLING.search(path.read_text("utf-8", errors="replace")) is not None
    except OSError:
        return True


def _publishing(root: Path, each: Workflow) -> Iterator[Publishing]:
    for job in each.jobs:
        scopes = [place for place in (job.place.get("env"), each.place.get("env")) if place is not None]
        for step in job.steps:
            for found in _of_step(root, step, scopes):
                yield Publishing(each, job, step, found)
            if step.action.startswith("./"):
                for inner, found in _of_action(root, step, scopes):
                    yield Publishing(each, job, inner, found, step.uses)


def _of_step(root: Path, step: Step, scopes: list[Place]) -> Iterator[Publish]:
    own = step.place.get("env")
    variables = [own, *scopes] if own is not None else scopes
    if step.uses is not None:
        found = in_action(step.place, step.uses)
        if found is not None:
            yield found
    if step.run is not None:
        known = tuple(commands(step.run.text))
        inner = (command for outer in known for command in tox.within(outer, root))
        yield from in_script(step.run, variables, (*known, *inner))


def _of_action(root: Path, step: Step, scopes: list[Place]) -> Iterator[tuple[Step, Publish]]:
    folder = (step.uses.text if step.uses is not None else "").removeprefix("./").rstrip("/")
    if ".." in folder.split("/"):
        return
    for name in ("action.yml", "action.yaml"):
        if (root / folder / name).is_file():
            document = read(root, f"{folder}/{name}")
            if isinstance(document, Document):
                for inner in composite_steps(document):
                    yield from ((inner, found) for found in _of_step(root, inner, scopes))
            return
