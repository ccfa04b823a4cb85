"""Sample repositories for `tpub init`: backends, platforms, and what is there already."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from support import backends, dists
from support.checkouts import laid

GITHUB = "git@github.com:octo-org/sampleproject.git"
GITLAB = "https://gitlab.com/octo-group/sub/sampleproject.git"
SELF_MANAGED = "ssh://git@gitlab.example.com:2222/octo-group/sampleproject.git"
ACCOUNT = "publisher@octo-project.iam.gserviceaccount.com"

TESTS = """\
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps: [{run: pytest}]
"""
STORED = """\
name: Publish
on:
  release:
    types: [published]
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pipx run build
      - run: pipx run twine upload dist/*
        env:
          TWINE_USERNAME: __token__
          TWINE_PASSWORD: ${{ secrets.PYPI_TOKEN }}
"""
TESTED_AND_STORED = """\
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps: [{run: pytest}]
  publish:
    needs: test
    runs-on: ubuntu-latest
    steps:
      - uses: pypa/gh-action-pypi-publish@release/v1
        with: {password: "${{ secrets.PYPI_TOKEN }}"}
"""
PIPELINE = """\
# The project's own.
image: python:3.9

stages:
  - lint
  - test
  - release

test:
  stage: test
  script: [pytest]
"""
INCLUDING = """\
include:
  - local: ci/lint.yml

test:
  script: [pytest]
"""
IMAGE = """\
steps:
  - name: gcr.io/cloud-builders/docker
    args: [build, -t, app, .]
"""


@dataclass(frozen=True)
class Sample:
    """A repository, and how `tpub init` is called there; `starts` is the file that the CI starts with.

    `backend` is one that really builds here; without it, `system` is what stands in [build-system], `tag` the wheel's.
    """

    name: str
    remote: str
    starts: str
    backend: str = ""
    system: str = ""
    tag: str = "py3-none-any"
    tool: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()

    @property
    def argv(self) -> tuple[str, ...]:
        """Return the command line; where a file is there that changes, it is agreed to."""
        return ("init", *self.options)

    def laid(self, root: Path, built: Path) -> Path:
        """Make the repository with its distributions, and return it; a backend builds once, in `built`."""
        if self.backend:
            source = built / f"built_by_{self.backend}"
            if not source.exists():
                backends.build(built, self.backend)
            shutil.copytree(source, root, dirs_exist_ok=True)
        else:
            dists.wheel(root / "dist", tag=self.tag)
            dists.sdist(root / "dist")
            project = '\n[project]\nname = "sampleproject"\nversion = "1.0"\n'
            laid(root, {"pyproject.toml": f"[build-system]\n{self.system}\n{project}"})
        with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(self.tool)
        return laid(root, {".git/config": f'[remote "origin"]\n\turl = {self.remote}\n', **self.files})


RELEASE = ".github/workflows/release.yml"
_LINUX = "cp313-cp313-manylinux_2_28_x86_64"
SAMPLES = (
    Sample("github-hatchling", GITHUB, RELEASE, "hatchling"),
    Sample("github-setuptools-tested", GITHUB, RELEASE, "setuptools", files={".github/workflows/test.yml": TESTS}),
    Sample(
        "github-flit-with-stored-token",
        GITHUB,
        ".github/workflows/publish.yml",
        "flit",
        files={".github/workflows/publish.yml": STORED},
        options=("--yes",),
    ),
    Sample(
        "github-pdm-publishing-among-tests",
        GITHUB,
        RELEASE,
        "pdm",
        files={".github/workflows/ci.yml": TESTED_AND_STORED},
        options=("--testpypi",),
    ),
    Sample(
        "github-poetry-declared",
        GITHUB,
        ".github/workflows/pypi.yaml",
        "poetry",
        tool='\n[tool.tpub.publisher]\nprovider = "github"\nowner = "octo-org"\nrepository = "sampleproject"\n'
        'workflow_filename = "pypi.yaml"\nenvironment = "release"\n',
    ),
    Sample(
        "github-hatch-vcs-without-environment",
        GITHUB,
        RELEASE,
        system='requires = ["hatchling", "hatch-vcs"]\nbuild-backend = "hatchling.build"',
        options=("--environment", "", "--index", "testpypi"),
    ),
    Sample(
        "github-maturin",
        GITHUB,
        RELEASE,
        system='requires = ["maturin>=1"]\nbuild-backend = "maturin"',
        tag=_LINUX,
    ),
    Sample(
        "github-scikit-build-core",
        GITHUB,
        RELEASE,
        system='requires = ["scikit-build-core", "pybind11"]\nbuild-backend = "scikit_build_core.build"',
        tag=_LINUX,
        options=("--testpypi",),
    ),
    Sample("gitlab-poetry", GITLAB, ".gitlab-ci.yml", "poetry"),
    Sample(
        "gitlab-setuptools-with-stages",
        GITLAB,
        ".gitlab-ci.yml",
        "setuptools",
        files={".gitlab-ci.yml": PIPELINE},
        options=("--yes",),
    ),
    Sample(
        "gitlab-hatchling-self-managed-including",
        SELF_MANAGED,
        ".gitlab-ci.yml",
        "hatchling",
        files={".gitlab-ci.yml": INCLUDING, "ci/lint.yml": "lint:\n  script: [ruff check]\n"},
        options=("--testpypi", "--yes"),
    ),
    Sample(
        "gitlab-meson-python",
        GITLAB,
        ".gitlab-ci.yml",
        system='requires = ["meson-python"]\nbuild-backend = "mesonpy"',
        tag=_LINUX,
        options=("--environment", "release"),
    ),
    Sample(
        "google-flit",
        GITHUB,
        "cloudbuild.yaml",
        "flit",
        options=("--platform", "google", "--service-account", ACCOUNT),
    ),
    Sample(
        "google-pdm-declared-beside-an-image",
        GITLAB,
        "cloudbuild-release.yaml",
        "pdm",
        tool=f'\n[tool.tpub.publisher]\nprovider = "google"\nemail = "{ACCOUNT}"\n',
        files={"cloudbuild.yaml": IMAGE},
        options=("--testpypi",),
    ),
)
