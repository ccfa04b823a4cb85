"""GitHub: jobs that never start, or start without what their first step needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tpub.diagnostic import Diagnostic, Line
from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, note, warning
from tpub.doctor.making import OTHER_TOKEN, made_by, made_with, pushes_tag, tag_in
from tpub.doctor.subject import Subject
from tpub.workflow.command import Command, commands
from tpub.workflow.fix import Edit, added, appended, exchanged, replaced
from tpub.workflow.github import MAKING
from tpub.workflow.github.condition import impossible
from tpub.workflow.github.model import Job, Step, Workflow
from tpub.workflow.github.triggers import filters, waits_for
from tpub.workflow.locate import Place
from tpub.workflow.values import scalar

_DEPLOYMENT_RULES = "deployment rules"
_ANYWAY = re.compile(r"\b(?:always|cancelled|failure)\(\)")
_OWN_TOKEN = re.compile(r"github\.token|secrets\.GITHUB_TOKEN")


def file_is_broken(evidence: Evidence) -> Iterator[Finding]:
    """Pass on what cannot be read, and the keys that GitHub refuses because they stand twice."""
    for pipeline in evidence.pipelines:
        yield from (Finding(diagnostic) for diagnostic in pipeline.broken)
    yield from (Finding(diagnostic) for diagnostic in evidence.actions.broken)
    for path, document in {subject.workflow.path: subject.workflow for subject in evidence.subjects}.items():
        for key in document.place.document.duplicates:
            yield Finding(
                Diagnostic(
                    "workflow-duplicate-key",
                    f"`{key.text}` stands twice in the same block of {path}: GitHub refuses the workflow file",
                    f"Make one of the two `{key.text}:` (line {key.span.line} is the second).",
                    (Line(path, key.span.line, key.span.column),),
                )
            )


def contents_are_dropped(evidence: Evidence) -> Iterator[Finding]:
    """Look for a checkout in a job whose block names the identity alone: the rest falls to none."""
    for subject in evidence.subjects:
        granted = subject.workflow.granted(subject.job)
        checkout = next((step for step in subject.job.steps if step.action == "actions/checkout"), None)
        if granted is None or checkout is None or not subject.is_granted or granted.access("contents") != "none":
            continue
        if {"token", "ssh-key", "repository"} & checkout.inputs.keys():
            continue
        # A public repository is checked out nevertheless: of files alone, that is worth a note.
        make = warning if evidence.is_run else note
        yield make(
            "gh-contents-dropped",
            f"{subject.job.name} checks the repository out, but its `permissions:` drop `contents: read`: "
            "a private repository is then `not found`",
            f"Add `contents: read` to {granted.place.key}.",
            granted.place.line,
            checkout.place.line,
            edits=[
                replaced(granted.scopes["contents"], "read")
                if "contents" in granted.scopes
                else added(granted.place, "contents", "read")
            ],
        )


def job_never_runs(evidence: Evidence) -> Iterator[Finding]:
    """Compare the conditions on which publishing depends with the events that start the workflow."""
    for subject in evidence.subjects:
        found = next(_never(evidence, subject), None)
        if found is None:
            continue
        place, what, why = found
        for_tags = place.text.replace("refs/heads/", "refs/tags/")
        is_mended = for_tags != place.text and impossible(for_tags, subject.workflow) is None
        yield warning(
            "gh-job-never-runs",
            f"the condition of {what} is never true: {why}",
            "Use `if: startsWith(github.ref, 'refs/tags/v')` for tags, or make the condition fit the events under "
            f"`on:` of {subject.workflow.file}.",
            place.line,
            edits=exchanged(place, "refs/heads/", "refs/tags/") if is_mended else (),
        )


def _never(evidence: Evidence, subject: Subject) -> Iterator[tuple[Place, str, str]]:
    """Yield the conditions that are never met: the job's, those of jobs without which it is skipped, all its steps'."""
    job, workflow = subject.job, subject.workflow
    own = job.place.get("if")
    conditions = [(own, job.name)]
    if not evidence.is_run and (own is None or _ANYWAY.search(own.text) is None):
        conditions += [
            (each.place.get("if"), f"{each.name}, without which {job.name} is skipped,") for each in _needed(subject)
        ]
    publishing = [(step.step.place.get("if"), f"the publishing step of {job.name}") for step in subject.steps]
    if publishing and all(place is not None and impossible(place.text, workflow) for place, _ in publishing):
        conditions += publishing
    for place, what in conditions:
        if place is not None and (why := impossible(place.text, workflow)) is not None:
            yield place, what, why


def _needed(subject: Subject) -> list[Job]:
    """Return the jobs that a job needs, and those that these need: where one is skipped, all behind it are.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idneeds.
    """
    waiting, found = list(subject.job.needs), list[Job]()
    while waiting:
        job = subject.workflow.job(waiting.pop())
        place = job.place.get("if") if job is not None else None
        runs_anyway = place is not None and _ANYWAY.search(place.text) is not None
        if job is not None and job not in found and not runs_anyway:
            found.append(job)
            waiting += job.needs
    return found


def token_starts_nothing(evidence: Evidence) -> Iterator[Finding]:
    """Look for releases and tags made with GITHUB_TOKEN: such events start no workflow.

    Source: https://docs.github.com/en/actions/concepts/security/github_token.
    """
    waiting = [subject for subject in evidence.subjects if waits_for(subject.workflow)]
    made = tuple(_made(evidence)) if waiting else ()
    for subject in waiting:
        for maker, job, step, makes in made:
            is_waiting = makes in waits_for(subject.workflow)
            if maker.path == subject.workflow.path or not is_waiting or _starts(maker, subject.workflow):
                continue
            if makes == "tag" and "tags" in filters(maker):
                continue
            name, on = subject.workflow.file, subject.workflow.place.get("on")
            yield warning(
                "gh-github-token-no-trigger",
                f"{maker.file} makes the {makes} with GITHUB_TOKEN ({job.name}), and what is made with it "
                f"starts no workflow: {name} waits for it in vain",
                f"Start it explicitly: add `workflow_dispatch` to {name}, and run `gh workflow run {name} --ref TAG` "
                f"in {maker.file} (needs `actions: write`); or use the token of a GitHub App.",
                step.place.line,
                *([on.line] if on is not None else []),
                edits=_starting(maker, job, step, subject.workflow),
            )
            break


def environment_may_refuse_tags(evidence: Evidence) -> Iterator[Finding]:
    """Mention what no file shows: an environment's deployment rules that name branches refuse every tag.

    A file whose comment on `environment:` says as much need not be told again.
    """
    for subject in evidence.subjects if not evidence.is_run else ():
        name = subject.job.environment
        if name is None or "${{" in name.text or not {"tags", "release"} & filters(subject.workflow):
            continue
        if _DEPLOYMENT_RULES in subject.job.place.fields["environment"].remark.lower():
            continue
        yield note(
            "gh-environment-protection",
            f"whether the environment {name.text} lets a tag deploy is not to be seen from here: if its deployment "
            "rules name branches only, the job never starts",
            f"Look at Settings, Environments, {name.text}: a rule of type TAG for `v*` must be among them, "
            f"if there are any. A comment there, `# {_DEPLOYMENT_RULES}: seen to`, ends this note.",
            name.line,
        )


def _made(evidence: Evidence) -> Iterator[tuple[Workflow, Job, Step, str]]:
    """Yield the steps that make a release or a tag with the workflow's own token."""
    for workflow in evidence.actions.workflows:
        if MAKING.search(workflow.place.document.text) is None:
            continue
        for job in workflow.jobs:
            is_pushed = False
            for step in job.steps:
                if (makes := _makes(workflow, job, step)) is not None:
                    # A release of a tag that is there already makes no tag.
                    yield from ((workflow, job, step, each) for each in makes if each != "tag" or not is_pushed)
                is_pushed = is_pushed or pushes_tag(_commands(step))


