"""Identity tokens that are there already: in a variable that the platform set, or in the user's hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from tpub.diagnostic import Variable
from tpub.errors import IdentityError
from tpub.identity import jwt
from tpub.identity.issuers import issuer_of
from tpub.identity.provider import variable_for
from tpub.secret import Secret

if TYPE_CHECKING:  # httpx is slow to import, and only named here
    from tpub.http import Http

_SUFFIX = "_ID_TOKEN"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A platform that puts a token for each audience into `<AUDIENCE>_ID_TOKEN`, as ActiveState does."""

    renewable: ClassVar[bool] = False

    name: str
    title: str
    env: Mapping[str, str] = field(repr=False)

    @classmethod
    def detect(cls, env: Mapping[str, str]) -> HandedOver | None:
        """Return who handed over the first token in `env`, told by its issuer; None if there is no token."""
        for name in _tokens(env):
            claims = jwt.read(Secret(env[name])) or {}
            issuer = issuer_of(claims)
            return cls(issuer.name, issuer.title, env)
        return None

    def identity_token(self, audience: str, http: Http) -> Secret:
        """Return the token for `audience`; raises `IdentityError` if there are only others."""
        del http  # the token is there already
        name = variable_for(audience)
        if name in (found := _tokens(self.env)):
            return Secret(self.env[name])
        raise IdentityError(
            "id-token-name",
            f"there is an identity token in ${found[0]}, and for the audience `{audience}` it belongs in ${name}",
            Variable.of(self.env, name),
            *(Variable(other, "set") for other in found),
            hint=f"Have a token made for the audience `{audience}`, and hand it over in `{name}`.",
        )


@dataclass(frozen=True, slots=True)
class Brought:
    """A token that the user brings along; `name` and `title` are those of its issuer."""

    renewable: ClassVar[bool] = False

    name: str
    title: str
    token: Secret

    @classmethod
    def of(cls, token: Secret) -> Brought:
        """Return the provider that `token` is; raises `IdentityError` if it is no JSON Web Token."""
        claims = jwt.read(token)
        if claims is None:
            raise IdentityError(
                "identity-token-malformed",
                "what `--identity-token-file` names holds no identity token",
                hint="Give a file with nothing but the token: three parts of Base64 with dots between.",
            )
        issuer = issuer_of(claims)
        return cls(issuer.name, issuer.title, token)

    def identity_token(self, audience: str, http: Http) -> Secret:
        """Return it, whatever its audience: that is for the exchange to judge."""
        del audience, http
        return self.token


def _tokens(env: Mapping[str, str]) -> list[str]:
    """Return the variables that hold identity tokens under names of that pattern."""
    named = sorted(name for name, value in env.items() if name.endswith(_SUFFIX) and value.startswith("eyJ"))
    return [name for name in named if jwt.read(Secret(env[name])) is not None]
