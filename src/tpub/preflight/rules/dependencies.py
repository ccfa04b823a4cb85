"""Requirements: on other projects, on Python, and the old claims to be or to replace another project."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import InvalidName, canonicalize_name

from tpub.preflight.context import Context
from tpub.preflight.quoting import field, quoted
from tpub.preflight.requirements import parse
from tpub.preflight.rule import Problem, rule

_REQUIREMENT_HINT = "Write it as PEP 508 wants it: `name>=1.0; python_version < '3.12'`."
_NO_URL_HINT = "Publish that project and require it by name and version, or leave the requirement to the readme."


@rule(
    "requirement-invalid",
    hint=_REQUIREMENT_HINT,
    why="Installers read every requirement of a file before they install it, and give up at one that they cannot read.",
)
def requirement_is_valid(file: Context) -> Iterator[Problem]:
    """Each Requires-Dist can be parsed.

    Source: packaging.requirements, as called by warehouse.forklift.metadata;
    https://packaging.python.org/en/latest/specifications/dependency-specifiers/.
    """
    for text in file.received.all("requires-dist"):
        if isinstance(fault := parse(text), str):
            yield Problem(
                f"the requirement {quoted(text)} cannot be parsed: {fault}",
                (field("requires-dist", text),),
                hint=_better_requirement(text),
            )


@rule(
    "requirement-direct-reference",
    hint=_NO_URL_HINT,
    why="What is installed from PyPI must come from PyPI: a URL can vanish, or serve something else tomorrow.",
    is_pypi_only=True,
)
def requirement_names_a_project(file: Context) -> Iterator[Problem]:
    """No Requires-Dist points at a URL.

    Source: warehouse.forklift.metadata, `_validate_metadata`.
    """
    yield from _direct_references(file, "requires-dist")


@rule(
    "requires-python-invalid",
    hint="Write a version specifier, for example `requires-python = '>=3.9'`.",
    why="Installers compare it with the Python at hand, and skip a release whose value they cannot read.",
)
def requires_python_is_valid(file: Context) -> Iterator[Problem]:
    """Requires-Python is a version specifier.

    Source: packaging.specifiers, as called by warehouse.forklift.metadata;
    https://packaging.python.org/en/latest/specifications/core-metadata/#requires-python.
    """
    if (text := file.received.one("requires-python")) is None:
        return
    try:
        SpecifierSet(text)
    except ValueError:  # InvalidSpecifier, or a number of thousands of digits
        yield Problem(
            f"{quoted(text)} is no version specifier",
            (field("requires-python", text),),
            hint=_better_specifier(text),
        )


@rule(
    "provides-dist-invalid",
    hint=_REQUIREMENT_HINT,
    why="The index stores it as a requirement. No installer reads it: the field is best left out.",
    is_pypi_only=True,
)
def provides_dist_is_valid(file: Context) -> Iterator[Problem]:
    """Each Provides-Dist can be parsed.

    Source: warehouse.forklift.metadata, `_validate_metadata`.
    """
    yield from _invalid(file, "provides-dist")


@rule(
    "provides-dist-direct-reference",
    hint="Leave the URL out.",
    why="What is installed from PyPI must come from PyPI.",
    is_pypi_only=True,
)
def provides_dist_names_a_project(file: Context) -> Iterator[Problem]:
    """No Provides-Dist points at a URL.

    Source: warehouse.forklift.metadata, `_validate_metadata`.
    """
    yield from _direct_references(file, "provides-dist")


@rule(
    "obsoletes-dist-invalid",
    hint=_REQUIREMENT_HINT,
    why="The index stores it as a requirement. No installer reads it: the field is best left out.",
    is_pypi_only=True,
)
def obsoletes_dist_is_valid(file: Context) -> Iterator[Problem]:
    """Each Obsoletes-Dist can be parsed.

    Source: warehouse.forklift.metadata, `_validate_metadata`.
    """
    yield from _invalid(file, "obsoletes-dist")


@rule(
    "obsoletes-dist-direct-reference",
    hint="Leave the URL out.",
    why="What is installed from PyPI must come from PyPI.",
    is_pypi_only=True,
)
def obsoletes_dist_names_a_project(file: Context) -> Iterator[Problem]:
    """No Obsoletes-Dist points at a URL.

    Source: warehouse.forklift.metadata, `_validate_metadata`.
    """
    yield from _direct_references(file, "obsoletes-dist")


@rule(
    "extra-name-invalid",
    hint="Use letters, digits, `.`, `_` and `-` in names of extras; begin and end with a letter or digit.",
    why="Installers normalize the names of extras like those of projects, and find no other.",
)
def extra_is_a_name(file: Context) -> Iterator[Problem]:
    """Each Provides-Extra is a name like that of a project.

    Source: packaging.metadata, as called by warehouse.forklift.metadata;
    https://packaging.python.org/en/latest/specifications/core-metadata/#provides-extra-multiple-use.
    """
    for name in file.received.all("provides-extra"):
        try:
            canonicalize_name(name, validate=True)
        except InvalidName:
            yield Problem(f"{quoted(name)} cannot be the name of an extra", (field("provides-extra", name),))


def _invalid(file: Context, name: str) -> Iterator[Problem]:
    for text in file.received.all(name):
        if isinstance(fault := parse(text), str):
            told = field(name, text)
            yield Problem(f"the {told.name} {quoted(text)} cannot be parsed: {fault}", (told,))


def _direct_references(file: Context, name: str) -> Iterator[Problem]:
    for text in file.received.all(name):
        requirement = parse(text)
        if isinstance(requirement, Requirement) and requirement.url is not None:
            told = field(name, text)
            yield Problem(f"the {told.name} {quoted(requirement.name)} points at {quoted(requirement.url)}", (told,))


def _better_requirement(text: str) -> str:
    """Return the mend of a requirement, with the exact text if the slip is a common one."""
    if match := re.fullmatch(r"\s*([\w.-]+)\s*=\s*([\w.*+!-]+)\s*", text):
        return f"Write `{match[1]}=={match[2]}`: one `=` compares nothing."
    return ""


def _better_specifier(text: str) -> str:
    """Return the mend of a version specifier, with the exact text if the slip is a common one."""
    if match := re.fullmatch(r"\s*[~^]?\s*(\d+(?:\.\d+)*)\s*", text):
        return f"Write `>={match[1]}`."
    if match := re.fullmatch(r"\s*([<>]=?)\s*(\d+(?:\.\d+)*)\.\*\s*", text):
        return f"Write `{match[1]}{match[2]}`: `.*` goes with `==` and `!=` alone."
    return ""


SPECIFIED = (extra_is_a_name, requirement_is_valid, requires_python_is_valid)
OF_PYPI = (
    obsoletes_dist_is_valid,
    obsoletes_dist_names_a_project,
    provides_dist_is_valid,
    provides_dist_names_a_project,
    requirement_names_a_project,
)
