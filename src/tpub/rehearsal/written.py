"""The publishing jobs of a workflow file, as roles for a rehearsal.

What a job's identity token would claim is read from the file: its name and place, the environment, what starts it,
and whether it is given a token at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from tpub.config import pyproject
from tpub.doctor.pipeline_subject import audience_of, variable_of
from tpub.doctor.subject import destination
from tpub.errors import ConfigError
from tpub.identity.provider import variable_for
from tpub.identity.publisher import GITLAB_ISSUER
from tpub.index.model import PYPI, Index
from tpub.rehearsal.ci import JobDescription
from tpub.rehearsal.role import Role
from tpub.rehearsal.site import AUDIENCE
from tpub.workflow import cloudbuild, github, gitlab
from tpub.workflow.github import Publishing
from tpub.workflow.github.model import Workflow
from tpub.workflow.github.permissions import IDENTITY
from tpub.workflow.gitlab.model import Job
from tpub.workflow.locate import Place
from tpub.workflow.publish import Publish
from tpub.workflow.registrants import registrants
from tpub.workflow.remote import Remote, remote

_BRANCH = "refs/heads/main"
_TAG = "refs/tags/v1.0"
# What starts a workflow, the likeliest to publish first, and the reference that it then runs for.
_EVENTS = {
    "release": _TAG,
    "push": _TAG,
    "workflow_call": _TAG,
    "workflow_dispatch": _BRANCH,
    "repository_dispatch": _BRANCH,
    "schedule": _BRANCH,
    "workflow_run": _BRANCH,
    "pull_request_target": _BRANCH,
    "pull_request": "refs/pull/1/merge",
}


def roles(root: Path, file: Path, platform: str | None = None) -> tuple[Role, ...]:
    """Return the publishing jobs of a workflow file of the checkout at `root`, in the order of the file.

    `platform` says whose file it is, None that its place tells. Raises `ConfigError` if none of its jobs publishes
    with an identity, or if nobody knows where the checkout is from.
    """
    path = _within(root, file)
    match platform or _platform(path):
        case "github":
            found = tuple(_github(root, path, _origin(root)))
        case "gitlab":
            found = tuple(_gitlab(root, path, _origin(root)))
        case "google":
            found = tuple(_google(root, path))
        case _:
            found = ()
    if not found:
        raise ConfigError(
            "publishing-job-missing",
            f"no job of {path} publishes with an identity",
            hint="Give the file whose job runs `tpub upload`, without a token; `tpub init` writes one.",
        )
    return found


def _within(root: Path, file: Path) -> str:
    """Return the file's path in the checkout."""
    path = root / file
    if path.is_file() and path.resolve().is_relative_to(root.resolve()):
        return path.resolve().relative_to(root.resolve()).as_posix()
    raise ConfigError(
        "workflow-absent",
        f"there is no {file} in this checkout",
        hint="Give the path of the workflow file, such as `.github/workflows/release.yml`.",
    )


def _platform(path: str) -> str:
    """Return whose file it is: GitHub and Google's cloud know theirs by the place, GitLab is told where its is."""
    if PurePosixPath(path).parent.as_posix() in github.FOLDERS:
        return "github"
    return "google" if fnmatch(path, "cloudbuild*.y*ml") else "gitlab"


def _origin(root: Path) -> Remote:
    found = remote(root)
    if found is None:
        raise ConfigError(
            "publisher-undetermined",
            "nothing here tells from where the project is published: there is no git remote `origin`",
            hint="Add the remote (`git remote add origin URL`), and run it again.",
        )
    return found


def _github(root: Path, path: str, origin: Remote) -> Iterator[Role]:
    seen = set()
    for each in github.load(root).publishing:
        if each.workflow.path != path or each.publish.secrets or each.job.id in seen:
            continue
        seen.add(each.job.id)
        event, reference = _start(each.workflow)
        description = JobDescription(
            "github",
            origin.path,
            each.workflow.file,
            _text(each.job.environment),
            event=event,
            name=each.job.id,
            reference=reference,
            is_granted=_is_granted(each),
        )
        yield _role(root, description, f"{path}, {each.job.name}", each.publish)


def _is_granted(each: Publishing) -> bool:
    granted = each.workflow.granted(each.job)
    return granted is not None and granted.access(IDENTITY) == "write"


def _start(workflow: Workflow) -> tuple[str, str]:
    """Return the event that starts a workflow, and the reference that it then runs for."""
    triggers = workflow.triggers
    push = triggers.get("push")
    if push is not None and (tags := push.get("tags")) is not None:
        return "push", f"refs/tags/{_example(tags, '1.0')}"
    if push is not None and (branches := push.get("branches")) is not None and "release" not in triggers:
        return "push", f"refs/heads/{_example(branches, 'main')}"
    return next(((event, ref) for event, ref in _EVENTS.items() if event in triggers), ("push", _TAG))


def _example(patterns: Place, word: str) -> str:
    """Return a name that the first pattern lets through, or nearly so: it shows in claims, and decides nothing."""
    pattern = next((text for text in patterns.texts if not text.startswith("!")), word)
    return re.sub(r"[*?+]+", word, re.sub(r"\[(\w)[^\]]*\]", r"\1", pattern))


def _gitlab(root: Path, path: str, origin: Remote) -> Iterator[Role]:
    issuer = f"https://{origin.host}"
    for pipeline in gitlab.load(root, path)[:1]:
        for job, publish in pipeline.publishing:
            if publish.secrets:
                continue
            description = JobDescription(
                "gitlab",
                origin.path,
                pipeline.path,
                _text(job.environment),
                issuer="" if issuer == GITLAB_ISSUER else issuer,
                name=job.name,
                id_tokens=_tokens(job, destination(publish) or PYPI),
            )
            yield _role(root, description, f"{path}, {job.name}", publish)


def _tokens(job: Job, index: Index) -> dict[str, str | list[str]]:
    """Return the audiences of a job's identity tokens, with this index in the part of the one that is meant."""
    found: dict[str, str | list[str]] = {}
    for name, token in job.id_tokens.items():
        audiences = [AUDIENCE if each == audience_of(index) else each for each in token.audiences]
        place = token.place.get("aud")
        variable = variable_for(AUDIENCE) if name == variable_of(index) else name
        found[variable] = audiences if place is not None and place.items else "".join(audiences)
    return found


def _google(root: Path, path: str) -> Iterator[Role]:
    for step in cloudbuild.steps(root, path):
        if step.account and not step.publish.secrets:
            description = JobDescription("google", account=step.account, name=step.name)
            yield _role(root, description, f"{path}, {step.name}", step.publish)


def _role(root: Path, description: JobDescription, title: str, publish: Publish) -> Role:
    index, declared = destination(publish) or PYPI, pyproject.read(root).publisher
    if declared is not None and declared.provider == description.provider and index is PYPI:
        return Role(description, title, root, index, (declared,), declared)
    found = (each.publisher for each in registrants(root, {}, index.name))
    return Role(description, title, root, index, tuple(found))


def _text(place: Place | None) -> str | None:
    return place.text if place is not None else None
