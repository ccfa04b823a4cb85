from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.world import tpub
from tpub.rehearsal.ci import JobDescription
from tpub.rehearsal.index import RehearsalIndex


def job(index: RehearsalIndex) -> dict[str, str]:
    started = index.job(JobDescription("github"))
    index.trust(started.publisher, "sampleproject")
    return dict(started.env)


def live(index: RehearsalIndex) -> str:
    (minted,) = index.store.live(0)
    return minted.secret.reveal()


@pytest.mark.parametrize(
    ("shape", "written"),
    [
        pytest.param([], "{token}\n", id="plain by default"),
        pytest.param(["--format", "plain"], "{token}\n", id="plain"),
        pytest.param(
            ["--format", "env"],
            "TPUB_TOKEN={token}\nTWINE_PASSWORD={token}\nUV_PUBLISH_TOKEN={token}\nTWINE_USERNAME=__token__\n",
            id="variables",
        ),
    ],
)
def test_a_token_for_another_tool(index: RehearsalIndex, tmp_path: Path, shape: list[str], written: str) -> None:
    ran = tpub("token", "--index", index.index.upload_url, *shape, env=job(index), folder=tmp_path)
    assert (ran.code, ran.out) == (0, written.format(token=live(index)))
    masks = [line for line in ran.err.splitlines() if line.startswith("::add-mask::")]
    assert masks[-1] == f"::add-mask::{live(index)}"
    assert live(index) not in "\n".join(line for line in ran.err.splitlines() if line not in masks)
    assert index.store.count("burn") == 0


def test_the_token_as_data(index: RehearsalIndex, tmp_path: Path) -> None:
    ran = tpub("token", "--index", index.index.upload_url, "--format", "json", env=job(index), folder=tmp_path)
    told = json.loads(ran.out)
    assert (ran.code, told.pop("expires") > 0) == (0, True)
    assert told == {
        "schema": "tpub/1",
        "command": "token",
        "exit_code": 0,
        "diagnostics": [],
        "index": {"name": index.index.upload_url.split("/")[2], "upload_url": index.index.upload_url},
        "token": live(index),
    }


def test_a_token_from_a_token(index: RehearsalIndex, tmp_path: Path) -> None:
    description = JobDescription("gitlab")
    index.trust(index.job(description).publisher, "sampleproject")
    brought = index.identity_token(description).reveal()
    (tmp_path / "identity").write_text(f"{brought}\n")
    command = ("token", "--index", index.index.upload_url, "--identity-token-file")
    assert tpub(*command, str(tmp_path / "identity"), folder=tmp_path).code == 0
    again = tpub(*command, "-", stdin=brought.encode(), folder=tmp_path)
    assert (again.code, again.out) == (4, "")
    assert "[token-reused]" in again.err
    assert brought not in again.err


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        pytest.param([], 4, "no-ci", id="nobody"),
        pytest.param(["--provider", "buildkite"], 4, "provider-absent", id="another place"),
        pytest.param(["--provider", "jenkins"], 2, "provider-unknown", id="no such platform"),
        pytest.param(["--identity-token-file", "/nonexistent"], 2, "identity-token-unreadable", id="no such file"),
        pytest.param(["--identity-token-file", "a\0b"], 2, "identity-token-unreadable", id="no path"),
        pytest.param(["--identity-token-file", "-"], 4, "identity-token-malformed", id="nothing there"),
        pytest.param(
            ["--identity-token-file", "-", "--provider", "github"], 2, "identity-given-twice", id="two wishes"
        ),
    ],
)
@pytest.mark.parametrize("shape", ["plain", "json"])
def test_no_token(tmp_path: Path, options: list[str], code: int, said: str, shape: str) -> None:
    ran = tpub("token", "--format", shape, *options, folder=tmp_path)
    if shape == "json":
        (told,) = json.loads(ran.out)["diagnostics"]
        assert (ran.code, told["code"], ran.err) == (code, said, "")
    else:
        assert (ran.code, ran.out, f"[{said}]" in ran.err) == (code, "", True)


def test_nobody_is_sent_to_give_a_token_for_a_token(tmp_path: Path) -> None:
    assert "TPUB_TOKEN" not in tpub("token", folder=tmp_path).err
