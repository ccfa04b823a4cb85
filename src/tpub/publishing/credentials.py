"""What uploads are authorized with: a credential that was given, or one minted for this job's identity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Thread
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from tpub.diagnostic import Diagnostic
from tpub.index.credential import Credential
from tpub.secret import Secret

if TYPE_CHECKING:  # whoever has a token of their own needs no provider
    from tpub.identity.provider import Provider
    from tpub.outcome import IdentitySummary


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
