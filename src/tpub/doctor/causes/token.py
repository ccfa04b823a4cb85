"""The identity token, decoded: what the index would refuse it for, as far as it tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tpub.diagnostic import Claim, Diagnostic, Severity
from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, error, note, warning
from tpub.doctor.refine import audiences, empty_environment, refined
from tpub.doctor.subject import destination
from tpub.identity.claims import differences
from tpub.identity.issuers import issuer_of
from tpub.identity.publisher import GitHubPublisher
from tpub.index.known import Known, Release
from tpub.index.model import TESTPYPI
from tpub.index.refusals import foreseen
from tpub.index.refusals.case import Case
from tpub.index.refusals.jobs import is_of_another_version
from tpub.index.refusals.publishers import against_declaration
from tpub.urls import host, is_secure
from tpub.workflow.github.emptiness import why_empty
from tpub.workflow.publish import expanded

_OF_PUBLISHING = re.compile(r"publish|release", re.IGNORECASE)
_REMOTE = ("@", "://")
_PLATFORMS = ("google-", "circleci-", "buildkite-", "id-token-", "identity-token-")
# Names that no resolver outside of an organization knows. Source: RFC 6762 and 8375, and ICANN's reserved ones.
_PRIVATE = (".local", ".internal", ".intranet", ".lan", ".corp", ".home", ".localdomain", ".home.arpa")


def token_would_be_refused(evidence: Evidence) -> Iterator[Finding]:
    """Ask what the index would refuse by the claims alone."""
    if evidence.claims is None or not evidence.index.is_pypi:
        return
    for diagnostic in foreseen(case_of(evidence)):
        if diagnostic.code == "issuer-unknown" and issuer_of(evidence.claims).name == "gitlab":
            continue  # somebody's organization may have it on record
        if diagnostic.code == "gh-reusable-workflow" and _is_own(evidence) and evidence.declared is None:
            diagnostic = replace(diagnostic, severity=Severity.NOTE)  # noqa: PLW2901  (works if registered so)
        yield refined(evidence, diagnostic)


def identity_was_refused(evidence: Evidence) -> Iterator[Finding]:
    """Pass on why a platform gave no token, where it said so itself and no file has a part in it."""
    if evidence.claims is None:
        yield from (Finding(trouble) for trouble in evidence.troubles if trouble.code.startswith(_PLATFORMS))


def self_managed_gitlab(evidence: Evidence) -> Iterator[Finding]:
    """Say what is not to be seen from here: whether an organization at the index has this GitLab on record."""
    if evidence.claims is None or not evidence.index.is_pypi or issuer_of(evidence.claims).name != "gitlab":
        return
    found = next((each for each in foreseen(case_of(evidence)) if each.code == "issuer-unknown"), None)
    declared = evidence.declared
    if found is None or (declared is not None and getattr(declared, "issuer_url", "") == evidence.claim("iss")):
        return
    trouble, name = evidence.trouble("issuer-unreachable"), host(evidence.claim("iss"))
    if trouble is not None:
        yield Finding(replace(found, message=f"{found.message}: {trouble.message}"))
    elif name.endswith(_PRIVATE) or "." not in name or not is_secure(evidence.claim("iss")):
        yield Finding(replace(found, message=f"{found.message}: it cannot be reached from outside"))
    else:
        yield Finding(replace(found, severity=Severity.NOTE))


def audience_is_wrong_in_the_file(evidence: Evidence) -> Iterator[Finding]:
    """Look at `aud:` where there is no token yet to look at."""
    for subject, place in audiences(evidence) if evidence.claims is None else ():
        if place.items:
            yield refined(
                evidence,
                error(
                    "audience-list",
                    f"{subject.variable} has a list of audiences ({', '.join(place.texts)}), and an index wants to be "
                    "the only one: a single string",
                    "Ask for one token an index: PYPI_ID_TOKEN with `aud: pypi`, TESTPYPI_ID_TOKEN with "
                    "`aud: testpypi`.",
                ).diagnostic,
            )
        elif (asked := expanded(place.text, subject.job.scopes)) and "$" not in asked and asked != subject.audience:
            yield refined(
                evidence,
                error(
                    "audience-mismatch",
                    f"{subject.variable} has the audience `{asked}`, and the index expects `{subject.audience}`",
                    f"Write `aud: {subject.audience}`.",
                    *([place.line] if "$" in place.text else []),
                ).diagnostic,
            )


def configuration_is_elsewhere(evidence: Evidence) -> Iterator[Finding]:
    """Look at the project's setting, where no token tells."""
    config = evidence.env.get("CI_CONFIG_PATH", "")
    if evidence.is_gitlab and evidence.claims is None and any(mark in config for mark in _REMOTE):
        yield error(
            "gl-config-remote",
            f"the pipeline's definition ({config}) is not in this project, and so ci_config_ref_uri of its token will "
            "name another one, or nothing",
            "Put a `.gitlab-ci.yml` into this project that includes the shared one, and set the CI/CD configuration "
            "file of the project's settings back to it.",
            evidence.variable("CI_CONFIG_PATH"),
        )


