"""Where a checkout comes from: its remote `origin`, read from git's own configuration without asking git."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_SECTION = re.compile(r"\[remote \"(?P<name>[^\"]*)\"\]")
_URL = re.compile(r"url\s*=\s*(?P<url>\S+)")
# `https://HOST/PATH`, `ssh://git@HOST:PORT/PATH` and git's own `git@HOST:PATH`.
_PLACE = re.compile(r"(?:\w+://(?:[^@/]*@)?(?P<host>[^/:]+)(?::\d+)?/|(?:[^@/]*@)?(?P<scp>[^/:]+):)(?P<path>[^\s?#]+)")


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository: its host in lower case, and its path there, without `.git`."""

    host: str
    path: str


def remote(root: Path) -> Remote | None:
    """Return where the checkout at `root` comes from; None if that is not known."""
    section = ""
    for line in _configuration(root).splitlines():
        text = line.strip()
        if (begun := _SECTION.fullmatch(text)) is not None:
            section = begun["name"]
        elif text.startswith("["):
            section = ""
        elif section == "origin" and (found := _URL.fullmatch(text)) is not None:
            return parse(found["url"])
    return None


def parse(url: str) -> Remote | None:
    """Return what a remote's URL says; None for a folder on this machine and whatever else is no place."""
    found = _PLACE.fullmatch(url)
    if found is None or url.startswith("file:"):
        return None
    path = found["path"].strip("/").removesuffix(".git")
    return Remote((found["host"] or found["scp"]).lower(), path) if "/" in path else None


def git_folder(root: Path) -> Path:
    """Return where git keeps what it knows of the checkout at `root`; of a linked worktree, the repository's place.

    It need not be there. Raises `OSError` or `ValueError` if what should tell cannot be read.
    """
    folder = root / ".git"
    if folder.is_file():
        folder = root / folder.read_text("utf-8").removeprefix("gitdir:").strip()
        common = folder / "commondir"
        folder = folder / common.read_text("utf-8").strip() if common.is_file() else folder
    return folder


def top_above(root: Path) -> Path | None:
    """Return the top of the checkout that the folder is a part of; None if it is the top itself, or part of none."""
    if (root / ".git").exists():
        return None
    return next((folder for folder in root.resolve().parents if (folder / ".git").exists()), None)


def _configuration(root: Path) -> str:
    """Return the text of git's configuration."""
    try:
        return (git_folder(root) / "config").read_text("utf-8", "replace")
    except (OSError, ValueError):
        return ""
