"""The jobs of a workflow file, played: what their file says decides how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support import dists
from support.checkouts import laid
from support.samples import ACCOUNT, GITHUB, GITLAB, RELEASE, SELF_MANAGED
from support.world import tpub
from tpub.errors import ConfigError
from tpub.index.model import PYPI
from tpub.rehearsal.claims import CLAIMS
from tpub.rehearsal.written import roles

PUBLISHER = '[tool.tpub.publisher]\nprovider = "{}"\n'
DECLARED_GITHUB = (
    PUBLISHER.format("github")
    + 'owner = "octo-org"\nrepository = "sampleproject"\nworkflow_filename = "release.yml"\nenvironment = "pypi"\n'
)
DECLARED_GITLAB = (
    PUBLISHER.format("gitlab") + 'namespace = "octo-group/sub"\nproject = "sampleproject"\n'
    'workflow_filepath = ".gitlab-ci.yml"\nenvironment = "pypi"\n'
)
TAGS = "{push: {tags: ['v*']}}"


def remote(url: str) -> dict[str, str]:
    return {".git/config": f'[remote "origin"]\n\turl = {url}\n'}


def workflow(job: str = "permissions: {id-token: write}", *, on: str = TAGS, top: str = "") -> str:
    step = "steps: [{run: tpub upload}]"
    return f"on: {on}\n{top}\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    {job}\n    {step}\n"


FIRST = "  first: {runs-on: x, steps: [{run: make}]}\n"


def pipeline(job: str) -> str:
    return f"publish:\n  {job}\n  script: [tpub upload]\n"


def played(root: Path, file: str) -> Any:  # noqa: ANN401  (JSON)
    wheel = str(dists.wheel(root / "dist"))
    return json.loads(tpub("rehearse", "--workflow", file, "--format", "json", "--quiet", wheel, folder=root).out)


BOTH = "upload --index testpypi --index pypi"
GRANTED = "permissions: {id-token: write}"
TOKEN = "id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}"


@pytest.mark.parametrize(
    ("job", "on", "declared", "codes"),
    [
        pytest.param(GRANTED, TAGS, "", [], id="right"),
        pytest.param(f"{GRANTED}\n    environment: pypi", TAGS, DECLARED_GITHUB, [], id="right, and declared"),
        pytest.param(f"{GRANTED}\n    environment: PyPI", TAGS, DECLARED_GITHUB, [], id="in other case"),
        pytest.param(
            f"{GRANTED}\n    environment: '${{{{ vars.WHERE }}}}'", TAGS, "", [], id="an environment of the run"
        ),
        pytest.param("", TAGS, "", ["gh-id-token-missing"], id="no permissions"),
        pytest.param("permissions: {contents: read}", TAGS, "", ["gh-id-token-missing"], id="other permissions"),
        pytest.param("permissions: {id-token: read}", TAGS, "", ["gh-id-token-not-write"], id="to read alone"),
        pytest.param(GRANTED, TAGS, DECLARED_GITHUB, ["gh-environment-missing"], id="no environment"),
        pytest.param(
            f"{GRANTED}\n    environment: release",
            TAGS,
            DECLARED_GITHUB,
            ["gh-environment-mismatch"],
            id="another environment",
        ),
        pytest.param(GRANTED, "pull_request_target", "", ["gh-pull-request-target"], id="pull_request_target"),
        pytest.param(
            f"{GRANTED}\n    environment: '${{{{ vars.WHERE }}}}'",
            TAGS,
            DECLARED_GITHUB,
            [],
            id="of the run, and declared",
        ),
        pytest.param(
            f"{GRANTED}\n    environment: '${{{{ needs.first.outputs.where }}}}'",
            TAGS,
            DECLARED_GITHUB,
            ["gh-environment-empty"],
            id="an environment that comes out empty",
        ),
    ],
)
def test_a_workflow_is_played(tmp_path: Path, job: str, on: str, declared: str, codes: list[str]) -> None:
    root = laid(tmp_path, remote(GITHUB) | {"pyproject.toml": declared, RELEASE: workflow(job, on=on) + FIRST})
    found = played(root, RELEASE)
    told = [each["code"] for each in found["diagnostics"] if each["severity"] == "error"]
    assert (found["exit_code"], told) == (4 if codes else 0, codes)


@pytest.mark.parametrize(
    ("job", "declared", "codes"),
    [
        pytest.param(TOKEN, "", [], id="right"),
        pytest.param(f"{TOKEN}\n  environment: {{name: pypi}}", DECLARED_GITLAB, [], id="right, and declared"),
        pytest.param("stage: deploy", "", ["gl-id-tokens-missing"], id="no token"),
        pytest.param("id_tokens: {PYPI_TOKEN: {aud: pypi}}", "", ["gl-id-token-name"], id="another name"),
        pytest.param("id_tokens: {PYPI_ID_TOKEN: {aud: pipy}}", "", ["audience-mismatch"], id="another audience"),
        pytest.param("id_tokens: {PYPI_ID_TOKEN: {aud: [pypi, x]}}", "", ["audience-list"], id="two audiences"),
        pytest.param(TOKEN, DECLARED_GITLAB, ["gl-environment-missing"], id="no environment"),
        pytest.param(
            f"{TOKEN}\n  environment: PyPI",
            DECLARED_GITLAB,
            ["gl-environment-mismatch"],
            id="environment in other case",
        ),
    ],
)
def test_a_pipeline_is_played(tmp_path: Path, job: str, declared: str, codes: list[str]) -> None:
    root = laid(tmp_path, remote(GITLAB) | {"pyproject.toml": declared, ".gitlab-ci.yml": pipeline(job)})
    found = played(root, ".gitlab-ci.yml")
    told = [each["code"] for each in found["diagnostics"] if each["severity"] == "error"]
    assert (found["exit_code"], told) == (4 if codes else 0, codes)


def test_the_cause_is_told_in_the_words_of_the_job(tmp_path: Path) -> None:
    job = "id_tokens: {PYPI_ID_TOKEN: {aud: pipy}}"
    root = laid(tmp_path, remote(GITLAB) | {".gitlab-ci.yml": pipeline(job)})
    (told,) = (each for each in played(root, ".gitlab-ci.yml")["diagnostics"] if each["severity"] == "error")
    assert told["message"].startswith("PYPI_ID_TOKEN has the audience `pipy`, and the index expects `pypi`")
    assert told["evidence"][0] == {
        "kind": "line",
        "path": ".gitlab-ci.yml",
        "line": 2,
        "column": 31,
        "key": "publish.id_tokens.PYPI_ID_TOKEN.aud",
    }


@pytest.mark.parametrize(
    ("rules", "source", "reference", "protected"),
    [
        pytest.param("stage: deploy", "push", "refs/tags/v1.0", "true", id="none"),
        pytest.param("rules: [{if: $CI_COMMIT_TAG}]", "push", "refs/tags/v1.0", "true", id="tags"),
        pytest.param(
            r"rules: [{if: $CI_COMMIT_TAG =~ /^\d+\.\d+\.\d+$/}]",
            "push",
            "refs/tags/1.0.0",
            "true",
            id="tags like these",
        ),
        pytest.param("rules: [{if: $CI_COMMIT_TAG =~ /^release-/}]", "push", "refs/tags/v1.0", "true", id="other tags"),
        pytest.param("rules: [{if: $CI_COMMIT_TAG == 'nightly'}]", "push", "refs/tags/nightly", "true", id="one tag"),
        pytest.param(
            "rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]", "push", "refs/heads/main", "true", id="a merge"
        ),
        pytest.param(
            "rules: [{if: $CI_COMMIT_BRANCH == 'stable/1'}]", "push", "refs/heads/stable/1", "true", id="a branch"
        ),
        pytest.param(
            "rules: [{if: $CI_COMMIT_BRANCH =~ /^pub/}]", "push", "refs/heads/topic", "true", id="some branch"
        ),
        pytest.param(
            "rules: [{if: $CI_PIPELINE_SOURCE == 'schedule'}]", "schedule", "refs/heads/main", "true", id="a schedule"
        ),
        pytest.param(
            "rules: [{if: $CI_PIPELINE_SOURCE == 'web' && $CI_COMMIT_TAG}]",
            "web",
            "refs/tags/v1.0",
            "true",
            id="a hand",
        ),
        pytest.param(
            "rules: [{if: $CI_MERGE_REQUEST_IID}]", "merge_request_event", "refs/heads/topic", "false", id="a request"
        ),
        pytest.param("only: [release]", "push", "refs/heads/release", "true", id="only a branch"),
        pytest.param(
            "only: [tags@another/project, release@octo-group/sub/sampleproject]",
            *("push", "refs/heads/release", "true"),
            id="only a branch of this project",
        ),
        pytest.param("only: {refs: [schedules]}", "schedule", "refs/heads/main", "true", id="only schedules"),
        pytest.param("except: [tags]", "push", "refs/heads/main", "true", id="all but tags"),
        pytest.param(
            "rules: [{if: $NIGHTLY == 'yes'}, {if: $CI_COMMIT_BRANCH == 'dev'}]",
            *("push", "refs/heads/dev", "true"),
            id="what is certain before what may be",
        ),
        pytest.param("rules: [{if: $NIGHTLY == 'yes'}]", "push", "refs/tags/v1.0", "true", id="what may be"),
        pytest.param(
            "variables: {WHEN: /^main$/}\n  rules: [{if: $CI_COMMIT_REF_NAME =~ $WHEN}]",
            *("push", "refs/heads/main", "true"),
            id="a variable of the file",
        ),
        pytest.param("rules: [{if: $CI_COMMIT_TAG, when: never}]", "push", "refs/tags/v1.0", "true", id="none at all"),
    ],
)
def test_the_pipeline_is_one_in_which_the_job_runs(
    tmp_path: Path, rules: str, source: str, reference: str, protected: str
) -> None:
    root = laid(tmp_path, remote(GITLAB) | {".gitlab-ci.yml": pipeline(f"{TOKEN}\n  {rules}")})
    (role,) = roles(root, Path(".gitlab-ci.yml"))
    claims = CLAIMS["gitlab"](role.description, "pypi", 0)
    found = [claims[name] for name in ("pipeline_source", "ref_path", "ref_type", "ref_protected")]
    kind = "tag" if reference.startswith("refs/tags/") else "branch"
    assert found == [source, reference, kind, protected]


@pytest.mark.parametrize(
    ("workflow", "child", "source", "reference"),
    [
        pytest.param("", "stage: deploy", "parent_pipeline", "refs/tags/v1.0", id="a child"),
        pytest.param(
            "", "rules: [{if: $CI_COMMIT_BRANCH}]", "parent_pipeline", "refs/heads/main", id="a child for a branch"
        ),
        pytest.param(
            "workflow: {rules: [{if: $CI_MERGE_REQUEST_IID}]}",
            *("rules: [{when: on_success}]", "parent_pipeline", "refs/heads/topic"),
            id="a child for a merge request",
        ),
    ],
)
def test_a_child_pipeline_comes_of_its_parent(
    tmp_path: Path, workflow: str, child: str, source: str, reference: str
) -> None:
    files = {
        ".gitlab-ci.yml": "child:\n  trigger: {include: child.yml}\n",
        "child.yml": f"{workflow}\n" + pipeline(f"{TOKEN}\n  {child}"),
    }
    (role,) = roles(laid(tmp_path, remote(GITLAB) | files), Path(".gitlab-ci.yml"))
    assert (role.description.event, role.description.ref) == (source, reference)


@pytest.mark.parametrize(
    ("url", "file", "text", "told"),
    [
        pytest.param(
            GITHUB, RELEASE, workflow(GRANTED, on="release"), "jobs.publish on github (release of v1.0)", id="GitHub"
        ),
        pytest.param(
            GITLAB,
            ".gitlab-ci.yml",
            pipeline(f"{TOKEN}\n  only: [main]"),
            "publish on gitlab (push of main)",
            id="GitLab",
        ),
    ],
)
def test_it_is_told_what_starts_the_job(tmp_path: Path, url: str, file: str, text: str, told: str) -> None:
    root = laid(tmp_path, remote(url) | {file: text})
    ran = tpub("rehearse", "--workflow", file, str(dists.wheel(root / "dist")), folder=root)
    assert ran.err.startswith(f"rehearsing as {file}, {told}, at ")


def test_a_job_that_never_runs_is_played_and_told_of(tmp_path: Path) -> None:
    rules = "rules: [{if: $CI_COMMIT_TAG && $CI_COMMIT_BRANCH}]"
    root = laid(tmp_path, remote(GITLAB) | {".gitlab-ci.yml": pipeline(f"{TOKEN}\n  {rules}")})
    found = played(root, ".gitlab-ci.yml")
    (told,) = (each for each in found["diagnostics"] if each["severity"] == "warning")
    assert (found["exit_code"], told["code"], told["evidence"][0]["line"]) == (0, "gl-job-never-runs", 3)


def test_a_self_managed_gitlab_is_known_to_the_index(tmp_path: Path) -> None:
    root = laid(tmp_path, remote(SELF_MANAGED) | {".gitlab-ci.yml": pipeline(TOKEN)})
    found = played(root, ".gitlab-ci.yml")
    assert (found["exit_code"], found["identity"]["issuer"]) == (0, "https://gitlab.example.com")


def test_a_build_of_google_is_played(tmp_path: Path) -> None:
    step = f"{{name: python, env: [GOOGLE_SERVICE_ACCOUNT_NAME={ACCOUNT}], script: tpub upload}}"
    found = played(laid(tmp_path, {"cloudbuild.yml": f"steps: [{step}]\n"}), "cloudbuild.yml")
    assert (found["exit_code"], found["identity"]["claims"]["email"]) == (0, ACCOUNT)


@pytest.mark.parametrize(
    ("on", "event", "ref"),
    [
        pytest.param(TAGS, "push", "refs/tags/v1.0", id="tags"),
        pytest.param("{push: {tags: ['!v0*', 'release/[0-9]+.x']}}", "push", "refs/tags/release/01.0.x", id="patterns"),
        pytest.param("{push: {branches: [stable]}}", "push", "refs/heads/stable", id="a branch"),
        pytest.param("{push: {branches: [stable]}, release: {}}", "release", "refs/tags/v1.0", id="a release"),
        pytest.param("[pull_request, push]", "push", "refs/tags/v1.0", id="any push"),
        pytest.param("workflow_dispatch", "workflow_dispatch", "refs/heads/main", id="by hand"),
        pytest.param("pull_request", "pull_request", "refs/pull/1/merge", id="a pull request"),
        pytest.param("gollum", "push", "refs/tags/v1.0", id="something else"),
    ],
)
def test_what_starts_a_workflow(tmp_path: Path, on: str, event: str, ref: str) -> None:
    root = laid(tmp_path, remote(GITHUB) | {RELEASE: workflow(on=on)})
    (role,) = roles(root, Path(RELEASE))
    assert (role.description.event, role.description.ref) == (event, ref)


@pytest.mark.parametrize(
    ("on", "condition", "event", "ref"),
    [
        pytest.param(
            "{push: {tags: ['v*']}, release: {types: [published]}}",
            "github.event_name == 'release'",
            "release",
            "refs/tags/v1.0",
            id="another event than the likeliest",
        ),
        pytest.param(
            "[workflow_dispatch, schedule]",
            "${{ startsWith(github.ref, 'refs/tags/v') }}",
            "workflow_dispatch",
            "refs/tags/v1.0",
            id="a tag where a branch is likelier",
        ),
        pytest.param(
            "[push, pull_request_target]",
            "github.event_name == 'pull_request_target'",
            "pull_request_target",
            "refs/heads/main",
            id="one that the index refuses",
        ),
        pytest.param("[release, push]", "vars.PUBLISH == 'yes'", "release", "refs/tags/v1.0", id="nobody knows"),
        pytest.param("release", "github.event_name == 'push'", "release", "refs/tags/v1.0", id="never"),
    ],
)
def test_the_event_fits_the_condition(tmp_path: Path, on: str, condition: str, event: str, ref: str) -> None:
    job = f'if: "{condition}"\n    {GRANTED}'
    root = laid(tmp_path, remote(GITHUB) | {RELEASE: workflow(job, on=on)})
    (role,) = roles(root, Path(RELEASE))
    assert (role.description.event, role.description.ref) == (event, ref)


def test_a_job_that_never_runs_is_played_and_warned_of(tmp_path: Path) -> None:
    job = f"if: github.event_name == 'push'\n    {GRANTED}"
    found = played(laid(tmp_path, remote(GITHUB) | {RELEASE: workflow(job, on="release")}), RELEASE)
    told = [(each["code"], each["severity"]) for each in found["diagnostics"]]
    assert (found["exit_code"], told) == (0, [("gh-job-never-runs", "warning")])


@pytest.mark.parametrize(
    ("called", "calling", "codes"),
    [
        pytest.param(GRANTED, GRANTED, [], id="granted twice"),
        pytest.param("", GRANTED, [], id="taken over"),
        pytest.param(GRANTED, "permissions: {}", ["gh-caller-permission-missing"], id="the caller has less"),
        pytest.param("permissions: {}", GRANTED, ["gh-id-token-missing"], id="the called asks for less"),
    ],
)
def test_a_called_workflow_has_what_both_grant(tmp_path: Path, called: str, calling: str, codes: list[str]) -> None:
    caller = f"on: {TAGS}\njobs:\n  release:\n    uses: ./.github/workflows/called.yml\n    {calling}\n"
    files = {RELEASE: caller, ".github/workflows/called.yml": workflow(called, on="workflow_call")}
    found = played(laid(tmp_path, remote(GITHUB) | files), RELEASE)
    told = [each["code"] for each in found["diagnostics"] if each["severity"] == "error"]
    assert (found["exit_code"], told) == (4 if codes else 0, codes)


@pytest.mark.parametrize(
    ("files", "file", "codes"),
    [
        pytest.param(
            remote(GITHUB) | {RELEASE: workflow().replace("tpub upload", "sudo tpub upload")},
            RELEASE,
            {"gh-env-stripped": "error"},
            id="GitHub, under sudo",
        ),
        pytest.param(
            remote(GITLAB) | {".gitlab-ci.yml": pipeline(TOKEN).replace("tpub", "docker run i tpub")},
            ".gitlab-ci.yml",
            {"gl-env-stripped": "error"},
            id="GitLab, in a container",
        ),
        pytest.param(
            remote("https://github.corp.example/o/r") | {RELEASE: workflow()},
            RELEASE,
            {"issuer-unknown": "error"},
            id="GitHub Enterprise Server",
        ),
        pytest.param(
            remote(GITHUB) | {RELEASE: workflow().replace("tpub upload", "poetry publish")},
            RELEASE,
            {"tool-no-oidc": "warning"},
            id="a tool without trusted publishing",
        ),
        pytest.param(
            remote(GITHUB) | {RELEASE: workflow().replace("{run: tpub upload}", "{run: tpub upload --index X}")},
            RELEASE,
            {"index-url-slash": "error"},
            id="an upload address without its slash",
        ),
        pytest.param(
            remote(GITLAB)
            | {".gitlab-ci.yml": "child:\n  trigger: {include: ci/child.yml}\n", "ci/child.yml": pipeline(TOKEN)},
            ".gitlab-ci.yml",
            {},
            id="GitLab, in a child pipeline",
        ),
    ],
)
def test_what_the_file_shows_counts(tmp_path: Path, files: dict[str, str], file: str, codes: dict[str, str]) -> None:
    files = {name: text.replace("--index X", f"--index {PYPI.upload_url[:-1]}") for name, text in files.items()}
    found = played(laid(tmp_path, files), file)
    told = {each["code"]: each["severity"] for each in found["diagnostics"]}
    fails = "error" in codes.values()
    assert (found["exit_code"], told) == (4 if fails else 0, codes)
    assert [each["status"] for each in found["uploads"]] == ["unsent" if fails else "uploaded"]


def test_every_publishing_job_is_played_until_one_fails(tmp_path: Path) -> None:
    jobs = """
