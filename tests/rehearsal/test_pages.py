from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support import dists
from support.rehearsals import ask
from tpub.rehearsal import RehearsalIndex, serve

JSON = "application/vnd.pypi.simple.v1+json"
HTML = "text/html; charset=UTF-8"


@pytest.fixture
def wheel(index: RehearsalIndex, tmp_path: Path) -> Path:
    path = dists.wheel(tmp_path, "Sample.Project")
    index.put(path, uploaded=1_700_000_000.25)
    return path


def test_a_project_as_json(index: RehearsalIndex, wheel: Path) -> None:
    index.put(dists.sdist(wheel.parent, "Sample.Project", "0.9"))
    stored = index.store.files[wheel.name]
    blake2 = stored.digests.blake2_256
    said = ask(index, "/simple/sample-project/", headers={"Accept": JSON})
    document = json.loads(said.body)
    assert (said.status, said.headers["content-type"], document["name"]) == (200, JSON, "sample-project")
    assert (document["meta"], document["versions"]) == ({"api-version": "1.4"}, ["0.9", "1.0"])
    assert document["files"][1] == {
        "filename": wheel.name,
        "url": f"{index.url}/packages/{blake2[:2]}/{blake2[2:4]}/{blake2[4:]}/{wheel.name}",
        "hashes": {"sha256": stored.digests.sha256},
        "requires-python": ">=3.9",
        "size": wheel.stat().st_size,
        "upload-time": "2023-11-14T22:13:20.250000Z",
        "yanked": False,
        "data-dist-info-metadata": False,
        "core-metadata": False,
        "provenance": None,
    }


def test_a_project_as_html(index: RehearsalIndex, wheel: Path) -> None:
    stored = index.store.files[wheel.name]
    blake2 = stored.digests.blake2_256
    said = ask(index, "/simple/sample-project/")
    link = (
        f'<a href="{index.url}/packages/{blake2[:2]}/{blake2[2:4]}/{blake2[4:]}/{wheel.name}#sha256='
        f'{stored.digests.sha256}" data-requires-python="&gt;=3.9">{wheel.name}</a><br />'
    )
    assert (said.headers["content-type"], link in said.body.decode().splitlines()) == (HTML, True)


def test_the_list_of_projects(index: RehearsalIndex, wheel: Path) -> None:
    assert wheel.name in index.store.files
    said = ask(index, "/simple/", headers={"Accept": JSON})
    assert said.json() == {"meta": {"api-version": "1.4"}, "projects": [{"name": "Sample.Project"}]}
    assert b'<a href="/simple/sample-project/">Sample.Project</a>' in ask(index, "/simple/").body


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        pytest.param("", HTML, id="nothing"),
        pytest.param("*/*", HTML, id="anything"),
        pytest.param("image/png", HTML, id="nothing that is there"),
        pytest.param(JSON, JSON, id="json"),
        pytest.param(f"{JSON};q=0.2, text/html;q=0.1", JSON, id="weights"),
        pytest.param(f"{JSON};q=0.1, text/*;q=0.2", HTML, id="a family"),
        pytest.param(f"text/html;q=0, {JSON};q=nonsense, */*;q=0.1", f"{JSON[:-4]}html; charset=UTF-8", id="refused"),
    ],
)
def test_the_form_follows_accept(shared: RehearsalIndex, accept: str, expected: str) -> None:
    assert ask(shared, "/simple/", headers={"Accept": accept}).headers["content-type"] == expected


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        pytest.param("/simple/Sample_Project/", 301, "/simple/sample-project/", id="name not normalized"),
        pytest.param("/simple/sample-project", 301, "/simple/sample-project/", id="no slash"),
        pytest.param("/simple", 301, "/simple/", id="no slash after simple"),
        pytest.param("/simple/unknown/", 404, None, id="unknown project"),
        pytest.param("/packages/aa/bb/cc/unknown.whl", 404, None, id="unknown file"),
        pytest.param("/packages/aa/bb/cc/sample_project-1.0-py3-none-any.whl", 404, None, id="other digest"),
        pytest.param("/elsewhere", 404, None, id="unknown page"),
    ],
)
def test_pages_that_are_not_there(
    index: RehearsalIndex, wheel: Path, path: str, status: int, location: str | None
) -> None:
    assert wheel.name in index.store.files
    said = ask(index, path)
    assert (said.status, said.headers.get("location")) == (status, location)


def test_a_release_has_the_python_of_its_first_file(tmp_path: Path) -> None:
    with serve() as index:
        for python in (">=3.9", ">=3.12"):
            tag = "py3-none-any" if python == ">=3.9" else "py312-none-any"
            index.put(dists.wheel(tmp_path, tag=tag, meta=dists.metadata(Requires_Python=python)))
        said = ask(index, "/simple/sampleproject/", headers={"Accept": JSON})
        assert [f["requires-python"] for f in json.loads(said.body)["files"]] == [">=3.9", ">=3.9"]


def test_pip_installs_from_it(index: RehearsalIndex, wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "downloaded"
    command = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "download", "--no-deps"]
    options = ["--no-cache-dir", "--quiet", "--index-url", index.index.simple_url, "--dest", str(target)]
    subprocess.run([*command, *options, "sample-project==1.0"], check=True, cwd=tmp_path, timeout=60)  # noqa: S603
    assert (target / wheel.name).read_bytes() == wheel.read_bytes()
    assert index.store.count("download", 200) == 1
