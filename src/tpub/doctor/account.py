"""The account of a diagnosis: what was looked at, whom the index would have to trust, what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tpub.diagnostic import Diagnostic
from tpub.doctor.evidence import Evidence
from tpub.doctor.pipeline_subject import subjects
from tpub.errors import IDENTITY, OK
from tpub.identity.claims import compared
from tpub.identity.publisher import (
    GITLAB_ISSUER,
    GitHubPublisher,
    GitLabPublisher,
    Publisher,
    form_values,
    publisher_of,
)
from tpub.outcome import IdentitySummary, IndexSummary, Outcome
from tpub.workflow.gitlab import CONFIG

_REMOTE = re.compile(r"(?:github|gitlab)\.com[:/](?P<path>[^\s]+?)(?:\.git)?/?$")


def account(evidence: Evidence, diagnostics: Iterable[Diagnostic]) -> Outcome:
    """Return the report of `tpub doctor`."""
    found = tuple(diagnostics)
    publisher = publisher_of(evidence.claims or {}) or expected_publisher(evidence)
    return Outcome(
        "doctor",
        IDENTITY if any(diagnostic.is_error for diagnostic in found) else OK,
        index=IndexSummary(evidence.index.name, evidence.index.upload_url),
        identity=_identity(evidence),
        publisher={"provider": publisher.provider, **form_values(publisher)} if publisher is not None else None,
        looked_at=tuple(_looked_at(evidence)),
        diagnostics=found,
    )


def expected_publisher(evidence: Evidence) -> Publisher | None:
    """Return whom the index would have to trust, by the files and the environment alone."""
    env = evidence.env
    remote = _REMOTE.search(evidence.history.remote())
    for subject in evidence.subjects:
        path = env.get("GITHUB_REPOSITORY") or (remote["path"] if remote is not None else "")
        owner, _, name = path.partition("/")
        place = subject.job.environment
        environment = place.text if place is not None and "${{" not in place.text else ""
        if name:
            return GitHubPublisher(owner, name, subject.workflow.file, environment)
    for job in subjects(evidence):
        path = env.get("CI_PROJECT_PATH") or (remote["path"] if remote is not None else "")
        namespace, _, name = path.rpartition("/")
        top = env.get("CI_CONFIG_PATH") or CONFIG
        if namespace:
            environment = job.job.environment_name
            return GitLabPublisher(namespace, name, top, environment, env.get("CI_SERVER_URL") or GITLAB_ISSUER)
    return None


def _identity(evidence: Evidence) -> IdentitySummary | None:
    if evidence.claims is None:
        return None
    publisher = publisher_of(evidence.claims)
    provider = publisher.provider if publisher is not None else "unknown"
    return IdentitySummary(provider, evidence.claim("iss"), compared(evidence.claims))


def _looked_at(evidence: Evidence) -> Iterator[str]:
    published = [step.publish for step in evidence.actions.publishing]
    yield from (workflow.path for workflow in evidence.actions.workflows)
    for pipeline in evidence.pipelines:
        yield pipeline.path if pipeline.is_whole else f"{pipeline.path} (not what it includes from elsewhere)"
        published += [publish for _, publish in pipeline.publishing]
        files = (place.document.path for job, _ in pipeline.publishing for place in (*job.chain, *job.script))
        yield from (path for path in dict.fromkeys(files) if path != pipeline.path)
    origins = (publish.command.origin for publish in published if publish.command is not None)
    yield from dict.fromkeys(origin.path for origin in origins if origin is not None)
    yield from dict.fromkeys(step.path for step in evidence.builds)
    if evidence.is_run:
        yield "the environment of this job"
    if evidence.event:
        yield "the event"
    if evidence.log is not None:
        yield evidence.log.name
    elif evidence.claims is not None:
        yield "the identity token's claims"
    if evidence.declared:
        yield "[tool.tpub.publisher]"
    if evidence.is_asked:
        yield f"{evidence.where}'s trusted publishing"
