"""GitHub: what the run itself does to the identity, whatever the permissions say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tpub.diagnostic import Claim, Evidence as Seen
from tpub.doctor.evidence import REQUEST, Evidence
from tpub.doctor.finding import Finding, error
from tpub.doctor.lacking import is_called_only
from tpub.doctor.stripping import handed_on
from tpub.doctor.subject import Subject, of_run
from tpub.workflow import github
from tpub.workflow.command import Command
from tpub.workflow.fix import added, rewritten
from tpub.workflow.github.model import Workflow
from tpub.workflow.github.permissions import IDENTITY
from tpub.workflow.locate import Place


def fork_has_no_identity(evidence: Evidence) -> Iterator[Finding]:
    """Read the event: a pull request of the same repository can have an identity, one of a fork never."""
    if not evidence.is_github or evidence.env.get("GITHUB_EVENT_NAME") != "pull_request" or evidence.has_request:
        return
    fork = _fork(evidence.event)
    if fork is None:
        return
    edits = [
        added(subject.job.place, "if", "github.event_name != 'pull_request'")
        for subject in evidence.subjects
        if subject.job.place.get("if") is None
    ]
    yield error(
        "gh-fork-pull-request",
        f"this run is a pull request from the fork {fork}: GitHub gives such runs no identity token, "
        "whatever their permissions",
        "Publish on an event that forks cannot trigger (a tag, a release, workflow_dispatch), and skip the job for "
        "forks: `if: github.event_name != 'pull_request'`.",
        evidence.variable("GITHUB_EVENT_NAME"),
        *(subject.job.place.line for subject in evidence.subjects),
        edits=edits,
    )


def pull_request_target_is_refused(evidence: Evidence) -> Iterator[Finding]:
    """Source: warehouse.oidc.models.github, the check of `event_name`."""
    event = "pull_request_target"
    running = evidence.claim("event_name") or (evidence.env.get("GITHUB_EVENT_NAME", "") if evidence.is_github else "")
    if not evidence.index.is_pypi or (evidence.is_github and running != event):
        return
    for subject in evidence.subjects:
        started = _started_by(evidence, subject.workflow, event)
        if not subject.wants_identity or (running != event and (started is None or set(started.triggers) != {event})):
            continue
        top = started or subject.workflow
        on = top.place.get("on")
        edits = [rewritten(on, {"push": {"tags": "['v*']"}})] if on is not None and set(top.triggers) == {event} else []
        yield error(
            "gh-pull-request-target",
            f"{top.file} publishes on `{event}`, which {evidence.where} refuses since 2026: "
            "whoever opens a pull request could publish",
            "Publish from a tag push, a release or workflow_dispatch: `on: {push: {tags: ['v*']}}`.",
            *([Claim("event_name", running)] if evidence.claims else []),
            *([on.line] if on is not None else []),
            edits=edits,
        )
        return
    if running == event:
        yield error(
            "gh-pull-request-target",
            f"this run was started by `{event}`, which {evidence.where} refuses since 2026",
            "Publish from a tag push, a release or workflow_dispatch: `on: {push: {tags: ['v*']}}`.",
            Claim("event_name", running),
        )


def _started_by(evidence: Evidence, workflow: Workflow, event: str) -> Workflow | None:
    """Return the workflow that an event starts, if that is this one or one that calls it."""
    found = (workflow, *(caller for caller, _ in evidence.actions.callers(workflow)))
    return next((each for each in found if event in each.triggers), None)


def token_service_failed(evidence: Evidence) -> Iterator[Finding]:
    """Pass on what GitHub's token service answered: an outage, no fault of the configuration."""
    if (trouble := evidence.trouble("gh-token-endpoint-error")) is not None:
        yield error(
            trouble.code,
            f"{trouble.message}: this is no fault of the configuration",
            "Retry, and if it stays so, see githubstatus.com.",
            *trouble.evidence,
        )


