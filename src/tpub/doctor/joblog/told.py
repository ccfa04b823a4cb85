"""From what a job's log says to the cause: the index's words, the claims in the log, and the files of the checkout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tpub.diagnostic import Claim, Diagnostic, Line, Severity
from tpub.doctor.causes.token import case_of
from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding
from tpub.doctor.joblog import JobLog
from tpub.doctor.joblog.failures import Failure, Stage
from tpub.doctor.joblog.files import wrong_files
from tpub.doctor.suspects import suspects
from tpub.errors import ConfigError
from tpub.identity.publisher import (
    ACTIVESTATE_ISSUER,
    GITHUB_ISSUER,
    GITLAB_ISSUER,
    GOOGLE_ISSUER,
    GitHubPublisher,
    GitLabPublisher,
    Publisher,
)
from tpub.index.model import Index, family, find
from tpub.index.refusals import explain
from tpub.index.replies import recognised

_MARKS = {  # claims that tokens of one platform alone have
    "job_workflow_ref": GITHUB_ISSUER,
    "repository": GITHUB_ISSUER,
    "project_path": GITLAB_ISSUER,
    "email": GOOGLE_ISSUER,
    "builder": ACTIVESTATE_ISSUER,
}
# A log may have less of the index's words than there were.
_LOOK = "Run `tpub check` on the files: it says of most what the index minds, and where."


def index_of(log: JobLog) -> Index | None:
    """Return the index that the log's tool talked to; None if it does not say, or names no address for uploads."""
    try:
        return (family(log.address) or find(log.address)) if log.address else None
    except ConfigError:
        return None


def with_log(evidence: Evidence, log: JobLog) -> Evidence:
    """Return the evidence with what the log shows of the run: its claims, and which workflow it was."""
    if not log.claims:
        return replace(evidence, log=log)
    claims = {"iss": _issuer(log.claims), "aud": evidence.audience, **log.claims}
    path = "/".join(log.claims.get("job_workflow_ref", "").partition("@")[0].split("/")[2:])
    own = tuple(subject for subject in evidence.subjects if subject.workflow.path == path)
    return replace(evidence, log=log, claims=claims, own=own or evidence.own)


def told(evidence: Evidence, expected: Publisher | None, found: Sequence[Finding]) -> list[Finding]:
    """Return `found` and what the log adds, the log's failures first; what both name is told once, with its mend.

    `expected` is the publisher that the checkout needs: it stands in for claims that no tool printed.
    """
    log = evidence.log
    if log is None:
        return list(found)
    if not log.failures:
        return [Finding(_silent(log)), *found]
    causes = [cause for failure in log.failures for cause in _causes(evidence, log, failure, expected, found)]
    twins = {each.diagnostic.code: each for each in found}
    first = [replace(twins.get(cause.code, Finding(cause)), diagnostic=cause) for cause in dict.fromkeys(causes)]
    codes = {cause.code for cause in causes}
    return [*first, *(each for each in found if each.diagnostic.code not in codes)]


def _causes(
    evidence: Evidence, log: JobLog, failure: Failure, expected: Publisher | None, found: Sequence[Finding]
) -> Iterator[Diagnostic]:
    place = Line(log.name, failure.line)
    match failure.stage:
        case Stage.START:
            yield _protected(evidence, failure, place)
        case Stage.IDENTITY:
            yield from _without_identity(failure, place, found)
        case Stage.EXCHANGE:
            yield from _refused(evidence, log, failure, expected, found)
        case Stage.FILES:
            yield from wrong_files(evidence, failure, place, found)
        case Stage.UPLOAD:
            code, hint = recognised(failure.words, failure.status) or ("upload-refused", _LOOK)
            yield Diagnostic(
                code, f"{evidence.where} refused the file: {failure.words}", hint, (place,), file=failure.file
            )


