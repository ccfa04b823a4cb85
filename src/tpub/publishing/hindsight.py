"""What an upload's refusal means, once it is known what the release and the exchange were about."""

from __future__ import annotations

import re
from dataclasses import replace

from packaging.utils import canonicalize_name

from tpub.diagnostic import Diagnostic
from tpub.identity.publisher import publisher_of
from tpub.index.known import Release
from tpub.index.model import Index
from tpub.index.registration import registration_hint
from tpub.outcome import IdentitySummary

# What people put before and after a project's name, and leave out elsewhere.
_ADORNMENT = re.compile(r"^(python|py|lib)-?|-?(python|py|lib)$")


def in_hindsight(
    told: Diagnostic, project: str, index: Index, *, release: Release, identity: IdentitySummary | None
) -> Diagnostic:
    """Return what was told of an upload to `project`, with the cause told apart where it can be.

    The index says the same whenever a minted token meets a project that does not exist. Source:
    warehouse.forklift.legacy, and PyPI's documentation on troubleshooting trusted publishers.
    """
    if told.code != "project-name-mismatch" or identity is None:
        return told
    new = sorted(release.absent)
    if len(new) > 1:
        return replace(
            told,
            code="pending-publisher-ambiguous",
            message=f"{told.message} - one exchange creates one project, and {', '.join(new)} are all new",
            hint=(
                "Run the same command again: each run creates one. Or give each project its own environment, in its "
                "own job and in its own pending publisher."
            ),
        )
    if (repository := _spelt_otherwise(project, identity)) is not None:
        return replace(
            told,
            message=f"the file says that its project is {project}, and the token is for another, {repository} most "
            f"likely: {told.message}",
            hint=f"{told.hint} Add a pending publisher for {project}, or write {repository} into the metadata.",
        )
    publisher = publisher_of(identity.claims)
    register = registration_hint(index, publisher, (project,), {project}) if publisher is not None else ""
    return replace(
        told,
        code="project-not-registered",
        message=f"{project} does not exist on {index.name}, and its token is for other projects: {told.message}",
        hint=f"Add a pending publisher for {project}, under just that name. {register}".rstrip(),
    )


def _spelt_otherwise(project: str, identity: IdentitySummary) -> str | None:
    """Return the repository's name if it is this project's but for `python-` and the like: then both were meant."""
    path = identity.claims.get("repository") or identity.claims.get("project_path") or ""
    name, repository = canonicalize_name(project), canonicalize_name(path.rpartition("/")[2])
    is_other = name != repository and _ADORNMENT.sub("", name) == _ADORNMENT.sub("", repository)
    return repository if is_other else None
