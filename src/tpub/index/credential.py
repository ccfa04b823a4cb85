"""What an upload is authorized with."""

from __future__ import annotations

from dataclasses import dataclass

from tpub.authorization import basic
from tpub.secret import Secret

TOKEN_USER = "__token__"  # noqa: S105  (the user name that says that the password is a token)


@dataclass(frozen=True, slots=True)
class Credential:
    """What an upload is authorized with: an API token (user name `TOKEN_USER`), or a user name and a password."""

    username: str
    password: Secret

    @property
    def authorization(self) -> Secret:
        """The Authorization header's value."""
        return basic(self.username, self.password)


def token_credential(token: Secret) -> Credential:
    """Return the credential that an API token is."""
    return Credential(TOKEN_USER, token)
