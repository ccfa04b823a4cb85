from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from support.tokens import GITHUB, GITLAB, unsigned
from tpub.identity import jwt
from tpub.identity.claims import compared
from tpub.identity.publisher import GitHubPublisher, GitLabPublisher, Publisher, publisher_of
from tpub.secret import Secret


def test_the_claims_of_a_token() -> None:
    assert jwt.read(Secret(unsigned(GITHUB) + "\n")) == GITHUB


@pytest.mark.parametrize(
    "text", ["", "a.b.c", "a.b", unsigned([1]), unsigned("x"), "pypi-AgEIcHlwaS5vcmc", "e30.e30.x"]
)
def test_what_is_no_token(text: str) -> None:
    assert jwt.read(Secret(text)) is None


@given(st.text() | st.binary().map(lambda b: b.decode("latin-1")))
def test_any_text_is_read_or_is_none(text: str) -> None:
    jwt.read(Secret(text))


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_claims_survive_the_round_trip(claims: dict[str, object]) -> None:
    assert jwt.read(Secret(unsigned(claims))) == claims


@pytest.mark.parametrize(
    ("claims", "publisher"),
    [
        pytest.param(GITHUB, GitHubPublisher("octo-org", "sampleproject", "release.yml"), id="GitHub"),
        pytest.param(
            GITHUB | {"environment": "pypi"},
            GitHubPublisher("octo-org", "sampleproject", "release.yml", "pypi"),
            id="GitHub with environment",
        ),
        pytest.param(
            GITLAB, GitLabPublisher("octo-group/sub", "sampleproject", "ci/release.yml"), id="GitLab with sub-group"
        ),
        pytest.param(
            GITLAB | {"iss": "https://git.example"},
            GitLabPublisher("octo-group/sub", "sampleproject", "ci/release.yml", issuer_url="https://git.example"),
            id="self-managed GitLab",
        ),
        pytest.param({"iss": "https://elsewhere.example"}, None, id="unknown issuer"),
    ],
)
def test_the_publisher_that_a_token_needs(claims: dict[str, object], publisher: Publisher | None) -> None:
    assert publisher_of(claims) == publisher


def test_what_the_index_compares() -> None:
    assert list(compared(GITHUB | {"environment": "pypi", "run_id": "1"})) == [
        "iss",
        "aud",
        "repository",
        "repository_owner",
        "repository_owner_id",
        "job_workflow_ref",
        "environment",
        "event_name",
    ]
