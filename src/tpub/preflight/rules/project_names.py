"""Names of projects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tpub.preflight import data
from tpub.preflight.context import Context
from tpub.preflight.quoting import field, quoted
from tpub.preflight.rule import Problem, rule

# Projects that had their names before the rule, and still publish.
_OLDER_THAN_THE_RULE = frozenset(
    ["configparser", "future", "importlib-metadata", "importlib-resources", "pathlib-abc", "zstd"]
)
_NAME = re.compile(r"[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?", re.IGNORECASE | re.ASCII)


@rule(
    "name-missing",
    hint="Set `name` in `[project]` of pyproject.toml and build anew.",
    why="A file belongs to a project by its name alone. `UNKNOWN`, which old setuptools writes, counts as no name.",
)
def name_is_there(file: Context) -> Iterator[Problem]:
    """The core metadata has a Name.

    Source: warehouse.forklift.forms, `UploadForm`;
    https://packaging.python.org/en/latest/specifications/core-metadata/#name.
    """
    if file.metadata is not None and not _name(file):
        yield Problem("the core metadata has no Name", (field("name", ""),))


@rule(
    "name-invalid",
    hint="Use ASCII letters, digits, `.`, `_` and `-` in `name` of `[project]`; begin and end with a letter or digit.",
    why="Names stand in URLs and file names, and every tool normalizes them in the same way.",
)
def name_is_valid(file: Context) -> Iterator[Problem]:
    """Name is made of ASCII letters, digits, `.`, `_` and `-`, with a letter or digit at both ends.

    Source: warehouse.utils.project, PROJECT_NAME_RE;
    https://packaging.python.org/en/latest/specifications/name-normalization/#name-format.
    """
    if (name := _name(file)) and _NAME.fullmatch(name) is None:
        yield Problem(f"{quoted(name)} cannot be the name of a project", (field("name", name),))


@rule(
    "project-name-stdlib",
    hint="Choose another `name` in `[project]`; if the project is older than this rule, use "
    "`--ignore project-name-stdlib`.",
    why="Whoever installs it would think to get the module that comes with Python. Old projects keep their names.",
    is_pypi_only=True,
)
def name_is_not_in_the_standard_library(file: Context) -> Iterator[Problem]:
    """The project is not named like a module of the standard library of any Python version.

    Source: warehouse.packaging.services, `check_project_name`.
    """
    if file.project in data.stdlib_names() and file.project not in _OLDER_THAN_THE_RULE:
        yield Problem(f"the standard library has a module {file.project}", (field("name", file.project),))


def _name(file: Context) -> str | None:
    """Return Name, the first if there are several: the index looks at it before it reads the others."""
    return file.received.one("name") or next(iter(file.received.broken.get("name", ())), None)


AT_FIRST_SIGHT = (name_is_there, name_is_valid)
FOR_NEW_PROJECTS = (name_is_not_in_the_standard_library,)