def run_used_an_older_file(evidence: Evidence) -> Iterator[Finding]:
    """Look at the file as it was: a run of a tag, and a repeated run, use that of their commit."""
    commit = evidence.env.get("GITHUB_WORKFLOW_SHA") or evidence.env.get("GITHUB_SHA", "")
    if not evidence.is_github or evidence.has_request or not commit or commit == evidence.history.head():
        return
    for subject in evidence.subjects:
        text = evidence.history.text_at(commit, subject.workflow.path) if subject.is_granted else None
        if text is None or not subject.wants_identity:
            continue
        then = of_run(github.of_text(text, subject.workflow.path), evidence.env)
        if any(each.is_granted for each in then):
            continue
        yield error(
            "gh-workflow-of-old-commit",
            f"{subject.workflow.file} in this checkout grants `{IDENTITY}: write`, but the run used the file of the "
            f"tag's commit ({commit[:8]}), which does not",
            f"Move the tag to a commit that has the corrected {subject.workflow.file} and push it again "
            "(a re-run keeps the old file), or start the workflow with `workflow_dispatch`.",
            evidence.variable("GITHUB_WORKFLOW_SHA"),
            subject.job.place.line,
        )


def variables_are_stripped(evidence: Evidence) -> Iterator[Finding]:
    """Look at what the upload runs inside of: containers, sudo and tox do not pass variables on."""
    if evidence.is_run and evidence.has_request:
        return
    for subject in evidence.subjects:
        if not subject.wants_identity or not (subject.is_granted or is_called_only(subject.workflow)):
            continue
        wrapped = [step for step in subject.steps if step.publish.command is not None and step.publish.command.inside]
        for step in wrapped:
            command = step.publish.command
            if command is not None and not command.lets(*REQUEST):
                yield _stripped(evidence, subject, step.publish.place, command, step.publish.line)
                break
        if not wrapped and evidence.is_github and not evidence.env.get("ACT"):
            yield error(
                "gh-env-stripped",
                f"{subject.job.name} grants `{IDENTITY}: write`, but {' and '.join(REQUEST)} did not reach "
                "this process: something between the job and it drops variables",
                f"Pass {', '.join(REQUEST)} and GITHUB_ACTIONS on to it, or publish from a step of its own.",
                *(evidence.variable(name) for name in REQUEST),
                subject.job.place.line,
            )


def _stripped(evidence: Evidence, subject: Subject, place: Place, command: Command, line: Seen) -> Finding:
    both, inside = " and ".join(REQUEST), command.inside
    missing = [evidence.variable(name) for name in REQUEST] if evidence.is_github else []
    passed = " ".join(f"-e {name}" for name in ("GITHUB_ACTIONS", *REQUEST))
    edits = handed_on(place, command, ("GITHUB_ACTIONS", *REQUEST))
    match inside:
        case "sudo":
            how = f"the upload of {subject.job.name} runs under sudo, which drops {both} and GITHUB_ACTIONS"
            hint = "Drop `sudo` (or use `sudo -E`)."
        case "tox":
            how = f"tox does not pass {both} on to what {subject.job.name} publishes with"
            hint = f"Add to the tox environment: `pass_env = GITHUB_*, {', '.join(REQUEST)}`."
        case "su -" | "env -i":
            how = f"the upload of {subject.job.name} runs under `{inside}`, which drops {both} and GITHUB_ACTIONS"
            hint = f"Publish without `{inside}`."
        case _:
            how = f"{subject.job.name} has {both}, but the upload runs in a `{inside}` that is not given them"
            hint = f"Write `{inside} {passed}`, or upload from a step outside of the container."
    return error("gh-env-stripped", how, hint, line, *missing, edits=edits)


def _fork(event: Mapping[str, object]) -> str | None:
    """Return the head's repository if it is another one than the base's; a deleted fork has no name."""
    head, base = _repository(event, "head"), _repository(event, "base")
    if isinstance(head, Mapping):
        name = head.get("full_name")
        own = base.get("full_name") if isinstance(base, Mapping) else None
        is_fork = name != own if own is not None else head.get("fork") is True
        return str(name) if is_fork else None
    pull = event.get("pull_request")
    return "(deleted)" if isinstance(pull, Mapping) and isinstance(pull.get("head"), Mapping) else None


def _repository(event: Mapping[str, object], side: str) -> object:
    found: object = event
    for key in ("pull_request", side, "repo"):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found
