"""A call of another repository's workflow becomes a publishing job of the file's own, and nothing gets lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from support.evidence import GITHUB, GITHUB_CLAIMS, IDENTITY, RELEASE, of, told
from tpub.doctor.diagnose import findings
from tpub.doctor.evidence import Evidence
from tpub.doctor.mend import mends
from tpub.doctor.write import write
from tpub.identity.publisher import GitHubPublisher
from tpub.index.model import TESTPYPI
from tpub.workflow.github import load
from tpub.workflow.github.model import Job, Workflow

PROJECT = {"pyproject.toml": '[project]\nname = "sample"\n'}
LOCAL = ".github/workflows/_publish.yml"
HEAD = "name: release\non:\n  push:\n    tags: [v*]\njobs:\n"
BUILD = """\
  build:
    runs-on: ubuntu-latest
    steps:
      - run: python -m build
      - uses: actions/upload-artifact@v4
        with: {name: dist, path: dist/}
"""
WHEELS = BUILD.replace("build:", "wheels:", 1).replace("name: dist", "name: 'wheels-${{ matrix.os }}'")
TESTS = "  test:\n    runs-on: ubuntu-latest\n    steps: [{run: tox}]\n"
COVERAGE = BUILD.replace("dist/", "htmlcov/").replace("build:", "coverage:", 1)
CALL = """\
  # ours
  publish: # goes out
    permissions: # least
      id-token: write # the identity
    uses: octo-org/workflows/.github/workflows/publish.yml@v1 # v1.0
