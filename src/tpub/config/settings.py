"""What the user set, and where: the command line before the environment before pyproject.toml before the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tpub.config.modes import Attestations, TrustedPublishing
from tpub.config.pyproject import Project
from tpub.diagnostic import Setting
from tpub.errors import ConfigError
from tpub.index.credential import Credential, token_credential
from tpub.index.model import PYPI, Index, find
from tpub.secret import Secret

NOTHING = Project()


@dataclass(frozen=True, slots=True, repr=False)
class Flags:
    """What stood on the command line; None where nothing did."""

    index: str | None = None
    token: str | None = None
    username: str | None = None
    password: str | None = None
    trusted_publishing: TrustedPublishing | None = None
    attestations: Attestations | None = None
    trust_config: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds, and where each value came from (`sources`, without secrets)."""

    index: Index
    credential: Credential | None
    trusted_publishing: TrustedPublishing
    sources: tuple[Setting, ...]
    project: Project = NOTHING
    attestations: Attestations = Attestations.AUTO
    trust_config: Path | None = None


@dataclass(frozen=True, slots=True, repr=False)
class _Found:
    value: str
    source: str


def resolve(flags: Flags, env: Mapping[str, str], project: Project = NOTHING) -> Settings:
    """Return the settings; raises `ConfigError` if they contradict each other or make no sense."""
    written = _Found(project.index, project.path) if project.index is not None else _Found(PYPI.name, "default")
    found = _first("--index", flags.index, "TPUB_INDEX", env) or written
    index = find(found.value, project.indexes)
    credential, how = _credential(flags, env)
    mode = _word("trusted-publishing", flags.trusted_publishing, TrustedPublishing.AUTO, env)
    attestations = _word("attestations", flags.attestations, Attestations.AUTO, env)
    given = str(flags.trust_config) if flags.trust_config else None
    trust_config = _first("--trust-config", given, "TPUB_TRUST_CONFIG", env)
    sources = (
        Setting("index", index.upload_url, found.source),
        Setting("trusted-publishing", mode.value, mode.source),
        Setting("attestations", attestations.value, attestations.source),
        *([Setting("trust-config", trust_config.value, trust_config.source)] if trust_config else []),
        *([Setting("credential", f"user name {credential.username}", how)] if credential else []),
    )
    return Settings(
        index,
        credential,
        TrustedPublishing(mode.value),
        sources,
        project,
        Attestations(attestations.value),
        Path(trust_config.value) if trust_config else None,
    )


def _first(flag: str, given: str | None, variable: str, env: Mapping[str, str]) -> _Found | None:
    """Return the value that counts. A variable that is empty is one that is not set: CI systems leave such."""
    if given is not None:
        return _Found(given, flag)
    # A secret pasted with a line break at its end is the commonest broken secret.
    value = env.get(variable, "").strip()
    return _Found(value, f"${variable}") if value else None


def _word(name: str, given: StrEnum | None, default: StrEnum, env: Mapping[str, str]) -> _Found:
    """Return a setting that is one of a few words, those of `default`'s kind."""
    found = _first(f"--{name}", given, f"TPUB_{name.upper().replace('-', '_')}", env)
    if found is None:
        return _Found(default, "default")
    if found.value not in list(type(default)):
        raise ConfigError(
            "setting-invalid",
            f"{found.source} is {found.value!r}, and can be {', '.join(type(default))}",
            Setting(name, found.value, found.source),
            hint=f"Set it to `{default}`, or leave it out.",
        )
    return found


def _credential(flags: Flags, env: Mapping[str, str]) -> tuple[Credential | None, str]:
    """Return the credential that was given and where: a token, or a user name with a password."""
    token = _first("--token", flags.token, "TPUB_TOKEN", env)
    username = _first("--username", flags.username, "TPUB_USERNAME", env)
    password = _first("--password", flags.password, "TPUB_PASSWORD", env)
    if token is not None:
        return token_credential(Secret(token.value.strip())), token.source
    if (username is None) != (password is None):
        there, missing = ("user name", "TPUB_PASSWORD") if password is None else ("password", "TPUB_USERNAME")
        raise ConfigError(
            "credentials-incomplete",
            f"there is a {there} and nothing to go with it",
            hint=f"Set `{missing}` too; for an API token, set `TPUB_TOKEN` alone.",
        )
    if username is None or password is None:
        return None, ""
    return Credential(username.value, Secret(password.value)), username.source
