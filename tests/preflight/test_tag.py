from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from tpub.preflight.tag import tag_of, version_in


@pytest.mark.parametrize(
    ("env", "tag"),
    [
        pytest.param({"GITHUB_REF_TYPE": "tag", "GITHUB_REF_NAME": "v1.0"}, "v1.0", id="GitHub"),
        pytest.param({"GITHUB_REF_TYPE": "branch", "GITHUB_REF_NAME": "1.0"}, "", id="a branch on GitHub"),
        pytest.param({"CI_COMMIT_TAG": "v1.0"}, "v1.0", id="GitLab"),
        pytest.param({"CI_COMMIT_REF_NAME": "v1.0"}, "", id="a branch on GitLab"),
        pytest.param({"CIRCLE_TAG": "v1.0"}, "v1.0", id="CircleCI"),
        pytest.param({"BUILDKITE_TAG": "v1.0"}, "v1.0", id="Buildkite"),
        pytest.param({"BUILDKITE_TAG": ""}, "", id="a branch on Buildkite"),
    ],
)
def test_the_tag_of_a_job(env: dict[str, str], tag: str) -> None:
    assert tag_of(env) == tag


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        pytest.param("1.2", "1.2", id="alone"),
        pytest.param("v1.2.0-rc.1", "1.2rc1", id="a candidate"),
        pytest.param("2024.01.05", "2024.1.5", id="a date"),
        pytest.param("release-1.2", "1.2", id="a word"),
        pytest.param("release/v1.2", "1.2", id="a folder"),
        pytest.param("my_pkg-v1.2", "1.2", id="the name"),
        pytest.param("My.Pkg@1.2", "1.2", id="the name, as it is written"),
        pytest.param("other-1.2", None, id="another name"),
        pytest.param("v1", None, id="one number"),
        pytest.param("2024-11-28", None, id="a date with hyphens"),
        pytest.param("v1.2-1", None, id="a second try"),
        pytest.param("1.2-20241128", None, id="a date behind a version"),
        pytest.param("1.2.post1", "1.2.post1", id="a post-release"),
        pytest.param("1.2-rc-1", "1.2rc1", id="a candidate with hyphens"),
        pytest.param("nightly", None, id="no version"),
        pytest.param(f"v1.{'9' * 5000}", None, id="too many digits"),
    ],
)
def test_the_version_in_a_tag(tag: str, version: str | None) -> None:
    assert version_in(tag, canonicalize_name("my-pkg")) == (Version(version) if version else None)
