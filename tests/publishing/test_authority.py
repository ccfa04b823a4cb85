from __future__ import annotations

from typing import NoReturn

import pytest

from support.world import Heard, a_world
from tpub.config.keychain import Kept
from tpub.config.modes import TrustedPublishing
from tpub.config.pypirc import Pypirc, Section
from tpub.config.stores import Stores
from tpub.diagnostic import Diagnostic, Severity, Variable
from tpub.errors import ConfigError, IdentityError
from tpub.events import SecretObtained
from tpub.http import Http
from tpub.index.credential import Credential, token_credential
from tpub.index.model import PYPI, Index
from tpub.publishing.authority import Wish, choose, keep
from tpub.publishing.credentials import GivenCredentials
from tpub.publishing.minted import MintedCredentials
from tpub.secret import Secret

GIVEN = token_credential(Secret("pypi-x"))
GITLAB = {"GITLAB_CI": "true"}
AUTO, ALWAYS, NEVER = TrustedPublishing.AUTO, TrustedPublishing.ALWAYS, TrustedPublishing.NEVER


@pytest.mark.parametrize(
    ("wish", "env", "kind"),
    [
        pytest.param(Wish(GIVEN, AUTO), {}, GivenCredentials, id="a token"),
        pytest.param(Wish(GIVEN, AUTO), GITLAB, GivenCredentials, id="a token in CI: the user's word counts"),
        pytest.param(Wish(GIVEN, NEVER), GITLAB, GivenCredentials, id="a token alone"),
        pytest.param(Wish(None, AUTO), GITLAB, MintedCredentials, id="the job"),
        pytest.param(Wish(None, ALWAYS), GITLAB, MintedCredentials, id="the job alone"),
    ],
)
def test_what_uploads_are_authorized_with(wish: Wish, env: dict[str, str], kind: type) -> None:
    with Http({}) as http:
        assert type(choose(wish, PYPI, a_world(env, http))) is kind


@pytest.mark.parametrize(
    ("wish", "env", "error", "code"),
    [
        pytest.param(Wish(GIVEN, ALWAYS), GITLAB, ConfigError, "credentials-shadow-oidc", id="both, and one allowed"),
        pytest.param(Wish(None, NEVER), GITLAB, IdentityError, "no-credential", id="switched off"),
        pytest.param(Wish(None, AUTO), {}, IdentityError, "no-ci", id="nobody"),
    ],
)
def test_nothing_to_authorize_uploads_with(
    wish: Wish, env: dict[str, str], error: type[ConfigError | IdentityError], code: str
) -> None:
    with Http({}) as http, pytest.raises(error) as caught:
        choose(wish, PYPI, a_world(env, http))
    assert caught.value.diagnostic.code == code


@pytest.mark.parametrize(("env", "state"), [({}, "unset"), ({"TPUB_TOKEN": ""}, "empty")])
@pytest.mark.parametrize("mode", [AUTO, NEVER])
def test_the_variable_that_could_help_is_named(mode: TrustedPublishing, env: dict[str, str], state: str) -> None:
    with Http({}) as http, pytest.raises(IdentityError) as caught:
        choose(Wish(None, mode), PYPI, a_world(env, http))
    found = caught.value.diagnostic.evidence[0]
    assert isinstance(found, Variable)
    assert (found.name, found.state) == ("TPUB_TOKEN", state)


def test_a_mark_of_another_value_is_not_said_to_be_empty() -> None:
    with Http({}) as http, pytest.raises(IdentityError) as caught:
        choose(Wish(None, ALWAYS), PYPI, a_world({"GITHUB_ACTIONS": "false", "GITLAB_CI": ""}, http))
    found = {each.name: each.state for each in caught.value.diagnostic.evidence if isinstance(each, Variable)}
    assert (found["GITHUB_ACTIONS"], found["GITLAB_CI"]) == ("set", "empty")


COMPANY = Index("company", "https://packages.example.com/legacy/", "https://packages.example.com/simple/")
SECRET = Secret("s3cret")
GITHUB = {"GITHUB_ACTIONS": "true"}
IDENTITY = GITLAB


def places(*, written: bool = False, kept: Kept | None = None, typed: str | None = None) -> Stores:
    """Return places to look, a few of which hold something for PyPI and for a company's index."""
    sections = {
        "pypi": Section("pypi", ".pypirc", 1, None, None, SECRET),
        "company": Section("company", ".pypirc", 4, COMPANY.upload_url, "me", SECRET),
    }
    file = Pypirc(".pypirc", sections if written else {})
    ask = None if typed is None else lambda _question, *, hidden: typed if hidden else "me"
    return Stores(lambda: file, lambda _url, _user: kept or Kept(), ask)


