"""No publisher of the index fits the token: which field it is, as far as can be told from here.

The index says only that none was found. What the project declares settles it; without, the likeliest comes first,
and all that was compared is shown.
"""

from __future__ import annotations

import re

from tpub.diagnostic import Diagnostic
from tpub.identity.claims import Difference, comparison_of, differences
from tpub.identity.issuers import issuer_of
from tpub.identity.publisher import GitHubPublisher, GitLabPublisher, GooglePublisher, Publisher
from tpub.index.model import TESTPYPI
from tpub.index.refusals.case import Case
from tpub.index.refusals.jobs import wrong_job
from tpub.index.registration import registration_hint

_GENERAL = {"github": "gh-publisher-mismatch", "gitlab": "gl-publisher-mismatch"}
_CODES = {
    ("github", "owner"): "gh-repository-mismatch",
    ("github", "repository"): "gh-repository-mismatch",
    ("github", "workflow_filename"): "gh-workflow-mismatch",
    ("github", "environment"): "gh-environment-mismatch",
    ("gitlab", "namespace"): "gl-namespace-mismatch",
    ("gitlab", "project"): "gl-namespace-mismatch",
    ("gitlab", "workflow_filepath"): "gl-config-mismatch",
    ("gitlab", "environment"): "gl-environment-mismatch",
    ("google", "email"): "google-email-mismatch",
    ("google", "sub"): "google-sub-mismatch",
    ("activestate", "actor"): "activestate-actor",
}
_CALLED = re.compile(
    r"job_workflow_ref claim does not match, expecting one of \['(?P<expected>[^'@]*)@[^\]]*\], got '(?P<got>[^']*)'"
)
_MADE_BY_USERS = ".iam.gserviceaccount.com"  # service accounts that are not a project's default
_UNKNOWN = "invalid-publisher"  # the index's own code, where the cause is not to be told


def wrong_publisher(case: Case, words: str = "") -> Diagnostic:
    """Tell why no publisher was found; `words` are the index's."""
    return (
        wrong_job(case)
        or _lacks_claim(case, words)
        or _called_workflow(case, words)
        or against_declaration(case)
        or _namespace_spelling(case, words)
        or _elsewhere(case)
        or _not_pending(case)
        or _as_declared(case)
        or _likeliest(case)
    )


def _lacks_claim(case: Case, words: str) -> Diagnostic | None:
    """Tell a claim that every token of the platform has, and this one has not: it was made some other way."""
    named = re.search(r"Missing claim '([^']+)'", words)
    if named is None or named[1] not in comparison_of(case.claims).required:
        return None
    return Diagnostic(
        _UNKNOWN,
        f"the identity token has no `{named[1]}`, which {case.index.name} requires of every token of "
        f"{issuer_of(case.claims).title}",
        "Let the platform make the token for this very job, as it does by itself: `tpub upload` asks for it.",
        (case.claim(named[1]), *case.compared()),
    )


def _called_workflow(case: Case, words: str) -> Diagnostic | None:
    """Tell a job of another file than the registered one, where the claims at hand do not show which file was started.

    A publisher was found by owner, repository and file name: the file itself lies elsewhere, or is of another version.
    """
    said = _CALLED.search(words)
    if said is None:
        return None
    expected, got = said["expected"], said["got"]
    repository, _, path = expected.partition("/.github/")
    if got.partition("@")[0] == expected:
        what = (
            f"the job is written in {got}, and {case.index.name} takes a called workflow at the run's own commit alone"
        )
        advice = f"Call it as `./.github/{path}`, without `@`, or better, write the publishing job in the calling file."
    else:
        what = f"the job is written in the reusable workflow {got}, and the publisher is for {expected}"
        advice = (
            f"Keep building in the reusable workflow, but write the publishing job in a file of {repository} itself."
        )
    return Diagnostic(
        "gh-reusable-workflow", what, f"{advice} Register that file.", (case.claim("job_workflow_ref", expected),)
    )


