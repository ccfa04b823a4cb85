"""GitHub: where `pypa/gh-action-pypi-publish` can run, and what it finds in `dist/`.

Source: the action's action.yml and its notes on releases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from posixpath import normpath

from tpub.diagnostic import Line
from tpub.doctor.causes.action_releases import PINNED, numbers, release_of
from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, error, warning
from tpub.doctor.subject import Subject, destination, stored
from tpub.workflow.fix import added, replaced
from tpub.workflow.github import Publishing
from tpub.workflow.github.expression import UNKNOWN, Value, evaluated, truth
from tpub.workflow.github.matrix import variants
from tpub.workflow.github.model import Step
from tpub.workflow.locate import top
from tpub.workflow.publish import ACTION

_SHA = re.compile(r"[0-9a-f]{40}")
_OTHER_SYSTEMS = ("windows", "macos")
_OWN_RUNNER = "self-hosted"
_REMOVES = re.compile(r"\b(?:rm|Remove-Item|find)\b[^\n]*(?:attestation|\bdist\b)")
_FIRST_ATTESTING = (1, 11)  # the version of the action from which on it attests by itself


def action_is_nested(evidence: Evidence) -> Iterator[Finding]:
    """Look into composite actions: inside of one, the action looks for an image named after the caller."""
    for subject, step in _steps(evidence):
        if step.action is not None:
            yield error(
                "gh-action-nested",
                f"{ACTION} is called from the composite action {step.action.text}: nested it looks for "
                "an image named after your repository, which does not exist",
                f"Call it directly as a step of {subject.job.name} in {subject.workflow.file}: "
                f"`- uses: {step.publish.place.text}`.",
                step.publish.line,
                step.action.line,
                edits=[replaced(step.action, step.publish.place.text)] if _is_alone(step) else (),
            )


def action_needs_linux(evidence: Evidence) -> Iterator[Finding]:
    """Look at the runner: containers run on Linux only."""
    for subject, step in _steps(evidence):
        ran = evidence.env.get("RUNNER_OS", "") if evidence.is_github else ""
        labels = _labels(subject)
        here = next((each.text for each in labels if each.text.lower().startswith(ran.lower())), ran)
        runners = (_Label(here),) if ran and ran.lower().startswith(_OTHER_SYSTEMS) else () if ran else labels
        system = next((each.text for each in runners if each.is_foreign and _may_run(subject, step, each)), None)
        if system is not None:
            yield error(
                "gh-action-needs-linux",
                f"{ACTION} is a container action and runs on Linux only, and {subject.job.name} runs on {system}",
                "Publish in a job of its own with `runs-on: ubuntu-latest` that downloads the artifacts, "
                "or use `tpub upload`, which runs anywhere.",
                step.publish.line,
                *_place_of_runner(subject),
            )


def action_needs_docker(evidence: Evidence) -> Iterator[Finding]:
    """Look at the runner: a self-hosted one has Docker only if somebody installed it."""
    for subject, step in _steps(evidence):
        ran = evidence.env.get("RUNNER_ENVIRONMENT", "") if evidence.is_github else ""
        if any(label.lower() == _OWN_RUNNER for label in (ran, *(each.text for each in _labels(subject)))):
            yield warning(
                "gh-action-needs-docker",
                f"{ACTION} needs Docker, and {subject.job.name} is on a self-hosted runner: "
                "without it, the job ends with `docker: command not found`",
                "Install Docker on that runner, or use `tpub upload`, which needs no Docker.",
                step.publish.line,
                *_place_of_runner(subject),
            )


def action_has_no_image(evidence: Evidence) -> Iterator[Finding]:
    """Look at the pin: images are published for the commits of releases only."""
    for _, step in _steps(evidence):
        place = step.publish.place
        if release_of(place):
            continue
        pin = place.text.partition("@")[2]
        what = f"the commit {pin[:12]}" if _SHA.fullmatch(pin) else f"`{pin}`"
        yield warning(
            "gh-action-image-missing",
            f"{ACTION} is used at {what}, which is not known to be a release: "
            "the action runs from an image, and images exist for released commits only",
            f"Pin the commit of a release (v1.12.4 or later: `{PINNED}`), or use `release/v1`.",
            place.line,
        )


def attestations_are_there_already(evidence: Evidence) -> Iterator[Finding]:
    """Look for two calls on one `dist/`: the second finds the first's attestations and stops."""
    for subject in evidence.subjects:
        found: dict[str, Publishing] = {}
        for step in subject.steps:
            if step.publish.tool != "pypi-publish" or step.step.place.get("if") is not None or stored(step.publish):
                continue
            if destination(step.publish) is None or not _attests(step):
                continue
            folder = normpath(_inputs(step).get("packages-dir", "dist"))
            first = found.setdefault(folder, step)
            if first is step or _are_taken_away(subject.job.steps, first.step, step.step):
                continue
            given = first.step.place.get("with")
            yield error(
                "attestation-exists",
                f"{subject.job.name} calls {ACTION} twice on the same {folder}/: the second finds the attestations "
                "that the first left there (*.publish.attestation) and stops",
                "Publish from two jobs, each with its own download, or write `attestations: false` into the first "
                "step's `with:`.",
                step.publish.line,
                first.publish.line,
                edits=[
                    added(given, "attestations", "false")
                    if given is not None
                    else added(first.step.place, "with", {"attestations": "false"})
                ],
            )


