"""twine and uv, as they come from PyPI, publishing to the embedded index: it is an index to others, too."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from uv import find_uv_bin

from support import dists
from support.processes import environment
from support.releases import live, stored, taken
from support.tls import encrypted
from support.world import tpub
from tpub.identity.publisher import form_values
from tpub.rehearsal import JobDescription, RehearsalIndex

NAME = "sampleproject-1.0-py3-none-any.whl"
EXISTS = f"File already exists ('{NAME}', with blake2_256 hash "
UNKNOWN = "Invalid or non-existent authentication information."


@dataclass(frozen=True)
class Client:
    """A publisher of other people's making: its command line, and how it takes a token and an authority."""

    words: Sequence[str]
    url: str
    token: Mapping[str, str]
    authority: str

    def publish(self, url: str, path: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Publish one file to the upload URL `url`."""
        quiet = {"NO_COLOR": "1", "COLUMNS": "500", "HOME": str(path.parent)}
        return subprocess.run(  # noqa: S603
            [*self.words, self.url, url, str(path)],
            env=environment(quiet | dict(env)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def with_token(self, token: str) -> dict[str, str]:
        """Return the variables by which it takes an API token."""
        return {name: value or token for name, value in self.token.items()}


TWINE = Client(
    [sys.executable, "-m", "twine", "upload", "--non-interactive", "--disable-progress-bar"],
    "--repository-url",
    {"TWINE_USERNAME": "__token__", "TWINE_PASSWORD": ""},
    "REQUESTS_CA_BUNDLE",
)
UV = Client(
    [find_uv_bin(), "publish", "--no-config", "--no-cache"], "--publish-url", {"UV_PUBLISH_TOKEN": ""}, "SSL_CERT_FILE"
)

either = pytest.mark.parametrize("client", [pytest.param(TWINE, id="twine"), pytest.param(UV, id="uv")])


def said(done: subprocess.CompletedProcess[str]) -> str:
    """Return what it printed on one line: clients fold lines each in their way."""
    return " ".join((done.stdout + done.stderr).split())


@either
def test_an_upload(client: Client, index: RehearsalIndex, tmp_path: Path) -> None:
    path = dists.wheel(tmp_path)
    done = client.publish(index.index.upload_url, path, client.with_token(index.user_token().reveal()))
    assert (done.returncode, stored(index)) == (0, {NAME: path.read_bytes()}), said(done)


@either
def test_the_same_file_once_more_is_no_matter(client: Client, index: RehearsalIndex, tmp_path: Path) -> None:
    path = dists.wheel(tmp_path)
    index.put(path)
    done = client.publish(index.index.upload_url, path, client.with_token(index.user_token().reveal()))
    assert (done.returncode, taken(index)) == (0, {NAME: 1}), said(done)


@either
def test_other_content_under_the_same_name_is_refused(client: Client, index: RehearsalIndex, tmp_path: Path) -> None:
    there = dists.wheel(tmp_path / "there")
    index.put(there)
    path = dists.wheel(tmp_path, files={"sampleproject/other.py": b""})
    done = client.publish(index.index.upload_url, path, client.with_token(index.user_token().reveal()))
    assert done.returncode != 0
    assert EXISTS in said(done)
    assert stored(index) == {NAME: there.read_bytes()}


@either
def test_a_token_of_nobody_is_refused(client: Client, index: RehearsalIndex, tmp_path: Path) -> None:
    done = client.publish(index.index.upload_url, dists.wheel(tmp_path), client.with_token("pypi-nobody's"))
    assert done.returncode != 0
    assert UNKNOWN in said(done)
    assert stored(index) == {}


@either
def test_over_tls(client: Client, index: RehearsalIndex, tmp_path: Path) -> None:
    path = dists.wheel(tmp_path)
    with encrypted(index.url, tmp_path) as front:
        env = client.with_token(index.user_token().reveal()) | {client.authority: str(front.authority)}
        done = client.publish(f"{front.url}/legacy/", path, env)
    assert (done.returncode, stored(index)) == (0, {NAME: path.read_bytes()}), said(done)


# twine publishes by trusted publishing to PyPI and TestPyPI alone.
@pytest.mark.parametrize("platform", ["github", "gitlab"])
def test_uv_publishes_by_trusted_publishing(platform: str, index: RehearsalIndex, tmp_path: Path) -> None:
    job = index.job(JobDescription(platform))  # type: ignore[arg-type]  # (a column of the table)
    index.expect(job.publisher, "sampleproject")
    path = dists.wheel(tmp_path)
    with encrypted(index.url, tmp_path) as front:
        done = UV.publish(f"{front.url}/legacy/", path, {UV.authority: str(front.authority), **job.env})
    assert (done.returncode, stored(index), live(index)) == (0, {NAME: path.read_bytes()}, 0), said(done)


def test_uv_tells_why_the_exchange_was_refused(index: RehearsalIndex, tmp_path: Path) -> None:
    job = index.job(JobDescription("github"))
    with encrypted(index.url, tmp_path) as front:
        env = {UV.authority: str(front.authority), **job.env}
        done = UV.publish(f"{front.url}/legacy/", dists.wheel(tmp_path), env)
    assert done.returncode != 0
    assert "invalid-publisher" in said(done)


def test_doctor_reads_what_uv_said_of_the_exchange(index: RehearsalIndex, tmp_path: Path) -> None:
    job = index.job(JobDescription("github"))
    with encrypted(index.url, tmp_path) as front:
        env = {UV.authority: str(front.authority), **job.env}
        done = UV.publish(f"{front.url}/legacy/", dists.wheel(tmp_path), env)
    (tmp_path / "job.log").write_text(done.stderr, encoding="utf-8")
    ran = tpub("doctor", "--offline", "--format", "json", "--log", "job.log", folder=tmp_path)
    report = json.loads(ran.out)
    assert report["diagnostics"][0]["code"].startswith("gh-"), done.stderr
    assert report["publisher"] == {"provider": "github", **form_values(job.publisher)}


@either
def test_doctor_reads_what_a_client_said_of_an_upload(client: Client, index: RehearsalIndex, tmp_path: Path) -> None:
    index.put(dists.wheel(tmp_path / "there"))
    path = dists.wheel(tmp_path, files={"sampleproject/other.py": b""})
    narrow = {"COLUMNS": "60"}  # as twine folds its lines for a CI, but for the number
    done = client.publish(index.index.upload_url, path, client.with_token(index.user_token().reveal()) | narrow)
    (tmp_path / "job.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    ran = tpub("doctor", "--offline", "--format", "json", "--log", "job.log", folder=tmp_path)
    report = json.loads(ran.out)
    assert [(each["code"], each["file"]) for each in report["diagnostics"][:1]] == [("file-exists", NAME)], said(done)
    assert report["index"]["upload_url"] == index.index.upload_url


def test_doctor_reads_what_tpub_said_of_the_exchange(index: RehearsalIndex, tmp_path: Path) -> None:
    job = index.job(JobDescription("github", environment="pypi"))
    upload = ["upload", "--format", "text", "--index", index.index.upload_url, str(dists.wheel(tmp_path))]
    failed = tpub(*upload, env=job.env, folder=tmp_path)
    (tmp_path / "job.log").write_text(failed.out + failed.err, encoding="utf-8")
    ran = tpub("doctor", "--offline", "--format", "json", "--log", "job.log", folder=tmp_path)
    assert json.loads(ran.out)["publisher"] == {"provider": "github", **form_values(job.publisher)}, failed.err
