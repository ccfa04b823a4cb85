"""What a path or a pattern does not lead to: why there is nothing, what was probably meant, what is left out."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from tpub.diagnostic import Diagnostic, Severity
from tpub.dist.filename import kind_of
from tpub.errors import ConfigError

# Where build tools other than `python -m build` put what they build, and where people stand who are not at the top.
_ELSEWHERE = ("wheelhouse/*", "target/wheels/*", "../dist/*", "*/dist/*", "packages/*/dist/*")
_QUOTES = "'\""  # the shell of Windows leaves single ones where they are
_BUILD = "Build first (`python -m build`), or name the files; in CI, check that the artifacts were downloaded here."
_MERGE = "in GitHub, `merge-multiple: true` lets download-artifact put all artifacts into one folder"


def absent(pattern: str, *, is_default: bool = False) -> ConfigError:
    """Return what is to be said of a pattern that names no file to publish.

    `is_default` tells that nobody typed it: then it is looked elsewhere, too.
    """
    meant = next((each for each in _meant(pattern, is_default=is_default) if _distributions(each)), None)
    hint = f"Use `{meant}`." if meant else _BUILD
    if meant == f"{pattern}/*" and not _is_folder(Path(pattern)):
        hint = f"Use `{meant}`; {_MERGE}."
    return ConfigError("no-distributions", f"there is no file to publish at `{pattern}`{_why(pattern)}", hint=hint)


def left_out(patterns: Sequence[str]) -> list[Diagnostic]:
    """Return what is to be said of folders that patterns match beside files, if there are distributions in them."""
    folders = dict.fromkeys(path for pattern in patterns for path in _matches(pattern) if _is_folder(path))
    inside = {folder: len(_distributions(f"{glob.escape(str(folder))}/*")) for folder in folders}
    return [
        Diagnostic(
            "folder-left-out",
            f"`{folder}` is a folder, and what is in it is left out: "
            + ("1 distribution" if number == 1 else f"{number} distributions"),
            f"Name them, too (`{folder}/*`), or take the folder away; {_MERGE}.",
            severity=Severity.WARNING,
        )
        for folder, number in inside.items()
        if number
    ]


def _why(pattern: str) -> str:
    """Return the end of a sentence that says what is there instead; empty if other files are."""
    if not pattern.strip():
        return ": nothing is named"
    if pattern[0] in _QUOTES:
        return ": the quotes are taken for a part of it"
    if found := _matches(pattern):
        if any(map(_is_special, found)):
            return ": it is a pipe or a device, and files are read more than once"
        are_folders = all(map(_is_folder, found))
        if are_folders and str(found[0]) != str(Path(pattern)):
            return ": there are only folders"
        return ": it is a folder" if are_folders else ": only what belongs beside a distribution is there"
    folder = _folder(pattern)
    try:
        shown = [path for path in Path(folder).iterdir() if path.name[:1] != "."]
        return "" if shown else f": the folder `{folder}` is empty"
    except (FileNotFoundError, NotADirectoryError):
        return f": there is no folder `{folder}`"
    except (OSError, ValueError) as exc:
        return f": the folder `{folder}` cannot be read: {getattr(exc, 'strerror', exc)}"


def _meant(pattern: str, *, is_default: bool) -> Iterator[str]:
    """Yield what may have been meant, the likeliest first."""
    bare = pattern.strip(f"{_QUOTES} ")
    for said in dict.fromkeys((pattern, bare, bare.replace("\\", "/"))):
        if said:
            folder = said.rstrip("/\\")
            yield from (said, f"{folder}/*", f"{folder}/dist/*")
    yield f"{_folder(bare)}/*"
    if is_default:
        yield from _ELSEWHERE


def _folder(pattern: str) -> str:
    """Return the folder that holds what a pattern leaves open."""
    parts = Path(pattern).parts[:-1]
    fixed = next((place for place, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    return Path(*parts[:fixed]).as_posix()


def _matches(pattern: str) -> list[Path]:
    return [Path(path) for path in sorted(glob.glob(pattern))]  # noqa: PTH207  (patterns may be absolute)


def _distributions(pattern: str) -> list[Path]:
    named = [path for path in _matches(pattern) if kind_of(path.name) is not None]
    return [path for path in named if not (_is_folder(path) or _is_special(path))]


def _is_special(path: Path) -> bool:
    return os.path.exists(path) and not (os.path.isfile(path) or _is_folder(path))  # noqa: PTH110, PTH113  (as below)


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112  (which raises nothing)
