"""GitHub: the permission to request an identity token is not there, or not where it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from tpub.diagnostic import Evidence as Seen
from tpub.doctor.evidence import REQUEST, Evidence
from tpub.doctor.finding import Finding, error
from tpub.doctor.lacking import flow, granting, is_called_only, lacking
from tpub.doctor.subject import Subject
from tpub.workflow.fix import Edit, added, moved, removed, renamed, replaced
from tpub.workflow.github.model import Job, Step
from tpub.workflow.github.permissions import IDENTITY, SCOPES, Permissions
from tpub.workflow.locate import Place, Route

_GRANT = {IDENTITY: "write"}
_MEANT = frozenset({"permissions", "permission", IDENTITY})
_AROUND = frozenset({"on", "defaults", "permission", IDENTITY})
# Steps for whose sake a job has an identity that do not publish: it is not misplaced there.
_USERS = re.compile(
    r"actions/deploy-pages|configure-aws-credentials|google-github-actions/auth|azure/login|vault-action|attest|sigstore"
    r"|cosign|codecov|slsa|octo-sts|trusted-publish|rust-lang/crates-io-auth|--provenance",
)
_MISSPELT = frozenset(
    {"idtoken", "idtokens", "openid", "openidtoken", "jwt", "identitytoken", "oidc", "oidctoken", "tokenid"}
)


def permission_is_misspelt(evidence: Evidence) -> Iterator[Finding]:
    """GitHub refuses a file whose `permissions:` name a scope that does not exist."""
    for subject in lacking(evidence):
        blocks = [subject.workflow.permissions, *(job.permissions for job in subject.workflow.jobs)]
        for caller, job in evidence.actions.callers(subject.workflow):
            blocks += [caller.permissions, job.permissions]
        for block in blocks:
            for place in block.unknown if block is not None else ():
                where = ".".join(map(str, place.route[:-2])) or "the workflow"
                wrong = str(place.route[-1])
                if (right := _meant(wrong)) is None:
                    continue
                yield error(
                    "gh-permission-unknown",
                    f"`{wrong}` in the permissions of {where} is no permission, it is spelt `{right}`: "
                    "GitHub refuses the workflow file",
                    f"Rename `{wrong}` to `{right}` in {place.key.rpartition('.')[0]}.",
                    place.line,
                    edits=[renamed(place, right) if block is None or right not in block.scopes else removed(place)],
                )


def permissions_are_misplaced(evidence: Evidence) -> Iterator[Finding]:
    """Permissions exist for workflows and jobs only."""
    for subject in lacking(evidence):
        for place in _strays(subject):
            job = subject.job.place
            edits = [removed(place)]
            if job.get("permissions") is None:
                edits.append(added(job, "permissions", _GRANT))
            yield error(
                "gh-permissions-misplaced",
                f"`{place.route[-1]}:` stands in {place.key.rpartition('.')[0] or 'the workflow'}, where it counts for "
                "nothing: `permissions:` exists for workflows and jobs only",
                f"Move it to {subject.job.name}: `permissions: {{{IDENTITY}: write}}` beside `runs-on:`.",
                place.line,
                edits=edits,
            )


def permission_is_lacking(evidence: Evidence) -> Iterator[Finding]:
    """No block, an empty one, `read`, one that replaces the workflow's, or one on another job."""
    for subject in lacking(evidence):
        if subject.is_granted or (is_called_only(subject.workflow) and subject.workflow.granted(subject.job) is None):
            continue
        own = subject.job.permissions
        block = own if own is not None else subject.workflow.permissions
        if block is not None and _is_half_granted(block):
            yield _read_only(subject, block)
        elif own is not None and subject.workflow.permissions is not None and _writes(subject.workflow.permissions):
            yield _overridden(subject, own)
        elif (other := _other_job(evidence, subject)) is not None:
            yield _on_another_job(subject, other)
        else:
            yield _missing(evidence, subject, block)


def _meant(wrong: str) -> str | None:
    if wrong.lower().replace("_", "").replace("-", "").replace(" ", "") in _MISSPELT:
        return IDENTITY
    close = get_close_matches(wrong.lower().replace("_", "-"), SCOPES, n=1, cutoff=0.8)
    return close[0] if close else None


def _strays(subject: Subject) -> Iterator[Place]:
    """Yield what is meant to grant an identity, where there is none to grant."""
    for place in subject.workflow.place.walk():
        route = place.route
        if not route or route[-1] not in _MEANT:
            continue
        block = place.get(IDENTITY) is not None
        if route[-1] == IDENTITY:
            is_meant = place.text == "write" and (len(route) == 1 or route[-2] not in _MEANT)
        else:
            is_meant = block and (route[-1] == "permission" or not _is_right(route))
        if is_meant and (route[:2] in (("jobs", subject.job.id), ("jobs", "permissions")) or route[0] in _AROUND):
            yield place


def _is_right(route: Route) -> bool:
    """Tell whether a block of permissions stands where one counts."""
    return route == ("permissions",) or (len(route) == 3 and route[0] == "jobs")  # noqa: PLR2004  (jobs.x.permissions)


