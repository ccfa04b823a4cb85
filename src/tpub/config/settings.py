"""What the user set, and where: the command line before the environment before pyproject.toml before the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tpub import tls
from tpub.config.login import NOBODY, Asked, Case, ambiguous, incomplete, log_in
from tpub.config.lookup import Found, Lookup
from tpub.config.modes import Attestations, TrustedPublishing
from tpub.config.pyproject import Project
from tpub.config.stores import Ask, Stores, stores
from tpub.config.switching import Theirs
from tpub.config.where import Names, locate
from tpub.diagnostic import Diagnostic, Setting
from tpub.index.credential import Credential
from tpub.index.model import Index
from tpub.tls import Tls

NOTHING = Project()


@dataclass(frozen=True, slots=True, repr=False)
class Flags:
    """What stood on the command line; None where nothing did.

    `theirs` are options of other tools, by tpub's name for them, `remarks` what is to be said of others.
    `is_one_of_many` tells that the same run goes to other indexes, too: a credential that names none is not clear then.
    """

    index: str | None = None
    login: Asked = NOBODY
    trusted_publishing: TrustedPublishing | None = None
    attestations: Attestations | None = None
    trust_config: Path | None = None
    provider: str | None = None
    identity_token_file: str | None = None
    config_file: str | None = None
    tls: Tls = tls.NOTHING
    theirs: Mapping[str, Theirs] = field(default_factory=dict)
    remarks: tuple[Diagnostic, ...] = ()
    is_one_of_many: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds, and where each value came from (`sources`, without secrets).

    `credential` is what was given; where nothing was, `stores` are the places to look. `half` is the source of a user
    name that was given without its password, empty if there is none. `diagnostics` are warnings.
    """

    index: Index
    credential: Credential | None
    trusted_publishing: TrustedPublishing
    sources: tuple[Setting, ...]
    stores: Stores
    project: Project = NOTHING
    attestations: Attestations = Attestations.AUTO
    trust_config: Path | None = None
    provider: str | None = None
    identity_token_file: str | None = None
    tls: Tls = tls.NOTHING
    diagnostics: tuple[Diagnostic, ...] = ()
    half: str = ""


def completed(settings: Settings) -> Settings:
    """Return the settings with the password of the user name that was given alone, from wherever it is kept.

    Raises `ConfigError` if it is kept nowhere, and nobody is there to type it.
    """
    if not settings.half:
        return settings
    found = settings.stores.anywhere(settings.index)
    if found.credential is None:
        raise incomplete("user name", "TPUB_PASSWORD")
    source = Setting("credential", f"user name {found.credential.username}", found.source)
    return replace(
        settings,
        credential=found.credential,
        sources=(*settings.sources, source),
        diagnostics=(*settings.diagnostics, *found.diagnostics),
        half="",
    )


def resolve(flags: Flags, env: Mapping[str, str], project: Project = NOTHING, *, ask: Ask | None = None) -> Settings:
    """Return the settings; raises `ConfigError` if they contradict each other or make no sense.

    `ask` puts a question to somebody at a terminal, None if nobody is there.
    """
    lookup = Lookup(env, flags.theirs)
    asked = None if lookup.switch("non-interactive", given=False) else ask
    config_file = lookup.first("config-file", flags.config_file)
    places = stores(env, _value(config_file), asked)
    names = Names(project, places)
    place = locate(lookup, flags.index, names)
    mode = lookup.word("trusted-publishing", flags.trusted_publishing, TrustedPublishing.AUTO)
    attestations = lookup.word("attestations", flags.attestations, Attestations.AUTO)
    provider = lookup.first("provider", flags.provider)
    token_file = lookup.first("identity-token-file", flags.identity_token_file)
    by_identity = mode.value == TrustedPublishing.ALWAYS or (provider or token_file) is not None
    if flags.is_one_of_many and token_file is not None:
        raise ambiguous(token_file.source)
    login = log_in(flags.login, Case(lookup, place, names, by_identity, flags.is_one_of_many))
    given = str(flags.trust_config) if flags.trust_config else None
    trust_config = lookup.first("trust-config", given)
    cert = lookup.first("cert", flags.tls.authorities) or place.cert
    client_cert = lookup.first("client-cert", flags.tls.client) or place.client_cert
    sources = (
        Setting("index", place.index.upload_url, place.found.source),
        Setting("trusted-publishing", mode.value, mode.source),
        Setting("attestations", attestations.value, attestations.source),
        *_told("trust-config", trust_config),
        *_told("provider", provider),
        *_told("identity-token-file", token_file),
        *_told("config-file", config_file),
        *_told("cert", cert),
        *_told("client-cert", client_cert),
        *([Setting("credential", f"user name {login.credential.username}", login.source)] if login.credential else []),
    )
    return Settings(
        place.index,
        login.credential,
        TrustedPublishing(mode.value),
        sources,
        places._replace(username=login.username, section=place.section),
        project,
        Attestations(attestations.value),
        Path(trust_config.value) if trust_config else None,
        _value(provider),
        _value(token_file),
        Tls(_value(cert), _value(client_cert)),
        (*flags.remarks, *place.diagnostics, *login.diagnostics),
        "" if login.credential else login.source,
    )


def _told(name: str, found: Found | None) -> list[Setting]:
    return [Setting(name, found.value, found.source)] if found else []


def _value(found: Found | None) -> str | None:
    return found.value if found else None