on: push
jobs:
  first:
    runs-on: x
    permissions: {id-token: write}
    steps: [{run: tpub upload --index testpypi}]
  second:
    runs-on: x
    steps: [{run: tpub upload}]
  third:
    runs-on: x
    steps: [{run: tpub upload}]
"""
    root = laid(tmp_path, remote(GITHUB) | {RELEASE: jobs})
    ran = tpub("rehearse", "--workflow", RELEASE, str(dists.wheel(root / "dist")), folder=root)
    begun = [line for line in ran.err.splitlines() if line.startswith("rehearsing")]
    assert (ran.code, [line.partition(" on ")[0] for line in begun]) == (
        4,
        [f"rehearsing as {RELEASE}, jobs.first", f"rehearsing as {RELEASE}, jobs.second"],
    )


@pytest.mark.parametrize(
    ("files", "file", "codes"),
    [
        pytest.param(remote(GITHUB) | {RELEASE: workflow().replace("upload", BOTH)}, RELEASE, [], id="GitHub"),
        pytest.param(
            remote(GITLAB)
            | {
                ".gitlab-ci.yml": pipeline(TOKEN[:-1] + ", TESTPYPI_ID_TOKEN: {aud: testpypi}}").replace("upload", BOTH)
            },
            ".gitlab-ci.yml",
            [],
            id="GitLab, a token for each",
        ),
        pytest.param(
            remote(GITLAB) | {".gitlab-ci.yml": pipeline(TOKEN).replace("upload", BOTH)},
            ".gitlab-ci.yml",
            ["gl-id-token-name"],
            id="GitLab, a token for one",
        ),
    ],
)
def test_a_job_with_several_indexes_is_played_for_each(
    tmp_path: Path, files: dict[str, str], file: str, codes: list[str]
) -> None:
    root = laid(tmp_path, files)
    ran = tpub("rehearse", "--workflow", file, str(dists.wheel(root / "dist")), folder=root)
    begun = [line for line in ran.err.splitlines() if line.startswith("rehearsing")]
    assert (ran.code, len(begun)) == ((4, 1) if codes else (0, 2))
    assert [code for code in codes if f"[{code}]" not in ran.err] == []


@pytest.mark.parametrize(
    ("files", "file", "code"),
    [
        pytest.param({}, RELEASE, "workflow-absent", id="no such file"),
        pytest.param({RELEASE: workflow()}, "../outside.yml", "workflow-absent", id="outside"),
        pytest.param({RELEASE: workflow()}, RELEASE, "publisher-undetermined", id="no remote"),
        pytest.param(
            remote(GITHUB) | {".gitlab-ci.yml": pipeline(TOKEN)},
            ".gitlab-ci.yml",
            "publisher-undetermined",
            id="GitLab's, from GitHub",
        ),
        pytest.param(
            remote(GITLAB) | {RELEASE: workflow()}, RELEASE, "publisher-undetermined", id="GitHub's, from GitLab"
        ),
        pytest.param(
            remote(GITHUB) | {RELEASE: "on: push\njobs: {}\n"}, RELEASE, "publishing-job-missing", id="no job"
        ),
        pytest.param(
            remote(GITHUB) | {RELEASE: workflow("env: {TPUB_TOKEN: x}")},
            RELEASE,
            "publishing-job-missing",
            id="a token",
        ),
        pytest.param(remote(GITLAB) | {"x.yml": "a: [\n"}, "x.yml", "publishing-job-missing", id="a broken file"),
        pytest.param({"cloudbuild.yaml": "steps: []\n"}, "cloudbuild.yaml", "publishing-job-missing", id="no step"),
    ],
)
def test_nothing_to_play(tmp_path: Path, files: dict[str, str], file: str, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        roles(laid(tmp_path, files), Path(file))
    assert caught.value.diagnostic.code == code


@pytest.mark.parametrize(
    ("file", "platform", "providers"),
    [
        pytest.param("release.yml", "google", ["google"], id="a build of another name"),
        pytest.param("release.yml", None, [], id="a pipeline unless told otherwise"),
        pytest.param("release.yml", "activestate", [], id="a platform without files"),
    ],
)
def test_the_platform_of_a_file_can_be_told(
    tmp_path: Path, file: str, platform: str | None, providers: list[str]
) -> None:
    text = f"serviceAccount: projects/p/serviceAccounts/{ACCOUNT}\nsteps: [{{name: x, script: tpub upload}}]\n"
    root = laid(tmp_path, remote(GITHUB) | {file: text})
    try:
        found = [role.description.provider for role in roles(root, Path(file), platform)]
    except ConfigError:
        found = []
    assert found == providers


@pytest.mark.parametrize(
    ("origin", "declared", "file", "text"),
    [
        pytest.param(
            GITHUB,
            DECLARED_GITLAB,
            ".gitlab-ci.yml",
            pipeline(f"{TOKEN}\n  environment: pypi"),
            id="GitLab's, from GitHub",
        ),
        pytest.param(
            GITLAB,
            DECLARED_GITHUB,
            RELEASE,
            workflow(f"{GRANTED}\n    environment: pypi"),
            id="GitHub's, from GitLab",
        ),
    ],
)
def test_a_mirror_is_played_as_it_is_declared(tmp_path: Path, origin: str, declared: str, file: str, text: str) -> None:
    root = laid(tmp_path, remote(origin) | {"pyproject.toml": declared, file: text})
    found = played(root, file)
    assert (found["exit_code"], [each["code"] for each in found["diagnostics"]]) == (0, [])
