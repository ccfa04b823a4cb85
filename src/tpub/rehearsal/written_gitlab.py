"""The publishing jobs of a configuration of GitLab's, those of its child pipelines included.

Source: https://docs.gitlab.com/ci/secrets/id_token_authentication/ and https://docs.gitlab.com/ci/variables/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from tpub.doctor.pipeline_subject import audience_of, variable_of
from tpub.doctor.subject import destination
from tpub.identity.provider import variable_for
from tpub.identity.publisher import GITLAB_ISSUER, GitLabPublisher, Publisher
from tpub.index.model import PYPI
from tpub.rehearsal.ci import JobDescription, gitlab_env
from tpub.rehearsal.role import Role, played
from tpub.rehearsal.site import AUDIENCE
from tpub.rehearsal.start_gitlab import started
from tpub.workflow import gitlab
from tpub.workflow.gitlab.model import Job
from tpub.workflow.locate import Place
from tpub.workflow.publish import Publish
from tpub.workflow.remote import Remote

_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")


def roles(root: Path, path: str, origin: Remote, declared: Publisher | None) -> Iterator[Role]:
    """Yield the jobs of the configuration in `path`, of a project at `origin`."""
    issuer = f"https://{origin.host}"
    for pipeline in gitlab.load(root, path):
        for job, publish in pipeline.publishing:
            if publish.secrets:
                continue
            # The token of a child pipeline's job names the top file all the same.
            description = JobDescription(
                "gitlab", origin.path, path, issuer="" if issuer == GITLAB_ISSUER else issuer, name=job.name
            )
            description = started(description, pipeline, job)
            variables = _variables(job, gitlab_env(description))
            description = replace(
                description,
                environment=_environment(job, variables, declared),
                id_tokens=_tokens(job, publish, variables),
            )
            yield played(root, description, f"{pipeline.path}, {job.name}", publish)


def _variables(job: Job, predefined: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that the files set, over those that GitLab sets; what is set in its pages is not known."""
    found = dict(predefined)
    for scope in reversed(job.scopes):
        if isinstance(scope, Place):
            found |= {name: (place.get("value") or place).text for name, place in scope.fields.items()}
    return found


def _expanded(text: str, variables: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: variables.get(found[1] or found[2], found[0]), text)


def _environment(job: Job, variables: Mapping[str, str], declared: Publisher | None) -> str | None:
    """Return the environment's name; of one that depends on what no file tells, that which is trusted."""
    if job.environment is None:
        return None
    name = _expanded(job.environment.text, variables)
    is_known = _VARIABLE.search(name) is None
    return declared.environment if not is_known and isinstance(declared, GitLabPublisher) else name


def _tokens(job: Job, publish: Publish, variables: Mapping[str, str]) -> dict[str, str | list[str]]:
    """Return the audiences of the identity tokens that reach what publishes.

    The embedded index plays the one that is meant: what is right for that one is right here. An audience that no file
    tells is taken for right.
    """
    index = destination(publish) or PYPI
    found: dict[str, str | list[str]] = {}
    for name, token in job.id_tokens.items():
        if publish.command is not None and not publish.command.lets(name):
            continue
        expanded = (_expanded(each, variables) for each in token.audiences)
        audiences = [AUDIENCE if each == audience_of(index) or _VARIABLE.search(each) else each for each in expanded]
        place = token.place.get("aud")
        variable = variable_for(AUDIENCE) if name == variable_of(index) else name
        found[variable] = audiences if place is not None and place.items else "".join(audiences)
    return found
