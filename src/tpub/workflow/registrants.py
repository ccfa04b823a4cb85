"""Whom an index has to trust for what a checkout publishes: told by the job's variables, else by remote and files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tpub.identity.google import SERVICE_ACCOUNT
from tpub.identity.publisher import (
    GITLAB_ISSUER,
    GitHubPublisher,
    GitLabPublisher,
    GooglePublisher,
    Publisher,
    workflow_filename,
)
from tpub.workflow import cloudbuild, github, gitlab
from tpub.workflow.locate import Place
from tpub.workflow.remote import remote

_GITHUB = "github.com"


@dataclass(frozen=True, slots=True)
class Registrant:
    """A publisher to register, and the job that it stands for: `.github/workflows/release.yml, jobs.publish`."""

    publisher: Publisher
    job: str


def registrants(root: Path, env: Mapping[str, str], index: str) -> tuple[Registrant, ...]:
    """Return the publishers for the jobs that publish to the index of that name; nothing if that cannot be told.

    Inside a CI's job it is that job alone. A job that names no index that is known here counts for every one.
    """
    if env.get("GITHUB_ACTIONS") == "true":
        found = _running_on_github(root, env)
    elif env.get("GITLAB_CI") == "true":
        found = _running_on_gitlab(env)
    elif env.get(SERVICE_ACCOUNT):
        found = iter((Registrant(GooglePublisher(env[SERVICE_ACCOUNT]), f"${SERVICE_ACCOUNT}"),))
    else:
        found = _written(root, index)
    return tuple(dict.fromkeys(found))


def _running_on_github(root: Path, env: Mapping[str, str]) -> Iterator[Registrant]:
    owner, _, repository = env.get("GITHUB_REPOSITORY", "").partition("/")
    file = workflow_filename(env.get("GITHUB_WORKFLOW_REF", ""))
    if not (owner and repository and file):
        return
    # The environment is in the identity token and in the file, and in no variable.
    path, id_ = f".github/workflows/{file}", env.get("GITHUB_JOB", "")
    workflow = github.load(root, path).workflow(path)
    job = workflow.job(id_) if workflow is not None else None
    environment = _fixed(job.environment) if job is not None else ""
    yield Registrant(GitHubPublisher(owner, repository, file, environment), f"{path}, jobs.{id_}")


def _running_on_gitlab(env: Mapping[str, str]) -> Iterator[Registrant]:
    namespace, _, project = env.get("CI_PROJECT_PATH", "").rpartition("/")
    if namespace:
        config = env.get("CI_CONFIG_PATH") or gitlab.CONFIG
        issuer = env.get("CI_SERVER_URL") or GITLAB_ISSUER
        environment = env.get("CI_ENVIRONMENT_NAME", "")
        publisher = GitLabPublisher(namespace, project, config, environment, issuer)
        yield Registrant(publisher, f"{config}, {env.get('CI_JOB_NAME', '')}".removesuffix(", "))


def _written(root: Path, index: str) -> Iterator[Registrant]:
    """Yield what remote and files tell; on a laptop that is all there is."""
    yield from _built_by_google(root, index)
    origin = remote(root)
    if origin is None:
        return
    head, _, tail = origin.path.rpartition("/")
    if origin.host == _GITHUB:
        steps = [step for step in github.load(root).publishing if not step.publish.secrets]
        meant = [step for step in steps if step.publish.index == index] or steps
        for step in meant:
            publisher = GitHubPublisher(head, tail, step.workflow.file, _fixed(step.job.environment))
            yield Registrant(publisher, f"{step.workflow.path}, {step.job.name}")
        return
    issuer = f"https://{origin.host}"
    jobs = [(each, *pair) for each in gitlab.load(root) for pair in each.publishing if not pair[1].secrets]
    for pipeline, job, _ in [found for found in jobs if found[2].index == index] or jobs:
        # The token of a child pipeline's job names the top file all the same.
        registered = GitLabPublisher(head, tail, gitlab.CONFIG, job.environment_name, issuer)
        yield Registrant(registered, f"{pipeline.path}, {job.name}")


def _built_by_google(root: Path, index: str) -> Iterator[Registrant]:
    """Yield the service accounts that builds name: the index compares nothing else, wherever the checkout is from."""
    steps = [step for step in cloudbuild.load(root) if step.account and not step.publish.secrets]
    for step in [step for step in steps if step.publish.index == index] or steps:
        yield Registrant(GooglePublisher(step.account), f"{step.path}, {step.name}")


def _fixed(place: Place | None) -> str:
    """Return a name as it stands there, unless it depends on the run."""
    return place.text if place is not None and "${{" not in place.text else ""
