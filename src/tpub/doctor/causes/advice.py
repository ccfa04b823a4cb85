"""Security beyond failures, as notes: nothing here stops a release.

Source: https://docs.pypi.org/trusted-publishers/security-model/ and GitHub's guide to hardening workflows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tpub.diagnostic import Severity
from tpub.doctor.causes.action_releases import PINNED
from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, note
from tpub.doctor.pipeline_subject import audience_of, block, variable_of
from tpub.doctor.subject import Subject, destination, stored
from tpub.identity.publisher import GITLAB_ISSUER
from tpub.urls import host
from tpub.workflow.command import commands
from tpub.workflow.github.permissions import IDENTITY
from tpub.workflow.remote import parse

_SHA = re.compile(r"[0-9a-f]{40}")
_BUILDERS = frozenset({"build", "hatch", "poetry", "pdm", "flit", "maturin", "uv", "cibuildwheel"})


def not_all_was_seen(evidence: Evidence) -> Iterator[Finding]:
    """Pass on what could not be looked at: a file as it was when the run began, an index that does not answer."""
    yield from (Finding(trouble) for trouble in evidence.troubles if trouble.severity is Severity.NOTE)


def action_is_not_pinned(evidence: Evidence) -> Iterator[Finding]:
    """Look at the publishing action's version: a branch or tag can be moved to other code."""
    for subject in evidence.subjects:
        for step in subject.steps:
            if step.publish.command is not None:
                continue
            action, _, pin = step.publish.place.text.partition("@")
            if not _SHA.fullmatch(pin):
                pinned = PINNED if step.publish.tool == "pypi-publish" else f"{action}@COMMIT # {pin}"
                yield note(
                    "gh-action-unpinned",
                    f"{subject.job.name} publishes with {action}@{pin}, which can be moved to other code",
                    f"Pin a commit: `{pinned}`, and let Dependabot raise it.",
                    step.publish.line,
                )


def identity_is_for_everybody(evidence: Evidence) -> Iterator[Finding]:
    """Look at the workflow's own block: every job, and every action in it, could publish."""
    for subject in _granted(evidence):
        around = subject.workflow.permissions
        others = [job.name for job in subject.workflow.jobs if job.id != subject.job.id and job.permissions is None]
        if around is not None and around.access(IDENTITY) == "write" and subject.job.permissions is None and others:
            yield note(
                "gh-id-token-for-all",
                f"`{IDENTITY}: write` of the workflow is granted to {', '.join(others)} as well, "
                f"and {subject.job.name} alone needs it",
                f"Move `{IDENTITY}: write` to the permissions of {subject.job.name}.",
                around.place.line,
            )


def publishing_job_builds(evidence: Evidence) -> Iterator[Finding]:
    """Look for builds in the job with the identity: whatever the build pulls in could publish."""
    for subject in _granted(evidence):
        for step in subject.job.steps:
            line = (
                next((command.source for command in commands(step.run.text) if _builds(command.words)), None)
                if (step.run is not None)
                else None
            )
            if line is not None and step.run is not None:
                yield note(
                    "gh-publishing-job-builds",
                    f"{subject.job.name} builds with the identity at hand: whatever the build pulls in could publish",
                    "Build in a job of its own without `id-token`, and hand the distributions over as an artifact.",
                    step.run.at(line),
                )
                break


def stored_token_could_go(evidence: Evidence) -> Iterator[Finding]:
    """Look for API tokens where an identity would do."""
    for subject in evidence.subjects:
        for step in subject.steps:
            if destination(step.publish) is None or subject.is_granted or not stored(step.publish):
                continue
            yield note(
                "stored-credential",
                f"{subject.job.name} publishes with a stored credential ({stored(step.publish)[0].name})",
                "Use trusted publishing, which needs none: `tpub publisher` shows what to register.",
                step.publish.line,
            )
            break
    if not _is_of_gitlab_com(evidence):
        return
    for pipeline in evidence.pipelines:
        for job, publish in pipeline.publishing:
            index = destination(publish)
            if index is not None and stored(publish) and variable_of(index) not in job.id_tokens:
                yield note(
                    "stored-credential",
                    f"job `{job.name}` publishes with a stored credential ({stored(publish)[0].name})",
                    f"Use trusted publishing, which needs none: {block(variable_of(index), audience_of(index))} in the "
                    "job, and `tpub publisher` shows what to register.",
                    publish.line,
                )


def _is_of_gitlab_com(evidence: Evidence) -> bool:
    """Tell whether the identities of the checkout's jobs are of a GitLab that PyPI knows without further ado."""
    if evidence.is_gitlab:
        return evidence.env.get("CI_SERVER_URL", "").rstrip("/") == GITLAB_ISSUER
    origin = parse(evidence.history.remote())
    return origin is not None and origin.host == host(GITLAB_ISSUER)


def _granted(evidence: Evidence) -> Iterator[Subject]:
    for subject in evidence.subjects:
        if subject.is_granted and subject.steps:
            yield subject


def _builds(words: tuple[str, ...]) -> bool:
    if words[:1] == ("cibuildwheel",) or words == ("build",):
        return True
    return words[0] in _BUILDERS and (words[0] == "build" or "build" in words[1:2])
