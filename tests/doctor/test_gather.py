"""Evidence from where it runs: a checkout with its past, and an index that answers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from support.checkouts import laid
from support.evidence import CI, GITLAB, GRANTED, NOW, RELEASE, UPLOAD, github, told
from tpub.doctor.gather import Sources, gather
from tpub.doctor.history import GitHistory
from tpub.identity.publisher import GooglePublisher
from tpub.index.model import PYPI, TESTPYPI
from tpub.rehearsal.issuer import Issuer

GIT = {
    "GIT_AUTHOR_NAME": "o",
    "GIT_AUTHOR_EMAIL": "o@example.org",
    "GIT_COMMITTER_NAME": "o",
    "GIT_COMMITTER_EMAIL": "o@example.org",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
}


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, env=GIT, check=True, capture_output=True, text=True)  # noqa: S603, S607
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A checkout whose workflow was called `old.yml` one commit ago."""
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "remote", "add", "origin", "https://github.com/octo-org/sample.git")
    laid(tmp_path, {".github/workflows/old.yml": github(UPLOAD)})
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "first")
    git(tmp_path, "mv", ".github/workflows/old.yml", RELEASE)
    git(tmp_path, "commit", "-q", "-m", "second")
    return tmp_path


def test_the_past_of_a_checkout(repository: Path) -> None:
    history = GitHistory(repository, GIT)
    head = git(repository, "rev-parse", "HEAD")
    assert (history.head(), history.remote()) == (head, "https://github.com/octo-org/sample.git")
    assert (history.former_name(RELEASE), history.former_name("x/y.yml")) == ("old.yml", "")
    assert history.text_at(git(repository, "rev-parse", "HEAD~1"), ".github/workflows/old.yml") == github(UPLOAD)
    assert history.changes(RELEASE) == (head,)
    assert (history.changes("nowhere.yml"), history.text_at(head, "nowhere.yml")) == ((), None)
    assert history.text_at("--output=x", RELEASE) is None


def test_a_file_edited_since_the_run_is_judged_by_itself(repository: Path) -> None:
    env = {**GIT, "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request_target"}
    assert [code for code, _ in told(gather(Sources(repository, env, NOW)))] == ["gh-pull-request-target"]
    laid(repository, {RELEASE: github(GRANTED + UPLOAD)})
    assert told(gather(Sources(repository, env, NOW))) == []


@pytest.mark.parametrize(
    ("run", "index"),
    [
        pytest.param("tpub upload", PYPI, id="by default"),
        pytest.param("tpub upload --index testpypi", TESTPYPI, id="by name"),
        pytest.param(f"uv publish --publish-url {TESTPYPI.upload_url}", TESTPYPI, id="by URL"),
        pytest.param("twine upload --repository-url $WHERE", PYPI, id="nobody knows"),
    ],
)
def test_the_index_is_the_one_that_the_workflow_uses(tmp_path: Path, run: str, index: object) -> None:
    laid(tmp_path, {RELEASE: github(GRANTED + f"    steps:\n      - run: {run}\n")})
    assert gather(Sources(tmp_path, {}, NOW)).index is index


def test_gitlabs_token_is_read_without_asking_anybody(tmp_path: Path) -> None:
    token = Issuer().sign({"iss": "https://gitlab.com", "aud": "pypi", "project_path": "g/p"}).reveal()
    laid(tmp_path, {CI: "publish: {id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}, script: tpub upload}\n"})
    evidence = gather(Sources(tmp_path, GITLAB | {"PYPI_ID_TOKEN": token}, NOW))
    assert evidence.claim("project_path") == "g/p"


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        pytest.param(
            '[tool.tpub.publisher]\nprovider = "google"\nemail = "a@b"\n', GooglePublisher("a@b"), id="declared"
        ),
        pytest.param("[project]\nname = 'x'\n", None, id="not declared"),
    ],
)
def test_the_declared_publisher(tmp_path: Path, text: str, declared: object) -> None:
    assert gather(Sources(laid(tmp_path, {"pyproject.toml": text}), {}, NOW)).declared == declared


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param('{"a": 1}', {"a": 1}, id="event"),
        pytest.param("[", {}, id="broken"),
        pytest.param("[]", {}, id="list"),
    ],
)
def test_the_event(tmp_path: Path, event: str, expected: dict[str, object]) -> None:
    laid(tmp_path, {"event.json": event})
    assert gather(Sources(tmp_path, {"GITHUB_EVENT_PATH": str(tmp_path / "event.json")}, NOW)).event == expected


def test_what_lies_beside_the_distributions(tmp_path: Path) -> None:
    laid(
        tmp_path, {"dist/a-1.tar.gz": "", "dist/SHA256SUMS": "", "dist/.keep": "", "dist/a.whl.publish.attestation": ""}
    )
    assert gather(Sources(tmp_path, {}, NOW)).strays == ("SHA256SUMS",)
