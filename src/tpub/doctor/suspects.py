"""No publisher fits, and the index does not say which field differs: what it may be, the likeliest first.

No interface of the index shows its publishers. What the last release, the project's own addresses and the numbers of
owner and repository tell is weighed here; what remains is listed, each with the field to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tpub.diagnostic import Diagnostic, Severity
from tpub.doctor.causes.token import case_of
from tpub.doctor.evidence import Evidence
from tpub.doctor.refine import refined
from tpub.identity.publisher import GITLAB_ISSUER, GitHubPublisher, GitLabPublisher, publisher_of
from tpub.index.refusals.publishers import against
from tpub.workflow.gitlab import CONFIG

_GUESSES = frozenset(
    {"gh-environment-missing", "gh-publisher-mismatch", "gl-environment-missing", "gl-publisher-mismatch"}
)
_REPOSITORY = re.compile(r"https?://(?:www\.)?(github|gitlab)\.com/(?!sponsors/|orgs/|users/)([\w.-]+(?:/[\w.-]+)+)")
Needed = GitHubPublisher | GitLabPublisher


def suspects(evidence: Evidence, told: Diagnostic) -> list[Diagnostic]:
    """Return the causes that fit the refusal `told`: the likeliest as it is, the others as notes.

    Of a cause that is known, and of platforms whose claims leave no choice, there is one.
    """
    found = refined(evidence, told).diagnostic
    needed = publisher_of(evidence.claims or {})
    if told.code not in _GUESSES or evidence.declared is not None or not isinstance(needed, Needed):
        return [found]
    if isinstance(needed, GitLabPublisher) and needed.issuer_url != GITLAB_ISSUER:
        return [found]
    first = _shown(evidence, told, needed) or (None if found.code != told.code else _likelier(evidence, told, needed))
    main = first or found
    others = [each for each in _others(evidence, needed) if each.code != main.code]
    return [main, *others]


def _shown(evidence: Evidence, told: Diagnostic, needed: Needed) -> Diagnostic | None:
    """Tell what the publisher of the last release, or another address of the repository, shows."""
    if evidence.last is not None and type(evidence.last) is type(needed):
        unlike = against(case_of(evidence), evidence.last, "the publisher of the last release")
        if unlike is not None:
            return refined(evidence, unlike).diagnostic
        return _owner_made_anew(evidence, told, "all names are as with the publisher of the last release")
    former = _former(evidence, needed)
    if former is None:
        return None
    return replace(
        told,
        code=_repository_code(needed),
        message=f"the token names {_path(needed)}, and [project.urls] {former}: if the repository was renamed or "
        "moved, the publisher still has the old name",
    )


def _likelier(evidence: Evidence, told: Diagnostic, needed: Needed) -> Diagnostic | None:
    """Tell what the token itself makes likelier than what the index compares last."""
    if isinstance(needed, GitHubPublisher):
        owner, repository = (_number(evidence, f"repository{which}_id") for which in ("_owner", ""))
        # GitHub counts accounts and repositories up, and has always had more repositories than accounts.
        if owner and repository and owner > repository:
            return _owner_made_anew(evidence, told, f"the account of {needed.owner} is younger than the repository")
    elif (found := _likelier_on_gitlab(told, needed)) is not None:
        return found
    if evidence.project and _is_unlike(evidence.project, _name(needed)):
        return replace(
            told,
            code=_repository_code(needed),
            message=f"the repository {_path(needed)} is not called like the project {evidence.project}: if it was "
            "renamed or moved, the publisher still has the old name",
        )
    # On GitHub, letter case does not count, and most publishers have the environment that the index recommends.
    is_usual = isinstance(needed, GitHubPublisher) and needed.environment.lower() == evidence.index.name
    return _other_environment(evidence, told, needed) if needed.environment and not is_usual else None


def _likelier_on_gitlab(told: Diagnostic, needed: GitLabPublisher) -> Diagnostic | None:
    if needed.workflow_filepath != CONFIG:
        return replace(
            told,
            code="gl-config-mismatch",
            message=f"the token names the file {needed.workflow_filepath}, the project's own setting: most likely the "
            f"publisher names {CONFIG}, which is the usual one",
            hint=f"Register {needed.workflow_filepath}. {told.hint}",
        )
    if "/" in needed.namespace:
        return replace(
            told,
            code="gl-namespace-mismatch",
            message=f"the project's namespace is {needed.namespace}, all of it: most likely the publisher names "
            "another one, or only a part",
        )
    return None


def _other_environment(evidence: Evidence, told: Diagnostic, needed: Needed) -> Diagnostic:
    is_github = isinstance(needed, GitHubPublisher)
    found = replace(
        told,
        code=f"{'gh' if is_github else 'gl'}-environment-mismatch",
        message=f"most likely the publisher names another environment than {needed.environment!r}"
        f"{'' if is_github else ', or spells it otherwise: it is compared exactly'}",
        hint=f"Use the same name on both sides. {told.hint}",
    )
    return refined(evidence, found).diagnostic


def _owner_made_anew(evidence: Evidence, told: Diagnostic, why: str) -> Diagnostic | None:
    if not told.code.startswith("gh-"):
        return None
    owner, number = evidence.claim("repository_owner"), evidence.claim("repository_owner_id")
    return replace(
        told,
        code="gh-owner-id-mismatch",
        message=f"{why}: most likely {owner} was made anew, or got the repository, after the publisher was registered, "
        f"and its number is no longer the one that was stored (now {number}), or the publisher is gone",
    )


def _others(evidence: Evidence, needed: Needed) -> Iterator[Diagnostic]:
    where, environment = evidence.where, needed.environment
    prefix = "gh" if isinstance(needed, GitHubPublisher) else "gl"
    if environment:
        yield _perhaps(
            f"{prefix}-environment-mismatch",
            f"the publisher at {where} may name another environment than {environment}",
            f"Compare its environment with `{environment}`.",
        )
    else:
        yield _perhaps(
            f"{prefix}-environment-missing",
            f"the publisher at {where} may name an environment, and this job runs in none",
            "Look whether its environment is empty; else add that `environment:` to the publishing job.",
        )
    yield _perhaps(
        _repository_code(needed),
        f"the publisher at {where} may name another repository than {_path(needed)}, such as an old name",
        f"Compare its fields with `{_path(needed)}`, upper and lower case included.",
    )
    file = needed.workflow_filename if isinstance(needed, GitHubPublisher) else needed.workflow_filepath
    yield _perhaps(
        "gh-workflow-mismatch" if prefix == "gh" else "gl-config-mismatch",
        f"the publisher at {where} may name another file than {file}",
        f"Compare its file with `{file}`, the ending included.",
    )
    if isinstance(needed, GitHubPublisher):
        number = evidence.claim("repository_owner_id")
        yield _perhaps(
            "gh-owner-id-mismatch",
            f"the publisher may be older than the present account {needed.owner} (number {number})",
            "If all fields agree, delete the publisher and add it again.",
        )
    yield _perhaps(
        f"{prefix}-publisher-mismatch",
        f"{where} may have no publisher for this project at all",
        "If there is none, register it: `tpub publisher` shows what to type.",
    )


def _perhaps(code: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(code, f"if it is not that: {message}", hint, (), Severity.NOTE)


def _former(evidence: Evidence, needed: Needed) -> str | None:
    """Return what the project calls the repository, if that is another name for what may be the same."""
    host = "github" if isinstance(needed, GitHubPublisher) else "gitlab"
    length = 2 if host == "github" else None
    found = [match for url in evidence.urls if (match := _REPOSITORY.match(url)) is not None and match[1] == host]
    paths = ["/".join(match[2].partition("/-/")[0].split("/")[:length]).removesuffix(".git") for match in found]
    own = _path(needed).lower()
    if own in (path.lower() for path in paths):
        return None
    owner, _, name = own.rpartition("/")
    return next(
        (path for path in paths if path.lower().startswith(f"{owner}/") or path.lower().endswith(f"/{name}")), None
    )


def _is_unlike(project: str, repository: str) -> bool:
    """Tell whether neither name is a part of the other: `python-sample` and `sample` are alike."""
    one, other = (re.sub(r"[^a-z0-9]|python|py(?=.)", "", name.lower()) for name in (project, repository))
    return bool(one and other) and one not in other and other not in one


def _path(needed: Needed) -> str:
    owner = needed.owner if isinstance(needed, GitHubPublisher) else needed.namespace
    return f"{owner}/{_name(needed)}"


def _name(needed: Needed) -> str:
    return needed.repository if isinstance(needed, GitHubPublisher) else needed.project


def _repository_code(needed: Needed) -> str:
    return "gh-repository-mismatch" if isinstance(needed, GitHubPublisher) else "gl-namespace-mismatch"


def _number(evidence: Evidence, claim: str) -> int:
    value = evidence.claim(claim)
    return int(value) if value.isdecimal() else 0
