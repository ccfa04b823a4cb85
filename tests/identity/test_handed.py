from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from support.tokens import ACTIVESTATE, GITHUB, GITLAB, GOOGLE, unsigned
from tpub.diagnostic import Diagnostic, Variable
from tpub.errors import ConfigError, IdentityError
from tpub.http import Http
from tpub.identity.choice import Choice
from tpub.identity.detect import detect, find
from tpub.identity.issuers import issuer_of
from tpub.secret import Secret

TOKEN = unsigned(ACTIVESTATE)
OTHER = unsigned(ACTIVESTATE | {"aud": "testpypi"})


@pytest.mark.parametrize(
    ("env", "told"),
    [
        pytest.param({"PYPI_ID_TOKEN": TOKEN}, ("activestate", "ActiveState", False), id="ActiveState"),
        pytest.param(
            {"X_ID_TOKEN": unsigned({"iss": "https://ci.example/oidc"})},
            ("unknown", "ci.example", False),
            id="a platform of one's own",
        ),
        pytest.param(
            {"PYPI_ID_TOKEN": TOKEN, "GITHUB_ACTIONS": "false", "GITLAB_CI": "1"},
            ("activestate", "ActiveState", False),
            id="marks that say no",
        ),
        pytest.param({"PYPI_ID_TOKEN": TOKEN, "GITLAB_CI": "true"}, ("gitlab", "GitLab CI/CD", False), id="in GitLab"),
        pytest.param(
            {"PYPI_ID_TOKEN": TOKEN, "GCE_METADATA_HOST": "127.0.0.1:1"},
            ("activestate", "ActiveState", False),
            id="on a machine of Google's",
        ),
        pytest.param({"PYPI_ID_TOKEN": "pypi-AgEIcHlwaS5vcmc"}, None, id="an API token in its place"),
        pytest.param({"PYPI_ID_TOKEN": ""}, None, id="empty"),
        pytest.param({"ID_TOKEN": TOKEN}, None, id="another name"),
    ],
)
def test_who_handed_a_token_over(env: dict[str, str], told: tuple[str, str, bool] | None) -> None:
    provider = detect(env)
    assert (None if provider is None else (provider.name, provider.title, provider.renewable)) == told
    assert TOKEN not in repr(provider)


def test_each_audience_has_its_token() -> None:
    provider = find(Choice("handed-over"), {"PYPI_ID_TOKEN": TOKEN, "TESTPYPI_ID_TOKEN": OTHER})
    assert provider is not None
    with Http({}) as http:
        found = {name: provider.identity_token(name, http).reveal() for name in ("pypi", "testpypi")}
    assert found == {"pypi": TOKEN, "testpypi": OTHER}


def test_a_token_under_another_audience() -> None:
    provider = find(Choice(), {"TESTPYPI_ID_TOKEN": TOKEN, "PYPI_ID_TOKEN": ""})
    assert provider is not None
    with Http({}) as http, pytest.raises(IdentityError) as caught:
        provider.identity_token("pypi", http)
    told = caught.value.diagnostic
    assert (told.code, told.evidence) == (
        "id-token-name",
        (Variable("PYPI_ID_TOKEN", "empty"), Variable("TESTPYPI_ID_TOKEN", "set")),
    )


def test_a_token_that_the_user_brings() -> None:
    provider = find(Choice(token=Secret(unsigned(GOOGLE))), {"GITHUB_ACTIONS": "true"})
    assert provider is not None
    with Http({}) as http:
        assert (provider.name, provider.identity_token("pypi", http)) == ("google", Secret(unsigned(GOOGLE)))


NO_TOKEN = Diagnostic(
    "identity-token-malformed",
    "what `--identity-token-file` names holds no identity token",
    "Give a file with nothing but the token: three parts of Base64 with dots between.",
)


