"""Versions of a tool that files of the checkout let a job install: requirements, constraints, conda's environments."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.utils import canonicalize_name

from tpub.diagnostic import Line
from tpub.workflow.command import Command
from tpub.workflow.document import Document, read
from tpub.workflow.locate import Place, top

_FILES = ("-r", "--requirement", "--requirements", "-c", "--constraint", "--constraints")
_CONDA = frozenset({"conda", "mamba", "micromamba"})
_NESTED = re.compile(r"(?:-r|--requirement|-c|--constraint)[ =]*(\S+)")
_NOISE = re.compile(r"(?:(?:^|\s)#|\s--hash=|\s*\\$).*")
_MATCH = re.compile(r"(?:[\w.-]+::)?(?P<name>[\w.-]+)\s*(?P<asked>[<>=!~].*)")
_FUZZY = re.compile(r"=(?P<version>[\d.]*\d)(?:\.?\*)?(?:=.*)?")  # of conda: this version and those that begin like it
_LARGEST = 1_000_000  # bytes
_DEPTH = 3  # files that name files
Pinned = tuple[str, Line]


def pinned(root: Path, tool: str, command: Command, folder: str = "") -> Iterator[Pinned]:
    """Yield what the files that an installing command is given ask of `tool`, each with its line.

    `folder` is where the command runs.
    """
    if command.program in _CONDA:
        for name in command.options("-f", "--file"):
            yield from environment(root, tool, posixpath.join(folder, name))
        return
    words = set(command.words)
    names = [*command.options(*_FILES)] if "install" in words or "sync" in words else []
    if "sync" in words or command.program == "pip-sync":
        names += [word for word in command.words if word.endswith(".txt")]
    for name in dict.fromkeys(names):
        yield from _required(root, tool, posixpath.join(folder, name), 0)


def environment(root: Path, tool: str, name: str) -> Iterator[Pinned]:
    """Yield what conda's environment file asks of `tool`."""
    path = _inside(root, name)
    document = read(root, path) if path else None
    place = top(document).get("dependencies") if isinstance(document, Document) else None
    for item in place.items if place is not None else ():
        yield from _of_conda(tool, item)
        below = item.get("pip")
        for each in below.items if below is not None else ():
            yield from ((asked, each.line) for asked in _asked(tool, [each.text]))


def _of_conda(tool: str, item: Place) -> Iterator[Pinned]:
    """Source: https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html."""
    found = _MATCH.fullmatch(item.text)
    if found is None or canonicalize_name(found["name"]) != tool:
        return
    asked = found["asked"].replace(" ", "")
    fuzzy = _FUZZY.fullmatch(asked)
    yield (f"=={fuzzy['version']}.*" if fuzzy is not None else asked), item.line


def _required(root: Path, tool: str, name: str, depth: int) -> Iterator[Pinned]:
    """Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/."""
    path = _inside(root, name)
    for number, line in enumerate(_lines(root / path) if path else (), 1):
        text = _NOISE.sub("", line).strip()
        nested = _NESTED.fullmatch(text)
        if nested is not None and depth < _DEPTH:
            yield from _required(root, tool, posixpath.join(posixpath.dirname(path), nested[1]), depth + 1)
        for asked in _asked(tool, [text]):
            yield asked, Line(path, number, len(line) - len(line.lstrip()) + 1)


def _asked(tool: str, requirements: Iterable[str]) -> Iterator[str]:
    """Yield what requirements ask of `tool` on every platform and Python."""
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415  (slow, and rarely needed)

    for text in requirements:
        try:
            found = Requirement(text)
        except InvalidRequirement:
            continue
        if canonicalize_name(found.name) == tool and found.marker is None and found.specifier:
            yield str(found.specifier)


def _inside(root: Path, name: str) -> str:
    """Return the path of a file of the checkout; empty if it is none."""
    path = posixpath.normpath(name)
    is_ours = not path.startswith(("/", "..")) and "$" not in path and (root / path).is_file()
    return path if is_ours else ""


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "replace").splitlines() if path.stat().st_size <= _LARGEST else []
    except OSError:
        return []
