"""CircleCI: https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from tpub.identity.process import ask
from tpub.secret import Secret

if TYPE_CHECKING:  # httpx is slow to import, and only named here
    from tpub.http import Http


@dataclass(frozen=True, slots=True)
class CircleCI:
    """A job on CircleCI, whose own program makes tokens for the audience that one asks for."""

    name: ClassVar[str] = "circleci"
    title: ClassVar[str] = "CircleCI"
    renewable: ClassVar[bool] = True

    env: Mapping[str, str] = field(repr=False)

    @classmethod
    def detect(cls, env: Mapping[str, str]) -> CircleCI | None:
        """Return the job's provider, or None outside CircleCI."""
        return cls(env) if env.get("CIRCLECI") == "true" else None

    def identity_token(self, audience: str, http: Http) -> Secret:
        """Have a fresh token made."""
        del http  # the program has its own way to CircleCI
        # Without --root-issuer each organization is an issuer of its own, and no index could list them all.
        return ask(
            ("circleci", "run", "oidc", "get", "--claims", json.dumps({"aud": audience}), "--root-issuer"), self.env
        )
