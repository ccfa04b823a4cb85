"""Which credential a release is published with: the user's own, or this job's identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn

from tpub.config.modes import TrustedPublishing
from tpub.config.stores import Stored, Stores
from tpub.diagnostic import Diagnostic, Severity, Variable
from tpub.errors import ConfigError, IdentityError
from tpub.events import Noted, SecretObtained
from tpub.identity.choice import ANYBODY, Choice
from tpub.index.credential import Credential
from tpub.index.known import NOTHING, Known
from tpub.index.model import KNOWN, Index
from tpub.publishing.credentials import Credentials, GivenCredentials
from tpub.publishing.world import World

if TYPE_CHECKING:
    from tpub.publishing.minted import MintedCredentials

_NO_CI = "no-ci"


@dataclass(frozen=True, slots=True)
class Wish:
    """How the user wants to be authorized, and what is known that explains a refusal.

    `stores` are the places to look where nothing was given, and there is no identity; None for nowhere.
    """

    credential: Credential | None = None
    mode: TrustedPublishing = TrustedPublishing.AUTO
    identity: Choice = ANYBODY
    known: Known = NOTHING
    stores: Stores | None = None


def choose(wish: Wish, index: Index, world: World) -> Credentials:
    """Return what to authorize uploads to `index` with; the network is not asked yet.

    In this order: what was given, the job's identity, what is stored, somebody at the terminal. Raises
    `IdentityError` if there is nothing of it, and `ConfigError` if a credential was given and only the identity
    was allowed.
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
    if mode is not TrustedPublishing.NEVER:
        try:
            return minted(wish, index, world)
        except IdentityError as exc:
            if mode is TrustedPublishing.ALWAYS or wish.identity.is_made:
                raise
            if (broken := None if exc.diagnostic.code == _NO_CI else exc.diagnostic) is not None:
                return _instead(broken, wish, index, world) or _raise(exc)
    return _stored(wish, index, world) or _raise(_nobody(world.env, mode))


def keep(wish: Wish, index: Index, world: World) -> Stored:
    """Return the credential that is kept for an index other than PyPI, whose pages may want it, too.

    Nothing is returned where the job's identity comes first, and nobody is asked at the terminal.
    """
    is_for_identity = wish.mode is TrustedPublishing.ALWAYS or wish.identity.is_made
    if wish.stores is None or wish.credential is not None or is_for_identity or index in KNOWN:
        return Stored()
    if wish.mode is not TrustedPublishing.NEVER and _has_identity(wish, world):
        return Stored()
    return _told(wish.stores.kept(index), index, world)


def _has_identity(wish: Wish, world: World) -> bool:
    from tpub.identity.detect import find  # noqa: PLC0415  (as below)

    try:
        return find(wish.identity, world.env, world.machine) is not None
    except IdentityError:
        return True  # a broken one is told in its turn


def _instead(broken: Diagnostic, wish: Wish, index: Index, world: World) -> Credentials | None:
    """Return what `.pypirc` has for the index where the job's identity is broken; it is told, and no secret."""
    if wish.stores is None:
        return None
    found = _told(wish.stores.written(index), index, world)
    if found.credential is None:
        return None
    told = f"{broken.message}: the credential of {found.source} is used instead"
    warning = replace(broken, message=told, severity=Severity.WARNING)
    return GivenCredentials(found.credential, (*found.diagnostics, warning))


def _stored(wish: Wish, index: Index, world: World) -> Credentials | None:
    if wish.stores is None:
        return None
    found = _told(wish.stores.anywhere(index), index, world)
    if found.credential is not None:
        return GivenCredentials(found.credential, found.diagnostics)
    for problem in found.diagnostics:
        raise IdentityError(problem.code, problem.message, *problem.evidence, hint=problem.hint)
    return None


def _told(found: Stored, index: Index, world: World) -> Stored:
    """Pass on what was found; it is masked before anything is said of it."""
    if found.credential is not None:
        world.listener(SecretObtained(found.credential.password))
        world.listener(Noted(f"{index.name} gets the credential of {found.source}"))
    return found


def _raise(error: IdentityError) -> NoReturn:
    raise error


def minted(wish: Wish, index: Index, world: World) -> MintedCredentials:
    """Return what mints tokens for this job's identity; raises `IdentityError` if it has none."""
    # Providers, claims and exchange are a house of their own, which nobody with a token enters.
    from tpub.identity.detect import find  # noqa: PLC0415
    from tpub.publishing.minted import MintedCredentials  # noqa: PLC0415

    provider = find(wish.identity, world.env, world.machine)
    if provider is None:
        raise _nobody(world.env, wish.mode)
    return MintedCredentials(provider, index, world, wish.known)


def _nobody(env: Mapping[str, str], mode: TrustedPublishing) -> IdentityError:
    if mode is TrustedPublishing.NEVER:
        return IdentityError(
            "no-credential",
            "there is no credential, and trusted publishing is switched off",
            Variable.of(env, "TPUB_TOKEN"),
            hint="Give an API token in `TPUB_TOKEN`, or leave out `--trusted-publishing never`.",
        )
    from tpub.identity.detect import MARKS  # noqa: PLC0415  (as above)

    if mode is TrustedPublishing.ALWAYS:
        return IdentityError(
            _NO_CI,
            "this is no CI system that tpub knows: there is no identity",
            *(Variable.of(env, name) for name in MARKS),
            hint="Run it in CI, in the job that publishes; or give an identity token: `--identity-token-file PATH`.",
        )
    return IdentityError(
        _NO_CI,
        "this is no CI system that tpub knows, and there is no credential either",
        *(Variable.of(env, name) for name in ("TPUB_TOKEN", *MARKS)),
        hint="Publish from CI, or give an API token in `TPUB_TOKEN`; `tpub rehearse` shows the whole release offline.",
    )
