"""The publishing jobs of a workflow file, as roles for a rehearsal.

What a job's identity token would claim is read from the file: its name and place, the environment, what starts it,
and whether it is given a token at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from tpub.config import pyproject
from tpub.errors import ConfigError
from tpub.identity.publisher import GitHubPublisher, GitLabPublisher, Publisher
from tpub.machine import typed
from tpub.rehearsal import written_github, written_gitlab
from tpub.rehearsal.ci import JobDescription
from tpub.rehearsal.role import Role, played
from tpub.urls import host
from tpub.workflow import cloudbuild
from tpub.workflow.remote import Remote, remote, top_above

_GITHUB = ".github/workflows"
_GITHUB_HOST = "github.com"
_OTHERS = MappingProxyType({"github": "gitlab.com", "gitlab": _GITHUB_HOST})
_TITLES = MappingProxyType({"github": "GitHub", "gitlab": "GitLab"})


def roles(root: Path, file: Path, platform: str | None = None) -> tuple[Role, ...]:
    """Return the publishing jobs of a workflow file of the checkout at `root`, in the order of the file.

    `platform` says whose file it is, None that its place tells. Raises `ConfigError` if none of its jobs publishes
    with an identity, or if nobody knows where the checkout is from.
    """
    path, declared = _within(root, file), pyproject.read(root).publisher
    match platform or _platform(path):
        case "github":
            found = tuple(written_github.roles(root, path, _origin(root, "github", declared), declared))
        case "gitlab":
            found = tuple(written_gitlab.roles(root, path, _origin(root, "gitlab", declared), declared))
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
    above = top_above(root)
    if path.is_file() and above is not None and path.resolve().is_relative_to(above):
        there = path.resolve().relative_to(above).as_posix()
        raise ConfigError(
            "workflow-absent",
            f"{file} is not in this folder, and is read from the top of the checkout",
            hint=f"Run `cd {typed(above)}`, then `tpub rehearse --workflow {typed(there)}` with the paths of the "
            "files.",
        )
    raise ConfigError(
        "workflow-absent",
        f"there is no {file} in this checkout",
        hint="Give the path of the workflow file, such as `.github/workflows/release.yml`.",
    )


def _platform(path: str) -> str:
    """Return whose file it is: GitHub and Google's cloud know theirs by the place, GitLab is told where its is."""
    if PurePosixPath(path).parent.as_posix() == _GITHUB:
        return "github"
    return "google" if fnmatch(path, "cloudbuild*.y*ml") else "gitlab"


def _origin(root: Path, platform: str, declared: Publisher | None) -> Remote:
    """Return where the platform has the project: by the remote, or where that is elsewhere, by whom PyPI trusts."""
    found = remote(root)
    if found is not None and found.host != _OTHERS[platform]:
        return found
    match declared:
        case GitHubPublisher(owner=owner, repository=repository) if platform == "github":
            return Remote(_GITHUB_HOST, f"{owner}/{repository}")
        case GitLabPublisher(namespace=namespace, project=project, issuer_url=issuer) if platform == "gitlab":
            return Remote(host(issuer), f"{namespace}/{project}")
    why = "there is no git remote `origin`" if found is None else f"the git remote `origin` is on {found.host}"
    raise ConfigError(
        "publisher-undetermined",
        f"nothing here tells from where on {_TITLES[platform]} the project is published: {why}",
        hint="Add the remote (`git remote add origin URL`), or declare the publisher in `[tool.tpub.publisher]`.",
    )


def _google(root: Path, path: str) -> Iterator[Role]:
    for step in cloudbuild.steps(root, path):
        if step.account and not step.publish.secrets:
            description = JobDescription("google", account=step.account, name=step.name)
            yield played(root, description, f"{path}, {step.name}", step.publish)