def environment_came_out_empty(evidence: Evidence) -> Iterator[Finding]:
    """Look for an expression that names no environment in this run, or cannot in any."""
    for subject in evidence.subjects:
        place = subject.job.environment
        if place is None or not place.text.startswith("${{") or not subject.wants_identity:
            continue
        never = why_empty(subject.workflow, subject.job, place.text) if evidence.claims is None else ""
        if never or (evidence.claims is not None and not evidence.claim("environment")):
            yield empty_environment(
                evidence, subject, place, *([Claim("environment", None)] if evidence.claims else [])
            )


def declared_publisher_differs(evidence: Evidence) -> Iterator[Finding]:
    """Compare the claims with what the user says was registered at PyPI."""
    if evidence.claims is not None and evidence.index is not TESTPYPI:
        found = against_declaration(case_of(evidence))
        if found is not None:
            yield refined(evidence, found)


def environment_is_gone(evidence: Evidence) -> Iterator[Finding]:
    """Compare the job with who published last: a publisher with an environment takes no job without one."""
    last = evidence.last
    if not isinstance(last, GitHubPublisher) or not last.environment or evidence.declared is not None:
        return
    jobs = [each.job for each in evidence.actions.publishing if destination(each.publish) == evidence.index]
    if evidence.claim("environment") or any(job.environment is not None for job in jobs):
        return
    for subject in evidence.subjects:
        if subject.wants_identity and subject.workflow.file == last.workflow_filename:
            yield refined(
                evidence,
                warning(
                    "gh-environment-missing",
                    f"the last release was published from the environment {last.environment!r}, and "
                    f"{subject.job.name} names none: a publisher that asks for it refuses the job",
                    f"Add `environment: {last.environment}` to {subject.job.name}, unless the publisher was changed.",
                    Claim("environment", None, last.environment),
                ).diagnostic,
            )


def environment_is_on_another_job(evidence: Evidence) -> Iterator[Finding]:
    """Look for an environment for publishing on a job that does not publish: the token of this one names none.

    One that is not called like the index is told of in a note: it may be meant as a gate, for a publisher without
    environment. Twine's own releases are made that way.
    """
    if evidence.claim("environment") or evidence.declared is not None or evidence.last is not None:
        return
    publishing = {(each.workflow.path, each.job.id) for each in evidence.actions.publishing}
    for subject in evidence.subjects:
        if not subject.wants_identity or subject.job.environment is not None:
            continue
        before = subject.workflow.before(subject.job)
        for job in subject.workflow.jobs:
            name = job.environment.text if job.environment is not None else ""
            is_so_called = name.lower() == evidence.index.name or (job in before and "pypi" in name.lower())
            is_meant = is_so_called or (job in before and _OF_PUBLISHING.search(name) is not None)
            if not is_meant or (subject.workflow.path, job.id) in publishing or job.calls is not None:
                continue
            missing = Diagnostic(
                "gh-environment-missing",
                f"{subject.job.name} names no environment",
                f"Add `environment: {name}` to {subject.job.name}.",
                (Claim("environment", None, name),),
                Severity.WARNING if is_so_called else Severity.NOTE,
            )
            found = refined(evidence, missing)
            yield found if is_so_called else Finding(found.diagnostic)
            break


def last_publisher_differs(evidence: Evidence) -> Iterator[Finding]:
    """Compare the claims with who published last; a project can have several publishers, so this may be right."""
    if evidence.claims is None or evidence.last is None or evidence.declared is not None:
        return
    unlike = differences(evidence.last, evidence.claims)
    if unlike:
        told = ", ".join(f"{each.field} {each.expected!r}" for each in unlike)
        yield note(
            "publisher-changed",
            f"the last release was published by a publisher with {told}, which this job is not",
            "Make sure that this job has a publisher of its own there: `tpub publisher` shows it.",
            *(Claim(each.claim, each.value or None, each.expected) for each in unlike),
        )


def case_of(evidence: Evidence) -> Case:
    """Return the exchange that this job would make."""
    projects = (evidence.project,) if evidence.project else ()
    known = Known(evidence.now, evidence.audience, evidence.env, evidence.declared, Release(projects))
    return Case(evidence.index, evidence.claims or {}, known)


def _is_own(evidence: Evidence) -> bool:
    """Tell whether the called workflow is the repository's own, at the run's commit: it works if it was registered."""
    is_own = evidence.claim("job_workflow_ref").lower().startswith(f"{evidence.claim('repository').lower()}/")
    return is_own and not is_of_another_version(case_of(evidence))
