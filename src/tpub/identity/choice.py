"""Whose identity the user wants."""

from __future__ import annotations

from typing import NamedTuple

from tpub.secret import Secret


class Choice(NamedTuple):
    """Whose identity the user wants: whichever is here, that of one provider, or a token of their own."""

    name: str | None = None
    token: Secret | None = None

    @property
    def is_made(self) -> bool:
        """Tell whether there was a wish at all."""
        return self.name is not None or self.token is not None


ANYBODY = Choice()
