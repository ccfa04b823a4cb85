"""GitLab: no identity token in the job, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, error, note
from tpub.doctor.pipeline_subject import PipelineSubject, lacking, subjects, variable_of
from tpub.doctor.stripping import handed_on
from tpub.doctor.subject import destination
from tpub.identity import jwt
from tpub.identity.provider import variable_for
from tpub.secret import Secret
from tpub.workflow.fix import Edit, added, appended, moved, removed, renamed, replaced
from tpub.workflow.gitlab.model import Job, Token
from tpub.workflow.locate import Place
from tpub.workflow.node import Mapping, Sequence

_LEGACY = re.compile(r"CI_JOB_JWT(?:_V[12])?\b")


def token_is_no_jwt(evidence: Evidence) -> Iterator[Finding]:
    """Look at what the variable holds: an API token, most often."""
    variable = variable_for(evidence.audience)
    value = evidence.env.get(variable, "").strip()
    if not evidence.is_gitlab or not value or jwt.read(Secret(value)) is not None:
        return
    what = "a PyPI API token" if value.startswith("pypi-") else "something else"
    yield error(
        "gl-id-token-not-jwt",
        f"{variable} holds {what}: no JWT, and so no identity token",
        f"Ask GitLab for it: `id_tokens: {{{variable}: {{aud: {evidence.audience}}}}}` in the job (and delete the "
        "CI/CD variable of that name), or pass the API token as TPUB_TOKEN.",
        evidence.variable(variable),
        *((subject.by_hand or subject.publish).line for subject in subjects(evidence)),
    )


def tokens_are_misplaced(evidence: Evidence) -> Iterator[Finding]:
    """Look for the block where it counts for nothing: at the top level, deeper in the job, under a misspelt key."""
    for subject in lacking(evidence):
        place = subject.pipeline.misplaced or _misplaced(subject)
        if place is None:
            continue
        if place == subject.pipeline.misplaced:
            here = (
                "at the top level is taken for a job" if len(place.route) == 1 else f"in `{place.route[0]}` is unknown"
            )
            why = f"`id_tokens` of {place.document.path} {here}: it belongs in a job or under `default:`"
            hint = f"Move it into `{subject.job.name}`, or under `default:`."
        else:
            why = f"`{place.key}` counts for nothing: `id_tokens:` is a key of the job itself"
            hint = f"Write {subject.block} as a key of `{subject.job.name}` itself."
        spelt = place.route[-1] == "id_tokens"
        yield error(
            "gl-id-tokens-misplaced",
            why,
            hint,
            place.line,
            edits=moved(place, subject.job.place, subject.value)
            if spelt and place.fields and subject.job.place.get("id_tokens") is None
            else (removed(place), *subject.granting),
        )


def _misplaced(subject: PipelineSubject) -> Place | None:
    """Return a block inside of the job that names the token and is none of the job's."""
    for place in subject.job.place.walk():
        key = re.sub(r"[^a-z]", "", str(place.route[-1]).lower())
        is_own = place.route[1:] == ("id_tokens",)
        if key in ("idtokens", "idtoken") and not is_own and place.get(subject.variable) is not None:
            return place
    return None


def legacy_token_is_used(evidence: Evidence) -> Iterator[Finding]:
    """Look for CI_JOB_JWT, which GitLab 17.0 removed and no index ever took."""
    for subject in subjects(evidence):
        found = next(iter(_mentions(subject.job, _LEGACY)), None)
        if found is None or subject.variable in subject.job.id_tokens:
            continue
        place, name = found
        edits = [added(subject.job.place, "id_tokens", subject.value)] if not subject.job.id_tokens else []
        if place.entry is not None and place.route[-1] == subject.variable:
            edits.append(removed(place))
        yield error(
            "gl-ci-job-jwt",
            f"job `{subject.job.name}` uses {name}, which was removed in GitLab 17.0 and whose audience was "
            f"the instance: {evidence.where} never took it",
            f"Use {subject.block} instead.",
            place.at(name),
            edits=edits,
        )


