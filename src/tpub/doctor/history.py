"""What git tells of the checkout: asked only when a cause wants to know."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

_TIMEOUT = 5.0  # seconds: an explanation is not worth waiting for longer
_VERSIONS = 20  # of a file: whoever changed it longer ago has published since
_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")
# What a checkout's own configuration could make git run.
_TAME = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-pager")


class History(Protocol):
    """The past of a checkout, as far as it is known."""

    def head(self) -> str:
        """Return the commit that is checked out; empty if that is not known."""

    def remote(self) -> str:
        """Return the URL of the remote `origin`; empty if there is none."""

    def former_name(self, path: str) -> str:
        """Return the file name that `path` had before its last renaming; empty if it had none."""

    def changes(self, path: str) -> tuple[str, ...]:
        """Return the commits that changed a file, the latest first."""

    def text_at(self, commit: str, path: str) -> str | None:
        """Return a file as of a commit, or None if it is not to be had."""


@dataclass(frozen=True, slots=True)
class NoHistory:
    """The past of what is no checkout."""

    def head(self) -> str:
        """Return nothing."""
        return ""

    def remote(self) -> str:
        """Return nothing."""
        return ""

    def former_name(self, path: str) -> str:
        """Return nothing."""
        del path
        return ""

    def changes(self, path: str) -> tuple[str, ...]:
        """Return nothing."""
        del path
        return ()

    def text_at(self, commit: str, path: str) -> str | None:
        """Return nothing."""
        del commit, path
        return None


@dataclass(frozen=True, slots=True)
class GitHistory:
    """The past of a git checkout; `env` is what git runs with."""

    root: Path
    env: Mapping[str, str] = field(repr=False)

    def head(self) -> str:
        """Return the commit that is checked out."""
        return (self._git(["rev-parse", "HEAD"]) or "").strip()

    def remote(self) -> str:
        """Return the URL of the remote `origin`."""
        return (self._git(["config", "--get", "remote.origin.url"]) or "").strip()

    def former_name(self, path: str) -> str:
        """Return the file name that `path` had before its last renaming."""
        log = ["log", "-n", "200", "-M", "--diff-filter=R", "--name-status", "--format=", "--", str(Path(path).parent)]
        for line in (self._git(log) or "").splitlines():
            _, _, names = line.partition("\t")
            before, _, after = names.partition("\t")
            if after == path:
                return before.rpartition("/")[2]
        return ""

    def changes(self, path: str) -> tuple[str, ...]:
        """Return the commits that changed a file, the latest first."""
        return tuple((self._git(["log", "-n", str(_VERSIONS), "--format=%H", "--", path]) or "").split())

    def text_at(self, commit: str, path: str) -> str | None:
        """Return a file as of a commit."""
        if _COMMIT.fullmatch(commit) is None:
            return None
        return self._git(["show", "--no-textconv", "--no-ext-diff", f"{commit}:{path}"])

    def _git(self, words: Sequence[str]) -> str | None:
        git = shutil.which("git", path=self.env.get("PATH"))
        if git is None:
            return None
        try:
            done = subprocess.run(  # noqa: S603  (no shell, and the words are ours)
                [git, *_TAME, *words],
                cwd=self.root,
                env=dict(self.env),
                capture_output=True,
                check=False,
                timeout=_TIMEOUT,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout.decode("utf-8", errors="replace") if done.returncode == 0 else None
