"""What an upload is authorized with."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass

from tpub.authorization import basic
from tpub.secret import Secret

_TOKEN = re.compile(r"pypi-([\w-]{12,400})", re.ASCII)
_PLACE = re.compile(rb"\x02\x01(.)([\x21-\x7e]+)", re.DOTALL)  # version, type and length of a macaroon's first field
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

    @property
    def place(self) -> str:
        """The host by which a token of PyPI's kind says who made it; empty if it says nothing.

        Source: https://docs.pypi.org/api/secrets/; warehouse.macaroons.services; the binary format of macaroons, V2.
        """
        found = _TOKEN.match(self.password.reveal())
        if found is None:
            return ""
        text = found[1][: len(found[1]) // 4 * 4]
        field = _PLACE.match(urlsafe_b64decode(text))
        return field[2][: field[1][0]].decode("ascii") if field is not None else ""


def token_credential(token: Secret) -> Credential:
    """Return the credential that an API token is."""
    return Credential(TOKEN_USER, token)
