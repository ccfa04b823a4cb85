"""Real packages, built by others' backends, published to our index and to somebody else's."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.backends import BACKENDS, build
from support.world import a_world, tpub
from tpub.dist.read import read
from tpub.http import Http
from tpub.publishing.publish import Order, publish
from tpub.rehearsal.ci import JobDescription
from tpub.rehearsal.index import serve

Built = dict[str, list[Path]]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("sources")
    return {backend: build(folder, backend) for backend in BACKENDS}


@pytest.mark.parametrize("platform", ["github", "gitlab"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_what_they_build_passes_the_rehearsal(built: Built, backend: str, platform: str) -> None:
    wheel, sdist = built[backend]
    ran = tpub("rehearse", str(wheel), str(sdist), "--as", platform, "--format", "json")
    report = json.loads(ran.out)
    assert ran.code == 0, report["diagnostics"]
    assert [(upload["file"], upload["status"], upload["verified"]) for upload in report["uploads"]] == [
        (wheel.name, "uploaded", True),
        (sdist.name, "uploaded", True),
    ]
    assert [told for told in report["diagnostics"] if told["severity"] == "error"] == []


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_the_index_reads_is_what_the_file_says(built: Built, backend: str) -> None:
    wheel, sdist = built[backend]
    with serve() as index, Http({}) as http:
        job = index.job(JobDescription("github"))
        index.trust(job.publisher, f"built_by_{backend}")
        outcome = publish(Order([str(wheel), str(sdist)], index.index), a_world(job.env, http))
        assert outcome.exit_code == 0
        stored = dict(index.store.files)
        for path in (wheel, sdist):
            assert stored[path.name].metadata == read(path).metadata.raw


@pytest.mark.parametrize("backend", BACKENDS)
def test_pip_gets_the_same_bytes_back(built: Built, backend: str, tmp_path: Path) -> None:
    with serve() as index:
        for path in built[backend]:
            index.put(path)
        for option in ("--only-binary", "--no-binary"):
            pip("download", "--dest", str(tmp_path), option, ":all:", index=index.index.simple_url, name=backend)
    assert digests(tmp_path.iterdir()) == digests(built[backend])


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_server_of_somebody_elses(built: Built, backend: str, tmp_path: Path) -> None:
    with somebody_elses(tmp_path / "packages") as url:
        files = [str(path) for path in built[backend]]
        env = {"TPUB_PASSWORD": "s3cret-of-the-user"}
        refused = tpub("upload", "--index", url, "--username", "stranger", *files, env=env)
        assert (refused.code, "s3cret" in refused.out + refused.err) == (1, False)
        ran = tpub("upload", "--index", url, "--username", "user", "--format", "json", *files, env=env)
        assert (ran.code, [u["status"] for u in json.loads(ran.out)["uploads"]]) == (0, ["uploaded", "uploaded"])
        again = tpub("upload", "--index", url, "--username", "user", "--format", "json", *files, env=env)
        assert (again.code, [u["status"] for u in json.loads(again.out)["uploads"]]) == (0, ["skipped", "skipped"])
        target = tmp_path / "installed"
        pip("install", "--target", str(target), index=f"{url}simple/", name=backend)
    assert (target / f"built_by_{backend}" / "__init__.py").is_file()
    assert digests((tmp_path / "packages").iterdir()) == digests(built[backend])


def digests(paths: Iterator[Path] | list[Path]) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths if path.is_file()}


def pip(command: str, *options: str, index: str, name: str) -> None:
    words = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", command, *options]
    words += ["--no-deps", "--no-build-isolation", "--no-cache-dir", "--index-url", index, f"built_by_{name}"]
    subprocess.run(words, check=True, capture_output=True)  # noqa: S603


@contextmanager
def somebody_elses(folder: Path) -> Iterator[str]:
    """Run pypiserver; yield its URL."""
    folder.mkdir()
    program = Path(__file__).parents[1] / "support" / "third_party_index.py"
    words = [sys.executable, "-W", "ignore", str(program), str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:  # noqa: S603
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}/"
        finally:
            server.terminate()
