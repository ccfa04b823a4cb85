"""What users type and what they see."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from support import dists
from support.world import Ran, tpub
from tpub import __version__
from tpub.pages import page, pages
from tpub.rehearsal.ci import JobDescription
from tpub.rehearsal.index import RehearsalIndex


@pytest.mark.parametrize(
    ("argv", "env", "code", "out", "err"),
    [
        pytest.param(["--version"], {}, 0, f"tpub {__version__}\n", "", id="version"),
        pytest.param(["-V"], {}, 0, f"tpub {__version__}\n", "", id="version, in short"),
        pytest.param(
            ["frobnicate"],
            {},
            2,
            "",
            "error: there is no command `frobnicate` [command-unknown]\n  hint: Run `tpub --help` for all commands.\n",
            id="no such command",
        ),
        pytest.param(["upload", "--jobs", "x"], {}, 2, "", None, id="no number"),
        pytest.param(
            ["check", "/nowhere/*.whl"],
            {},
            2,
            "",
            "error: there is no file to publish at `/nowhere/*.whl`: there is no folder `/nowhere` [no-distributions]\n"
            "  hint: Build first (`python -m build`), or name the files; in CI, check that the artifacts were "
            "downloaded here.\n"
            "failed: nothing was checked\n",
            id="no files",
        ),
        pytest.param(
            ["upload", "--index", "pipy"],
            {},
            2,
            "",
            "error: there is no index named 'pipy' [index-unknown]\n"
            "  hint: Use `pypi` or the URL of an index's upload API; or name one in `[tool.tpub.indexes.NAME]`.\n"
            "failed: nothing was published\n",
            id="no such index",
        ),
        pytest.param(
            ["upload", "--username", "me"],
            {},
            2,
            "",
            "error: there is a user name and nothing to go with it [credentials-incomplete]\n"
            "  hint: Set `TPUB_PASSWORD` too; for an API token, set `TPUB_TOKEN` alone.\n"
            "failed: nothing was published\n",
            id="half a credential",
        ),
        pytest.param(
            ["upload"],
            {"TPUB_TRUSTED_PUBLISHING": "maybe"},
            2,
            "",
            "error: $TPUB_TRUSTED_PUBLISHING is 'maybe', and can be auto, always, never [setting-invalid]\n"
            "  trusted-publishing = maybe ($TPUB_TRUSTED_PUBLISHING)\n"
            "  hint: Set it to `auto`, or leave it out.\n"
            "failed: nothing was published\n",
            id="no such mode",
        ),
    ],
)
def test_usage(argv: list[str], env: dict[str, str], code: int, out: str, err: str | None) -> None:
    ran = tpub(*argv, env=env)
    assert (ran.code, ran.out) == (code, out)
    assert err is None or ran.err == err


@pytest.mark.parametrize("words", [[], ["--help"], ["upload", "-h"], ["check", "-h"], ["rehearse", "-h"]])
def test_help_fits_the_smallest_terminal(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    tpub(*words)
    told = capsys.readouterr().out
    assert "Usage: tpub" in told
    assert max(len(line) for line in told.splitlines()) <= 80


def seconds_apart(text: str) -> str:
    return re.sub(r"\d+\.\d s", "0.0 s", text)


def test_a_release_in_words(index: RehearsalIndex, tmp_path: Path) -> None:
    job = index.job(JobDescription("github"))
    index.expect(job.publisher, "sampleproject")
    wheel, sdist = dists.wheel(tmp_path), dists.sdist(tmp_path)
    ran = tpub("upload", "--index", index.index.upload_url, str(sdist), str(wheel), env=job.env)
    small, smaller = f"{wheel.stat().st_size / 1000:.1f} kB", f"{sdist.stat().st_size} B"
    assert ran.code == 0
    assert seconds_apart(ran.out) == (
        f"  uploaded  {sdist.name} ({smaller}, 0.0 s, verified)\n"
        f"  uploaded  {wheel.name} ({small}, 0.0 s, verified)\n"
        f"       see  {index.index.simple_url}sampleproject/\n"
    )
    lines = [line for line in ran.err.splitlines() if not line.startswith("::add-mask::")]
    where = index.index.upload_url.split("/")[2]
    assert [seconds_apart(line) for line in lines] == [
        "::group::tpub, step by step",
        f"GitHub Actions vouched for this job, and {where} gave a token",
        f"sending 2 files, {(wheel.stat().st_size + sdist.stat().st_size) / 1000:.1f} kB",
        f"sent {wheel.name} ({small} in 0.0 s)",
        f"sent {sdist.name} ({smaller} in 0.0 s)",
        f"verifying 2 files on {where}",
        "::endgroup::",
        f"done: 2 of 2 files on {where}",
    ]


def test_a_plan_in_words(index: RehearsalIndex, tmp_path: Path) -> None:
    wheel, sdist = dists.wheel(tmp_path), dists.sdist(tmp_path)
    index.put(wheel)
    url = index.index.upload_url
    ran = tpub("upload", "--dry-run", "--index", url, str(sdist), str(wheel), "-v", env={"TPUB_TOKEN": "pypi-x\n"})
    assert ran.out == (
        f" identical  {wheel.name} ({wheel.stat().st_size / 1000:.1f} kB)\n"
        f"   1. send  {sdist.name} ({sdist.stat().st_size} B)\n"
    )
    where = url.split("/")[2]
    assert ran.err == (
        f"index = {url} (--index)\n"
        "trusted-publishing = auto (default)\n"
        "attestations = auto (default)\n"
        "credential = user name __token__ ($TPUB_TOKEN)\n"
        f"dry run: 1 of 2 files would be sent to {where}; nothing was\n"
    )


def test_a_refusal_in_words(index: RehearsalIndex, tmp_path: Path) -> None:
    wheel = dists.wheel(tmp_path)
    ran = tpub("upload", "-q", "--index", index.index.upload_url, str(wheel), env={"TPUB_TOKEN": "pypi-wrong"})
    where = index.index.upload_url.split("/")[2]
    said = (
        f"Invalid or non-existent authentication information. See {index.url}/help/#invalid-auth for more information."
    )
    assert (ran.code, seconds_apart(ran.out)) == (
        1,
        f"    failed  {wheel.name} ({wheel.stat().st_size / 1000:.1f} kB)\n",
    )
    assert ran.err == (
        f"error: {wheel.name}: {where} refused the file: {said} [token-unknown]\n"
        f"  {index.index.upload_url} answered 403\n"
        "  hint: Check that the token belongs to this index, was not revoked and is whole: it starts with `pypi-`.\n"
        f"failed: nothing was published on {where}\n"
    )


def test_a_verdict_in_words(tmp_path: Path) -> None:
    good, bad = dists.wheel(tmp_path), dists.wheel(tmp_path, tag="cp312-cp312-linux_x86_64")
    ran = tpub("check", str(good), str(bad))
    assert (ran.code, ran.err) == (3, "")
    first, second, *found = ran.out.splitlines()
    assert first == f"accept  {good.name} ({good.stat().st_size / 1000:.1f} kB)"
    assert second == f"refuse  {bad.name} ({bad.stat().st_size / 1000:.1f} kB)"
    assert found[0].startswith("        error: ")
    assert found[0].endswith(" [wheel-platform-tag]")
    assert found[-1] == "1 of 2 files would be refused"


def test_on_a_terminal_lines_are_wrapped_and_colour_repeats_words(tmp_path: Path) -> None:
    bad = dists.wheel(tmp_path, tag="cp312-cp312-linux_x86_64")
    wide = tpub("check", str(bad), terminal=True, env={"TERM": "xterm", "COLUMNS": "60"})
    plain = tpub("check", str(bad), "--color", "never", terminal=True, env={"TERM": "xterm", "COLUMNS": "60"})
    assert "\x1b[" in wide.out
    assert "\x1b[" not in plain.out
    assert re.sub(r"\x1b\[[0-9;]*m", "", wide.out) == plain.out
    assert max(len(line) for line in plain.out.splitlines()) <= 60


def test_bars_on_a_terminal(index: RehearsalIndex, tmp_path: Path) -> None:
    wheel = dists.wheel(tmp_path)
    env = {"TPUB_TOKEN": index.user_token().reveal(), "TERM": "xterm", "COLUMNS": "100"}
    ran = tpub("upload", "--index", index.index.upload_url, str(wheel), env=env, terminal=True)
    assert ran.code == 0
    assert wheel.name in ran.err
    assert "100" not in ran.out


@pytest.mark.parametrize(
    ("command", "deed"),
    [
        pytest.param("upload", "published", id="upload"),
        pytest.param("check", "checked", id="check"),
        pytest.param("init", "written", id="init"),
        pytest.param("doctor .", "looked at", id="doctor"),
        pytest.param("publisher", "found out", id="publisher"),
    ],
)
def test_what_did_not_come_to_pass(command: str, deed: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[")
    ran = tpub(*command.split(), folder=tmp_path)
    assert (ran.code, ran.err.splitlines()[-1]) == (2, f"failed: nothing was {deed}")
    assert "[pyproject-unreadable]" in ran.err


@pytest.mark.parametrize("command", ["upload", "check", "rehearse"])
def test_json_is_one_document_even_of_a_refusal_to_begin(command: str) -> None:
    report = json.loads(tpub(command, "/nowhere/*", "--format", "json").out)
    assert (report["schema"], report["command"], report["exit_code"]) == ("tpub/1", command, 2)
    assert [told["code"] for told in report["diagnostics"]] == ["no-distributions"]


def test_the_schema_of_the_report(index: RehearsalIndex, tmp_path: Path) -> None:
    job = index.job(JobDescription("gitlab"))
    index.expect(job.publisher, "sampleproject")
    wheel = dists.wheel(tmp_path, meta=dists.metadata(license_expression=""))
    ran = tpub("upload", "--index", index.index.upload_url, "--format", "json", str(wheel), env=job.env)
    report = json.loads(ran.out)
    upload = report["uploads"][0]
    assert list(report) == [
        "schema",
        "command",
        "exit_code",
        "index",
        "identity",
        "distributions",
        "plan",
        "uploads",
        "releases",
        "diagnostics",
    ]
    assert report["index"] == {"name": index.index.upload_url.split("/")[2], "upload_url": index.index.upload_url}
    assert (report["identity"]["provider"], report["identity"]["issuer"]) == ("gitlab", "https://gitlab.com")
    assert report["distributions"] == [
        {
            "file": wheel.name,
            "path": str(wheel),
            "kind": "wheel",
            "project": "sampleproject",
            "version": "1.0",
            "size": wheel.stat().st_size,
            "sha256": index.store.files[wheel.name].digests.sha256,
            "verdict": "accept",
        }
    ]
    assert report["plan"] == [{"file": wheel.name, "action": "new", "position": 1}]
    assert {name: upload[name] for name in upload if name != "seconds"} == {
        "file": wheel.name,
        "status": "uploaded",
        "tries": 1,
        "verified": True,
    }
    assert report["releases"] == [
        {"project": "sampleproject", "version": "1.0", "url": f"{index.index.simple_url}sampleproject/"}
    ]
    assert all(set(told) >= {"code", "severity", "message", "hint", "evidence"} for told in report["diagnostics"])


def test_a_verdict_that_asks_the_index(index: RehearsalIndex, tmp_path: Path) -> None:
    wheel = dists.wheel(tmp_path)
    index.put(dists.wheel(tmp_path / "other", files={"sampleproject/more.py": b""}))
    ran = tpub("check", "--index", index.index.upload_url, "--format", "json", str(wheel))
    report = json.loads(ran.out)
    assert (ran.code, [told["code"] for told in report["diagnostics"]]) == (3, ["file-exists"])
    assert [file["verdict"] for file in report["distributions"]] == ["refuse"]
    assert "uploads" not in report
    assert {asked.endpoint for asked in index.store.requests} == {"pages"}


def test_the_page_of_a_rule() -> None:
    ran = tpub("explain", "wheel-platform-tag")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "## `wheel-platform-tag`")
    wrong = tpub("explain", "wheel-platform-tags")
    assert (wrong.code, wrong.out) == (2, "")
    assert "`wheel-platform-tag`" in wrong.err


def test_the_page_of_a_diagnosis() -> None:
    ran = tpub("explain", "gl-namespace-case")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "## `gl-namespace-case`")


def test_the_list_of_all_pages() -> None:
    ran = tpub("explain")
    listed = [f"{each.code}: {each.what.splitlines()[0]}" for each in pages()]
    assert (ran.code, ran.out.splitlines(), ran.err) == (0, listed, "")


def test_several_pages() -> None:
    one, other = (page(code).markdown for code in ("file-exists", "no-ci"))
    assert tpub("explain", "file-exists", "no-ci", "file-exists") == Ran(0, f"{one}\n{other}", "")
    wrong = tpub("explain", "file-exists", "no-cy")
    assert (wrong.code, wrong.out) == (2, "")


def test_a_verdict_without_an_answer(tmp_path: Path) -> None:
    ran = tpub("check", "--index", "http://127.0.0.1:1/", str(dists.wheel(tmp_path)))
    lines = ran.out.splitlines()
    assert (ran.code, lines[-1]) == (5, "1 file: nothing wrong in itself, and the rest is not known")
    assert any(line.endswith("[index-unreachable]") for line in lines)


def test_settings_of_the_environment_hold_for_every_command(tmp_path: Path) -> None:
    wheel = dists.wheel(tmp_path, meta=dists.metadata(requires_python=""))
    for command in ("check", "rehearse"):
        strict = tpub(command, str(wheel), env={"TPUB_STRICT": "1"})
        ignored = tpub(command, str(wheel), env={"TPUB_STRICT": "1", "TPUB_IGNORE": "requires-python-missing"})
        assert (strict.code, ignored.code) == (3, 0)


@pytest.mark.parametrize("command", ["check", "check --index", "rehearse", "upload --dry-run --index"])
def test_the_tag_of_the_job_holds_for_every_command(command: str, index: RehearsalIndex, tmp_path: Path) -> None:
    address = [index.index.upload_url] if command.endswith("--index") else []
    words = [*command.split(), *address, "--strict", "--format", "json", str(dists.wheel(tmp_path))]
    codes = [
        [told["code"] for told in json.loads(tpub(*words, env={"CI_COMMIT_TAG": tag}).out)["diagnostics"]]
        for tag in ("v1.0", "v1.1")
    ]
    assert codes == [[], ["release-tag-mismatch"]]


def test_a_user_name_alone_stops_an_upload_and_no_check(tmp_path: Path) -> None:
    env, wheel = {"TPUB_USERNAME": "me"}, str(dists.wheel(tmp_path))
    assert (tpub("check", wheel, env=env).code, tpub("upload", "--dry-run", wheel, env=env).code) == (0, 2)
