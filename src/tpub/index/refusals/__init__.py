"""The index gave no token for an identity: why, told apart by its words, the token's claims and what is declared.

Source: mint_token_from_oidc and mint_token in warehouse.oidc.views.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tpub.diagnostic import Diagnostic, Evidence
from tpub.index.refusals.case import Case
from tpub.index.refusals.jobs import wrong_job
from tpub.index.refusals.platforms import wrong_platform
from tpub.index.refusals.projects import refused_name, stale_pending
from tpub.index.refusals.publishers import wrong_publisher
from tpub.index.refusals.tokens import wrong_audience, wrong_time

_PAUSE = "Wait and run the same command again; see the index's status page."
_REUSED = Diagnostic(
    "token-reused",
    "this identity token was exchanged before, and each can be used once",
    "Run the job again for a fresh one. Another tool of the same job needs the API token that was minted "
    "(`tpub token`), not the identity token.",
)


def foreseen(case: Case) -> Iterator[Diagnostic]:
    """Yield what the index would refuse the token for, as far as its claims alone tell; nothing is asked."""
    for reason in (wrong_audience, wrong_time, wrong_platform, wrong_job):
        if (found := reason(case)) is not None:
            yield found


def explain(case: Case, seen: Evidence, code: str, words: str) -> Diagnostic:
    """Return why the index refused with `code` and `words`; `seen` shows that it did, and comes first."""
    found = _explained(case, code, words) or _unexplained(case, code, words)
    return replace(found, evidence=(seen, *found.evidence))


def _explained(case: Case, code: str, words: str) -> Diagnostic | None:
    match code:
        case "invalid-publisher":
            found: Diagnostic | None = wrong_publisher(case, words)
        case "invalid-pending-publisher":
            found = stale_pending(case)
        case "invalid-token":
            found = wrong_audience(case) or wrong_time(case) or _unverified(case)
        case "invalid-payload":
            found = _wrong_payload(case, words)
        case "invalid-reuse-token":
            found = _REUSED
        case "not-enabled":
            found = Diagnostic(
                "index-oidc-off", f"{case.index.name} has trusted publishing switched off at the moment", _PAUSE
            )
        case _:
            found = None
    return found


def _wrong_payload(case: Case, words: str) -> Diagnostic | None:
    if "issuer" in words:
        return wrong_platform(case)
    if (refused := refused_name(case, words)) is not None:
        return refused
    if "malformed JWT" in words or "validation error" in words:
        return Diagnostic(
            "exchange-payload",
            f"{case.index.name} cannot read what it was sent as an identity token",
            "Hand over the token alone, without quotes or line breaks around it (`jq -r`), or let tpub ask for it.",
        )
    return None


def _unverified(case: Case) -> Diagnostic:
    """Tell what is left where audience and times look right: the signature, or a clock that nobody here can see."""
    return Diagnostic(
        "invalid-token",
        f"{case.index.name} could not verify the identity token, and its audience and times look right from here",
        "Check the job's clock; of a self-managed GitLab, that its keys can be fetched from the internet.",
        case.compared(),
    )


def _unexplained(case: Case, code: str, words: str) -> Diagnostic:
    return Diagnostic(
        code,
        f"{case.index.name} gave no token for this job's identity: {words}",
        "Compare the claims above with the publisher that the index has on record.",
        case.compared(),
    )