def against_declaration(case: Case) -> Diagnostic | None:
    """Tell how the token differs from the publisher that is declared; None if it does not, or none is."""
    declared = case.known.declared
    if declared is None:
        return None
    if type(declared) is not type(case.publisher):
        return _other_platform(case, declared)
    return against(case, declared, "the publisher declared in pyproject.toml")


def against(case: Case, publisher: Publisher, whose: str) -> Diagnostic | None:
    """Tell the first field in which the token differs from `publisher`, which `whose` names; all are in the evidence.

    None if it does not differ, or is of another platform.
    """
    unlike = differences(publisher, case.claims)
    if not unlike:
        return None
    first = unlike[0]
    code, advice = _named(publisher, first)
    said = f"{first.value!r}" if first.value else "nothing"
    what = f"the token's {first.field} is {said}, and {whose} has {first.expected!r}"
    if first.is_blank:
        what += ": blanks are compared too"
    elif first.is_spelling:
        what += ": upper and lower case are compared too"
    elif code == "google-sub-mismatch":
        what += ": the account was made anew"
    return Diagnostic(code, what, _advice(case, advice), case.compared({each.claim: each.expected for each in unlike}))


def _named(declared: Publisher, first: Difference) -> tuple[str, str]:
    """Return the code of a difference, and what is to be done about it on the job's side."""
    platform = declared.provider
    code = _CODES.get((platform, first.field), _GENERAL.get(platform, _UNKNOWN))
    if first.is_blank:
        return _GENERAL.get(platform, _UNKNOWN), "Delete the publisher, and register it again without blanks."
    if first.field == "environment":
        return _environment(platform, first)
    if code == "gl-namespace-mismatch" and first.is_spelling:
        return "gl-namespace-case", f"Register {first.field} {first.value} just as GitLab spells it."
    return code, {
        "google-email-mismatch": (
            f"Run the job as {first.expected}, or set `GOOGLE_SERVICE_ACCOUNT_NAME={first.expected}` to impersonate it."
        ),
        "activestate-actor": f"Have {first.expected} start the build, or register {first.value}.",
    }.get(code, "")


def _environment(platform: str, first: Difference) -> tuple[str, str]:
    prefix = "gh" if platform == "github" else "gl"
    add = f"Add `environment: {first.expected}` to the publishing job"
    if "$" in first.expected and platform == "gitlab":
        return "gl-environment-dynamic", "Use a fixed name: the index compares the text, not what it stands for."
    if not first.value:
        return f"{prefix}-environment-missing", f"{add}."
    return f"{prefix}-environment-mismatch", f"Use one name on both sides: `environment: {first.expected}` in the job."


def _namespace_spelling(case: Case, words: str) -> Diagnostic | None:
    """Tell a publisher that only differs in case: GitLab's is found so, and compared letter by letter then."""
    expected = re.search(r"ci_config_ref_uri claim does not match, expecting one of \['([^'@]*)@", words)
    uri = case.text("ci_config_ref_uri").partition("@")[0]
    if expected is None or expected[1] == uri or expected[1].lower() != uri.lower():
        return None
    return Diagnostic(
        "gl-namespace-case",
        f"the publisher says {expected[1]}, the token {uri}: upper and lower case are compared",
        _advice(
            case, f"Register the namespace just as GitLab spells it: {case.text('project_path').rpartition('/')[0]}."
        ),
        (case.claim("ci_config_ref_uri", expected[1]),),
    )


def _other_platform(case: Case, declared: Publisher) -> Diagnostic:
    issuer = issuer_of(case.claims)
    return Diagnostic(
        _GENERAL.get(issuer.name, _UNKNOWN),
        f"the job runs on {issuer.title}, and the publisher declared in pyproject.toml is one of {declared.provider}",
        _advice(case, ""),
        case.compared(),
    )