def inherit_refuses_the_default(evidence: Evidence) -> Iterator[Finding]:
    """Look at `inherit:`, with which a job refuses what stands under `default:`."""
    for subject in lacking(evidence):
        job = subject.job
        if not subject.default_has_it or job.inherits("id_tokens") or job.get("id_tokens") is not None:
            continue
        inherit = next((found for block in job.chain if (found := block.get("inherit", "default")) is not None), None)
        yield error(
            "gl-inherit-default",
            f"`default:` asks for {subject.variable}, but job `{job.name}` does not take `id_tokens` over: its "
            "`inherit:` refuses it",
            f"Allow it: `inherit: {{default: [{_names(inherit)}]}}`, or repeat {subject.block} in `{job.name}`.",
            *([inherit.line] if inherit is not None else []),
            job.line,
            edits=[_allowed(inherit)] if inherit is not None else [],
        )


def tokens_are_overridden(evidence: Evidence) -> Iterator[Finding]:
    """Look for a nearer `id_tokens:` that undoes, or takes the place of, the one with the token."""
    for subject in lacking(evidence):
        job = subject.job
        nearest = job.get("id_tokens")
        extended = [place for block in job.chain[1:] if (place := block.get("id_tokens", subject.variable)) is not None]
        if nearest is None or not (extended or subject.default_has_it):
            continue
        if nearest.is_null:
            source = f"extends {extended[0].route[0]}" if extended else "has the default's `id_tokens`"
            message = f"job `{job.name}` {source}, but sets `id_tokens: null`, which undoes it"
            hint, edits = f"Remove the line `id_tokens:` from `{nearest.route[0]}`.", [removed(nearest)]
        elif not extended:
            message = f"job `{job.name}` has `id_tokens` of its own, and `default:` is not merged into them"
            hint = f"Add {subject.variable} with `aud: {subject.audience}` to the `id_tokens` of `{job.name}`."
            edits = [added(nearest, subject.variable, {"aud": subject.audience})]
        else:
            continue
        yield error("gl-id-tokens-overridden", message, hint, nearest.line, job.line, edits=edits)


def token_has_another_name(evidence: Evidence) -> Iterator[Finding]:
    """Look for the token under a name that clients do not look for: they want <AUDIENCE>_ID_TOKEN."""
    for subject in lacking(evidence):
        token = subject.misnamed
        if token is None:
            continue
        aud = token.place.get("aud")
        wrong = aud is not None and token.audiences not in ((subject.audience,), ())
        literal = aud is not None and not any("$" in text for text in token.audiences)
        yield error(
            "gl-id-token-name",
            f"the upload of job `{subject.job.name}` goes to {evidence.where}, whose identity token must be named "
            f"{subject.variable}: the job has {token.name} only",
            f"Rename it to {subject.variable} (`aud: {subject.audience}`).",
            token.place.line,
            evidence.variable(subject.variable),
            edits=subject.granting
            if _is_anothers(subject, token)
            else [
                renamed(token.place, subject.variable),
                *([replaced(aud, subject.audience)] if aud is not None and wrong and literal else []),
            ],
        )


def _is_anothers(subject: PipelineSubject, token: Token) -> bool:
    """Tell whether a token is not the job's alone, or is what another upload looks for, too."""
    for job, publish in subject.pipeline.publishing:
        index, own = destination(publish), job.id_tokens.get(token.name)
        is_wanted = index is not None and variable_of(index) == token.name
        if is_wanted and own is not None and own.place.is_typed_at(token.place):
            return True
    return token.place.route[0] != subject.job.name


