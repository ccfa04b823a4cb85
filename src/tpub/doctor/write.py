"""Puts files in the place of others: each whole, with its permissions, inside of the checkout, and over nothing new."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tpub.errors import ConfigError

if TYPE_CHECKING:
    from tpub.doctor.mend import Mend


def write(root: Path, made: Iterable[Mend]) -> None:
    """Write the files of the checkout at `root` as they are afterwards, or none of them.

    Raises `ConfigError` for one that cannot be written, that a symbolic link leads out of the checkout, or that was
    changed since it was read: somebody looks at a mend before it is written, and may edit meanwhile.
    """
    drafts: dict[Path, Path] = {}
    try:
        for mend in made:
            with _told(root / mend.path):
                target = _target(root, mend.path)
                _compare(target, mend)
                target.parent.mkdir(parents=True, exist_ok=True)
                draft = target.with_name(f".{target.name}.{os.getpid()}.tpub")
                drafts[target] = draft
                _draft(draft, target, mend.after.encode("utf-8"))
        for target, draft in drafts.items():
            with _told(target):
                draft.replace(target)
    finally:
        for draft in drafts.values():
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def _target(root: Path, path: str) -> Path:
    """Return the file itself, where the path may be a link to it."""
    target = (root / path).resolve()
    if not target.is_relative_to(root.resolve()):
        raise ConfigError(
            "file-unwritable",
            f"{root / path} cannot be written: a link leads out of the checkout",
            hint="Check who may write there, and what is in its way.",
        )
    return target


def _compare(target: Path, mend: Mend) -> None:
    now = target.read_bytes().decode("utf-8", "replace") if target.is_file() else ""
    if now != mend.before:
        raise ConfigError(
            "file-edited",
            f"{mend.path} was changed after it had been read: nothing was written",
            hint="Run the same again: what is to be written is then made from what the file says now.",
        )


def _draft(draft: Path, target: Path, content: bytes) -> None:
    """Write the content beside the target, with its permissions and its owner."""
    exists = target.exists()
    if exists and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    draft.unlink(missing_ok=True)  # of a process that was killed
    with draft.open("xb") as file:
        file.write(content)
    if exists:
        shutil.copymode(target, draft)
        if hasattr(os, "chown"):
            with suppress(OSError):
                os.chown(draft, target.stat().st_uid, target.stat().st_gid)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say which file it is that cannot be written."""
    try:
        yield
    except OSError as exc:
        raise ConfigError(
            "file-unwritable",
            f"{path} cannot be written: {exc.strerror}",
            hint="Check who may write there, and what is in its way.",
        ) from exc
