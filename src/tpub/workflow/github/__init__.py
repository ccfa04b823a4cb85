"""GitHub Actions: the workflows of a checkout, the actions beside them, and who publishes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tpub.diagnostic import Diagnostic
from tpub.workflow import make, tox
from tpub.workflow.checkout import holds
from tpub.workflow.command import commands
from tpub.workflow.document import Document, parse, read
from tpub.workflow.following import Follower
from tpub.workflow.github.environment_file import written
from tpub.workflow.github.model import Job, Step, Workflow, composite_steps, own_path, workflow
from tpub.workflow.github.triggers import waits_for
from tpub.workflow.locate import Place
from tpub.workflow.publish import Credential, Publish, Scope, in_action, in_script
from tpub.workflow.remote import remote

FOLDERS = (".github/workflows", ".gitea/workflows", ".forgejo/workflows")
_ACTION_FILES = ("action.yml", "action.yaml")
_LARGEST = 1_000_000  # bytes
_DEEPEST = 9  # GitHub's own limit for actions in actions is ten
_UNREAD = "publish"  # stands for a file that is not read here: whatever it says, it counts
# A file without any of these words does not publish by itself; tox and the actions of the checkout may do it for it.
_TELLING = re.compile(r"(?i)publish|pypi|twine|tpub|maturin|id.token")
_TOX = re.compile(r"\btox\b")
_MAKE = re.compile(r"\bg?make\b")
_SCRIPT = re.compile(r"(?<![\w./])(?:\./)*([\w][\w./-]*\.(?:ba)?sh\b|(?<=\./)[\w-][\w./-]*)")
_OWN_ACTION = re.compile(r"uses:\s*['\"]?[.$]/([\w./-]*)")
# A file without any of these makes no release and no tag.
MAKING = re.compile(
    r"gh\s+release\s+create|gh\s+release\s+edit|git\s+push|-[Rr]elease|[Rr]elease-|tag-action|createRe(?:lease|f)\b"
    r"|-tag@|(?i:autotag|tagger|bump-version|commitizen-action|auto-commit|changelog-action)"
    r"|/(?:releases|git/refs)(?=[\"'\s])"
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
    """All that a checkout tells GitHub Actions, as far as it can have to do with publishing.

    `repository` is what GitHub calls the checkout (`OWNER/NAME`), empty if its remote does not tell.
    """

    workflows: tuple[Workflow, ...] = ()
    publishing: tuple[Publishing, ...] = ()
    broken: tuple[Diagnostic, ...] = field(default=(), repr=False)
    repository: str = ""

    def workflow(self, path: str) -> Workflow | None:
        """Return the workflow in the file `path`."""
        return next((each for each in self.workflows if each.path == path), None)

    def callers(self, called: Workflow) -> tuple[tuple[Workflow, Job], ...]:
        """Return the jobs of this checkout that call a workflow of this checkout."""
        return tuple(
            (each, job)
            for each in self.workflows
            for job in each.jobs
            if job.calls is not None and own_path(job.calls.text, self.repository) == called.path
        )


def load(root: Path, named: str = "") -> Actions:
    """Read what the checkout at `root` tells GitHub Actions; `named` is a file that is read whatever it says.

    Reading YAML takes long: of the files that do not publish, those alone are read that call, start or make what the
    others wait for.
    """
    documents: dict[str, Document | Diagnostic] = {}
    texts = dict(_texts(root))
    for path, text in texts.items():
        if path == named or _is_telling(root, text):
            documents[path] = read(root, path)
    found = {path: workflow(each) for path, each in documents.items() if isinstance(each, Document)}
    waiting = list(found.values())
    while waiting:
        target = waiting.pop()
        for path, text in texts.items():
            if path not in documents and _concerns(text, target):
                documents[path] = document = read(root, path)
                if isinstance(document, Document):
                    found[path] = workflow(document)
                    waiting.append(found[path])
    workflows = tuple(found[path] for path in texts if path in found)
    origin = remote(root)
    repository = origin.path if origin is not None else ""
    publishing = tuple(step for each in workflows for step in _publishing(root, repository, each))
    broken = tuple(each for path in texts if isinstance(each := documents.get(path), Diagnostic))
    return Actions(workflows, publishing, broken, repository)


def of_text(text: str, path: str) -> Actions:
    """Return what one workflow file by itself tells, as it was at another commit."""
    match parse(text, path):
        case Document() as document:
            one = workflow(document)
            return Actions((one,), tuple(_publishing(Path("/nonexistent"), "", one)))
        case Diagnostic() as diagnostic:
            return Actions(broken=(diagnostic,))


def _texts(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the workflow files with their texts; what cannot be read counts as telling."""
    for folder in FOLDERS:
        if not (root / folder).is_dir():
            continue
        for path in sorted((root / folder).iterdir()):
            if path.suffix in (".yml", ".yaml") and holds(root, f"{folder}/{path.name}"):
                yield f"{folder}/{path.name}", _text(path)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size <= _LARGEST:
            return path.read_text("utf-8", errors="replace")
    except OSError:
        pass
    return _UNREAD


