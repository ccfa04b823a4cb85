"""Where the examples of the documentation are run: a folder, a shell, and an index that stands for all others."""

from __future__ import annotations

import os
import random
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from support import dists
from support.checkouts import laid
from support.processes import environment
from tpub.cli.app import App
from tpub.cli.main import connect, run
from tpub.clock import Clock
from tpub.http import Body, Http
from tpub.rehearsal import JobDescription, RehearsalIndex
from tpub.rehearsal.store import UserToken
from tpub.reply import Reply
from tpub.secret import Secret

BASH = shutil.which("bash") if sys.platform != "win32" else None  # there, it is often that of WSL: another machine
_HERE = Path(__file__).parents[1]
_INDEX = "SANDBOX_INDEX"

UNPERMITTED = """\
on:
  push:
    tags: ["v*"]
permissions: {}
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: pypi
    steps:
      - uses: actions/download-artifact@v8
        with: {name: dist, path: dist/}
      - run: pip install tpub
      - run: tpub upload
"""
PERMITTED = UNPERMITTED.replace("permissions: {}\n", "").replace(
    "    environment: pypi\n", "    environment: pypi\n    permissions:\n      id-token: write\n"
)
# What examples call besides tpub, and what it is not about: these do nothing here.
_OTHER_PROGRAMS = ("pip", "python", "uv", "twine", "git", "glab", "gh", "pipx", "uvx")


def sandbox(root: Path) -> Path:
    """Lay out a release in dist/, a wheel that PyPI refuses in other/, and a checkout that lacks a permission."""
    dists.wheel(root / "dist")
    dists.sdist(root / "dist")
    dists.wheel(root / "other", tag="cp313-cp313-linux_x86_64")
    own = {".github/workflows/release.yml": PERMITTED, "pyproject.toml": '[project]\nname = "sampleproject"\n'}
    laid(root, own | {"checkout/.github/workflows/release.yml": UNPERMITTED, "checkout/pyproject.toml": ""})
    laid(root, {".git/HEAD": "ref: refs/heads/main\n", ".git/config": _REMOTE})
    return root


_REMOTE = '[remote "origin"]\n\turl = https://github.com/octo-org/sampleproject.git\n'


class Elsewhere(Http):
    """A network in which every index is the embedded one."""

    def __init__(self, env: Mapping[str, str], there: str) -> None:
        super().__init__(env)
        self._place = urlsplit(there)

    def _led(self, url: str) -> str:
        return urlunsplit(urlsplit(url)._replace(scheme=self._place.scheme, netloc=self._place.netloc))

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        authorization: Secret | None = None,
    ) -> Reply:
        return super().get(self._led(url), params=params, headers=headers, authorization=authorization)

    def post_json(
        self, url: str, document: Mapping[str, Secret | str | bool], *, authorization: Secret | None = None
    ) -> Reply:
        return super().post_json(self._led(url), document, authorization=authorization)

    def post_body(self, url: str, body: Body, *, headers: Mapping[str, str], authorization: Secret) -> Reply:
        return super().post_body(self._led(url), body, headers=headers, authorization=authorization)


def main() -> None:
    """Be the `tpub` of the sandbox: the program as it is, but for where the network leads."""
    env = dict(os.environ)  # noqa: TID251  (the program's)
    there = env.pop(_INDEX)
    clock = Clock(time.time, time.monotonic, lambda seconds: time.sleep(seconds / 100), random.random)
    app = App(
        env,
        sys.stdout,
        sys.stderr,
        clock,
        # A rehearsal's index is a real one: it opens the door with an empty environment.
        lambda given: Elsewhere(given, there) if given else connect(given),
        sys.stdin.buffer,
    )
    sys.exit(run(sys.argv[1:], app))


@dataclass(frozen=True)
class Shell:
    """A shell in the sandbox, in a job on GitHub that the index trusts."""

    folder: Path
    index: RehearsalIndex

    @classmethod
    def opened(cls, folder: Path, index: RehearsalIndex) -> Shell:
        """Lay out the sandbox and the programs that its examples call."""
        index.store.tokens["..."] = UserToken()  # as examples write a token
        index.put(dists.wheel(folder / "old", version="0.9"))
        programs = folder / ".programs"
        programs.mkdir(parents=True)
        words = [sys.executable, "-c", "from support.sandbox import main; main()"]
        texts = {"tpub": f'exec {shlex.join(words)} "$@"', **dict.fromkeys(_OTHER_PROGRAMS, "exit 0")}
        for name, text in texts.items():
            (programs / name).write_text(f"#!/bin/sh\n{text}\n")
            (programs / name).chmod(0o755)
        return cls(sandbox(folder), index)

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script, until the first of its commands that fails."""
        job = self.index.job(JobDescription("github", environment="pypi"))
        self.index.trust(job.publisher, "sampleproject")
        env = environment(job.env)
        env["PATH"] = os.pathsep.join([str(self.folder / ".programs"), env["PATH"]])
        env |= {"PYTHONPATH": str(_HERE), _INDEX: self.index.url, "HOME": str(self.folder)}
        env |= {"GITHUB_ENV": str(self.folder / "env"), "GITHUB_OUTPUT": str(self.folder / "output")}
        return subprocess.run(  # noqa: S603
            [str(BASH), "-euo", "pipefail", "-c", script],
            env=env,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