def _refused(
    evidence: Evidence, log: JobLog, failure: Failure, expected: Publisher | None, found: Sequence[Finding]
) -> Iterator[Diagnostic]:
    place = Line(log.name, failure.line)
    if failure.code == "invalid-token" and "aud" not in log.claims:
        if not any(each.diagnostic.code.startswith("audience-") for each in found):
            yield _unverified(evidence, place)
        return
    if evidence.claims is None and expected is not None:
        evidence = replace(evidence, claims={"aud": evidence.audience, **_needed(expected)})
    said = explain(case_of(evidence), place, failure.code, failure.words)
    if evidence.claims is None:
        said = replace(said, hint="Register this job as a publisher: `tpub publisher` shows what to type.")
    main, *others = suspects(evidence, said)
    known = [item for item in main.evidence if item != place and _is_known(item, log)]
    yield replace(main, evidence=(*known, place))
    yield from others


def _is_known(item: object, log: JobLog) -> bool:
    """Tell whether a claim stands in the log, or is compared with something that is known."""
    return not isinstance(item, Claim) or item.name in log.claims or item.expected is not None


def _protected(evidence: Evidence, failure: Failure, place: Line) -> Diagnostic:
    named = [subject.job.environment for subject in evidence.subjects]
    return Diagnostic(
        "gh-environment-protection",
        f"the job never started: {failure.words}",
        f"Open Settings, Environments, {failure.code} and add a rule for it: of type TAG for a tag, such as `v*`.",
        (*(name.line for name in named if name is not None and name.text == failure.code), place),
    )


def _without_identity(failure: Failure, place: Line, found: Sequence[Finding]) -> Iterator[Diagnostic]:
    """Tell of an identity that was asked for in vain, where nothing in the files is to blame."""
    if any(each.diagnostic.is_error for each in found):
        return
    is_github = "ACTIONS_" in failure.words or "id-token" in failure.words
    yield Diagnostic(
        "gh-id-token-missing" if is_github else "gl-id-tokens-missing",
        f"the job got no identity token ({failure.words}), and no file here keeps it from one: the run was of other "
        "files, or of somebody's fork",
        "Check out the commit that ran, and run this again; or run `tpub doctor` in the job, which shows what it has.",
        (place,),
    )


def _unverified(evidence: Evidence, place: Line) -> Diagnostic:
    return Diagnostic(
        "invalid-token",
        f"{evidence.where} could not verify the identity token: it has another audience, is too old, or is not "
        "what the platform signed",
        "Run `tpub doctor` in the job: it reads the token that the job has.",
        (place,),
    )


def _silent(log: JobLog) -> Diagnostic:
    return Diagnostic(
        "log-silent",
        f"{log.name} ({log.lines} lines) shows no failure of publishing that tpub knows",
        "Give the whole log of the job that publishes: `gh run view --log-failed > job.log`, or of GitLab the raw one.",
        (),
        Severity.NOTE,
    )


def _issuer(claims: Mapping[str, str]) -> str:
    found = next((issuer for name, issuer in _MARKS.items() if name in claims), "")
    server = claims.get("ci_config_ref_uri", "").partition("/")[0]
    return f"https://{server}" if found == GITLAB_ISSUER and server else found


def _needed(publisher: Publisher) -> Mapping[str, str]:
    """Return the claims with which a publisher would have been found."""
    match publisher:
        case GitHubPublisher(owner, repository, file, environment):
            path = f"{owner}/{repository}"
            found = {"iss": GITHUB_ISSUER, "repository": path, "repository_owner": owner}
            found |= {"job_workflow_ref": f"{path}/.github/workflows/{file}@", "environment": environment}
        case GitLabPublisher(namespace, project, file, environment, issuer):
            path, server = f"{namespace}/{project}", issuer.partition("://")[2]
            found = {"iss": issuer, "project_path": path, "ci_config_ref_uri": f"{server}/{path}//{file}@"}
            found |= {"environment": environment}
        case _:
            found = {}
    return {name: value for name, value in found.items() if value}
