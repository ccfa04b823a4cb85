"""GitHub: where `pypa/gh-action-pypi-publish` can run, and what it finds in `dist/`.

Source: the action's action.yml and its notes on releases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from tpub.diagnostic import Line
from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, error, warning
from tpub.doctor.subject import Subject, destination, stored
from tpub.workflow.fix import added, replaced
from tpub.workflow.github import Publishing
from tpub.workflow.github.expression import UNKNOWN, evaluated, truth
from tpub.workflow.locate import top
from tpub.workflow.publish import ACTION

_SHA = re.compile(r"[0-9a-f]{40}")
_RELEASE = re.compile(r"(release/)?v\d+(\.\d+)*")
_OTHER_SYSTEMS = ("windows", "macos")
_OWN_RUNNER = "self-hosted"
_FIRST_ATTESTING = (1, 11)  # the version of the action from which on it attests by itself
# The commits of releases, for those who pin without a comment. Source: the action's tags.
_RELEASED = MappingProxyType(
    {
        "dc37677b2e1c63e2034f94d8a5b11f265b73ba33": "v1.14.2",
        "ba38be9e461d3875417946c167d0b5f3d385a247": "v1.14.1",
        "cef221092ed1bacb1cc03d23a2d87d1d172e277b": "v1.14.0",
        "76f52bc884231f62b9a034ebfe128415bbaabdfc": "v1.12.4",
        "67339c736fd9354cd4f8cb0b744f2b82a74b5c70": "v1.12.3",
        "15c56dba361d8335944d31a2ecd17d700fc7bcbc": "v1.12.2",
        "ed0c53931b1dc9bd32cbe73a98c7f6766f8a527e": "v1.13.0",
    }
)
PINNED = f"{ACTION}@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 # v1.14.2"


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
        labels = (_Label(ran),) if ran else _labels(subject)
        system = next((each.text for each in labels if each.is_foreign and _may_run(subject, step, each)), None)
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
        if any(label.lower() == _OWN_RUNNER for label in (ran, *subject.job.runs_on)):
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
        pin = place.text.partition("@")[2]
        line = place.document.text[place.node.span.end :].partition("\n")[0]
        says_release = re.search(r"#.*\bv?\d+\.\d+", line) is not None or pin in _RELEASED
        if _RELEASE.fullmatch(pin) or (_SHA.fullmatch(pin) and says_release):
            continue
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
            folder = _inputs(step).get("packages-dir", "dist").rstrip("/")
            first = found.setdefault(folder, step)
            if first is step:
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
    """A label of a runner; `key` is the key of the matrix that it comes from, if it does."""

    text: str
    key: str = ""

    @property
    def is_foreign(self) -> bool:
        return self.text.lower().startswith(_OTHER_SYSTEMS)


def _may_run(subject: Subject, step: Publishing, label: _Label) -> bool:
    """Tell whether the conditions of job and step let it run on that runner."""
    system = next((name for name in _OTHER_SYSTEMS if label.text.lower().startswith(name)), "")
    known = {"runner.os": system} | ({f"matrix.{label.key}": label.text.lower()} if label.key else {})
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
        matrix = subject.job.place.get("strategy", "matrix") if key is not None else None
        if key is None or matrix is None:
            found.append(_Label(label))
            continue
        name, *inner = key[1].split(".")
        included = matrix.get("include")
        rows = [
            place for row in (matrix, *(included.items if included is not None else ())) if (place := row.get(name))
        ]
        values = [value for place in rows for each in (place.items or (place,)) if (value := each.get(*inner))]
        found += [_Label(value.text, key[1].lower()) for value in values]
    return tuple(found)


def _attests(step: Publishing) -> bool:
    """Tell whether a call of the action makes attestations: since v1.11 it does unless told otherwise."""
    pin = re.fullmatch(r"v(\d+)\.(\d+)(?:\.\d+)?", step.publish.place.text.partition("@")[2])
    by_itself = pin is None or (int(pin[1]), int(pin[2])) >= _FIRST_ATTESTING
    return _inputs(step).get("attestations", str(by_itself)).lower() == "true"


def _place_of_runner(subject: Subject) -> list[Line]:
    runner = subject.job.place.get("runs-on")
    return [runner.line] if runner is not None else []
