"""Which files a command is about."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path

from tpub.errors import ConfigError

DEFAULT = ("dist/*",)
_SIDECARS = (".attestation", ".asc", ".sig")  # they belong to a distribution and are none themselves


def collect(patterns: Sequence[str], default: Sequence[str] = DEFAULT) -> tuple[Path, ...]:
    """Return the files that `patterns` (paths, or globs that the shell left alone) name, each once, in order.

    Without any, it is `default` that counts. Raises `ConfigError` if a pattern matches nothing.
    """
    found = dict.fromkeys(path for pattern in patterns or default for path in _expand(pattern))
    paths = tuple(path for path in found if not path.name.endswith(_SIDECARS))
    if not paths:
        raise _nothing(" ".join(patterns or default))
    return paths


def _expand(pattern: str) -> list[Path]:
    if Path(pattern).is_file():
        return [Path(pattern)]
    matches = [Path(p) for p in sorted(glob.glob(pattern)) if Path(p).is_file()]  # noqa: PTH207  (patterns may be absolute)
    if not matches:
        raise _nothing(pattern)
    return matches


def _nothing(pattern: str) -> ConfigError:
    return ConfigError(
        "no-distributions",
        f"there is no file to publish at `{pattern}`",
        hint="Build first (`python -m build`), or name the files; in CI, check that the artifacts were downloaded here.",
    )