@pytest.mark.parametrize(
    ("stores", "index", "env", "mode", "found", "codes"),
    [
        pytest.param(places(written=True), PYPI, {}, AUTO, "__token__", [], id="pypirc"),
        pytest.param(places(written=True), COMPANY, {}, AUTO, "me", [], id="pypirc, another index"),
        pytest.param(places(written=True), PYPI, IDENTITY, NEVER, "__token__", [], id="pypirc instead of the identity"),
        pytest.param(places(kept=Kept(token_credential(SECRET))), PYPI, {}, AUTO, "__token__", [], id="keyring"),
        pytest.param(places(typed="s3cret\n"), PYPI, {}, AUTO, "__token__", [], id="terminal"),
        pytest.param(places(typed="s3cret"), COMPANY, {}, AUTO, "me", [], id="terminal, another index"),
        pytest.param(
            places(kept=Kept(problem=Diagnostic("keyring-failed", "x", severity=Severity.WARNING)), typed="s3cret"),
            PYPI,
            {},
            AUTO,
            "__token__",
            ["keyring-failed"],
            id="terminal, as the keyring fails",
        ),
        pytest.param(
            places(written=True), PYPI, GITHUB, AUTO, "__token__", ["gh-id-token-missing"], id="a broken identity"
        ),
    ],
)
def test_what_is_stored(
    stores: Stores, index: Index, env: dict[str, str], mode: TrustedPublishing, found: str, codes: list[str]
) -> None:
    heard = Heard()
    with Http({}) as http:
        credentials = choose(Wish(mode=mode, stores=stores), index, a_world(env, http, heard))
    assert credentials.current() == Credential(found, SECRET)
    assert [(told.code, told.is_error) for told in credentials.remarks] == [(code, False) for code in codes]
    assert heard[0] == SecretObtained(SECRET)


@pytest.mark.parametrize(
    ("stores", "env", "mode", "code"),
    [
        pytest.param(places(), {}, AUTO, "no-ci", id="nothing"),
        pytest.param(places(), {}, NEVER, "no-credential", id="nothing, and no identity wanted"),
        pytest.param(places(typed=""), {}, AUTO, "no-ci", id="nothing typed"),
        pytest.param(places(), GITHUB, AUTO, "gh-id-token-missing", id="a broken identity"),
        pytest.param(
            places(kept=Kept(token_credential(SECRET)), typed="x"),
            GITHUB,
            AUTO,
            "gh-id-token-missing",
            id="a broken identity is not made up for by the keyring",
        ),
        pytest.param(places(written=True), {}, ALWAYS, "no-ci", id="the identity alone"),
        pytest.param(
            places(kept=Kept(problem=Diagnostic("keyring-silent", "x", severity=Severity.WARNING))),
            {},
            AUTO,
            "keyring-silent",
            id="the keyring is why there is nothing",
        ),
    ],
)
def test_nothing_is_stored(stores: Stores, env: dict[str, str], mode: TrustedPublishing, code: str) -> None:
    with Http({}) as http, pytest.raises(IdentityError) as caught:
        choose(Wish(mode=mode, stores=stores), PYPI, a_world(env, http))
    assert (caught.value.diagnostic.code, caught.value.diagnostic.is_error) == (code, True)


def test_the_identity_comes_before_what_is_stored() -> None:
    def unread(*_: object) -> NoReturn:
        raise AssertionError

    stores = Stores(unread, unread)
    for index in (PYPI, COMPANY):
        wish = Wish(stores=stores)
        with Http({}) as http:
            world = a_world(IDENTITY, http)
            assert keep(wish, index, world).credential is None
            assert type(choose(wish, index, world)) is MintedCredentials


@pytest.mark.parametrize(
    ("wish", "index", "env", "found"),
    [
        pytest.param(Wish(stores=places(written=True)), COMPANY, {}, "me", id="a private index"),
        pytest.param(Wish(stores=places(written=True)), PYPI, {}, None, id="PyPI shows its pages to all"),
        pytest.param(Wish(GIVEN, stores=places(written=True)), COMPANY, {}, None, id="something was given"),
        pytest.param(Wish(stores=places(written=True)), COMPANY, GITHUB, None, id="the identity may be mended"),
        pytest.param(Wish(mode=NEVER, stores=places(written=True)), COMPANY, GITHUB, "me", id="no identity wanted"),
        pytest.param(Wish(mode=ALWAYS, stores=places(written=True)), COMPANY, {}, None, id="the identity alone"),
        pytest.param(Wish(stores=places(typed="x")), COMPANY, {}, None, id="nobody is asked before the verdict"),
    ],
)
def test_what_the_pages_of_a_private_index_are_asked_with(
    wish: Wish, index: Index, env: dict[str, str], found: str | None
) -> None:
    with Http({}) as http:
        credential = keep(wish, index, a_world(env, http)).credential
    assert (credential.username if credential is not None else None) == found
