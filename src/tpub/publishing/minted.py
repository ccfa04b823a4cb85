"""API tokens minted for this job's identity: when, for how long, and how they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import ClassVar

from tpub.diagnostic import Claim, Diagnostic
from tpub.errors import IdentityError, NetworkError, TpubError, UploadError
from tpub.events import Noted, SecretObtained
from tpub.identity import jwt
from tpub.identity.claims import compared
from tpub.identity.provider import Provider
from tpub.index import exchange
from tpub.index.credential import Credential, token_credential
from tpub.index.exchange import ApiToken
from tpub.index.known import NOTHING, Known
from tpub.index.model import Index
from tpub.outcome import IdentitySummary
from tpub.publishing.retry import patiently
from tpub.publishing.world import World
from tpub.secret import Secret

# Seconds before its end at which a token is replaced: the index looks at it when the whole file has arrived.
_MARGIN = 300.0
_PAUSE = 60.0  # seconds between two tries to replace a token that is still good


class MintedCredentials:
    """API tokens minted for this job's identity, renewed where the provider vouches more than once."""

    patience: ClassVar[float] = 5.0
    """Seconds that an interrupted run waits for a token that is being minted."""

    for_pages: Secret | None = None
    remarks: Sequence[Diagnostic] = ()

    def __init__(self, provider: Provider, index: Index, world: World, known: Known = NOTHING) -> None:
        self.provider, self._index = provider, index
        self._known = replace(known, env=world.env)
        self._http, self._clock, self._listener = world.http, world.clock, world.listener
        self._lock = Lock()
        self._audience: str | None = None
        self._live: list[ApiToken] = []
        self._replace_at: float | None = None
        self._has_ended = self._is_over = False
        self.identity: IdentitySummary | None = None
        self.claims: Mapping[str, object] = {}

    @property
    def ends(self) -> float | None:
        """The end of the one token where the provider vouches once."""
        return self._live[-1].ends if self._live and not self.provider.renewable else None

    def current(self) -> Credential:
        """Return a minted token with some life left; raises `IdentityError`, `ExchangeError`, `NetworkError`."""
        with self._lock:
            if not self._live or self._has_ended:
                self._mint()
            elif self._replace_at is not None and self._clock.now() >= self._replace_at:
                self._replace()
            return token_credential(self._live[-1].secret)

    def token(self) -> ApiToken:
        """Return a minted token itself, for another tool: whoever asks for it does not give it back."""
        self.current()
        return self._live[-1]

    def renew(self, stale: Credential) -> bool:
        """Mint another token unless somebody did since `stale` was handed out."""
        with self._lock:
            if self._live and self._live[-1].secret == stale.password:
                if not self.provider.renewable:
                    raise self._spent()
                self._has_ended = True
                self._mint()
            return True

    def give_back(self) -> None:
        """Burn every token that was minted, and mint no more; a token that cannot be burnt expires by itself."""
        # An interrupted run comes here while a token may be on its way: the lock is free when it has arrived.
        known = self._lock.acquire(timeout=self.patience)
        self._is_over = True
        for token in self._live:
            if not self._burn(token):
                self._listener(Noted(f"{self._index.name} did not take its token back: it expires by itself"))
        if known:
            self._lock.release()

    def _burn(self, token: ApiToken) -> bool:
        try:
            return patiently(lambda: exchange.burn(self._index, token, self._http), self._clock)
        except NetworkError:
            return False

    def _replace(self) -> None:
        """Replace a token early; where that fails, the one that is there serves as long as it can."""
        try:
            self._mint()
        except TpubError:
            self._replace_at = self._clock.now() + _PAUSE

    def _mint(self) -> None:
        """Exchange an identity token: a fresh one a try where there are more, as a lost answer has used it up."""
        if self._is_over:
            raise KeyboardInterrupt  # an abandoned upload asks: nobody would burn what it gets
        if self._audience is None:
            self._audience = patiently(lambda: exchange.audience(self._index, self._http), self._clock)
        audience = self._audience
        token = patiently(lambda: self._exchange(audience), self._clock)
        self._has_ended = False
        self._replace_at = replacement_time(token, self._clock.now()) if self.provider.renewable else None

    def _spent(self) -> UploadError:
        return UploadError(
            "minted-token-expired",
            f"the token of {self._index.name} has expired, and {self.provider.title} vouches for a job once",
            hint="Run the job again, as a new one: what has landed is not sent twice.",
        )

    def _exchange(self, audience: str) -> ApiToken:
        identity_token = self.provider.identity_token(audience, self._http)
        self._listener(SecretObtained(identity_token))
        claims = jwt.read(identity_token)
        if claims is None:
            raise IdentityError(
                "identity-token-malformed",
                f"{self.provider.title} handed over something that is no identity token",
                Claim("aud", audience),
                hint="Run the job again; if it stays so, the platform is at fault.",
            )
        self.claims = claims
        self.identity = IdentitySummary(self.provider.name, str(claims.get("iss", "")), compared(claims))
        known = replace(self._known, now=self._clock.now(), audience=audience)
        token = exchange.mint(self._index, identity_token, claims, self._http, known=known)
        self._live.append(token)  # before anything else can go wrong: it will have to be given back
        self._listener(SecretObtained(token.secret))
        self._listener(Noted(f"{self.provider.title} vouched for this job, and {self._index.name} gave a token"))
        return token


def replacement_time(token: ApiToken, now: float) -> float | None:
    """Return when to replace a token that was minted `now`; None if only the index can tell that it is time.

    That is so where it does not say when the token ends, or what it says is over by its own clock.
    """
    life = token.ends - now if token.ends is not None else 0.0
    return now + life - min(_MARGIN, life / 3) if life > 0 else None
