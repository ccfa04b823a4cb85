"""What uploads are authorized with: a credential that was given, or one minted for this job's identity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock, Thread
from types import MappingProxyType
from typing import ClassVar, Protocol

from tpub.diagnostic import Claim, Diagnostic
from tpub.errors import IdentityError, NetworkError, TpubError, UploadError
from tpub.events import Noted, SecretObtained
from tpub.identity import jwt
from tpub.identity.claims import compared
from tpub.identity.provider import Provider
from tpub.index import exchange
from tpub.index.credential import Credential, token_credential
from tpub.index.exchange import ApiToken
from tpub.index.model import Index
from tpub.index.refusals.case import NOTHING, Known
from tpub.outcome import IdentitySummary
from tpub.publishing.retry import patiently
from tpub.publishing.world import World
from tpub.secret import Secret

# Seconds before its end at which a token is replaced: the index looks at it when the whole file has arrived.
_MARGIN = 300.0
_PAUSE = 60.0  # seconds between two tries to replace a token that is still good


class Credentials(Protocol):
    """Where the runner gets its credential, and brings it back."""

    @property
    def identity(self) -> IdentitySummary | None:
        """Who is publishing, as far as it is known."""

    @property
    def for_pages(self) -> Secret | None:
        """What the index's pages are asked with: what was minted is for uploads alone."""

    @property
    def ends(self) -> float | None:
        """When uploads can be authorized no longer, in seconds since the epoch; None if there is no such moment."""

    @property
    def provider(self) -> Provider | None:
        """Who vouches for the job; None if the credential is the user's own."""

    @property
    def claims(self) -> Mapping[str, object]:
        """The claims of the identity token that was exchanged last; empty before."""

    @property
    def remarks(self) -> Sequence[Diagnostic]:
        """What is to be said of where they come from."""

    def current(self) -> Credential:
        """Return a credential that is good for the next upload."""

    def renew(self, stale: Credential) -> bool:
        """Replace a credential that the index calls expired; tell whether there is another now.

        Raises `UploadError` if there cannot be one.
        """

    def give_back(self) -> None:
        """End the life of what was minted."""


class GivenCredentials:
    """A token or password of the user's."""

    identity: IdentitySummary | None = None
    ends: float | None = None
    provider: Provider | None = None
    claims: Mapping[str, object] = MappingProxyType({})

    def __init__(self, credential: Credential, remarks: Sequence[Diagnostic] = ()) -> None:
        self._credential = credential
        self.remarks = remarks
        self.for_pages: Secret | None = credential.authorization

    def current(self) -> Credential:
        """Return what was given."""
        return self._credential

    def renew(self, stale: Credential) -> bool:
        """Return False: there is no other."""
        del stale
        return False

    def give_back(self) -> None:
        """Leave it alive: it is the user's."""


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
        return self._live[-1].expires if self._live and not self.provider.renewable else None

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
        self._live.append(token)
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
        self._listener(SecretObtained(token.secret))
        self._listener(Noted(f"{self.provider.title} vouched for this job, and {self._index.name} gave a token"))
        return token


def replacement_time(token: ApiToken, now: float) -> float | None:
    """Return when to replace a token that was minted `now`; None if only the index can tell that it is time.

    That is so where it does not say when the token ends, or where its clock and ours disagree about the hour.
    """
    life = token.expires - now if token.expires is not None else 0.0
    return now + life - min(_MARGIN, life / 3) if life > 0 else None


def obtain(credentials: Credentials) -> None:
    """See that there is a credential before the first byte leaves; raises what `current` raises.

    A thread of its own asks: Ctrl-C and SIGTERM interrupt the main thread alone, and a token that was minted at
    that moment is known, and can be given back.
    """
    errors: list[BaseException] = []

    def ask() -> None:
        try:
            credentials.current()
        except BaseException as exc:  # noqa: BLE001  (it is raised again, where it belongs)
            errors.append(exc)

    asking = Thread(target=ask, name="identity", daemon=True)
    asking.start()
    while asking.is_alive():
        asking.join(1.0)  # bounded: an unbounded wait would not hear Ctrl-C on Windows
    if errors:
        raise errors[0]
