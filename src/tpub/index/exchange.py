"""Trusted publishing as the index speaks it: audience, mint, burn.

Source: https://docs.pypi.org/trusted-publishers/internals/ and warehouse.oidc.views.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tpub.clock import http_date
from tpub.diagnostic import Answer, Diagnostic
from tpub.errors import ExchangeError, NetworkError
from tpub.http import Http
from tpub.index.known import NOTHING, Known
from tpub.index.model import AUDIENCES, Index
from tpub.index.refusals import explain
from tpub.index.refusals.case import Case
from tpub.index.refusals.tokens import wrong_audience
from tpub.reply import Reply
from tpub.secret import Secret

_CODE = re.compile(r"[a-z][a-z0-9-]{1,60}")
_FORBIDDEN = 403
_GATEWAY_TIMEOUT = 504
_LATEST = 1e11  # seconds since the epoch; beyond it, it is no time of this millennium
# Others who let in whoever has an identity token made out for them.
_OTHERS = frozenset({"sigstore", "sts.amazonaws.com", "api://AzureADTokenExchange", "npm:registry.npmjs.org"})


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token that the index minted; `expires` in seconds since the epoch, None if the index does not say.

    `ahead` is by how many seconds the index's clock, which counts, is ahead of this machine's.
    """

    secret: Secret
    expires: float | None = None
    ahead: float = 0.0

    @property
    def ends(self) -> float | None:
        """Return when the token ends by this machine's clock."""
        return None if self.expires is None else self.expires - self.ahead


def audience(index: Index, http: Http) -> str:
    """Return the audience that an identity token for `index` must have.

    Raises `ExchangeError` if the index knows no trusted publishing, or asks for a token that would let it act
    elsewhere in the user's name: on PyPI or TestPyPI, or where others take identity tokens.
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
            hint="Publish there with its own token or password: `TPUB_TOKEN`, or `--username` and `TPUB_PASSWORD`. "
            "Or add `--trusted-publishing never`, if `.pypirc` or the keyring has one.",
        )
    asked = reply.string("audience")
    if AUDIENCES.get(asked, index) is not index or asked in _OTHERS:
        raise ExchangeError(
            "audience-foreign",
            f"{index.name} asks for an identity token for `{asked}`: with it, it could act there in your name",
            answer,
            hint=f"Do not publish to {index.name} with an identity token; tell its operator to use another audience.",
        )
    return asked


def mint(
    index: Index, identity_token: Secret, claims: Mapping[str, object], http: Http, *, known: Known = NOTHING
) -> ApiToken:
    """Exchange an identity token, whose claims are `claims`, for an API token.

    Raises `ExchangeError` if the token is for somebody else: then it is not sent. Raises one that explains itself,
    by all that is `known`, if the index refuses.
    """
    case = Case(index, claims, known)
    if (foreign := wrong_audience(case)) is not None:
        raise _error(foreign)
    reply = _ask_for_token(index, identity_token, http)
    if not reply.is_success:
        raise _refusal(case, reply)
    index_now, now = http_date(reply.headers.get("date", "")), known.now
    ahead = index_now - now if index_now is not None and now is not None else 0.0
    return ApiToken(Secret(reply.string("token")), _time(reply.members().get("expires")), ahead)


def _time(expires: object) -> float | None:
    """Return when a token ends; None if the index does not tell, or nothing that is a time."""
    is_time = isinstance(expires, (int, float)) and not isinstance(expires, bool) and 0 < expires < _LATEST
    return float(expires) if is_time else None  # type: ignore[arg-type]  # (as was just seen)


def _ask_for_token(index: Index, identity_token: Secret, http: Http) -> Reply:
    try:
        reply = http.post_json(f"{index.oidc_url}/mint-token", {"token": identity_token})
    except NetworkError as exc:
        if exc.diagnostic.code != "connection-idle":
            raise
        raise _timeout(index, "nothing came within two minutes") from exc
    if reply.status == _GATEWAY_TIMEOUT:
        raise _timeout(index, f"its gateway gave up ({reply.status} {reply.reason})")
    return reply.unless_overloaded()


def _timeout(index: Index, how: str) -> NetworkError:
    return NetworkError(
        "exchange-timeout",
        f"{index.name} took too long to exchange the identity token: {how}",
        hint="Retry: run the job again. A publisher with 200 projects or more makes the exchange slow: "
        "give each job a publisher of its own.",
    )


def burn(index: Index, token: ApiToken, http: Http) -> bool:
    """Have the index forget the token; tell whether it did: an index that cannot lets it expire.

    Raises `NetworkError` if the index does not answer.
    """
    reply = http.post_json(f"{index.oidc_url}/burn-token", {"token": token.secret})
    return reply.unless_overloaded().is_success


def _refusal(case: Case, reply: Reply) -> ExchangeError:
    index = case.index
    if reply.is_redirect:
        return ExchangeError(
            "exchange-redirected",
            f"{index.name} points elsewhere for the exchange, and an identity token does not travel on",
            Answer(reply.url, reply.status, reply.reason),
            hint="Give the index's own upload URL with `--index`.",
        )
    errors = _errors(reply)
    code, words = errors[0] if errors else ("exchange-failed", reply.reason or "no reason given")
    said = "; ".join(f"{code}: {words}" for code, words in errors) or words
    return _error(explain(_timed(case, reply), Answer(reply.url, reply.status, said), code, words))


def _timed(case: Case, reply: Reply) -> Case:
    """Judge times by the index's clock, where it tells: it is the one that counts."""
    now = http_date(reply.headers.get("date", ""))
    return case if now is None else replace(case, known=replace(case.known, now=now))


def _error(found: Diagnostic) -> ExchangeError:
    return ExchangeError(found.code, found.message, *found.evidence, hint=found.hint)


def _errors(reply: Reply) -> list[tuple[str, str]]:
    """Return the codes and descriptions of a refusal; whatever is no such list counts as none."""
    errors = reply.members().get("errors")
    found = [e for e in errors if isinstance(e, dict)] if isinstance(errors, list) else []
    told = [(e.get("code"), e.get("description", "")) for e in found]
    return [(c, d) for c, d in told if isinstance(c, str) and isinstance(d, str) and _CODE.fullmatch(c)]
