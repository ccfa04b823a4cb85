"""One exchange: what the index was asked with, and all that is known of it on this side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tpub.diagnostic import Claim
from tpub.identity import jwt
from tpub.identity.claims import compared, looked_at
from tpub.identity.publisher import Publisher, publisher_of
from tpub.index.known import NOTHING, Known
from tpub.index.model import Index


@dataclass(frozen=True, slots=True)
class Case:
    """One exchange: where, with which claims, and what else is known."""

    index: Index
    claims: Mapping[str, object]
    known: Known = NOTHING

    @property
    def publisher(self) -> Publisher | None:
        """The publisher that the token needs."""
        return publisher_of(self.claims)

    def text(self, name: str) -> str:
        """Return a claim that is text, else an empty one."""
        return jwt.text(self.claims, name)

    def seconds(self, name: str) -> float | None:
        """Return a claim that is a moment, in seconds since the epoch."""
        value = self.claims.get(name)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def claim(self, name: str, expected: str | None = None) -> Claim:
        """Return a claim as evidence, missing or not."""
        value = self.claims.get(name)
        return Claim(name, None if value is None else str(value), expected)

    def compared(self, expected: Mapping[str, str] | None = None) -> tuple[Claim, ...]:
        """Return what the index had before it, claims that the token lacks included."""
        present = compared(self.claims)
        wanted = expected or {}
        names = dict.fromkeys(("iss", "aud", *looked_at(self.claims), *wanted))
        return tuple(Claim(name, present.get(name, self.text(name) or None), wanted.get(name)) for name in names)
