"""What the token or the index tells, told more closely by the files: the line, the mend, and sometimes another cause.

The index sees claims. That an environment stands on another job, came out of an empty expression, or that a file was
renamed, is seen in the checkout alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from tpub.diagnostic import Claim, Diagnostic, Evidence as Seen
from tpub.doctor.environments import likely
from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding
from tpub.doctor.pipeline_subject import PipelineSubject, subjects
from tpub.doctor.subject import Subject
from tpub.identity.publisher import workflow_filepath
from tpub.workflow.fix import Edit, added, moved, replaced, rewritten
from tpub.workflow.github.emptiness import why_empty
from tpub.workflow.github.model import Job, named_in_full, own_path
from tpub.workflow.locate import Place
from tpub.workflow.values import scalar

_RELEASE = "`environment: release` (a usual name): the publisher has to name it, too"
_PAGES = "github-pages"  # an environment of GitHub's own, for sites


def refined(evidence: Evidence, diagnostic: Diagnostic) -> Finding:
    """Return the diagnostic with what the files add to it, and the edits that mend it."""
    refine = _BY_CODE.get(diagnostic.code)
    found = refine(evidence, diagnostic) if refine is not None else None
    return found if found is not None else Finding(diagnostic)


def empty_environment(evidence: Evidence, subject: Subject, place: Place, *seen: Seen) -> Finding:
    """Tell of an expression that names no environment."""
    guess = likely(evidence, subject.workflow.path)
    why = why_empty(subject.workflow, subject.job, place.text)
    return Finding(
        Diagnostic(
            "gh-environment-empty",
            f"`environment:` of {subject.job.name} is an expression ({place.text}) that came out empty"
            f"{f' ({why})' if why else ''}: the token has no environment claim",
            f"Declare the output, or write the name out: `environment: {guess.name}`.",
            (place.line, *seen),
        ),
        (replaced(place, scalar(guess.name)),),
        (guess.proposal(evidence.where),),
    )


def _with(diagnostic: Diagnostic, seen: Iterable[Seen], edits: Iterable[Edit] = ()) -> Finding:
    return Finding(replace(diagnostic, evidence=(*diagnostic.evidence, *seen)), tuple(edits))


def _expected(diagnostic: Diagnostic, name: str) -> str:
    """Return what the publisher is known to hold for a claim; empty if nobody knows."""
    found = (item.expected for item in diagnostic.evidence if isinstance(item, Claim) and item.name == name)
    return next((expected for expected in found if expected), "")


# GitHub
def _no_environment(evidence: Evidence, told: Diagnostic) -> Finding | None:
    expected = _expected(told, "environment")
    if not expected and (renamed := _renamed(evidence, told)) is not None:
        return renamed
    for subject in evidence.subjects:
        if (place := subject.job.environment) is not None:
            return _named(evidence, subject, place, told)
        if (other := _with_environment(subject, expected)) is not None:
            return _on_another_job(subject, other, told)
    for subject in evidence.subjects:
        if expected:
            return _with(told, [subject.job.place.line], [added(subject.job.place, "environment", scalar(expected))])
        guess = likely(evidence, subject.workflow.path)
        hint = f"Write `environment: {guess.name}` into {subject.job.name} ({guess.why}) if the publisher names that"
        return _with(replace(told, hint=f"{hint}. {told.hint}"), [subject.job.place.line])
    return None


def _named(evidence: Evidence, subject: Subject, place: Place, told: Diagnostic) -> Finding:
    """Tell of a job that names an environment, of which the token knows nothing."""
    if "$" not in place.text:  # written after the run had begun: no edit mends that run
        return _with(told, [place.line])
    return empty_environment(evidence, subject, place, *told.evidence)


def _renamed(evidence: Evidence, told: Diagnostic) -> Finding | None:
    """Tell of a workflow file with another name than it had, or with the rarer ending."""
    ref = evidence.claim("job_workflow_ref").partition("@")[0]
    path, file = "/".join(ref.split("/")[2:]), ref.rpartition("/")[2]
    former = evidence.history.former_name(path)
    if not former and not file.endswith(".yaml"):
        return None
    why = f"git's history says that it was {former}" if former else "`.yml` and `.yaml` are two names"
    return Finding(
        replace(
            told,
            code="gh-workflow-mismatch",
            message=f"the token comes from {file}, and no publisher names that file: {why}",
            hint=f"Compare the publisher's file, and register {file} if it differs (or rename it back). {told.hint}",
        )
    )


def _with_environment(subject: Subject, expected: str) -> Job | None:
    """Return another job of the file with an environment: the expected one, or any that may have been meant."""
    for job in subject.workflow.jobs:
        place = job.environment
        if place is not None and job is not subject.job:
            name = place.text.lower()
            if name == expected.lower() if expected else name != _PAGES:
                return job
    return None


def _on_another_job(subject: Subject, other: Job, told: Diagnostic) -> Finding:
    place = other.place.get("environment")
    name = other.environment.text if other.environment is not None else ""
    return Finding(
        Diagnostic(
            "gh-environment-wrong-job",
            f"`environment: {name}` stands on {other.name}, but the upload runs in {subject.job.name}: an environment "
            "is per job, and the token has no environment claim",
            f"Move `environment: {name}` to {subject.job.name}.",
            (*([place.line] if place is not None else []), subject.job.place.line, *told.evidence),
            told.severity,
        ),
        moved(place, subject.job.place, name) if place is not None else (),
    )


def _other_environment(evidence: Evidence, told: Diagnostic) -> Finding | None:
    expected = _expected(told, "environment")
    places = [subject.job.environment for subject in evidence.subjects]
    places += [subject.job.environment for subject in subjects(evidence)]
    for place in places:
        if place is not None:
            literal = bool(expected) and "$" not in place.text and "$" not in expected and place.is_written
            return _with(told, [place.line], [replaced(place, scalar(expected))] if literal else [])
    return None


def _pull_request_target(evidence: Evidence, told: Diagnostic) -> Finding | None:
    for subject in evidence.subjects:
        on = subject.workflow.place.get("on")
        if on is not None and "pull_request_target" in subject.workflow.triggers:
            alone = len(subject.workflow.triggers) == 1
            return _with(told, [on.line], [rewritten(on, {"push": {"tags": "['v*']"}})] if alone else [])
    return None


def _reusable(evidence: Evidence, told: Diagnostic) -> Finding:
    called, top = (evidence.claim(name).partition("@")[0] for name in ("job_workflow_ref", "workflow_ref"))
    repository = evidence.actions.repository
    calls = [
        (workflow, job)
        for workflow in evidence.actions.workflows
        for job in workflow.jobs
        if job.calls is not None
        and (own_path(job.calls.text, repository) or job.calls.text.partition("@")[0]) in called
    ]
    found = _with(told, [job.place.line for _, job in calls])
    ours = [(workflow, job) for workflow, job in calls if top.endswith(f"/{workflow.path}")]
    if len(ours) != 1 or not told.is_error:
        return found
    ((_, job),) = ours
    if job.calls is not None and (path := named_in_full(job.calls.text, repository)):
        return replace(found, edits=(replaced(job.calls, f"./{path}"),))
    from tpub.doctor.in_place import in_its_place  # noqa: PLC0415  (a rare mend, and slow to import)

    edits, proposals = in_its_place(evidence, *ours[0])
    return replace(found, edits=edits, proposals=proposals)


# GitLab
def _no_gitlab_environment(evidence: Evidence, told: Diagnostic) -> Finding | None:
    expected = _expected(told, "environment")
    if not expected and (included := _included(evidence, told)) is not None:
        return included
    for subject in subjects(evidence):
        can_be_mended = expected and subject.job.place.is_written
        edits = [added(subject.job.place, "environment", scalar(expected))] if can_be_mended else []
        return _with(told, [subject.job.line], edits)
    return None


def _included(evidence: Evidence, told: Diagnostic) -> Finding | None:
    """Tell of a job in an included file, which no token ever names."""
    top = workflow_filepath(evidence.claim("ci_config_ref_uri"))
    subject = next((each for each in subjects(evidence) if top and each.job.line.path != top), None)
    if subject is None:
        return None
    return Finding(
        replace(
            told,
            code="gl-config-mismatch",
            message=f"job `{subject.job.name}` is written in {subject.job.line.path}, but the token names the top file "
            f"{top}, and that is what the index compares",
            hint=f"Register {top}. {told.hint}",
            evidence=(subject.job.line, *told.evidence),
        )
    )


def _gitlab_publisher(evidence: Evidence, told: Diagnostic) -> Finding | None:
    return _included(evidence, told) or _dynamic(evidence, told)


def _dynamic(evidence: Evidence, told: Diagnostic) -> Finding | None:
    for subject in subjects(evidence):
        place = subject.job.environment
        if place is not None and "$" in place.text:
            message = (
                f"the environment of job `{subject.job.name}` is made of variables ({place.text}), and a publisher "
                "holds a fixed text"
            )
            hint = f"Use a fixed name (`environment: release`), and register that. {told.hint}"
            found = replace(told, code="gl-environment-dynamic", message=message, hint=hint)
            edit = replaced(place, "release")
            return replace(_with(found, [place.line], [edit]), proposals=(_RELEASE,))
    return None


def _audience(evidence: Evidence, told: Diagnostic) -> Finding:
    """Point at `aud:`; of a wrong one, say which variable holds it."""
    lines, edits = [], []
    variable = ""
    for subject, place in audiences(evidence):
        if place.items or ("$" not in place.text and place.text != subject.audience):
            lines.append(place.line)
            edits.append(replaced(place, subject.audience))
            variable = subject.variable
    if told.code == "audience-mismatch" and variable:
        told = replace(told, message=f"{told.message} ({variable} of the job)")
    return _with(told, lines, edits)


def audiences(evidence: Evidence) -> list[tuple[PipelineSubject, Place]]:
    """Return where the audiences of the publishing jobs' tokens stand."""
    found = []
    for subject in subjects(evidence):
        token = subject.job.id_tokens.get(subject.variable)
        place = token.place.get("aud") if token is not None else None
        if place is not None:
            found.append((subject, place))
    return found


def _fork(evidence: Evidence, told: Diagnostic) -> Finding:
    places = {subject.job.name: subject.job.place for subject in subjects(evidence)}.values()
    free = [place for place in places if place.get("rules") is None and place.get("only") is None]
    return _with(
        told, [place.line for place in places], [added(each, "rules", "[{if: $CI_COMMIT_TAG}]") for each in free]
    )


_BY_CODE: Mapping[str, Callable[[Evidence, Diagnostic], Finding | None]] = MappingProxyType(
    {
        "gh-environment-missing": _no_environment,
        "gh-environment-mismatch": _other_environment,
        "gh-publisher-mismatch": _renamed,
        "gh-pull-request-target": _pull_request_target,
        "gh-reusable-workflow": _reusable,
        "gl-environment-missing": _no_gitlab_environment,
        "gl-environment-mismatch": _other_environment,
        "gl-environment-dynamic": _dynamic,
        "gl-publisher-mismatch": _gitlab_publisher,
        "gl-fork-merge-request": _fork,
        "audience-mismatch": _audience,
        "audience-list": _audience,
    }
)
