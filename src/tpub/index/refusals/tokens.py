"""What is wrong with an identity token itself, whoever it is for: its audience, its times.

Source: OIDCPublisherService.verify_jwt_signature in warehouse.oidc.services, which says the same of all of it.
"""

from __future__ import annotations

from tpub.diagnostic import Claim, Diagnostic
from tpub.identity.provider import variable_for
from tpub.index.model import AUDIENCES
from tpub.index.refusals.case import Case

_LEEWAY = 30.0  # seconds by which the index lets clocks differ
_MINUTE, _HOUR = 60.0, 3600.0


def wrong_audience(case: Case) -> Diagnostic | None:
    """Tell whether the token is for somebody else, or not for one alone."""
    found, asked = case.claims.get("aud"), case.known.audience
    if isinstance(found, list) and (found != [asked] or case.index.is_pypi):
        return _audiences(found, asked)
    if asked is None or found in (asked, [asked]):
        return None
    whose = f"`{found}`, GitHub's default" if str(found).startswith("https://github.com/") else f"`{found}`"
    return Diagnostic(
        "audience-mismatch",
        f"the identity token is for the audience {whose}, and {case.index.name} expects `{asked}`",
        f"Ask for a token with the audience `{asked}`: {_how(case, asked)}.",
        (case.claim("aud", asked),),
    )


def wrong_time(case: Case) -> Diagnostic | None:
    """Tell whether the token is over, or has not begun, by the clock at hand."""
    now, end = case.known.now, case.seconds("exp")
    if now is None:
        return None
    begins = [(name, moment) for name in ("iat", "nbf") if (moment := case.seconds(name)) is not None]
    if late := [(name, moment) for name, moment in begins if moment > now + _LEEWAY]:
        name, moment = late[0]
        return Diagnostic(
            "clock-skew",
            f"the identity token begins {_span(moment - now)} in the future: a clock is wrong, most likely this one's",
            "Set the clock of the runner (NTP), and run the job again.",
            (case.claim(name),),
        )
    if end is not None and end < now - _LEEWAY:
        return Diagnostic(
            "token-expired",
            f"the identity token ran out {_span(now - end)} ago",
            "Ask for the identity token right before the exchange, as `tpub upload` does; check the runner's clock.",
            (case.claim("iat"), case.claim("exp")),
        )
    return None


def _audiences(found: list[object], asked: str | None) -> Diagnostic:
    names = [str(each) for each in found]
    blocks = ", ".join(f"`{variable_for(name)}: {{aud: {name}}}`" for name in names if name in AUDIENCES)
    return Diagnostic(
        "audience-list",
        f"the identity token is for {len(names)} audiences at once, and an index wants to be the only one",
        f"Ask for one token an index, each with one `aud` that is no list{f': {blocks}' if blocks else ''}.",
        (Claim("aud", ", ".join(names), asked),),
    )


def _how(case: Case, asked: str) -> str:
    if "project_path" in case.claims:
        return f"`id_tokens: {{{variable_for(asked)}: {{aud: {asked}}}}}`"
    return f"append `&audience={asked}` to the request, as `tpub upload` does by itself"


def _span(seconds: float) -> str:
    """Say a length of time: `40 seconds`, `10 minutes`, `1.5 hours`."""
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} seconds"
    if seconds < 2 * _HOUR:
        return f"{seconds / _MINUTE:.0f} minutes"
    return f"{seconds / _HOUR:.1f} hours"
