"""File names of wheels, against the core metadata inside."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.utils import canonicalize_name
from packaging.version import Version

from tpub.dist.model import Kind
from tpub.preflight.context import Context
from tpub.preflight.quoting import quoted
from tpub.preflight.rule import Problem, rule
from tpub.preflight.wheel_name import WheelName, parts_of

_HINT = "Build the wheel anew and leave its name as the build backend wrote it."
_WHY = "Installers choose a wheel by its name alone: project, version, perhaps a build number, and three tags."
_PROJECT = re.compile(r"[\w.]*", re.UNICODE)


@rule("wheel-filename-parts", hint=_HINT, why=_WHY)
def wheel_name_has_its_parts(file: Context) -> Iterator[Problem]:
    """A wheel's name has five parts with dashes between them, or six with a build number.

    Source: packaging.utils, `parse_wheel_filename`, as called by warehouse.forklift.legacy;
    https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention.
    """
    if file.kind is Kind.WHEEL and file.wheel_name is None:
        found = len(parts_of(file.filename))
        yield Problem(
            f"{quoted(file.filename)} has {found} parts, and a wheel's name has five, or six with a build number"
        )


@rule("wheel-filename-name-invalid", hint=_HINT, why=_WHY)
def wheel_name_begins_with_a_name(file: Context) -> Iterator[Problem]:
    """A wheel's name begins with a project's name in which no two `_` stand together.

    Source: packaging.utils, `parse_wheel_filename`, as called by warehouse.forklift.legacy.
    """
    if (name := file.wheel_name) and ("__" in name.project or _PROJECT.fullmatch(name.project) is None):
        yield Problem(f"{quoted(name.project)}, with which the wheel's name begins, is no escaped project name")


@rule("wheel-filename-version-invalid", hint=_HINT, why=_WHY)
def wheel_name_has_a_version(file: Context) -> Iterator[Problem]:
    """A wheel's name has a valid version as its second part.

    Source: packaging.utils, `parse_wheel_filename`, as called by warehouse.forklift.legacy.
    """
    if (name := file.wheel_name) and _version(name) is None:
        yield Problem(f"{quoted(name.version)} in the wheel's name is no version")


@rule("wheel-filename-build-tag", hint="Begin the build number with a digit, or leave it out.", why=_WHY)
def build_tag_begins_with_a_digit(file: Context) -> Iterator[Problem]:
    """The build number in a wheel's name begins with a digit.

    Source: packaging.utils, `parse_wheel_filename`, as called by warehouse.forklift.legacy.
    """
    if (name := file.wheel_name) and name.build is not None and re.match(r"[0-9]", name.build) is None:
        yield Problem(f"{quoted(name.build)} in the wheel's name is no build number: it must begin with a digit")


@rule("wheel-filename-other-project", hint="Build it anew, and leave its name as the backend wrote it.", why=_WHY)
def wheel_is_named_for_its_project(file: Context) -> Iterator[Problem]:
    """A wheel's name begins with the name in its core metadata.

    Source: warehouse.forklift.legacy, `file_upload`.
    """
    if (name := file.wheel_name) and file.project is not None and canonicalize_name(name.project) != file.project:
        yield Problem(
            f"the wheel is named for {quoted(name.project)}, and its metadata is that of {quoted(file.project)}",
            hint=f"Build it anew; its name begins with `{_escaped(file.project)}-`.",
        )


@rule("wheel-filename-not-normalized", hint=_HINT, why=_WHY)
def wheel_name_is_normalized(file: Context) -> Iterator[Problem]:
    """The project's name in a wheel's name is in lower case, with `_` for each run of `-`, `_` and `.`.

    Source: warehouse.forklift.legacy, `file_upload`;
    https://packaging.python.org/en/latest/specifications/binary-distribution-format/#escaping-and-unicode.
    """
    if not (name := file.wheel_name) or file.project is None or canonicalize_name(name.project) != file.project:
        return
    if name.project != (expected := _escaped(file.project)):
        yield Problem(
            f"the wheel's name must begin with {quoted(expected)}, not {quoted(name.project)}",
            hint=f"Build anew with a current backend, so that the name begins with `{expected}-`.",
        )


@rule("wheel-filename-version-mismatch", hint=_HINT, why=_WHY)
def wheel_name_has_the_version(file: Context) -> Iterator[Problem]:
    """The version in a wheel's name is that of its core metadata.

    Source: warehouse.forklift.legacy, `file_upload`.
    """
    if not (name := file.wheel_name) or file.version is None:
        return
    if (version := _version(name)) is not None and version != file.version:
        yield Problem(f"the wheel is named for version {version}, and its metadata says {file.version}")


def _version(name: WheelName) -> Version | None:
    try:
        return Version(name.version)
    except ValueError:  # InvalidVersion, or a number of thousands of digits
        return None


def _escaped(project: str) -> str:
    return project.replace("-", "_")


PARSED = (
    wheel_name_has_its_parts,
    wheel_name_begins_with_a_name,
    wheel_name_has_a_version,
    build_tag_begins_with_a_digit,
)
AGAINST_METADATA = (wheel_is_named_for_its_project, wheel_name_is_normalized, wheel_name_has_the_version)
