"""What users see of `tpub doctor`, and at the end of a failed `tpub upload`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support import dists, runner
from support.checkouts import laid
from support.evidence import ACTION, GRANTED, RELEASE, UPLOAD, github
from support.world import tpub
from tpub.rehearsal.ci import JobDescription
from tpub.rehearsal.index import RehearsalIndex


def test_the_cause_the_line_and_the_mend(tmp_path: Path) -> None:
    ran = tpub("doctor", str(laid(tmp_path, {RELEASE: github(UPLOAD)})), "--offline")
    assert (ran.code, ran.err) == (4, "")
    assert ran.out == (
        "error: jobs.publish has no `permissions:`, and the default never includes `id-token` [gh-id-token-missing]\n"
        "  .github/workflows/release.yml:9:3 (jobs.publish)\n"
        "  hint: Give jobs.publish a block of its own: `permissions: {id-token: write}`.\n"
        "looked at: .github/workflows/release.yml\n"
    )


def test_nothing_wrong(tmp_path: Path) -> None:
    ran = tpub("doctor", str(laid(tmp_path, {RELEASE: github(GRANTED + UPLOAD)})), "--offline")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("looked at: .github/workflows/release.yml\nnothing wrong\n")


def test_what_was_looked_at_and_what_was_not(tmp_path: Path) -> None:
    files = {
        ".gitlab-ci.yml": "include: [ci/a.yml, ci/b.yml, {project: x/y, file: z}, {template: SAST.yml}]\n",
        "ci/a.yml": "publish: {id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}, script: make ship}\n",
        "ci/b.yml": "test: {script: make test}\n",
        "Makefile": "ship:\n\ttwine upload dist/*\n",
    }
    ran = tpub("doctor", str(laid(tmp_path, files)), "--offline")
    told = ".gitlab-ci.yml (not what it includes from elsewhere), ci/a.yml, Makefile"
    assert (ran.code, ran.out) == (0, f"looked at: {told}\nnothing wrong\n")


def test_who_publishes_may_be_included_from_elsewhere(tmp_path: Path) -> None:
    root = laid(tmp_path, {".gitlab-ci.yml": "include:\n  - component: gitlab.example/a/b@1\ntest: {script: make}\n"})
    ran = tpub("doctor", str(root), "--offline")
    assert ran.code == 0
    assert ran.out == (
        "note: this is no CI that vouches for its jobs, and no job is seen to publish: what .gitlab-ci.yml includes "
        "from elsewhere was not read [no-ci]\n"
        "  .gitlab-ci.yml:2:5 (include[0])\n"
        "  hint: Run `tpub doctor` in the job that publishes: it shows what the job has.\n"
        "looked at: .gitlab-ci.yml (not what it includes from elsewhere)\n"
        "nothing wrong\n"
    )


def test_notes_are_nothing_wrong(tmp_path: Path) -> None:
    ran = tpub("doctor", str(laid(tmp_path, {RELEASE: github(GRANTED + ACTION)})), "--offline")
    assert ran.code == 0
    assert ran.out.startswith("note: jobs.publish publishes with pypa/gh-action-pypi-publish@release/v1")
    assert ran.out.endswith("nothing wrong\n")


def test_the_report_as_data(tmp_path: Path, index: RehearsalIndex) -> None:
    job = index.job(JobDescription("github"))
    root = laid(tmp_path, {RELEASE: github(GRANTED + UPLOAD)})
    ran = tpub("doctor", str(root), "--index", index.index.upload_url, "--format", "json", env=job.env)
    report = json.loads(ran.out)
    assert (report["command"], report["exit_code"], report["diagnostics"]) == ("doctor", 0, [])
    assert report["identity"]["claims"]["repository"] == "octo-org/sampleproject"
    assert report["publisher"] == {
        "provider": "github",
        "owner": "octo-org",
        "repository": "sampleproject",
        "workflow_filename": "release.yml",
        "environment": "",
    }
    assert report["looked_at"][-1].endswith("trusted publishing")


def test_nothing_is_minted(tmp_path: Path, index: RehearsalIndex) -> None:
    job = index.job(JobDescription("github"))
    index.expect(job.publisher, "sampleproject")
    root = laid(tmp_path, {RELEASE: github(GRANTED + UPLOAD)})
    assert tpub("doctor", str(root), "--index", index.index.upload_url, env=job.env).code == 0
    upload = tpub("upload", "--index", index.index.upload_url, str(dists.wheel(tmp_path / "d")), env=job.env)
    assert upload.code == 0


def test_a_mend_is_shown_and_not_written_by_itself(tmp_path: Path) -> None:
    root = laid(tmp_path, {RELEASE: github(UPLOAD)})
    ran = tpub("doctor", str(root), "--offline", "--fix")
    assert ran.code == 4
    assert "+    permissions:\n+      id-token: write\n" in ran.err
    assert ran.err.endswith("nothing was written: `--yes` writes it\n")
    assert (root / RELEASE).read_text() == github(UPLOAD)


@pytest.mark.parametrize(
    ("answer", "env", "is_asked", "is_written"),
    [
        pytest.param("y\n", {}, True, True, id="y"),
        pytest.param(" Yes\n", {}, True, True, id="in full"),
        pytest.param("n\n", {}, True, False, id="n"),
        pytest.param("\n", {}, True, False, id="nothing typed"),
        pytest.param("", {}, True, False, id="the end of input"),
        pytest.param("y\n", {"TPUB_NON_INTERACTIVE": "1"}, False, False, id="who is not to be asked"),
    ],
)
def test_somebody_at_a_terminal_is_asked(
    tmp_path: Path, answer: str, env: dict[str, str], *, is_asked: bool, is_written: bool
) -> None:
    questions: list[str] = []

    def ask(question: str, *, hidden: bool) -> str:
        assert not hidden
        questions.append(question)
        return answer

    root = laid(tmp_path, {RELEASE: github(UPLOAD)})
    ran = tpub("doctor", str(root), "--offline", "--fix", env=env, ask=ask)
    assert questions == ([f"Write {RELEASE}? [y/N]: "] if is_asked else [])
    assert ((root / RELEASE).read_text() != github(UPLOAD), "nothing was written" in ran.err) == (
        is_written,
        not is_written,
    )


def test_a_mend_is_written_when_told_so(tmp_path: Path) -> None:
    root = laid(tmp_path, {RELEASE: github(UPLOAD)})
    ran = tpub("doctor", str(root), "--offline", "--fix", "--yes")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "nothing wrong")
    assert "      id-token: write\n" in (root / RELEASE).read_text()


LAYERS = github("    permissions: read-all\n    steps:\n      - run: sudo tpub upload dist/*\n")
MENDED = github("    permissions: {contents: read, id-token: write}\n    steps:\n      - run: tpub upload dist/*\n")


def test_what_a_mend_uncovers_is_mended_too(tmp_path: Path) -> None:
    root = laid(tmp_path, {RELEASE: LAYERS})
    ran = tpub("doctor", str(root), "--offline", "--fix", "--yes")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "nothing wrong")
    assert (root / RELEASE).read_text() == MENDED
    assert (ran.err.count("--- a/"), "nothing here" in ran.err) == (2, False)


def test_what_a_mend_uncovers_is_asked_for_like_the_first(tmp_path: Path) -> None:
    answers = ["y", "n"]

    def ask(question: str, *, hidden: bool) -> str:
        assert (question, hidden) == (f"Write {RELEASE}? [y/N]: ", False)
        return answers.pop(0)

    root = laid(tmp_path, {RELEASE: LAYERS})
    ran = tpub("doctor", str(root), "--offline", "--fix", ask=ask)
    assert (ran.code, answers) == (4, [])
    assert ran.err.endswith("nothing more was written\n")
    assert (root / RELEASE).read_text() == MENDED.replace("tpub upload", "sudo tpub upload")


def test_what_else_a_mend_changes_is_said(tmp_path: Path) -> None:
    text = github("    permissions: &p {contents: read}\n" + UPLOAD) + "  site:\n    permissions: *p\n    steps: []\n"
    ran = tpub("doctor", str(laid(tmp_path, {RELEASE: text})), "--offline", "--fix")
    assert "\nalso changed: jobs.site.permissions (line 18) of .github/workflows/release.yml: an alias" in ran.err


def test_what_no_edit_mends_safely_is_said(tmp_path: Path) -> None:
    text = github(UPLOAD).replace("\n", "\r")
    root = laid(tmp_path, {RELEASE: text})
    ran = tpub("doctor", str(root), "--offline", "--fix", "--yes")
    assert (ran.code, "no edit is sure to leave them right" in ran.err) == (4, True)
    assert (root / RELEASE).read_bytes().decode() == text


def test_a_file_that_is_edited_while_the_question_waits_is_left_alone(tmp_path: Path) -> None:
    root = laid(tmp_path, {RELEASE: github(UPLOAD)})
    edited = "# mine\n" + github(UPLOAD)

    def ask(question: str, *, hidden: bool) -> str:
        assert (question, hidden) == (f"Write {RELEASE}? [y/N]: ", False)
        (root / RELEASE).write_text(edited, newline="")
        return "y"

    ran = tpub("doctor", str(root), "--offline", "--fix", ask=ask)
    assert (ran.code, "[file-edited]" in ran.err, (root / RELEASE).read_text()) == (2, True, edited)


def test_what_a_mend_guesses_is_said(tmp_path: Path) -> None:
    root = laid(tmp_path, {RELEASE: github(GRANTED + "    environment: ${{ needs.build.outputs.x }}\n" + UPLOAD)})
    ran = tpub("doctor", str(root), "--offline", "--fix")
    assert "+    environment: pypi\n" in ran.err
    assert ran.err.endswith(
        "proposed: `environment: pypi` (the usual name): if the publisher at PyPI names another one, write that (one "
        "without environment takes any)\nnothing was written: `--yes` writes it\n"
    )


def test_what_a_mend_shows_of_a_file_is_no_command_on_github(tmp_path: Path) -> None:
    planted = "::error::planted\n        ##[error]planted\n"
    text = github(f"    env:\n      A: |\n        {planted}" + UPLOAD)
    ran = tpub("doctor", "--offline", "--fix", str(laid(tmp_path, {RELEASE: text})), env={"GITHUB_ACTIONS": "true"})
    assert "+    permissions:" in ran.err
    assert "planted" in ran.err
    assert [each.name for each in runner.commands(ran.err) if "planted" in each.data] == []


def test_no_checkout_at_all(tmp_path: Path) -> None:
    ran = tpub("doctor", "nowhere", folder=tmp_path)
    assert (ran.code, ran.out, "[checkout-absent]" in ran.err) == (2, "", True)


def test_nothing_to_mend(tmp_path: Path) -> None:
    ran = tpub("doctor", str(tmp_path), "--offline", "--fix", "--yes")
    assert (ran.code, ran.err) == (4, "nothing here is mended by an edit\n")


def test_a_failed_upload_ends_with_its_cause(
    tmp_path: Path, index: RehearsalIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = index.job(JobDescription("github"))
    monkeypatch.chdir(laid(tmp_path, {RELEASE: github(GRANTED + UPLOAD)}))
    wheel = dists.wheel(tmp_path / "dist")
    ran = tpub("upload", "--index", index.index.upload_url, str(wheel), "--format", "json", env=job.env)
    report = json.loads(ran.out)
    first = report["diagnostics"][0]
    assert (ran.code, first["code"]) == (4, "pending-publisher-missing")
    assert {"kind": "claim", "name": "repository", "value": "octo-org/sampleproject", "expected": None} in first[
        "evidence"
    ]


def test_an_upload_that_wants_no_identity_fails_for_want_of_a_credential(tmp_path: Path, index: RehearsalIndex) -> None:
    root = laid(tmp_path, {RELEASE: github(UPLOAD)})
    words = ("upload", str(dists.wheel(tmp_path / "dist")), "--index", index.index.upload_url, "--format", "json")
    ran = tpub(*words, "--trusted-publishing", "never", folder=root)
    codes = [told["code"] for told in json.loads(ran.out)["diagnostics"]]
    assert (ran.code, codes) == (4, ["no-credential"])


@pytest.mark.parametrize(
    ("publish", "code"),
    [
        pytest.param(UPLOAD, "gh-id-token-missing", id="no permissions"),
        pytest.param("    permissions:\n      id-token: read\n" + UPLOAD, "gh-id-token-not-write", id="read"),
    ],
)
def test_a_failed_upload_and_doctor_say_the_same(
    tmp_path: Path, index: RehearsalIndex, publish: str, code: str
) -> None:
    root = laid(tmp_path, {RELEASE: github(publish)})
    wheel, env = dists.wheel(tmp_path / "dist"), index.job(JobDescription("github", is_granted=False)).env
    asked = ("--index", index.index.upload_url, "--format", "json")
    uploaded, looked = (
        tpub("upload", str(wheel), *asked, env=env, folder=root),
        tpub("doctor", *asked, env=env, folder=root),
    )
    causes = [json.loads(ran.out)["diagnostics"] for ran in (uploaded, looked)]
    assert (uploaded.code, looked.code) == (4, 4)
    assert causes[0][0]["code"] == code
    assert causes[0][0]["evidence"]
    assert causes[0] == causes[1]
    assert index.store.files == {}
