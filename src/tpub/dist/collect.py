"""Which files a command is about."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from tpub.errors import ConfigError

DEFAULT = ("dist/*",)
_SIDECARS = (".attestation", ".asc", ".sig")  # they belong to a distribution and are none themselves


def collect(patterns: Sequence[str], default: Sequence[str] = DEFAULT) -> tuple[Path, ...]:
    """Return the files that `patterns` (paths, or globs that the shell left alone) name, each once, in order.

    Without any, it is `default` that counts. A link to nothing is a file, too: one that cannot be read. Raises
    `ConfigError` if a pattern matches nothing.
    """
    found = dict.fromkeys(path for pattern in patterns or default for path in _expand(pattern, patterns))
    paths = tuple(path for path in found if not path.name.endswith(_SIDECARS))
    if not paths:
        raise _absent(next(iter((*patterns, *default)), ""), patterns)
    return paths


def _expand(pattern: str, typed: Sequence[str]) -> list[Path]:
    # What may not be looked at may be a pattern as well.
    if _is_file(Path(pattern)) and (not glob.has_magic(pattern) or os.path.lexists(pattern)):
        return [Path(pattern)]
    matches = [path for path in map(Path, sorted(glob.glob(pattern))) if _is_file(path)]  # noqa: PTH207  (patterns may be absolute)
    if not matches:
        raise _absent(pattern, typed)
    return matches


def _is_file(path: Path) -> bool:
    """Tell whether it is a file, or may be one: why it cannot be read is told when that is tried."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return os.path.islink(path)  # noqa: PTH114  (which raises nothing)


def _absent(pattern: str, typed: Sequence[str]) -> ConfigError:
    from tpub.dist.absence import absent  # noqa: PLC0415  (most runs find something)

    return absent(pattern, is_default=not typed)
