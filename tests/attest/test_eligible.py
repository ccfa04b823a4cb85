from __future__ import annotations

from collections.abc import Mapping

import pytest

from support.tokens import ACTIVESTATE, GITHUB, GITLAB, GOOGLE
from tpub.attest.compare import spelled
from tpub.attest.eligible import eligible
from tpub.errors import AttestationError

OWN = "octo-org/sampleproject/.github/workflows/release.yml@refs/tags/v1"


@pytest.mark.parametrize(
    ("claims", "publisher"),
    [
        pytest.param(
            GITHUB,
            "https://github.com/octo-org/sampleproject/.github/workflows/release.yml",
            id="GitHub, of old, without workflow_ref",
        ),
        pytest.param(
            GITHUB | {"workflow_ref": OWN},
            "https://github.com/octo-org/sampleproject/.github/workflows/release.yml",
            id="GitHub",
        ),
        pytest.param(GITLAB, "https://gitlab.com/octo-group/sub/sampleproject//ci/release.yml", id="GitLab"),
        pytest.param(GOOGLE, str(GOOGLE["email"]), id="Google"),
    ],
)
def test_who_may_attest(claims: Mapping[str, object], publisher: str) -> None:
    assert spelled(eligible(claims)) == publisher


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        pytest.param(
            GITHUB | {"workflow_ref": OWN.replace("release", "top")}, "gh-reusable-attestation", id="reusable, here"
        ),
        pytest.param(
            GITHUB | {"workflow_ref": "other/repo/.github/workflows/release.yml@refs/tags/v1"},
            "gh-reusable-attestation",
            id="reusable, elsewhere",
        ),
        pytest.param(
            GITLAB | {"iss": "https://gitlab.example.com"}, "attestation-gitlab-self-managed", id="self-managed GitLab"
        ),
        pytest.param(ACTIVESTATE, "attestation-platform", id="ActiveState"),
        pytest.param({"iss": "https://oidc.example.com"}, "attestation-platform", id="unknown issuer"),
        pytest.param({}, "attestation-platform", id="no claims"),
    ],
)
def test_who_may_not(claims: Mapping[str, object], code: str) -> None:
    with pytest.raises(AttestationError) as caught:
        eligible(claims)
    assert caught.value.diagnostic.code == code