@given(st.binary().map(lambda content: content.decode("latin-1")) | st.text())
def test_whatever_the_user_brings_is_a_token_or_is_told_to_be_none(text: str) -> None:
    try:
        provider = find(Choice(token=Secret(text)), {})
    except IdentityError as exc:
        told = exc.diagnostic
        assert told == NO_TOKEN  # the same of all: nothing of the text is in it
    else:
        assert provider is not None


@pytest.mark.parametrize(
    ("name", "env", "found"),
    [
        pytest.param("google", {}, "google", id="without any mark"),
        pytest.param("circleci", {"CIRCLECI": "true", "GITLAB_CI": "true"}, "circleci", id="of two"),
        pytest.param("gitlab", {"CIRCLECI": "true", "GITLAB_CI": "true"}, "gitlab", id="of two, the other"),
    ],
)
def test_a_provider_by_name(name: str, env: dict[str, str], found: str) -> None:
    provider = find(Choice(name), env)
    assert provider is not None
    assert provider.name == found


@pytest.mark.parametrize(
    ("name", "error", "code"),
    [
        pytest.param("buildkite", IdentityError, "provider-absent", id="not here"),
        pytest.param("handed-over", IdentityError, "provider-absent", id="no token"),
        pytest.param("github", IdentityError, "gh-id-token-missing", id="here and broken"),
        pytest.param("jenkins", ConfigError, "provider-unknown", id="unknown"),
    ],
)
def test_a_provider_that_cannot_be_had(name: str, error: type[ConfigError | IdentityError], code: str) -> None:
    with pytest.raises(error) as caught:
        find(Choice(name), {"GITHUB_ACTIONS": "true"})
    assert caught.value.diagnostic.code == code


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        pytest.param(GITHUB, ("github", "GitHub Actions", True), id="github.com"),
        pytest.param(GITLAB, ("gitlab", "GitLab CI/CD", True), id="gitlab.com"),
        pytest.param(GOOGLE, ("google", "Google Cloud", True), id="Google"),
        pytest.param(ACTIVESTATE, ("activestate", "ActiveState", True), id="ActiveState"),
        pytest.param(
            {"iss": "https://token.actions.githubusercontent.com/octocorp"},
            ("github", "GitHub Actions with an enterprise's own issuer", False),
            id="an enterprise's own issuer",
        ),
        pytest.param(
            {"iss": "https://token.actions.octocorp.ghe.com"},
            ("github", "GitHub Enterprise Cloud on ghe.com", False),
            id="data residency",
        ),
        pytest.param(
            {"iss": "https://github.example.com/_services/token"},
            ("github", "GitHub Enterprise Server", False),
            id="Enterprise Server",
        ),
        pytest.param(
            {"iss": "https://gitea.example.org/api/actions"},
            ("gitea", "Gitea Actions or Forgejo Actions", False),
            id="Gitea",
        ),
        pytest.param(GITLAB | {"iss": "https://git.example"}, ("gitlab", "GitLab Self-Managed", False), id="GitLab"),
        pytest.param({"iss": "https://oidc.circleci.com/org/abc"}, ("circleci", "CircleCI", False), id="CircleCI"),
        pytest.param({"iss": "https://oidc.circleci.com"}, ("circleci", "CircleCI", False), id="CircleCI's root"),
        pytest.param({"iss": "https://agent.buildkite.com"}, ("buildkite", "Buildkite", False), id="Buildkite"),
        pytest.param({"iss": "https://vstoken.dev.azure.com/1-2"}, ("azure", "Azure", False), id="Azure Pipelines"),
        pytest.param({"iss": "https://ci.example:8443/x"}, ("unknown", "ci.example", False), id="nobody knows"),
        pytest.param({"iss": ["x"]}, ("unknown", "a platform that does not name itself", False), id="no text"),
        pytest.param({"iss": "x"}, ("unknown", "a platform that does not name itself", False), id="no address"),
        pytest.param({}, ("unknown", "a platform that does not name itself", False), id="missing"),
    ],
)
def test_the_issuers(claims: dict[str, object], told: tuple[str, str, bool]) -> None:
    found = issuer_of(claims)
    assert (found.name, found.title, found.is_public) == told
