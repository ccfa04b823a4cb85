"""Which credential a release is published with: the user's own, or this job's identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tpub.config.modes import TrustedPublishing
from tpub.diagnostic import Variable
from tpub.errors import ConfigError, IdentityError
from tpub.identity import MARKS, Choice, find
from tpub.index.credential import Credential
from tpub.index.model import Index
from tpub.index.refusals.case import NOTHING, Known
from tpub.publishing.credentials import Credentials, GivenCredentials, MintedCredentials
from tpub.publishing.world import World

ANYBODY = Choice()


@dataclass(frozen=True, slots=True)
class Wish:
    """How the user wants to be authorized, and what is known that explains a refusal."""

    credential: Credential | None = None
    mode: TrustedPublishing = TrustedPublishing.AUTO
    identity: Choice = ANYBODY
    known: Known = NOTHING


def choose(wish: Wish, index: Index, world: World) -> Credentials:
    """Return what to authorize uploads to `index` with; nothing is asked of anybody yet.

    Raises `IdentityError` if there is neither a credential nor an identity, and `ConfigError` if there are both
    and only the identity was allowed.
    """
    given, mode = wish.credential, wish.mode
    if given is not None and mode is not TrustedPublishing.ALWAYS and not wish.identity.is_made:
        return GivenCredentials(given)
    if given is not None:
        raise ConfigError(
            "credentials-shadow-oidc",
            "a token or password is given, and trusted publishing is to be used",
            hint=(
                "Remove `TPUB_TOKEN`, `--token`, `--username` and `--password`; or leave out "
                "`--trusted-publishing`, `--provider` and `--identity-token-file`."
            ),
        )
    if mode is TrustedPublishing.NEVER:
        raise _nobody(world.env, mode)
    return minted(wish, index, world)


def minted(wish: Wish, index: Index, world: World) -> MintedCredentials:
    """Return what mints tokens for this job's identity; raises `IdentityError` if it has none."""
    provider = find(wish.identity, world.env, world.machine)
    if provider is None:
        raise _nobody(world.env, wish.mode)
    return MintedCredentials(provider, index, world, wish.known)


def _nobody(env: Mapping[str, str], mode: TrustedPublishing) -> IdentityError:
    if mode is TrustedPublishing.NEVER:
        return IdentityError(
            "no-credential",
            "there is no credential, and trusted publishing is switched off",
            Variable("TPUB_TOKEN", "empty" if "TPUB_TOKEN" in env else "unset"),
            hint="Give an API token in `TPUB_TOKEN`, or leave out `--trusted-publishing never`.",
        )
    return IdentityError(
        "no-ci",
        "this is no CI system that tpub knows, and there is no credential either",
        *(Variable(name, "empty" if name in env else "unset") for name in ("TPUB_TOKEN", *MARKS)),
        hint="Publish from CI, or give an API token in `TPUB_TOKEN`; `tpub rehearse` shows the whole release offline.",
    )
