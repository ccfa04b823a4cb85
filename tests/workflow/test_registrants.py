from __future__ import annotations

from pathlib import Path

import pytest

from support.checkouts import laid
from tpub.identity.publisher import GitHubPublisher, GitLabPublisher, GooglePublisher
from tpub.workflow.registrants import Registrant, registrants

ORIGIN = '[remote "origin"]\nurl = git@{}.git\n'
GITHUB = ORIGIN.format("github.com:octo-org/sampleproject")
GITLAB = ORIGIN.format("gitlab.com:octo-group/sub/sampleproject")
WORKFLOW = """
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps: [{{run: pytest}}]
  publish:
    runs-on: ubuntu-latest
    {environment}
    steps: [{{run: tpub upload {options} dist/*}}]
"""
PIPELINE = """
publish:
  environment: {environment}
  script: [tpub upload]
"""
BUILD = "steps: [{id: send, env: [GOOGLE_SERVICE_ACCOUNT_NAME=a@b], script: tpub upload}]\n"
RELEASE = ".github/workflows/release.yml"
IN_RELEASE = f"{RELEASE}, jobs.publish"
JOB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "octo-org/sampleproject",
    "GITHUB_WORKFLOW_REF": f"octo-org/sampleproject/{RELEASE}@refs/tags/v1",
    "GITHUB_JOB": "publish",
}


def workflow(environment: str = "", options: str = "") -> str:
    return WORKFLOW.format(environment=environment, options=options)


def github(environment: str = "", file: str = "release.yml", job: str = IN_RELEASE) -> Registrant:
    return Registrant(GitHubPublisher("octo-org", "sampleproject", file, environment), job)


def gitlab(environment: str = "", issuer: str = "https://gitlab.com") -> Registrant:
    publisher = GitLabPublisher("octo-group/sub", "sampleproject", ".gitlab-ci.yml", environment, issuer)
    return Registrant(publisher, ".gitlab-ci.yml, publish")


def google() -> Registrant:
    return Registrant(GooglePublisher("a@b"), "cloudbuild.yaml, send")


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param({".git/config": GITHUB, RELEASE: workflow()}, [github()], id="GitHub"),
        pytest.param(
            {".git/config": GITHUB, RELEASE: workflow("environment: pypi")}, [github("pypi")], id="with environment"
        ),
        pytest.param(
            {".git/config": GITHUB, RELEASE: workflow("environment: {name: pypi, url: 'https://x.example'}")},
            [github("pypi")],
            id="with the environment's address",
        ),
        pytest.param(
            {".git/config": GITHUB, RELEASE: workflow("environment: ${{ inputs.where }}")},
            [github()],
            id="environment that depends on the run",
        ),
        pytest.param(
            {
                ".git/config": GITHUB,
                RELEASE: workflow(),
                ".github/workflows/try.yml": workflow(options="--index testpypi"),
            },
            [github()],
            id="the job for the other index is another's",
        ),
        pytest.param(
            {".git/config": GITHUB, RELEASE: workflow(options="--index testpypi")}, [github()], id="no job for this one"
        ),
        pytest.param(
            {".git/config": GITHUB, RELEASE: workflow(options="--token ${{ secrets.TOKEN }}")}, [], id="a stored token"
        ),
        pytest.param({".git/config": GITHUB, RELEASE: "on: push\njobs: {}\n"}, [], id="nobody publishes"),
        pytest.param({RELEASE: workflow()}, [], id="no remote"),
        pytest.param({".git/config": GITLAB, ".gitlab-ci.yml": PIPELINE.format(environment="null")}, [gitlab()],
                     id="GitLab"),
        pytest.param({".git/config": GITLAB, ".gitlab-ci.yml": PIPELINE.format(environment="release")},
                     [gitlab("release")], id="GitLab with environment"),
        pytest.param(
            {
                ".git/config": GITLAB,
                ".gitlab-ci.yml": "variables: {TO: pypi}\n" + PIPELINE.format(environment="release/$TO"),
            },
            [gitlab("release/pypi")],
            id="GitLab with an environment that a variable tells",
        ),
        pytest.param({".git/config": GITLAB, ".gitlab-ci.yml": PIPELINE.format(environment="review/$CI_JOB_ID")},
                     [gitlab()], id="GitLab with an environment that depends on the run"),
        pytest.param({".git/config": GITLAB.replace("gitlab.com", "git.corp.example"),
                      ".gitlab-ci.yml": PIPELINE.format(environment="null")},
                     [gitlab(issuer="https://git.corp.example")], id="self-managed GitLab"),
        pytest.param({".git/config": GITLAB, ".gitlab-ci.yml": "a: {trigger: {include: ci/x.yml}}\n",
                      "ci/x.yml": PIPELINE.format(environment="release")},
                     [Registrant(gitlab("release").publisher, "ci/x.yml, publish")], id="GitLab, child pipeline"),
        pytest.param({"cloudbuild.yaml": BUILD}, [google()], id="Google, wherever the checkout is from"),
        pytest.param({"cloudbuild.yaml": BUILD, ".git/config": GITHUB, RELEASE: workflow()}, [google(), github()],
                     id="Google beside GitHub"),
        pytest.param({"cloudbuild.yaml": BUILD.replace("a@b", "a@$PROJECT_ID")}, [], id="Google, account not told"),
    ],
)  # fmt: skip
def test_what_a_checkout_tells(tmp_path: Path, files: dict[str, str], found: list[Registrant]) -> None:
    assert list(registrants(laid(tmp_path, files), {}, "pypi")) == found


@pytest.mark.parametrize(
    ("env", "files", "found"),
    [
        pytest.param(JOB, {}, [github()], id="GitHub without checkout"),
        pytest.param(JOB, {RELEASE: workflow("environment: pypi")}, [github("pypi")], id="GitHub, environment"),
        pytest.param(
            JOB | {"GITHUB_JOB": "test"},
            {RELEASE: workflow("environment: pypi")},
            [github(job=f"{RELEASE}, jobs.test")],
            id="GitHub, another job",
        ),
        pytest.param(JOB | {"GITHUB_WORKFLOW_REF": ""}, {}, [], id="GitHub, variables missing"),
        pytest.param(
            {
                "GITLAB_CI": "true",
                "CI_PROJECT_PATH": "octo-group/sub/sampleproject",
                "CI_CONFIG_PATH": ".gitlab-ci.yml",
                "CI_SERVER_URL": "https://gitlab.com",
                "CI_ENVIRONMENT_NAME": "release",
                "CI_JOB_NAME": "publish",
            },
            {".git/config": GITHUB},
            [gitlab("release")],
            id="GitLab",
        ),
        pytest.param({"GITLAB_CI": "true"}, {}, [], id="GitLab, variables missing"),
        pytest.param(
            {"GOOGLE_SERVICE_ACCOUNT_NAME": "a@b"},
            {},
            [Registrant(GooglePublisher("a@b"), "$GOOGLE_SERVICE_ACCOUNT_NAME")],
            id="Google",
        ),
    ],
)
def test_what_a_job_tells(tmp_path: Path, env: dict[str, str], files: dict[str, str], found: list[Registrant]) -> None:
    assert list(registrants(laid(tmp_path, files), env, "pypi")) == found