def tokens_are_on_another_job(evidence: Evidence) -> Iterator[Finding]:
    """Look for the token in jobs that do not publish."""
    for subject in lacking(evidence):
        publishing = {job.name for job, _ in subject.pipeline.publishing}
        for other in subject.pipeline.jobs:
            place = other.place.get("id_tokens")
            if place is None:  # what is there by a template
                place = next((found for block in other.chain if (found := block.get("id_tokens")) is not None), None)
            if other.is_hidden or other.name in publishing or place is None or place.get(subject.variable) is None:
                continue
            own = subject.job.place.get("id_tokens")
            edits = moved(place, subject.job.place, subject.value)
            if own is not None or set(place.fields) != {subject.variable} or place.route[0] != other.name:
                edits = subject.granting
            yield error(
                "gl-id-tokens-wrong-job",
                f"`id_tokens` stands in job `{other.name}`, but the upload runs in job `{subject.job.name}`: "
                "tokens are per job",
                f"Move {subject.block} from `{other.name}` to `{subject.job.name}`.",
                place.line,
                subject.job.line,
                edits=edits,
            )
            break


def tokens_are_missing(evidence: Evidence) -> Iterator[Finding]:
    """Conclude that nobody asked: GitLab makes tokens on request only."""
    for subject in lacking(evidence):
        if not subject.job.is_known and not evidence.is_gitlab:
            continue
        by_hand = subject.by_hand
        why = f"it has no `id_tokens:` with {subject.variable}"
        if by_hand is not None:
            why = f"{subject.variable} is set from a stored variable, which is missing here or stale"
        template = subject.template
        hint = f"Add {subject.block} to job `{subject.job.name}`"
        # The project's settings may hold a token for a tool that takes one: no file shows that.
        is_sure = evidence.is_gitlab or subject.publish.tool == "tpub" or by_hand is not None
        yield (error if is_sure else note)(
            "gl-id-tokens-missing",
            f"job `{subject.job.name}` in {subject.job.line.path} asks for no identity token: {why}",
            f"{hint}, or `extends: {template}`, which asks for it." if template is not None else f"{hint}.",
            subject.job.line,
            *([by_hand.line] if by_hand is not None else []),
            *([evidence.variable(subject.variable)] if evidence.is_gitlab else []),
            edits=subject.granting if is_sure else (),
        )


def variables_are_stripped(evidence: Evidence) -> Iterator[Finding]:
    """Look at what the upload runs inside of: containers do not get the job's variables by themselves."""
    for subject in subjects(evidence):
        command = subject.publish.command
        if command is None or not command.inside or command.lets(subject.variable):
            continue
        if evidence.env.get(subject.variable) or subject.variable not in subject.job.id_tokens:
            continue
        inside = command.inside
        hint = "Drop `sudo`." if inside == "sudo" else f"Add `-e {subject.variable}` (and `-e GITLAB_CI`)."
        if inside == "tox":
            hint = f"Add to the tox environment: `pass_env = CI_*, GITLAB_CI, {subject.variable}`."
        if inside in ("su -", "env -i"):
            hint = f"Publish without `{inside}`."
        yield error(
            "gl-env-stripped",
            f"job `{subject.job.name}` has {subject.variable}, but the upload runs in `{inside}`, "
            "which is not given it",
            hint,
            subject.publish.line,
            *([evidence.variable(subject.variable)] if evidence.is_gitlab else []),
            edits=handed_on(subject.publish.place, command, (subject.variable,)),
        )


def _mentions(job: Job, pattern: re.Pattern[str]) -> Iterator[tuple[Place, str]]:
    scopes = [scope for scope in job.scopes if isinstance(scope, Place)]
    for place in (*(place for scope in scopes for place in scope.fields.values()), *job.script):
        if (found := pattern.search(place.text)) is not None:
            yield place, found[0]


def _names(inherit: Place | None) -> str:
    """Return what a list under `inherit:` names, and the tokens."""
    return ", ".join([*(inherit.texts if inherit is not None and inherit.items else ()), "id_tokens"])


def _allowed(inherit: Place) -> Edit:
    if isinstance(inherit.node, Sequence):
        return appended(inherit, "id_tokens")
    if isinstance(inherit.node, Mapping):
        return added(inherit, "id_tokens", "true")
    return replaced(inherit, "[id_tokens]")
