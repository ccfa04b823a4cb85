"""Trusted publishing as the index speaks it: audience, mint, burn.

Source: https://docs.pypi.org/trusted-publishers/internals/ and warehouse.oidc.views.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tpub.diagnostic import Answer, Claim, Evidence
from tpub.errors import ExchangeError
from tpub.http import Http, Reply
from tpub.identity.claims import compared, looked_at
from tpub.identity.publisher import Publisher, publisher_of
from tpub.index.model import AUDIENCES, Index
from tpub.index.registration import registration_hint
from tpub.secret import Secret

_FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token that the index minted; `expires` in seconds since the epoch, None if the index does not say."""

    secret: Secret
    expires: float | None = None


def audience(index: Index, http: Http) -> str:
    """Return the audience that an identity token for `index` must have.

    Raises `ExchangeError` if the index knows no trusted publishing, or asks for a token that would let it publish
    to PyPI or TestPyPI in the user's name.
    """
    reply = http.get(f"{index.oidc_url}/audience", headers={"Accept": "application/json"}).unless_overloaded()
    answer = Answer(reply.url, reply.status, reply.reason)
    if reply.status == _FORBIDDEN:
        raise ExchangeError(
            "index-oidc-off",
            f"{index.name} has trusted publishing switched off at the moment",
            answer,
            hint="Wait and run the same command again; see the index's status page.",
        )
    if not reply.is_success:
        raise ExchangeError(
            "index-no-oidc",
            f"{index.name} offers no trusted publishing",
            answer,
            hint="Publish there with its own token or password: `TPUB_TOKEN`, or `--username` and `TPUB_PASSWORD`.",
        )
    asked = reply.string("audience")
    if AUDIENCES.get(asked, index) is not index:
        raise ExchangeError(
            "audience-foreign",
            f"{index.name} asks for an identity token for `{asked}`: with it, it could publish there in your name",
            answer,
            hint=f"Do not publish to {index.name} with an identity token; tell its operator to use another audience.",
        )
    return asked


def mint(index: Index, identity_token: Secret, claims: Mapping[str, object], http: Http) -> ApiToken:
    """Exchange an identity token, whose claims are `claims`, for an API token.

    Raises `ExchangeError` with the index's own code if it refuses.
    """
    reply = http.post_json(f"{index.oidc_url}/mint-token", {"token": identity_token}).unless_overloaded()
    if not reply.is_success:
        raise _refusal(index, reply, claims)
    expires = reply.members().get("expires")
    return ApiToken(Secret(reply.string("token")), float(expires) if isinstance(expires, (int, float)) else None)


def burn(index: Index, token: ApiToken, http: Http) -> bool:
    """Have the index forget the token; tell whether it did: an index that cannot lets it expire.

    Raises `NetworkError` if the index does not answer.
    """
    reply = http.post_json(f"{index.oidc_url}/burn-token", {"token": token.secret})
    return reply.unless_overloaded().is_success


def _refusal(index: Index, reply: Reply, claims: Mapping[str, object]) -> ExchangeError:
    if reply.is_redirect:
        return ExchangeError(
            "exchange-redirected",
            f"{index.name} points elsewhere for the exchange, and an identity token does not travel on",
            Answer(reply.url, reply.status, reply.reason),
            hint="Give the index's own upload URL with `--index`.",
        )
    errors = _errors(reply)
    code, words = errors[0] if errors else ("exchange-failed", reply.reason or "no reason given")
    publisher = publisher_of(claims)
    said = "; ".join(f"{code}: {words}" for code, words in errors) or words
    return ExchangeError(
        code,
        f"{index.name} gave no token for this job's identity: {words}",
        Answer(reply.url, reply.status, said),
        *_claims(claims),
        hint=_hint(index, code, publisher),
    )


def _errors(reply: Reply) -> list[tuple[str, str]]:
    """Return the codes and descriptions of a refusal; whatever is no such list counts as none."""
    errors = reply.members().get("errors")
    found = [e for e in errors if isinstance(e, dict)] if isinstance(errors, list) else []
    return [(str(e["code"]), str(e.get("description", ""))) for e in found if e.get("code")]


def _claims(claims: Mapping[str, object]) -> list[Evidence]:
    """Return what the index had before it, claims that the token lacks included."""
    present = compared(claims)
    return [Claim(name, present.get(name)) for name in ("iss", "aud", *looked_at(claims))]


def _hint(index: Index, code: str, publisher: Publisher | None) -> str:
    match code:
        case "invalid-publisher" | "invalid-pending-publisher" if publisher is not None:
            return registration_hint(index, publisher)
        case "invalid-reuse-token":
            return "Run the job again: an identity token can be exchanged once, and this one was."
        case "invalid-token":
            return "Check the job's clock and the token's audience (the claims above): it must be the only one."
        case "not-enabled":
            return "Wait and run the same command again; see the index's status page."
        case _:
            return "Compare the claims above with the publisher that the index has on record."
