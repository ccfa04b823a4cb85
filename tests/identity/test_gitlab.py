from __future__ import annotations

import pytest

from support.tokens import GITLAB, unsigned
from tpub.diagnostic import Evidence, Variable
from tpub.errors import IdentityError
from tpub.http import Http
from tpub.identity.detect import detect
from tpub.identity.gitlab import GitLab
from tpub.identity.provider import variable_for

TOKEN = unsigned(GITLAB)
JOB = {"GITLAB_CI": "true", "CI_JOB_NAME": "publish", "CI_SERVER_VERSION": "18.6.0"}


@pytest.mark.parametrize(
    ("audience", "name"),
    [
        pytest.param("pypi", "PYPI_ID_TOKEN", id="pypi"),
        pytest.param("my-index.example", "MY_INDEX_EXAMPLE_ID_TOKEN", id="other characters"),
        pytest.param("3rd_party", "_RD_PARTY_ID_TOKEN", id="leading digit"),
    ],
)
def test_the_variable_of_an_audience(audience: str, name: str) -> None:
    assert variable_for(audience) == name


def test_the_token_of_the_job() -> None:
    provider = detect(JOB | {"PYPI_ID_TOKEN": TOKEN})
    assert provider == GitLab(JOB | {"PYPI_ID_TOKEN": TOKEN})
    with Http({}) as http:
        assert provider is not None
        assert provider.identity_token("pypi", http).reveal() == TOKEN
    assert TOKEN not in repr(provider)


MISSING = Variable("PYPI_ID_TOKEN")


@pytest.mark.parametrize(
    ("env", "code", "evidence"),
    [
        pytest.param({}, "gl-id-tokens-missing", (MISSING,), id="no id_tokens"),
        pytest.param({"PYPI_ID_TOKEN": ""}, "gl-id-tokens-missing", (Variable("PYPI_ID_TOKEN", "empty"),), id="empty"),
        pytest.param(
            {"PYPI_TOKEN": TOKEN}, "gl-id-token-name", (MISSING, Variable("PYPI_TOKEN", "set")), id="other name"
        ),
        pytest.param(
            {"TESTPYPI_ID_TOKEN": TOKEN},
            "gl-id-token-name",
            (MISSING, Variable("TESTPYPI_ID_TOKEN", "set")),
            id="the other index's",
        ),
        pytest.param(
            {"CI_JOB_JWT_V2": TOKEN}, "gl-ci-job-jwt", (MISSING, Variable("CI_JOB_JWT_V2", "set")), id="the old token"
        ),
        pytest.param({"CI_SERVER_VERSION": "15.6.3"}, "gl-version", (MISSING,), id="GitLab too old"),
        pytest.param({"CI_SERVER_VERSION": "15.7.0"}, "gl-id-tokens-missing", (MISSING,), id="GitLab just new enough"),
        pytest.param({"CI_SERVER_VERSION": "pre"}, "gl-id-tokens-missing", (MISSING,), id="GitLab of unknown age"),
        pytest.param(
            {"PYPI_ID_TOKEN": "pypi-AgEIcHlwaS5vcmc"},
            "gl-id-token-not-jwt",
            (Variable("PYPI_ID_TOKEN", "set"),),
            id="an API token in its place",
        ),
    ],
)
def test_a_job_without_identity(env: dict[str, str], code: str, evidence: tuple[Evidence, ...]) -> None:
    with Http({}) as http, pytest.raises(IdentityError) as caught:
        GitLab(JOB | env).identity_token("pypi", http)
    told = caught.value.diagnostic
    assert (told.code, told.evidence) == (code, evidence)
    assert all(value not in told.message + told.hint for value in env.values() if len(value) > 8)


def test_a_runner_in_github_is_no_gitlab() -> None:
    assert GitLab.detect({"GITLAB_CI": "TRUE"}) is None
