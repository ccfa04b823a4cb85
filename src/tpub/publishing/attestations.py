"""What a release does about attestations: what the user wants of them, and what a run asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tpub.config.modes import Attestations
from tpub.diagnostic import Diagnostic
from tpub.dist.model import Distribution
from tpub.errors import TpubError
from tpub.index.model import KNOWN, Index
from tpub.publishing.credentials import Credentials
from tpub.publishing.world import World

if TYPE_CHECKING:
    from tpub.attest.model import Attestation


@dataclass(frozen=True, slots=True)
class Attest:
    """What the user wants: `trust_config` is that of a sigstore of one's own, and says that the index takes it."""

    mode: Attestations = Attestations.AUTO
    trust_config: Path | None = None

    def signs_for(self, index: Index) -> bool:
        """Tell whether files for `index` are to be signed at all."""
        return self.mode is not Attestations.NEVER and (index in KNOWN or self.trust_config is not None)

    def takes(self, index: Index) -> bool:
        """Tell whether `index` is known to take attestations."""
        return self.mode is not Attestations.NEVER and (index.is_pypi or self.trust_config is not None)


class Attesting(Protocol):
    """The attestations of one release to `index`; `of` and `refused` serve many threads."""

    index: Index

    def look(self, files: Sequence[Distribution]) -> tuple[Diagnostic, ...]:
        """Read what lies beside `files`; return what is wrong with it."""

    def begin(self, credentials: Credentials, world: World, files: Sequence[Distribution]) -> None:
        """Get ready to sign `files` in the background, those that bring no attestation of their publication.

        Raises `TpubError` in mode `always` if that is out of the question.
        """

    def settle(self, claims: Mapping[str, object], files: Sequence[Distribution]) -> None:
        """See who publishes, drop what others signed, and have `files` signed, which are in sending order.

        Raises `TpubError` in mode `always` if a file would go without.
        """

    def of(self, file: Distribution) -> tuple[Attestation, ...]:
        """Return the attestations that travel with a file; waits for one that is being made."""

    def refused(self, file: Distribution, error: TpubError) -> bool:
        """Note that the index did not take a file for its attestations; tell whether to send it without."""

    def unconfirmed(self, verified: Collection[str], attested: Collection[str]) -> tuple[Diagnostic, ...]:
        """Return what is to be said of files that the index lists without the attestations that it took."""

    def end(self) -> tuple[Diagnostic, ...]:
        """Sign nothing more; return what went wrong on the way."""


class Unattested:
    """An `Attesting` where files travel without, and nobody wanted otherwise."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def look(self, _files: Sequence[Distribution]) -> tuple[Diagnostic, ...]:
        """Look for nothing."""
        return ()

    def begin(self, _credentials: Credentials, _world: World, _files: Sequence[Distribution]) -> None:
        """Sign nothing."""

    def settle(self, _claims: Mapping[str, object], _files: Sequence[Distribution]) -> None:
        """Judge nothing."""

    def of(self, _file: Distribution) -> tuple[Attestation, ...]:
        """Return none."""
        return ()

    def refused(self, _file: Distribution, _error: TpubError) -> bool:
        """Return False: it was not for attestations."""
        return False

    def unconfirmed(self, _verified: Collection[str], _attested: Collection[str]) -> tuple[Diagnostic, ...]:
        """Expect nothing."""
        return ()

    def end(self) -> tuple[Diagnostic, ...]:
        """Return nothing."""
        return ()


def attesting(wish: Attest, index: Index) -> Attesting:
    """Return what sees to the attestations of a release to `index`."""
    if wish.mode is not Attestations.ALWAYS and not wish.takes(index) and not wish.signs_for(index):
        return Unattested(index)
    from tpub.publishing.attesting import Attested  # noqa: PLC0415  (a room of its own, which few indexes need)

    return Attested(wish, index)