"""
GIVEN = CALL + "    with:\n      artifact: dist\n      environment: release\n"
LOCAL_CALL = "  publish:\n    permissions: {id-token: write}\n    uses: ./.github/workflows/_publish.yml\n"
NEEDING = CALL.replace("    uses", "    needs: test # first\n    if: github.ref_type == 'tag' # only\n    uses")
GH = GitHubPublisher("octo-org", "sample", "release.yml")
PUBLISHING = """\
on: workflow_call
jobs:
  up:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/download-artifact@v4
        with: {name: dist, path: dist/}
      - run: pip install twine
      - run: twine upload dist/*
"""


def called(reference: str = "octo-org/workflows/.github/workflows/publish.yml") -> dict[str, object]:
    return GITHUB_CLAIMS | {"job_workflow_ref": f"{reference}@refs/tags/v1"}


def seen(folder: Path, text: str, files: dict[str, str] | None = None, **parts: object) -> Evidence:
    parts = {"claims": called()} | parts
    return of(folder, PROJECT | {RELEASE: text} | (files or {}), GITHUB | IDENTITY, **parts)


def mended(evidence: Evidence, root: Path) -> Workflow:
    """Return the workflow after its mend, of which the files alone say nothing wrong."""
    assert [code for code, _ in told(evidence)] == ["gh-reusable-workflow"]
    write(root, mends(root, findings(evidence)))
    assert told(of(root, {}, {"TPUB_TOKEN": "x"})) == []
    found = load(root).workflow(RELEASE)
    assert found is not None
    return found


def job(workflow: Workflow, name: str = "publish") -> Job:
    found = workflow.job(name)
    assert found is not None
    return found


def summary(workflow: Workflow) -> tuple[list[str], tuple[str, ...], list[dict[str, str]], str]:
    """Return the file's jobs; of the publishing one, those before it, what it takes over, and its environment."""
    own = job(workflow)
    downloads = [step.inputs for step in own.steps if step.action == "actions/download-artifact"]
    environment = own.environment.text if own.environment is not None else ""
    return [each.id for each in workflow.jobs], own.needs, downloads, environment


DIST = {"name": "dist", "path": "dist/"}
SEVERAL = {"merge-multiple": "true", "path": "dist/"}


@pytest.mark.parametrize(
    ("text", "files", "parts", "expected"),
    [
        pytest.param(
            HEAD + BUILD + CALL.replace("    uses", "    needs: build\n    uses"),
            {},
            {},
            (["build", "publish"], ("build",), [DIST], "pypi"),
            id="takes over",
        ),
        pytest.param(HEAD + BUILD + CALL, {}, {}, (["build", "publish"], ("build",), [DIST], "pypi"), id="waits"),
        pytest.param(
            HEAD + BUILD + TESTS + NEEDING,
            {},
            {},
            (["build", "test", "publish"], ("test", "build"), [DIST], "pypi"),
            id="waits for one more",
        ),
        pytest.param(
            HEAD + BUILD + TESTS + CALL.replace("    uses", "    needs:\n      - test\n    uses"),
            {},
            {},
            (["build", "test", "publish"], ("test", "build"), [DIST], "pypi"),
            id="waits for one more, in a list",
        ),
        pytest.param(HEAD + CALL, {}, {}, (["build", "publish"], ("build",), [DIST], "pypi"), id="builds"),
        pytest.param(
            HEAD + COVERAGE + CALL,
            {},
            {},
            (["coverage", "build", "publish"], ("build",), [DIST], "pypi"),
            id="builds, for what is handed over is no distribution",
        ),
        pytest.param(
            HEAD + CALL,
            {"setup.py": "setup(ext_modules=[])\n"},
            {},
            (
                ["sdist", "wheels", "rehearse", "publish"],
                ("rehearse",),
                [{"pattern": "dist-*"} | SEVERAL],
                "pypi",
            ),
            id="builds on every platform",
        ),
        pytest.param(
            HEAD
            + WHEELS
            + BUILD
            + CALL.replace("    uses", "    needs: [wheels, build]\n    secrets: inherit\n    uses"),
            {},
            {},
            (
                ["wheels", "build", "publish"],
                ("wheels", "build"),
                [{"pattern": "wheels-*"} | SEVERAL, DIST],
                "pypi",
            ),
            id="takes over several",
        ),
        pytest.param(
            HEAD + WHEELS + BUILD + GIVEN,
            {},
            {},
            (["wheels", "build", "publish"], ("build",), [DIST], "release"),
            id="takes over the one that was asked for",
        ),
        pytest.param(
            HEAD
            + "  build:\n    uses: ./.github/workflows/b.yml\n"
            + CALL.replace("    uses", "    needs: build\n    uses"),
            {".github/workflows/b.yml": "on: workflow_call\njobs:\n" + BUILD.replace("build:", "make:", 1)},
            {},
            (["build", "publish"], ("build",), [DIST], "pypi"),
            id="takes over from a called workflow of the checkout",
        ),
        pytest.param(
            HEAD
            + "  build:\n    runs-on: ubuntu-latest\n    steps: [{uses: hynek/build-and-inspect-python-package@v2}]\n"
            + CALL,
            {},
            {},
            (["build", "publish"], ("build",), [{"name": "Packages", "path": "dist/"}], "pypi"),
            id="takes over what another action hands over",
        ),
        pytest.param(
            HEAD + BUILD + CALL,
            {},
            {"declared": replace(GH, environment="deploy it")},
            (["build", "publish"], ("build",), [DIST], "deploy it"),
            id="the environment that is declared",
        ),
        pytest.param(
            HEAD + BUILD + CALL,
            {},
            {"declared": GH},
            (["build", "publish"], ("build",), [DIST], ""),
            id="declared none",
        ),
        pytest.param(
            HEAD + BUILD + CALL,
            {},
            {"last": replace(GH, environment="live")},
            (["build", "publish"], ("build",), [DIST], "live"),
            id="the environment of the last release",
        ),
        pytest.param(
            HEAD + BUILD + CALL,
            {},
            {"index": TESTPYPI, "audience": "testpypi", "claims": called() | {"aud": "testpypi"}},
            (["build", "publish"], ("build",), [DIST], "testpypi"),
            id="TestPyPI",
        ),
        pytest.param(
            HEAD
            + BUILD
            + "  publish:\n    permissions: {id-token: write}\n    uses: ./.github/workflows/_publish.yml\n",
            {LOCAL: PUBLISHING},
            {"declared": GH, "claims": called(f"octo-org/sample/{LOCAL}")},
            (["build", "publish"], ("build",), [DIST], ""),
            id="a workflow of the checkout that is not registered",
        ),
    ],
)
def test_a_publishing_job_takes_the_place_of_a_call(
    tmp_path: Path,
    text: str,
    files: dict[str, str],
    parts: dict[str, object],
    expected: tuple[list[str], tuple[str, ...], list[dict[str, str]], str],
) -> None:
    assert summary(mended(seen(tmp_path, text, files, **parts), tmp_path)) == expected


def test_what_the_call_says_stays_with_its_comments(tmp_path: Path) -> None:
    mended(seen(tmp_path, HEAD + BUILD + TESTS + NEEDING), tmp_path)
    text = (tmp_path / RELEASE).read_text()
    assert text.startswith(HEAD + BUILD + TESTS + "  # ours\n  publish: # goes out\n")
    assert (
        "    permissions: # least\n      id-token: write # the identity\n    needs: [test, build] # first\n"
        "    if: github.ref_type == 'tag' # only\n    runs-on: ubuntu-24.04\n    timeout-minutes: 15\n"
        "    # If it has deployment rules, they must let tags through.\n"
        "    environment:\n      name: pypi\n    steps:\n"
    ) in text
    assert text.endswith("      - name: Publish\n        run: tpub upload --index pypi\n")


def test_what_is_built_is_built_when_the_call_ran(tmp_path: Path) -> None:
    condition = "    if: >-\n      github.ref_type == 'tag'\n      && !cancelled()\n"
    call = CALL.replace("    uses", f"    needs: [test]\n{condition}    uses")
    workflow = mended(seen(tmp_path, HEAD + TESTS + call), tmp_path)
    build = job(workflow, "build")
    assert (build.needs, build.place.words("if"), job(workflow).needs) == (("test",), {}, ("test", "build"))
    assert build.place.fields["if"].text == "github.ref_type == 'tag' && !cancelled()"


def test_the_identity_is_granted_where_the_call_had_it_from_the_workflow(tmp_path: Path) -> None:
    text = "permissions: {id-token: write, contents: read}\n" + HEAD + BUILD
    text += "  publish:\n    uses: octo-org/workflows/.github/workflows/publish.yml@v1\n    name: Out\n"
    workflow = mended(seen(tmp_path, text), tmp_path)
    own = job(workflow).permissions
    assert own is not None
    assert {scope: place.text for scope, place in own.scopes.items()} == {"id-token": "write"}
    assert job(workflow).place.fields["name"].text == "Out"


def test_line_ends_and_depths_are_those_of_the_file(tmp_path: Path) -> None:
    text = (HEAD + CALL).replace("\n  ", "\n    ").replace("\n", "\r\n")
    workflow = mended(seen(tmp_path, text), tmp_path)
    after = (tmp_path / RELEASE).read_bytes().decode()
    assert after.count("\n") == after.count("\r\n")
    assert summary(workflow) == (["build", "publish"], ("build",), [DIST], "pypi")


@pytest.mark.parametrize(
    ("text", "files", "parts"),
    [
        pytest.param(HEAD + BUILD + CALL + "    with: {python-version: '3.13'}\n", {}, {}, id="an input"),
        pytest.param(HEAD + BUILD + CALL + "    with: {environment: '${{ inputs.e }}'}\n", {}, {}, id="an expression"),
        pytest.param(HEAD + BUILD + CALL + "    with: ${{ inputs }}\n", {}, {}, id="inputs that are no mapping"),
        pytest.param(HEAD + BUILD + CALL + "    secrets: {T: '${{ secrets.T }}'}\n", {}, {}, id="a secret"),
        pytest.param(HEAD + BUILD + CALL + "    strategy: {matrix: {os: [a, b]}}\n", {}, {}, id="a matrix"),
        pytest.param(
            HEAD + BUILD + CALL + "  tell:\n    needs: publish\n    runs-on: x\n"
            "    steps: [{run: 'echo ${{ needs.publish.outputs.url }}'}]\n",
            {},
            {},
            id="its outputs are used",
        ),
        pytest.param(
            HEAD + BUILD + CALL + "  tell:\n    needs: publish\n    runs-on: x\n"
            "    env: {N: '${{ toJSON( needs ) }}'}\n    steps: []\n",
            {},
            {},
            id="all that went before is used",
        ),
        pytest.param(
            HEAD + BUILD.replace("name: dist", "name: '${{ matrix.os }}'") + CALL, {}, {}, id="a name of nothing fixed"
        ),
        pytest.param(
            HEAD
            + "  build:\n    uses: octo-org/w/.github/workflows/b.yml@v1\n"
            + CALL.replace("    uses", "    needs: build\n    uses"),
            {},
            {},
            id="what another repository's workflow hands over",
        ),
        pytest.param(HEAD + BUILD.replace("upload-artifact@v4", "x@v1") + CALL, {}, {}, id="a job is called build"),
        pytest.param(
            HEAD
            + "  publish: {permissions: {id-token: write}, uses: octo-org/workflows/.github/workflows/publish.yml@x}\n",
            {},
            {},
            id="between braces",
        ),
        pytest.param(HEAD + BUILD + CALL.replace("publish: #", "publish: &p #"), {}, {}, id="an anchor"),
        pytest.param(
            HEAD + BUILD + CALL + CALL.replace("publish:", "again:"), {}, {}, id="which of two calls, nobody knows"
        ),
        pytest.param(
            HEAD + BUILD + CALL,
            {},
            {"claims": called() | {"workflow_ref": "octo-org/sample/.github/workflows/top.yml@x"}},
            id="called from a called workflow",
        ),
        pytest.param(
            HEAD
            + BUILD
            + "  publish:\n    permissions: {id-token: write}\n    uses: ./.github/workflows/_publish.yml\n",
            {LOCAL: PUBLISHING + "      - run: gh release create v1\n"},
            {"declared": GH, "claims": called(f"octo-org/sample/{LOCAL}")},
            id="a workflow of the checkout that does more",
        ),
    ],
)
def test_nothing_is_written_where_something_would_be_lost(
    tmp_path: Path, text: str, files: dict[str, str], parts: dict[str, object]
) -> None:
    evidence = seen(tmp_path, text, files, **parts)
    assert [code for code, _ in told(evidence)] == ["gh-reusable-workflow"]
    assert mends(tmp_path, findings(evidence)) == []


def test_a_registered_workflow_of_the_checkout_stays(tmp_path: Path) -> None:
    text = HEAD + BUILD + LOCAL_CALL
    claims = called(f"octo-org/sample/{LOCAL}")
    for declared in (None, replace(GH, workflow_filename="_publish.yml")):
        evidence = seen(tmp_path, text, {LOCAL: PUBLISHING}, declared=declared, claims=claims)
        assert (told(evidence), mends(tmp_path, findings(evidence))) == ([], [])


USUAL = "`environment: pypi` (the usual name)"
UNREAD = "octo-org/workflows/.github/workflows/publish.yml@v1 is not read here"
NO_PROJECT = "`python -m build` builds the project at the top of the checkout, and there is none"


@pytest.mark.parametrize(
    ("text", "files", "parts", "proposals"),
    [
        pytest.param(HEAD + BUILD + CALL, {}, {}, [USUAL, UNREAD], id="a guess"),
        pytest.param(
            HEAD + BUILD + CALL,
            {},
            {"last": replace(GH, environment="live")},
            ["`environment: live` (the last release was published from it)", UNREAD],
            id="told",
        ),
        pytest.param(HEAD + BUILD + GIVEN, {}, {}, [UNREAD], id="given"),
        pytest.param(HEAD + BUILD + CALL, {}, {"declared": GH}, [UNREAD], id="declared"),
        pytest.param(
            HEAD + BUILD + LOCAL_CALL,
            {LOCAL: PUBLISHING},
            {"declared": GH, "claims": called(f"octo-org/sample/{LOCAL}")},
            [],
            id="of the checkout",
        ),
        pytest.param(HEAD + BUILD + CALL + "    with: {python: '3'}\n", {}, {}, [], id="nothing is written"),
        pytest.param(HEAD + CALL, {"pyproject.toml": ""}, {}, [USUAL, UNREAD, NO_PROJECT], id="no project"),
    ],
)
def test_a_guess_is_called_one(
    tmp_path: Path, text: str, files: dict[str, str], parts: dict[str, object], proposals: list[str]
) -> None:
    (found,) = (each for each in findings(seen(tmp_path, text, files, **parts)) if each.diagnostic.is_error)
    assert len(found.proposals) == len(proposals)
    assert all(told.startswith(wanted) for told, wanted in zip(found.proposals, proposals, strict=True))


def test_without_a_checkout_nobody_knows_what_is_built(tmp_path: Path) -> None:
    evidence = replace(seen(tmp_path, HEAD + CALL), root=None)
    (found,) = (each for each in findings(evidence) if each.diagnostic.is_error)
    assert found.proposals[-1].startswith(NO_PROJECT)