def _makes(workflow: Workflow, job: Job, step: Step) -> tuple[str, ...] | None:
    if made := made_with(step):
        with_another = _has_other_token(workflow, job, step) or (
            "release" not in made and _checked_out_with_another(job)
        )
        return None if with_another else made
    for command in _commands(step):
        if made := made_by(command):
            is_anothers = OTHER_TOKEN.search(" ".join(command.words)) is not None
            return None if is_anothers or _has_other_token(workflow, job, step) else made
        if _releases(command):
            return None if _has_other_token(workflow, job, step) else ("release", "tag")
    return ("tag",) if pushes_tag(_commands(step)) and not _checked_out_with_another(job) else None


def _commands(step: Step) -> Iterator[Command]:
    script = step.run.text if step.run is not None else ""
    if any(word in script for word in ("gh ", "git ", "semantic-release", "curl ")):
        yield from commands(script)


def _releases(command: Command) -> bool:
    """Tell whether a command publishes a release: a draft is none yet."""
    words = command.words
    if command.program == "semantic-release":
        return not {"--noop", "--dry-run", "--no-push"} & set(words)
    if words[:3] == ("gh", "release", "edit"):
        return "--draft=false" in words
    return words[:3] == ("gh", "release", "create") and not {"--draft", "--draft=true", "-d"} & set(words)


