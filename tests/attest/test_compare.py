from __future__ import annotations

from dataclasses import replace

import pytest

from support.attestations import GITHUB_SDIST, GITLAB_SDIST, published
from tpub.attest.compare import check_signer, same_name, vouches
from tpub.attest.model import Certified
from tpub.attest.read import parse
from tpub.diagnostic import Diagnostic, Field
from tpub.errors import AttestationError
from tpub.identity.publisher import (
    ActiveStatePublisher,
    GitHubPublisher,
    GitLabPublisher,
    GooglePublisher,
    Publisher,
)

ON_GITHUB, ON_GITLAB = parse(published(GITHUB_SDIST)).certified, parse(published(GITLAB_SDIST)).certified
GOOGLE = Certified("https://accounts.google.com", "releaser@project.iam.gserviceaccount.com")
GITHUB_PUBLISHER = GitHubPublisher("trailofbits", "pypi-attestations", "release.yml")
GITLAB_PUBLISHER = GitLabPublisher("facutuesca", "gitlab-oidc-project", ".gitlab-ci.yml")


@pytest.mark.parametrize(
    ("certified", "publisher"),
    [
        pytest.param(ON_GITHUB, GITHUB_PUBLISHER, id="GitHub"),
        pytest.param(ON_GITHUB, replace(GITHUB_PUBLISHER, environment="pypi"), id="GitHub, with an environment"),
        pytest.param(
            replace(
                ON_GITHUB,
                build_config_uri=ON_GITHUB.build_config_uri.replace(
                    "refs/tags/v0.0.19", "08802efe1f8e5fec4ad842d6b8ce97656092ee72"
                ),
            ),
            GITHUB_PUBLISHER,
            id="GitHub, by commit",
        ),
        pytest.param(ON_GITLAB, GITLAB_PUBLISHER, id="GitLab"),
        pytest.param(GOOGLE, GooglePublisher(GOOGLE.subject), id="Google"),
        pytest.param(GOOGLE, GooglePublisher(GOOGLE.subject, "1234"), id="Google, by number"),
    ],
)
def test_a_certificate_of_the_publisher(certified: Certified, publisher: Publisher) -> None:
    assert vouches(certified, publisher)


@pytest.mark.parametrize(
    ("certified", "publisher"),
    [
        pytest.param(ON_GITHUB, replace(GITHUB_PUBLISHER, owner="octo-org"), id="other owner"),
        pytest.param(ON_GITHUB, replace(GITHUB_PUBLISHER, repository="other"), id="other repository"),
        pytest.param(ON_GITHUB, replace(GITHUB_PUBLISHER, workflow_filename="release.yaml"), id="other workflow"),
        pytest.param(replace(ON_GITHUB, issuer="https://example.com"), GITHUB_PUBLISHER, id="other issuer"),
        pytest.param(
            replace(ON_GITHUB, source_repository_ref="", source_repository_digest=""), GITHUB_PUBLISHER, id="no commit"
        ),
        pytest.param(
            replace(ON_GITHUB, source_repository_ref="refs/tags/v1"), GITHUB_PUBLISHER, id="another commit's workflow"
        ),
        pytest.param(ON_GITHUB, GITLAB_PUBLISHER, id="other platform"),
        pytest.param(ON_GITLAB, replace(GITLAB_PUBLISHER, workflow_filepath="ci/.gitlab-ci.yml"), id="other file"),
        pytest.param(GOOGLE, GooglePublisher("other@project.iam.gserviceaccount.com"), id="other account"),
        pytest.param(replace(GOOGLE, issuer="https://example.com"), GooglePublisher(GOOGLE.subject), id="not Google"),
        pytest.param(GOOGLE, ActiveStatePublisher("octo-org", "sampleproject", "releaser"), id="ActiveState"),
        pytest.param(Certified(), GITHUB_PUBLISHER, id="nobody"),
    ],
)
def test_a_certificate_of_somebody_else(certified: Certified, publisher: Publisher) -> None:
    assert not vouches(certified, publisher)


def test_what_is_told_of_somebody_elses() -> None:
    attestation = parse(published(GITHUB_SDIST))
    with pytest.raises(AttestationError) as caught:
        check_signer(attestation, GITLAB_PUBLISHER)
    assert caught.value.diagnostic == Diagnostic(
        "attestation-foreign",
        f"the attestation is signed by {ON_GITHUB.build_config_uri}, and not by "
        "https://gitlab.com/facutuesca/gitlab-oidc-project//.gitlab-ci.yml",
        "Attest in the job that publishes (leave it to tpub), or publish with `--attestations never`.",
        (Field("issuer", ON_GITHUB.issuer), Field("build config", ON_GITHUB.build_config_uri)),
        file=GITHUB_SDIST,
    )


@pytest.mark.parametrize(
    ("subject", "filename", "same"),
    [
        pytest.param("a_b-1.0.tar.gz", "a_b-1.0.tar.gz", True, id="the same"),
        pytest.param("A.B-1.0.tar.gz", "a_b-1.0.tar.gz", True, id="another spelling"),
        pytest.param("a-1.0-py3-none-any.whl", "A-1.0-py3-none-any.whl", True, id="of a wheel"),
        pytest.param("a-1.0-py2.py3-none-any.whl", "a-1.0-py3.py2-none-any.whl", True, id="tags in another order"),
        pytest.param("a-1.0.tar.gz", "a-1.1.tar.gz", False, id="another version"),
        pytest.param("a-1.0-py3-none-any.whl", "a-1.0-1-py3-none-any.whl", False, id="another build"),
        pytest.param("nonsense", "a-1.0.tar.gz", False, id="no distribution's"),
        pytest.param("nonsense", "rubbish", False, id="neither a distribution's"),
    ],
)
def test_names_of_one_file(subject: str, filename: str, same: bool) -> None:  # noqa: FBT001  (a column)
    assert same_name(subject, filename) is same
