from __future__ import annotations

import pytest

from support.world import a_world
from tpub.config.modes import TrustedPublishing
from tpub.diagnostic import Variable
from tpub.errors import ConfigError, IdentityError
from tpub.http import Http
from tpub.index.credential import token_credential
from tpub.index.model import PYPI
from tpub.publishing.authority import Wish, choose
from tpub.publishing.credentials import GivenCredentials, MintedCredentials
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