def _starting(maker: Workflow, job: Job, step: Step, waiting: Workflow) -> list[Edit]:
    """Return the edits with which the one starts the other: a step, the event, and the permission."""
    steps, on = job.place.get("steps"), waiting.place.get("on")
    if steps is None or on is None:
        return []
    created = re.search(r"gh release create\s+(?:-\S+\s+)*([^\s-]\S*)", step.run.text) if step.run is not None else None
    requested = tag_in(step.run.text) if step.run is not None else None
    tag = created[1] if created is not None else requested or "${{ github.ref_name }}"
    run = f"gh workflow run {waiting.file} --ref {tag}"
    edits = [appended(steps, f"{{run: {scalar(run)}, env: {{GH_TOKEN: '${{{{ github.token }}}}'}}}}")]
    if on.is_mapping and "workflow_dispatch" not in on.fields:
        edits.append(added(on, "workflow_dispatch", "{}"))
    elif on.items and "workflow_dispatch" not in on.texts:
        edits.append(appended(on, "workflow_dispatch"))
    elif not on.is_mapping and "workflow_dispatch" not in on.texts:
        edits.append(replaced(on, f"[{', '.join([*on.texts, 'workflow_dispatch'])}]"))
    granted = maker.granted(job)
    if granted is not None and not granted.place.text and granted.access("actions") != "write":
        edits.append(added(granted.place, "actions", "write"))
    return edits


def _has_other_token(workflow: Workflow, job: Job, step: Step) -> bool:
    given = [*step.inputs.values(), *step.place.words("env").values()]
    given += [*job.place.words("env").values(), *workflow.place.words("env").values()]
    return any(OTHER_TOKEN.search(value) for value in given if not _OWN_TOKEN.search(value))


def _checked_out_with_another(job: Job) -> bool:
    return any(
        step.inputs.get("ssh-key") or OTHER_TOKEN.search(step.inputs.get("token", ""))
        for step in job.steps
        if step.action == "actions/checkout"
    ) or any("create-github-app-token" in step.action for step in job.steps)


def _starts(maker: Workflow, waiting: Workflow) -> bool:
    """Tell whether the one starts the other explicitly, or calls it."""
    text = maker.place.document.text
    explicitly = ("gh workflow run", "dispatch", f"workflows/{waiting.file}")
    return waiting.file in text and any(word in text for word in explicitly)
