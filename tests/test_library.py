"""`import tpub`: what other programs call."""

from __future__ import annotations

import ast
import doctest
import os
import sys
from pathlib import Path

import pytest

import tpub
from support import dists
from support.processes import start
from support.sandbox import sandbox
from support.world import Heard
from tpub import library
from tpub.rehearsal import JobDescription, RehearsalIndex

SOURCE = ast.parse(Path(tpub.__file__).read_text("utf-8"))
VERBS = ("check", "detect", "diagnose", "exchange", "lint", "read", "upload")


def seen_by_mypy() -> set[str]:
    """Return the names that the block for type checkers imports."""
    block = next(node for node in SOURCE.body if isinstance(node, ast.If))
    imports = (node for node in block.body if isinstance(node, ast.ImportFrom))
    return {alias.name for node in imports for alias in node.names}


def test_the_public_names_are_complete() -> None:
    assert set(tpub.__all__) == seen_by_mypy() | {"__version__"}


def test_the_public_names_are_sorted() -> None:
    kinds = {name: (not name.isupper(), not name[0].isupper(), name) for name in tpub.__all__}
    assert tpub.__all__ == sorted(tpub.__all__, key=kinds.__getitem__)


@pytest.mark.parametrize("name", tpub.__all__)
def test_a_public_name_is_there_and_listed(name: str) -> None:
    assert getattr(tpub, name) is getattr(tpub, name)
    assert name in dir(tpub)


def test_a_name_that_is_none() -> None:
    with pytest.raises(AttributeError, match="module 'tpub' has no attribute 'uplaod'"):
        tpub.uplaod  # type: ignore[attr-defined]  # noqa: B018


def test_importing_it_imports_nothing_else() -> None:
    program = "import sys, tpub; print(*(name.partition('.')[0] for name in sys.modules))"
    with start(env={}, program=program) as process:
        out, _ = process.communicate()
    program = program.replace(", tpub", "")
    with start(env={}, program=program) as process:
        before, _ = process.communicate()
    assert set(out.split()) - set(before.split()) - sys.stdlib_module_names == {"tpub"}


@pytest.mark.parametrize("verb", VERBS)
def test_its_examples(verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sandbox(tmp_path))
    names = {"tpub": tpub, "Path": Path, "JobDescription": JobDescription}
    parsed = doctest.DocTestParser().get_doctest(getattr(library, verb).__doc__, names, verb, None, 0)
    assert doctest.DocTestRunner().run(parsed).failed == 0


def test_reading_and_judging_leave_out_what_is_no_distribution(tmp_path: Path) -> None:
    path = dists.wheel(tmp_path)
    (tmp_path / f"{path.name}.publish.attestation").touch()
    verdict = tpub.check(tmp_path.iterdir())
    assert ([each.file for each in verdict.distributions], verdict.has_errors) == ([path.name], False)


@pytest.mark.parametrize("verb", [tpub.check, tpub.upload], ids=["check", "upload"])
def test_an_empty_list_of_files_is_not_the_default_folder(
    verb: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sandbox(tmp_path))
    with pytest.raises(tpub.ConfigError) as caught:
        verb([])
    assert caught.value.diagnostic.code == "no-distributions"


def test_a_release_by_an_api_token_tells_its_listener(index: RehearsalIndex, tmp_path: Path) -> None:
    heard = Heard()
    token = tpub.Credential("__token__", index.user_token())
    done = tpub.upload([dists.wheel(tmp_path)], index=index.index, credential=token, listener=heard, env={})
    assert [each.status for each in done.uploads or ()] == [tpub.UploadStatus.UPLOADED]
    assert tpub.UploadsPlanned in {type(event) for event in heard}


def test_a_plan_mints_nothing(index: RehearsalIndex, tmp_path: Path) -> None:
    job = index.job(JobDescription("github"))
    planned = tpub.upload([dists.wheel(tmp_path)], index=index.index, dry_run=True, env=job.env)
    assert ([step.action for step in planned.plan or ()], index.store.count("mint")) == ([tpub.Action.NEW], 0)


def test_a_release_that_is_not_whole_is_an_error_with_its_account(index: RehearsalIndex, tmp_path: Path) -> None:
    index.put(dists.wheel(tmp_path / "there", files={"sampleproject/other.py": b""}))
    path = dists.wheel(tmp_path)
    token = tpub.Credential("__token__", index.user_token())
    with pytest.raises(tpub.ReleaseError) as caught:
        tpub.upload([path], index=index.index, credential=token, env={})
    error = caught.value
    assert (error.outcome.exit_code, error.diagnostic.code, error.diagnostic.file) == (3, "file-exists", path.name)
    assert [each.status for each in error.outcome.uploads or ()] == [tpub.UploadStatus.UNSENT]


def test_an_interruption_stays_one(index: RehearsalIndex, tmp_path: Path) -> None:
    def interrupt(_: tpub.Event) -> None:
        raise KeyboardInterrupt

    token = tpub.Credential("__token__", index.user_token())
    with pytest.raises(KeyboardInterrupt):
        tpub.upload([dists.wheel(tmp_path)], index=index.index, credential=token, listener=interrupt, env={})


def test_an_identity_token_of_ones_own_is_exchanged(index: RehearsalIndex) -> None:
    job = JobDescription("gitlab")
    index.trust(index.job(job).publisher, "sampleproject")
    minted = tpub.exchange(index.identity_token(job), index.index, env={})
    assert index.store.minted[-1].secret == minted.secret


def test_the_diagnosis_asks_the_index(index: RehearsalIndex, tmp_path: Path) -> None:
    root = sandbox(tmp_path) / "checkout"
    told = tpub.diagnose(root, index=index.index, env={})
    assert ([each.code for each in told][:1], index.store.count("audience")) == (["gh-id-token-missing"], 1)


def test_the_environment_is_the_process_s_own_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("PYPI_ID_TOKEN", "e.e.e")
    found = tpub.detect()
    assert (found.name if found else None, tpub.detect({}), os.environ["GITLAB_CI"]) == ("gitlab", None, "true")  # noqa: TID251
