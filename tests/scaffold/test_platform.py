"""Which CI is to publish, as the checkout shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.checkouts import laid
from tpub.errors import ConfigError
from tpub.identity.publisher import ActiveStatePublisher, GitHubPublisher, GooglePublisher, Publisher
from tpub.scaffold.platform import Platform, platform_of

WORKFLOW, PIPELINE, BUILD = ".github/workflows/x.yml", ".gitlab-ci.yml", "cloudbuild.yaml"


def origin(url: str) -> dict[str, str]:
    return {".git/config": f'[remote "origin"]\nurl = {url}\n'}


@pytest.mark.parametrize(
    ("files", "declared", "expected"),
    [
        pytest.param(origin("git@github.com:o/r.git"), None, Platform.GITHUB, id="github.com"),
        pytest.param(origin("https://gitlab.com/o/r"), None, Platform.GITLAB, id="gitlab.com"),
        pytest.param(origin("https://gitlab.corp.example/o/r"), None, Platform.GITLAB, id="a GitLab by its name"),
        pytest.param(origin("https://git.example/o/r") | {PIPELINE: ""}, None, Platform.GITLAB, id="by its files"),
        pytest.param(origin("https://git.example/o/r") | {BUILD: ""}, None, Platform.GOOGLE, id="Google's files"),
        pytest.param({WORKFLOW: ""}, None, Platform.GITHUB, id="files without remote"),
        pytest.param(origin("git@github.com:o/r") | {PIPELINE: ""}, None, Platform.GITHUB, id="the host counts more"),
        pytest.param(origin("git@github.com:o/r"), GooglePublisher("a@b"), Platform.GOOGLE, id="declared"),
        pytest.param(
            origin("git@github.com:o/r"), ActiveStatePublisher("o", "p", "a"), Platform.GITHUB, id="declared elsewhere"
        ),
        pytest.param({}, GitHubPublisher("o", "r", "x.yml"), Platform.GITHUB, id="declared, and nothing else"),
    ],
)
def test_the_platform(tmp_path: Path, files: dict[str, str], declared: Publisher | None, expected: Platform) -> None:
    assert platform_of(laid(tmp_path, files), declared) is expected


@pytest.mark.parametrize(
    ("files", "code", "words"),
    [
        pytest.param(
            {}, "platform-undetermined", "there is no git remote `origin`, and there are files of none", id="0"
        ),
        pytest.param(
            origin("https://git.example/o/r") | {PIPELINE: "", BUILD: ""},
            "platform-undetermined",
            "the remote is on git.example, and there are files of gitlab and google",
            id="files of two",
        ),
        pytest.param(origin("https://github.corp.example/o/r"), "issuer-unknown", "github.corp.example is", id="GHES"),
        pytest.param(origin("https://octo.ghe.com/o/r"), "issuer-unknown", "octo.ghe.com is", id="GHE.com"),
    ],
)
def test_no_platform(tmp_path: Path, files: dict[str, str], code: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        platform_of(laid(tmp_path, files), None)
    told = caught.value.diagnostic
    assert (told.code, words in told.message, told.hint.rpartition(". ")[2]) == (
        code,
        True,
        "Say which with `--platform github|gitlab|google`.",
    )