def _are_taken_away(steps: Sequence[Step], first: Step, second: Step) -> bool:
    """Tell whether a step between two others removes attestations, or all that is there."""
    between = steps[steps.index(first) : steps.index(second)] if first in steps and second in steps else ()
    return any(step.run is not None and _REMOVES.search(step.run.text) is not None for step in between)


def reusable_attestation_is_refused(evidence: Evidence) -> Iterator[Finding]:
    """Look at called workflows: the certificate names the top workflow, the publisher the called one."""
    for subject, step in _steps(evidence):
        callers = evidence.actions.callers(subject.workflow)
        if set(subject.workflow.triggers) != {"workflow_call"} or not callers or stored(step.publish):
            continue
        if not _attests(step):
            continue
        given = step.step.place.get("with")
        caller = callers[0][0]
        yield error(
            "gh-reusable-attestation",
            f"the publishing job is in a called workflow: its attestation is signed as {caller.file}, "
            f"while the publisher is {subject.workflow.file}, and {evidence.where} refuses it",
            f"Move the publishing job into {caller.file} and register that; until then, upload without attestations: "
            "`with: {attestations: false}`.",
            step.publish.line,
            callers[0][1].place.line,
            edits=[
                added(given, "attestations", "false")
                if given is not None
                else added(step.step.place, "with", {"attestations": "false"})
            ],
        )


def _steps(evidence: Evidence) -> Iterator[tuple[Subject, Publishing]]:
    for subject in evidence.subjects:
        for step in subject.steps:
            if step.publish.tool == "pypi-publish":
                yield subject, step


def _is_alone(step: Publishing) -> bool:
    """Tell whether the composite action does nothing else, and takes nothing from its caller."""
    steps = top(step.publish.place.document).get("runs", "steps")
    return steps is not None and len(steps.items) == 1 and "${{" not in step.publish.place.document.text


def _inputs(step: Publishing) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in step.step.inputs.items()}


@dataclass(frozen=True, slots=True)
class _Label:
    """A label of a runner, with what its matrix tells of the run that gets it."""

    text: str
    known: Mapping[str, Value] = field(default_factory=dict)

    @property
    def is_foreign(self) -> bool:
        return self.text.lower().startswith(_OTHER_SYSTEMS)


def _may_run(subject: Subject, step: Publishing, label: _Label) -> bool:
    """Tell whether the conditions of job and step let it run on that runner."""
    system = next((name for name in _OTHER_SYSTEMS if label.text.lower().startswith(name)), "")
    known = {"runner.os": system, **label.known}
    conditions = (place.get("if") for place in (subject.job.place, step.step.place))
    return all(
        truth(evaluated(place.text, lambda name: known.get(name, UNKNOWN))) is not False
        for place in conditions
        if place is not None
    )


def _labels(subject: Subject) -> tuple[_Label, ...]:
    """Return the labels of the job's runners, those of a matrix written out."""
    found: list[_Label] = []
    for label in subject.job.runs_on:
        key = re.fullmatch(r"\$\{\{\s*matrix\.([\w.-]+)\s*\}\}", label)
        if key is None:
            found.append(_Label(label))
        else:
            found += [_Label(each.text, each.known) for each in variants(subject.job, key[1])]
    return tuple(found)


def _attests(step: Publishing) -> bool:
    """Tell whether a call of the action makes attestations: since v1.11 it does unless told otherwise."""
    release = numbers(release_of(step.publish.place))
    by_itself = release is None or release >= _FIRST_ATTESTING
    return _inputs(step).get("attestations", str(by_itself)).lower() == "true"


def _place_of_runner(subject: Subject) -> list[Line]:
    runner = subject.job.place.get("runs-on")
    return [runner.line] if runner is not None else []
