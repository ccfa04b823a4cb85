"""Evidence for causes: a checkout of a few files, and what else a case is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from support.checkouts import laid
from tpub.diagnostic import Line, Severity
from tpub.doctor.diagnose import diagnose
from tpub.doctor.evidence import Evidence
from tpub.doctor.gather import Sources, of_files

NOW = 1_800_000_000.0
RELEASE = ".github/workflows/release.yml"
CI = ".gitlab-ci.yml"
GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "octo-org/sample",
    "GITHUB_WORKFLOW_REF": "octo-org/sample/.github/workflows/release.yml@refs/tags/v1",
    "GITHUB_JOB": "publish",
    "GITHUB_EVENT_NAME": "push",
}
IDENTITY = {"ACTIONS_ID_TOKEN_REQUEST_URL": "https://x", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "y"}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_SERVER_URL": "https://gitlab.com",
    "CI_SERVER_VERSION": "18.6.0",
    "CI_PROJECT_PATH": "group/sample",
    "CI_JOB_NAME": "publish",
}
GITHUB_CLAIMS = {
    "iss": "https://token.actions.githubusercontent.com",
    "aud": "pypi",
    "repository": "octo-org/sample",
    "repository_owner": "octo-org",
    "repository_owner_id": "7",
    "job_workflow_ref": "octo-org/sample/.github/workflows/release.yml@refs/tags/v1",
    "workflow_ref": "octo-org/sample/.github/workflows/release.yml@refs/tags/v1",
    "event_name": "push",
    "iat": NOW - 5,
    "nbf": NOW - 5,
    "exp": NOW + 300,
}
GITLAB_CLAIMS = {
    "iss": "https://gitlab.com",
    "aud": "pypi",
    "project_path": "group/sample",
    "ci_config_ref_uri": "gitlab.com/group/sample//.gitlab-ci.yml@refs/tags/v1",
    "sub": "project_path:group/sample:ref_type:tag:ref:v1",
    "iat": NOW - 5,
    "exp": NOW + 300,
}


def of(root: Path, files: Mapping[str, str], env: Mapping[str, str] | None = None, **parts: object) -> Evidence:
    """Return the evidence that `files` and `env` give, with other parts as they are given."""
    found = of_files(Sources(laid(root, files), env or {}, NOW))
    return replace(found, **parts)  # type: ignore[arg-type]


def told(evidence: Evidence) -> list[tuple[str, str]]:
    """Return what is diagnosed, notes apart: code and key of the first line, empty if there is none."""
    return [
        (each.code, next((item.key for item in each.evidence if isinstance(item, Line)), ""))
        for each in diagnose(evidence)
        if each.severity is not Severity.NOTE
    ]


def github(publish: str, *, on: str = "on: {push: {tags: [v*]}}", top: str = "", build: str = "") -> str:
    """Return a workflow that builds in one job and publishes in another; `publish` is the rest of the latter."""
    return f"""\
name: release
{on}
{top}jobs:
  build:
    runs-on: ubuntu-latest
{build}    steps:
      - uses: actions/checkout@v5
      - run: python -m build
  publish:
    needs: build
    runs-on: ubuntu-latest
{publish}"""


UPLOAD = """\
    steps:
      - uses: actions/download-artifact@v4
        with: {name: dist, path: dist/}
      - run: tpub upload dist/*
"""
GRANTED = "    permissions:\n      id-token: write\n"
ACTION = """\
    steps:
      - uses: actions/download-artifact@v4
        with: {name: dist, path: dist/}
      - uses: pypa/gh-action-pypi-publish@release/v1
"""