def _is_half_granted(block: Permissions) -> bool:
    """Tell whether a block names the scope with a word that is neither `write` nor `none`."""
    if IDENTITY in block.scopes:
        return block.scopes[IDENTITY].text not in ("write", "none")
    return block.access(IDENTITY) == "read"


def _writes(permissions: Permissions) -> bool:
    return permissions.access(IDENTITY) == "write"


def _other_job(evidence: Evidence, subject: Subject) -> Job | None:
    """Return a job that holds the permission and has no use for it."""
    publishing = {each.job.id for each in evidence.actions.publishing if each.workflow.path == subject.workflow.path}
    return next(
        (
            job
            for job in subject.workflow.jobs
            if job.id != subject.job.id
            and job.permissions is not None
            and IDENTITY in job.permissions.scopes
            and _writes(job.permissions)
            and job.calls is None
            and not any(_uses_identity(step) for step in job.steps)
            and job.id not in publishing
        ),
        None,
    )


def _uses_identity(step: Step) -> bool:
    return _USERS.search(step.action or (step.run.text if step.run is not None else "")) is not None


def _read_only(subject: Subject, block: Permissions) -> Finding:
    place = block.scopes.get(IDENTITY, block.place)
    says = f"{IDENTITY}: {place.text}" if IDENTITY in block.scopes else f"permissions: {place.text}"
    where = subject.job.name if block is subject.job.permissions else "the workflow"
    is_own = block is subject.job.permissions or IDENTITY not in block.scopes
    edits = _own_block(subject) if is_own else [replaced(place, "write")]
    return error(
        "gh-id-token-not-write",
        f"`{says}` of {where} does not let {subject.job.name} request a token: that permission is called `write`",
        f"Change `{place.text}` to `write`: `{IDENTITY}: write` in the permissions of {subject.job.name}.",
        place.line,
        edits=edits,
    )


def _overridden(subject: Subject, own: Permissions) -> Finding:
    return error(
        "gh-id-token-overridden",
        f"{subject.job.name} has a `permissions:` block of its own, which replaces the workflow's with its "
        f"`{IDENTITY}: write`: the two are not merged",
        f"Add `{IDENTITY}: write` inside {own.place.key}.",
        own.place.line,
        *([subject.workflow.permissions.place.line] if subject.workflow.permissions is not None else []),
        edits=_own_block(subject),
    )


def _on_another_job(subject: Subject, other: Job) -> Finding:
    place = other.permissions.place if other.permissions is not None else other.place
    named = other.permissions.scopes if other.permissions is not None else {}
    edits: tuple[Edit, ...] = tuple(_own_block(subject))
    if subject.job.permissions is None and set(named) == {IDENTITY}:
        edits = moved(place, subject.job.place, _GRANT)
    return error(
        "gh-id-token-wrong-job",
        f"`{IDENTITY}: write` is granted to {other.name}, but the upload runs in {subject.job.name}: "
        "permissions are per job",
        f"Move `permissions: {{{IDENTITY}: write}}` from {other.name} to {subject.job.name}.",
        place.line,
        subject.job.place.line,
        edits=edits,
    )


def _missing(evidence: Evidence, subject: Subject, block: Permissions | None) -> Finding:
    job = subject.job.name
    if block is None:
        cause = f"{job} has no `permissions:`, and the default never includes `{IDENTITY}`"
    elif IDENTITY in block.scopes:
        cause = f"`{IDENTITY}: {block.scopes[IDENTITY].text}` of {_owner(subject, block)} lets {job} request no token"
    elif block.is_empty:
        cause = f"`permissions: {{}}` of {_owner(subject, block)} grants nothing at all: {job} can request no token"
    else:
        named = ", ".join(f"`{scope}`" for scope in block.scopes) or f"`{block.place.text}`"
        cause = (
            f"the `permissions:` of {_owner(subject, block)} name {named} only, which sets `{IDENTITY}` "
            f"to none in {job}"
        )
    if any(step.publish.tool == "uv" for step in subject.steps):
        cause += " (uv then says `Missing credentials`; with `--trusted-publishing always` it says why)"
    edits = _own_block(subject)
    seen: list[Seen] = [block.place.line if block is not None else subject.job.place.line]
    if evidence.is_github:
        seen += [evidence.variable(name) for name in REQUEST]
    return error(
        "gh-id-token-missing",
        cause,
        f"Give {job} a block of its own: `permissions: {{{flow(_needed(subject))}}}`.",
        *seen,
        edits=edits,
    )


def _owner(subject: Subject, block: Permissions) -> str:
    return subject.job.name if block is subject.job.permissions else "the workflow"


def _needed(subject: Subject) -> dict[str, str]:
    """Return the least that the job needs: the checkout of a private repository takes `contents: read`."""
    checks_out = any(step.action == "actions/checkout" for step in subject.job.steps)
    return _GRANT | ({"contents": "read"} if checks_out else {})


def _own_block(subject: Subject) -> list[Edit]:
    own = subject.job.permissions
    # What a word such as `read-all` stood for is more than anybody needs; the checkout takes `contents: read`.
    is_word = own is not None and own.place.text
    return [granting(subject.job, {"contents": "read", **_GRANT} if is_word else _needed(subject))]