def _elsewhere(case: Case) -> Diagnostic | None:
    if case.index != TESTPYPI:
        return None
    return Diagnostic(
        "index-publisher-elsewhere",
        f"{case.index.site_url or case.index.name} has no publisher for this job, and what is registered at PyPI does "
        "not count there: the two share nothing",
        _advice(case, ""),
        case.compared(),
    )


def _not_pending(case: Case) -> Diagnostic | None:
    release = case.known.release
    if not release.projects or not release.absent.issuperset(release.projects):
        return None
    return Diagnostic(
        "pending-publisher-missing",
        f"{', '.join(release.projects)} is not on {case.index.name} yet, and no pending publisher for this job is "
        "waiting: they are deleted after 30 days",
        _advice(case, "Add the pending publisher (again), and release soon after."),
        case.compared(),
    )


def _as_declared(case: Case) -> Diagnostic | None:
    """Tell what is left where the declared publisher fits: what the index looked up by itself, or no publisher."""
    if case.known.declared is None or not isinstance(case.publisher, GitHubPublisher):
        return None
    owner = case.text("repository_owner")
    return Diagnostic(
        "gh-owner-id-mismatch",
        f"all names are as declared, so the number of the account {owner} ({case.claims.get('repository_owner_id')}) "
        "is not the one that was stored with the publisher, or the publisher is not there",
        _advice(
            case, f"Delete the publisher and add it again: {case.index.name} stores the present number of {owner}."
        ),
        case.compared(),
    )


def _likeliest(case: Case) -> Diagnostic:
    """Tell the likeliest cause where nothing settles it."""
    code, guess, advice = _guess(case)
    return Diagnostic(
        code,
        f"{case.index.name} has no publisher that fits this job; {guess}",
        _advice(case, advice),
        case.compared(),
    )


def _guess(case: Case) -> tuple[str, str, str]:
    match case.publisher:
        case GitHubPublisher(_, _, file, environment) | GitLabPublisher(_, _, file, environment) as needed:
            prefix = "gh" if needed.provider == "github" else "gl"
            if isinstance(needed, GitLabPublisher) and issuer_of(case.claims).hint:
                return "gl-publisher-mismatch", f"one for another issuer than {needed.issuer_url} does not count", ""
            if not environment:
                advice = "Add the `environment:` that the publisher names to the publishing job."
                return (
                    f"{prefix}-environment-missing",
                    "most likely it names an environment, and this job runs in none",
                    advice,
                )
            return f"{prefix}-publisher-mismatch", f"it would need {file} and the environment {environment}", ""
        case GooglePublisher(email):
            return _guess_of_google(case, email)
        case None:
            return _UNKNOWN, "the claims that it compares are unknown here", ""
        case activestate:
            return (
                "activestate-actor",
                f"the build was started by {activestate.actor}",
                "Have the registered user do it.",
            )


def _guess_of_google(case: Case, email: str) -> tuple[str, str, str]:
    if email.endswith(_MADE_BY_USERS):
        number = case.text("sub")
        return (
            "google-sub-mismatch",
            f"if it names {email}, its subject is not the number {number}: an account that was made anew has another",
            f"Compare the publisher's email, and its subject with {number}, or leave the subject empty.",
        )
    whose = "the default account of the project, " if "developer.gserviceaccount" in email else ""
    return (
        "google-email-mismatch",
        f"the job runs as {whose}{email}",
        "Run the job as the service account that is registered, or set `GOOGLE_SERVICE_ACCOUNT_NAME` to it.",
    )


def _advice(case: Case, advice: str) -> str:
    """Return what to do: on the job's side, and what to register at the index."""
    if case.publisher is None:
        return advice or "Compare the claims above with the publisher that the index has on record."
    register = registration_hint(case.index, case.publisher, case.known.release.projects, case.known.release.absent)
    return f"{advice} Or {register[:1].lower()}{register[1:]}" if advice else register