def _is_telling(root: Path, text: str) -> bool:
    """Tell whether a file may publish: itself, by tox, make or a script, or by an action of the checkout."""
    if _TELLING.search(text) is not None:
        return True
    through = [root / name for name in tox.FILES] if _TOX.search(text) is not None else []
    through += [root / name for name in make.FILES] if _MAKE.search(text) is not None else []
    through += [root / name for name in set(_SCRIPT.findall(text)) if ".." not in name.split("/")]
    through += [root / folder / name for folder in set(_OWN_ACTION.findall(text)) for name in _ACTION_FILES]
    return any(_TELLING.search(_text(path)) is not None for path in through if path.is_file())


def _concerns(text: str, target: Workflow) -> bool:
    """Tell whether a file may call `target`, or make the release or tag that it waits for."""
    if "workflow_call" in target.triggers and target.file in text:
        return True
    return bool(waits_for(target)) and MAKING.search(text) is not None


def _publishing(root: Path, repository: str, each: Workflow) -> Iterator[Publishing]:
    for job in each.jobs:
        around = [place for place in (job.place.get("env"), each.place.get("env")) if place is not None]
        left: dict[str, Credential] = {}
        for step in job.steps:
            scopes: list[Scope] = [left, *around]
            for found in _of_step(root, step, scopes, each.folder(job, step)):
                yield Publishing(each, job, step, found)
            for inner, found in _of_action(root, repository, step, scopes, set()):
                yield Publishing(each, job, inner, found, step.uses)
            # Of a step that runs on a condition of its own, nobody knows whether it left anything.
            if step.place.get("if") is None:
                left |= written(step)


def _of_step(root: Path, step: Step, scopes: Sequence[Scope], folder: str) -> Iterator[Publish]:
    own = step.place.get("env")
    variables = [own, *scopes] if own is not None else [*scopes]
    if step.uses is not None:
        yield from in_action(step.place, step.uses, variables)
    if step.run is not None:
        follower = Follower(root, folder)
        yield from in_script(step.run, variables, tuple(follower.followed(commands(step.run.text))))


def _of_action(
    root: Path, repository: str, step: Step, scopes: Sequence[Scope], seen: set[str], depth: int = 0
) -> Iterator[tuple[Step, Publish]]:
    """Yield what the repository's own action publishes that a step uses; each action once, however often it is used."""
    folder = own_path(step.uses.text, repository) if step.uses is not None else None
    if folder is None or ".." in folder.split("/") or folder in seen:
        return
    seen.add(folder)
    for name in _ACTION_FILES:
        if holds(root, f"{folder}/{name}".removeprefix("/")):
            document = read(root, f"{folder}/{name}".removeprefix("/"))
            if isinstance(document, Document):
                for inner in composite_steps(document):
                    within = inner.place.get("working-directory")
                    found = _of_step(root, inner, scopes, within.text if within is not None else "")
                    yield from ((inner, each) for each in found)
                    if depth < _DEEPEST:
                        yield from _of_action(root, repository, inner, scopes, seen, depth + 1)
            return
