from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tpub.dist import filename as names
from tpub.dist.model import CoreMetadata, Distribution
from tpub.index.model import PYPI, Index, find
from tpub.index.simple import ListedFile
from tpub.outcome import Action
from tpub.publishing.plan import plan

NOW = datetime(2026, 1, 31, tzinfo=UTC)
NAME = canonicalize_name("sample")
OTHER = find("https://packages.example.com/legacy/")
A, B, C, S = (
    "sample-1.0-py3-none-any.whl",
    "sample-1.0-cp311-cp311-win_amd64.whl",
    "sample-1.0-cp312-cp312-win_amd64.whl",
    "sample-1.0.tar.gz",
)
SIZES = {A: 10, B: 300, C: 20, S: 5}


def dist(filename: str) -> Distribution:
    said = names.parse(filename)
    sha256 = f"sha of {filename}"
    version = str(said.version)
    size = SIZES.get(filename, 1)
    return Distribution(Path(filename), said.kind, said.project, version, "py3", CoreMetadata({}), size, sha256)


def there(filename: str, sha256: str | None = "", uploaded: str | None = None) -> ListedFile:
    return ListedFile(filename, f"sha of {filename}" if sha256 == "" else sha256, None, uploaded)


@pytest.mark.parametrize(
    ("here", "listed", "opener", "rest"),
    [
        pytest.param([S, C, B, A], [], A, [B, C, S], id="smallest wheel opens, large ones first, sdist last"),
        pytest.param([S], [], S, [], id="sdist alone"),
        pytest.param([S, B, A], [there(C)], None, [B, A, S], id="release is open already"),
        pytest.param([S, A], [there("sample-0.9.tar.gz")], A, [S], id="other releases do not open this one"),
        pytest.param([S, B, A], [there("sample-1.tar.gz.asc"), there("junk")], A, [B, S], id="odd names"),
    ],
)
def test_the_order(here: list[str], listed: list[ListedFile], opener: str | None, rest: list[str]) -> None:
    made = plan([dist(name) for name in here], {NAME: {f.filename: f for f in listed}}, OTHER, NOW)
    (release,) = made.releases
    assert release.opener == (dist(opener) if opener else None)
    assert [file.filename for file in made.to_send] == ([opener] if opener else []) + rest
    assert sorted((step.position, step.file) for step in made.steps if step.position) == list(
        enumerate(([opener] if opener else []) + rest, 1)
    )


OLD = "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("here", "listed", "index", "action", "code"),
    [
        pytest.param(A, [], PYPI, Action.NEW, None, id="new"),
        pytest.param(A, [there(A)], PYPI, Action.IDENTICAL, None, id="there"),
        pytest.param(A, [there(A, "other")], PYPI, Action.CONFLICT, "file-exists", id="other content"),
        pytest.param(A, [there(A, None)], OTHER, Action.CONFLICT, "file-exists", id="content not told"),
        pytest.param(A, [there(A, uploaded=OLD)], PYPI, Action.IDENTICAL, None, id="there, in an old release"),
        pytest.param(B, [there(A, uploaded=OLD)], PYPI, Action.BLOCKED, "release-closed", id="old release"),
        pytest.param(B, [there(A, uploaded=OLD)], OTHER, Action.NEW, None, id="old release elsewhere"),
        pytest.param(B, [there(A, uploaded="2026-01-17T00:00:01Z")], PYPI, Action.NEW, None, id="13 days and a day"),
        pytest.param(B, [there(A, uploaded="2026-01-01T00:00:00")], PYPI, Action.NEW, None, id="time without zone"),
        pytest.param(B, [there(A, uploaded="long ago")], PYPI, Action.NEW, None, id="no time"),
        pytest.param(S, [there("sample-1.0.zip")], PYPI, Action.BLOCKED, "sdist-second-in-release", id="second sdist"),
        pytest.param(S, [there("sample-1.0.zip")], OTHER, Action.NEW, None, id="second sdist elsewhere"),
        pytest.param(
            S, [there("sample-1.0.0.tar.gz")], PYPI, Action.BLOCKED, "sdist-second-in-release", id="1.0 is 1.0.0"
        ),
        pytest.param(S, [there("sample-1.0.post1.tar.gz")], PYPI, Action.NEW, None, id="sdist of another release"),
    ],
)
def test_what_is_to_be_done(
    here: str, listed: list[ListedFile], index: Index, action: Action, code: str | None
) -> None:
    made = plan([dist(here)], {NAME: {file.filename: file for file in listed}}, index, NOW)
    assert [(step.file, step.action) for step in made.steps] == [(here, action)]
    assert [(told.code, told.file) for told in made.diagnostics] == ([(code, here)] if code else [])
    assert bool(made.to_send) is (action is Action.NEW)


def test_releases_are_told_apart_by_project_and_version() -> None:
    files = [dist(name) for name in (A, "sample-1.0.0-py2-none-any.whl", "sample-2.0.tar.gz", "other-1.0.tar.gz")]
    found = [(release.project, release.version, len(release.files)) for release in plan(files, {}, PYPI, NOW).releases]
    assert found == [("sample", "1.0.0", 2), ("sample", "2.0", 1), ("other", "1.0", 1)]
