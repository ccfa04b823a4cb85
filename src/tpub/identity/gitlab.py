"""GitLab CI/CD: https://docs.gitlab.com/ci/secrets/id_token_authentication/."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from tpub.diagnostic import Variable
from tpub.errors import IdentityError
from tpub.identity import jwt
from tpub.identity.provider import variable_for
from tpub.secret import Secret

if TYPE_CHECKING:  # httpx is slow to import, and only named here
    from tpub.http import Http

FIRST_VERSION = (15, 7)  # the release of GitLab that brought `id_tokens`
_LEGACY = ("CI_JOB_JWT", "CI_JOB_JWT_V1", "CI_JOB_JWT_V2")


@dataclass(frozen=True, slots=True)
class GitLab:
    """A job on gitlab.com or on a self-managed GitLab; its tokens are made when the job starts, one an audience."""

    name: ClassVar[str] = "gitlab"
    title: ClassVar[str] = "GitLab CI/CD"
    renewable: ClassVar[bool] = False

    env: Mapping[str, str] = field(repr=False)

    @classmethod
    def detect(cls, env: Mapping[str, str]) -> GitLab | None:
        """Return the job's provider, or None outside GitLab CI/CD."""
        return cls(env) if env.get("GITLAB_CI") == "true" else None

    def identity_token(self, audience: str, http: Http) -> Secret:
        """Return the token that the job's `id_tokens` asked for; raises `IdentityError` if it did not."""
        del http  # the token is there already
        name = variable_for(audience)
        token = Secret(self.env.get(name, ""))
        if not token:
            raise _no_token(self.env, name, audience)
        if jwt.read(token) is None:
            raise IdentityError(
                "gl-id-token-not-jwt",
                f"${name} holds something else than an identity token",
                Variable(name, "set"),
                hint=f"Delete the CI/CD variable {name} and let GitLab make the token: {_block(name, audience)}",
            )
        return token


def _no_token(env: Mapping[str, str], name: str, audience: str) -> IdentityError:
    """Tell apart why the token is not where it should be."""
    missing = Variable.of(env, name)
    if _version(env) < FIRST_VERSION:
        return IdentityError(
            "gl-version",
            f"GitLab {env['CI_SERVER_VERSION']} makes no identity tokens: `id_tokens` came with 15.7",
            missing,
            hint="Upgrade GitLab, or publish with an API token in `TPUB_TOKEN`.",
        )
    if elsewhere := _tokens(env):
        found = ", ".join(f"${other}" for other in elsewhere)
        return IdentityError(
            "gl-id-token-name",
            f"the job has an identity token in {found}, and for the audience `{audience}` it belongs in ${name}",
            missing,
            *(Variable(other, "set") for other in elsewhere),
            hint=f"Name it {name}: {_block(name, audience)}",
        )
    if legacy := [other for other in _LEGACY if env.get(other)]:
        return IdentityError(
            "gl-ci-job-jwt",
            f"${legacy[0]} is GitLab's old token: its audience is the instance, and no index takes it",
            missing,
            Variable(legacy[0], "set"),
            hint=f"Ask for a token of its own: {_block(name, audience)}",
        )
    job = env.get("CI_JOB_NAME", "")
    where = f" `{job}`" if job else ""
    return IdentityError(
        "gl-id-tokens-missing",
        f"GitLab made no identity token for the job{where}: it makes them on request only",
        missing,
        hint=f"Add to the publishing job: {_block(name, audience)}",
    )


def _block(name: str, audience: str) -> str:
    return f"`id_tokens: {{{name}: {{aud: {audience}}}}}`"


def _tokens(env: Mapping[str, str]) -> list[str]:
    """Return the variables that hold identity tokens under some other name."""
    return sorted(name for name, value in env.items() if _is_token(name, value))


def _is_token(name: str, value: str) -> bool:
    # CI_JOB_TOKEN and its kin are JWTs too on some instances, and never identity tokens.
    return not name.startswith("CI_") and value.startswith("eyJ") and jwt.read(Secret(value)) is not None


def _version(env: Mapping[str, str]) -> tuple[int, int]:
    found = re.match(r"(\d+)\.(\d+)", env.get("CI_SERVER_VERSION", ""))
    return (int(found[1]), int(found[2])) if found else FIRST_VERSION
