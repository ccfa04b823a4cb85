"""Buildkite: https://buildkite.com/docs/agent/cli/reference/oidc."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from tpub.identity.process import ask
from tpub.secret import Secret

if TYPE_CHECKING:  # httpx is slow to import, and only named here
    from tpub.http import Http


@dataclass(frozen=True, slots=True)
class Buildkite:
    """A job on Buildkite, whose agent asks for tokens for it."""

    name: ClassVar[str] = "buildkite"
    title: ClassVar[str] = "Buildkite"
    renewable: ClassVar[bool] = True

    env: Mapping[str, str] = field(repr=False)

    @classmethod
    def detect(cls, env: Mapping[str, str]) -> Buildkite | None:
        """Return the job's provider, or None outside Buildkite."""
        return cls(env) if env.get("BUILDKITE") == "true" else None

    def identity_token(self, audience: str, http: Http) -> Secret:
        """Have a fresh token made."""
        del http  # the agent has its own way to Buildkite
        return ask(("buildkite-agent", "oidc", "request-token", "--audience", audience), self.env)
