from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from support.checkouts import laid
from tpub.workflow.remote import Remote, parse, remote

CONFIG = """[core]
	repositoryformatversion = 0
[remote "upstream"]
	url = https://github.com/else/where
[remote "origin"]
	fetch = +refs/heads/*:refs/remotes/origin/*
	url = git@github.com:octo-org/sampleproject.git
[branch "main"]
	url = https://github.com/not/this
"""
HERE = Remote("github.com", "octo-org/sampleproject")


@pytest.mark.parametrize(
    ("url", "found"),
    [
        pytest.param("https://github.com/octo-org/sampleproject", HERE, id="https"),
        pytest.param("https://github.com/octo-org/sampleproject.git", HERE, id="https with suffix"),
        pytest.param("https://GitHub.com/octo-org/sampleproject/", HERE, id="host in capitals"),
        pytest.param("https://user:secret@github.com/octo-org/sampleproject.git", HERE, id="credentials"),
        pytest.param("git@github.com:octo-org/sampleproject.git", HERE, id="scp"),
        pytest.param("github.com:octo-org/sampleproject", HERE, id="scp without user"),
        pytest.param("ssh://git@github.com:22/octo-org/sampleproject.git", HERE, id="ssh with port"),
        pytest.param("git://github.com/octo-org/sampleproject", HERE, id="git"),
        pytest.param("git@gitlab.com:a/b/c.git", Remote("gitlab.com", "a/b/c"), id="sub-group"),
        pytest.param("/srv/git/sampleproject.git", None, id="folder"),
        pytest.param("../sampleproject", None, id="relative folder"),
        pytest.param("file:///srv/git/sampleproject.git", None, id="file"),
        pytest.param("https://github.com/octo-org", None, id="no repository"),
        pytest.param("", None, id="empty"),
    ],
)
def test_a_remote(url: str, found: Remote | None) -> None:
    assert parse(url) == found


@given(st.text())
def test_any_text_is_a_place_or_none(url: str) -> None:
    found = parse(url)
    assert found is None or "/" in found.path


def test_the_origin_of_a_checkout(tmp_path: Path) -> None:
    assert remote(laid(tmp_path, {".git/config": CONFIG})) == HERE


def test_the_origin_of_a_linked_worktree(tmp_path: Path) -> None:
    laid(tmp_path, {"main/.git/config": CONFIG, "main/.git/worktrees/side/commondir": "../..\n"})
    laid(tmp_path, {"side/.git": f"gitdir: {tmp_path}/main/.git/worktrees/side\n"})
    assert remote(tmp_path / "side") == HERE


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="no checkout"),
        pytest.param({".git/config": "[core]\n"}, id="no remote"),
        pytest.param({".git/config": CONFIG.replace("origin", "mine")}, id="another remote"),
        pytest.param({".git": "nonsense"}, id="a file that is none"),
    ],
)
def test_no_origin(tmp_path: Path, files: dict[str, str]) -> None:
    assert remote(laid(tmp_path, files)) is None
