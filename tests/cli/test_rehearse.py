"""`tpub rehearse` with faults on demand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support import dists
from support.world import tpub
from tpub.rehearsal.faults import NAMED


@pytest.mark.parametrize(
    ("words", "code", "codes", "statuses", "tries"),
    [
        pytest.param(["latency"], 0, [], "uploaded", [1, 1], id="latency"),
        pytest.param(["throttle"], 0, [], "uploaded", [1, 1], id="throttle"),
        pytest.param(["collision"], 0, [], "uploaded", [1, 1], id="collision"),
        pytest.param(["429"], 0, [], "uploaded", [2, 1], id="429"),
        pytest.param(["500"], 0, [], "uploaded", [2, 1], id="500"),
        pytest.param(["503"], 0, [], "uploaded", [2, 1], id="503"),
        pytest.param(["drop"], 0, [], "uploaded", [2, 1], id="drop"),
        pytest.param(["lost"], 0, [], "uploaded", [1, 1], id="lost"),
        pytest.param(["expire"], 0, [], "uploaded", [2, 1], id="expire"),
        pytest.param(["lag"], 0, ["index-lag", "index-lag"], "uploaded", [1, 1], id="lag"),
        pytest.param(["503", "drop", "lost"], 0, [], "uploaded", [3, 1], id="one after the other"),
        pytest.param(["503", "503"], 0, [], "uploaded", [3, 1], id="twice"),
        pytest.param(["503"] * 5, 5, ["index-unavailable"], "failed unsent", [5, 0], id="too often"),
    ],
)
def test_a_rehearsal_with_faults(
    tmp_path: Path, words: list[str], code: int, codes: list[str], statuses: str, tries: list[int]
) -> None:
    paths = [str(dists.wheel(tmp_path)), str(dists.sdist(tmp_path))]
    faults = [word for name in words for word in ("--fault", name)]
    ran = tpub("rehearse", "--format", "json", "--wait", "10", *faults, *paths)
    report = json.loads(ran.out)
    assert (ran.code, [told["code"] for told in report["diagnostics"]]) == (code, codes)
    assert " ".join(dict.fromkeys(told["status"] for told in report["uploads"])) == statuses
    assert [told["tries"] for told in report["uploads"]] == tries


def test_one_token_ends_for_good(tmp_path: Path) -> None:
    ran = tpub("rehearse", "--as", "gitlab", "--fault", "expire", str(dists.wheel(tmp_path)))
    assert (ran.code, ran.out.split()[0]) == (1, "failed")
    assert ran.err.endswith(
        "error: the token of rehearsal has expired, and GitLab CI/CD vouches for a job once; 0 of 1 had landed by then "
        "[minted-token-expired]\n"
        "  hint: Run the job again, as a new one: what has landed is not sent twice.\n"
        "failed: nothing was published on rehearsal\n"
    )


def test_no_such_fault() -> None:
    ran = tpub("rehearse", "--fault", "503", "--fault", "flood")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: there is no fault named 'flood' [fault-unknown]\n"
        "  hint: Use one of latency, throttle, collision, 429, 500, 503, drop, lost, expire, lag with `--fault`.\n"
        "failed: nothing was published\n"
    )


def test_the_help_names_every_fault(capsys: pytest.CaptureFixture[str]) -> None:
    tpub("rehearse", "--help")
    told = " ".join(capsys.readouterr().out.split())
    assert f"at times: {', '.join(NAMED)}." in told
