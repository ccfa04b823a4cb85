"""The publishing job that takes the place of a call: what calls another repository's workflow, no index trusts.

Nothing may get lost on the way: a call that gives inputs whose meaning is not plain, or whose outputs are used, stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tpub.doctor.environments import likely
from tpub.doctor.evidence import Evidence
from tpub.errors import ConfigError
from tpub.identity.publisher import GitHubPublisher
from tpub.index.model import KNOWN
from tpub.workflow.command import commands
from tpub.workflow.document import Document, read
from tpub.workflow.fix import Edit, above, appended, below, relined, removed, replaced
from tpub.workflow.github.model import Job, Workflow, own_path, workflow as workflow_of
from tpub.workflow.node import Mapping
from tpub.workflow.values import scalar
from tpub.workflow.writing import github as writing
from tpub.workflow.writing.backend import Build, Wheels, build_of

_KEPT = frozenset({"name", "needs", "if", "permissions", "concurrency"})
_GONE = ("with", "secrets")
_ENVIRONMENT = re.compile(r"(?i)environment(?:[-_]name)?")
_UPLOAD = "actions/upload-artifact"
_INSPECT = "hynek/build-and-inspect-python-package"
# What stands around a publishing step, and does nothing by itself.
_AROUND = frozenset(
    {"actions/checkout", "actions/download-artifact", "actions/setup-python", "astral-sh/setup-uv"}
    | {"pdm-project/setup-pdm", "step-security/harden-runner"}
)
_DISTRIBUTIONS = re.compile(r"(?:^|/)(?:dist|wheelhouse)/?(?:\*\S*)?$|\.whl$|\.tar\.gz$", re.MULTILINE)
_ANCHOR = re.compile(r"\s*:\s*[&*!]")
_UNKNOWN = Build("", Wheels.ONE)
_NO_PROJECT = (
    "`python -m build` builds the project at the top of the checkout, and there is none: name its folder "
    "(`python -m build FOLDER --outdir dist`)"
)
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}")


@dataclass(frozen=True, slots=True)
class _Artifact:
    """Distributions that a job of the file hands over under a name, which may hold expressions."""

    job: str
    name: str

    @property
    def wanted(self) -> str:
        """Return how a download asks for it; empty if the name is all expression."""
        pattern = _EXPRESSION.sub("*", self.name)
        if pattern == self.name:
            return f"name: {scalar(self.name)}"
        return f"pattern: {scalar(pattern)}\nmerge-multiple: true" if re.match(r"[A-Za-z]", pattern) else ""


@dataclass(frozen=True, slots=True)
class _Given:
    """What a call says to the called workflow that is kept: an environment, and one of the artifacts."""

    environment: str = ""
    artifact: str = ""


def in_its_place(evidence: Evidence, caller: Workflow, job: Job) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    """Return the edits that write a publishing job for the call in `job`, and what in them are guesses.

    No edits where something would be lost, or where nobody knows what is to be published.
    """
    artifacts = tuple(_artifacts(evidence, caller))
    given = _given(job, artifacts)
    if given is None or not _is_plain(job) or _is_asked(caller, job) or _does_more(evidence, job):
        return (), ()
    if evidence.index not in KNOWN:
        return (), ()
    wanted = [each for each in artifacts if given.artifact in ("", each.name)]
    if not all(each.wanted for each in wanted):
        return (), ()
    before = _before(caller, job)
    if not wanted and any(_is_opaque(evidence, each) for each in before):
        return (), ()
    declared = evidence.declared.environment if isinstance(evidence.declared, GitHubPublisher) else None
    guess = likely(evidence, caller.path) if declared is None and not given.environment else None
    environment = guess.name if guess is not None else declared if declared is not None else given.environment
    proposals = [guess.proposal(evidence.where)] if guess is not None else []
    if job.calls is not None and _called(evidence, job) is None:
        proposals.append(f"{job.calls.text} is not read here: what it does beside publishing, this job does not do")
    if wanted:
        return _taking_over(evidence, job, environment, wanted, before), tuple(proposals)
    build = _build_of(evidence.root)
    edits = _built(evidence, caller, job, environment, build if build is not None else _UNKNOWN)
    return edits, (*proposals, *([_NO_PROJECT] if build is None else [])) if edits else ()


def _is_plain(job: Job) -> bool:
    """Tell whether the call stands in lines of its own, with nothing but keys that are known here."""
    node, entry, fields = job.place.node, job.place.entry, job.place.fields
    if not isinstance(node, Mapping) or node.is_flow or entry is None or "uses" not in fields:
        return False
    if any(each.is_merged or each.value.span.start < each.key.span.end for each in node.entries):
        return False
    secrets = fields.get("secrets")
    return (
        _ANCHOR.match(job.place.document.text, entry.key.span.end) is None
        and fields.keys() <= _KEPT | {"uses", *_GONE}
        and (secrets is None or secrets.text == "inherit")
    )


def _is_asked(caller: Workflow, job: Job) -> bool:
    """Tell whether anything in the file uses what the call puts out."""
    one = rf"(?:\.\s*{re.escape(job.id)}\s*\.\s*outputs\b|\[\s*['\"]{re.escape(job.id)}['\"]\s*\]|\.\*)"
    asking = re.compile(rf"\b(?:needs|jobs)\s*{one}|\btoJSON\(\s*needs\s*\)", re.IGNORECASE)
    return asking.search(caller.place.document.text) is not None


def _does_more(evidence: Evidence, job: Job) -> bool:
    """Tell whether a called workflow of the checkout does anything but publish what it is handed."""
    called = _called(evidence, job)
    if called is None:
        return False
    publishing = {each.step.place.route for each in evidence.actions.publishing if each.workflow.path == called.path}
    steps = [step for each in called.jobs for step in each.steps]
    return len(called.jobs) != 1 or not all(
        step.place.route in publishing or step.action in _AROUND or (step.run is not None and _installs(step.run.text))
        for step in steps
    )


def _installs(script: str) -> bool:
    return all("install" in command.words[:4] for command in commands(script))


def _given(job: Job, artifacts: tuple[_Artifact, ...]) -> _Given | None:
    """Return what the inputs of a call say; None if that is not plain."""
    environment = artifact = ""
    place = job.place.get("with")
    for name, text in job.place.words("with").items():
        if _ENVIRONMENT.fullmatch(name) and text and "$" not in text:
            environment = text
        elif not artifact and text in {each.name for each in artifacts}:
            artifact = text
        else:
            return None
    return _Given(environment, artifact) if place is None or place.is_mapping or place.is_null else None


def _artifacts(evidence: Evidence, caller: Workflow) -> Iterator[_Artifact]:
    """Yield the distributions that jobs hand over, those of called workflows of the checkout too."""
    for job in caller.jobs:
        called = _called(evidence, job)
        for step in [step for each in called.jobs for step in each.steps] if called is not None else job.steps:
            if step.action == _INSPECT:
                yield _Artifact(job.id, f"Packages{step.inputs.get('upload-name-suffix', '')}")
            elif step.action == _UPLOAD and _DISTRIBUTIONS.search(step.inputs.get("path", "").strip()):
                yield _Artifact(job.id, step.inputs.get("name", "artifact"))


def _called(evidence: Evidence, job: Job) -> Workflow | None:
    path = own_path(job.calls.text, evidence.actions.repository) if job.calls is not None else None
    if path is None or evidence.root is None or ".." in path.split("/"):
        return None
    document = read(evidence.root, path)
    return workflow_of(document) if isinstance(document, Document) else None


def _is_opaque(evidence: Evidence, job: Job) -> bool:
    """Tell whether a job may hand something over without saying so here."""
    return job.calls is not None and _called(evidence, job) is None


def _before(caller: Workflow, job: Job) -> tuple[Job, ...]:
    """Return the jobs that have ended when `job` begins."""
    found: dict[str, Job] = {}
    waiting = [*job.needs]
    while waiting:
        each = caller.job(waiting.pop())
        if each is not None and each.id not in found:
            found[each.id] = each
            waiting += each.needs
    return tuple(found.values())


def _taking_over(
    evidence: Evidence, job: Job, environment: str, wanted: list[_Artifact], before: tuple[Job, ...]
) -> tuple[Edit, ...]:
    known = {each.id for each in before}
    missing = [name for name in dict.fromkeys(each.job for each in wanted) if name not in known]
    return tuple(_written(evidence, job, environment, dict.fromkeys(each.wanted for each in wanted), missing))


def _build_of(root: Path | None) -> Build | None:
    """Return how the project at the top of the checkout is built; None if there is none."""
    try:
        return build_of(root) if root is not None else None
    except ConfigError:
        return None


def _built(evidence: Evidence, caller: Workflow, job: Job, environment: str, build: Build) -> tuple[Edit, ...]:
    """Return the edits that build, too: nobody else does, and so the called workflow did."""
    built = writing.building(caller.path, build, _condition(job))
    if set(built.jobs) & {each.id for each in caller.jobs}:
        return ()
    lines = f"{built.text.rstrip()}\n\n"
    return (above(job.place, lines), *_written(evidence, job, environment, {built.artifacts: None}, [built.last]))


def _condition(job: Job) -> str:
    """Return when the call would have run, as lines of keys."""
    lines = f"needs: [{', '.join(job.needs)}]\n" if job.needs else ""
    place = job.place.get("if")
    if place is not None and place.entry is not None:
        span, column = place.entry.key.span, place.entry.key.span.column - 1
        source = place.document.text[span.start : place.node.span.end].splitlines()
        lines += "\n".join([source[0], *(line[min(column, len(line) - len(line.lstrip())) :] for line in source[1:])])
    return lines


def _written(
    evidence: Evidence, job: Job, environment: str, artifacts: dict[str, None], missing: list[str]
) -> Iterator[Edit]:
    fields, needs = job.place.fields, job.place.get("needs")
    lines = writing.keys(environment, is_granted=job.permissions is not None)
    if missing and needs is None:
        lines = f"needs: [{', '.join(missing)}]\n{lines}"
    elif missing and needs is not None and needs.items and not needs.is_alias:
        yield from (appended(needs, name) for name in missing)
    elif missing and needs is not None:
        yield replaced(needs, f"[{', '.join([*job.needs, *missing])}]")
    steps = writing.publishing(artifacts, evidence.index.name)
    steps = "steps:\n" + "".join(f"  {line}" for line in steps.splitlines(keepends=True))
    last = max(fields.values(), key=lambda place: place.node.span.end)
    if last.route[-1] == "uses":
        yield relined(fields["uses"], lines + steps)
    else:
        yield relined(fields["uses"], lines)
        yield below(last, steps)
    yield from (removed(fields[name]) for name in _GONE if name in fields)
