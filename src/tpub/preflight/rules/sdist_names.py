"""File names of sdists, against the core metadata inside."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import InvalidSdistFilename, canonicalize_name, parse_sdist_filename

from tpub.dist.model import Kind
from tpub.preflight.context import Context
from tpub.preflight.quoting import quoted
from tpub.preflight.rule import Problem, rule

_BACK_END = "Build anew with a backend that follows PEP 625 (setuptools 69.3 or newer, hatchling, flit, ...)."
_WHY = "Installers read project and version from the file's name; PEP 625 leaves one way to write it."


@rule(
    "sdist-filename-invalid",
    hint="Name the sdist `name-version.tar.gz`, as the backend wrote it.",
    why=_WHY,
)
def sdist_name_can_be_parsed(file: Context) -> Iterator[Problem]:
    """An sdist's name consists of a project's name, a dash and a version.

    Source: packaging.utils, `parse_sdist_filename`, as called by warehouse.forklift.legacy; PEP 625.
    """
    if file.kind is Kind.SDIST and _project_in(file) is None:
        yield Problem(
            f"no name and version can be read from {quoted(file.filename)}",
            hint=f"Rename it to `{expected}`." if (expected := _expected(file)) else "",
        )


@rule("sdist-filename-other-project", hint="Build it anew, and leave its name as the backend wrote it.", why=_WHY)
def sdist_is_named_for_its_project(file: Context) -> Iterator[Problem]:
    """An sdist's name begins with the name in its core metadata.

    Source: warehouse.forklift.legacy, `file_upload`.
    """
    if file.kind is not Kind.SDIST or file.project is None or file.version is None:
        return
    project = _project_in(file)
    if project is not None and canonicalize_name(project) != file.project:
        yield Problem(
            f"the file is named for {quoted(project)}, and its metadata is that of {quoted(file.project)}",
            hint=f"Build it anew; its name is `{_expected(file)}`.",
        )


@rule(
    "sdist-zip-format",
    hint="Build it as `.tar.gz`: without `--formats=zip`, with `python -m build --sdist`.",
    why="PEP 625 leaves one format for sdists: a gzipped tar file.",
)
def sdist_is_a_tar(file: Context) -> Iterator[Problem]:
    """An sdist is a .tar.gz file.

    Source: warehouse.forklift.legacy, `file_upload`; PEP 625.
    """
    if file.kind is Kind.SDIST and file.filename.endswith(".zip"):
        yield Problem("the sdist is a zip file, and must be a gzipped tar file")


@rule("sdist-filename-not-normalized", hint=_BACK_END, why=_WHY)
def sdist_name_is_normalized(file: Context) -> Iterator[Problem]:
    """The project's name in an sdist's name is in lower case, with `_` for each run of `-`, `_` and `.`.

    Source: warehouse.forklift.legacy, `file_upload`; PEP 625.
    """
    if (expected := _expected(file)) and _is_mismatch(file, expected) and not _begins_right(file):
        yield Problem(f"the file must be named {quoted(expected)}", hint=_renamed(expected))


@rule("sdist-filename-version-mismatch", hint=_BACK_END, why=_WHY)
def sdist_name_has_the_version(file: Context) -> Iterator[Problem]:
    """The version in an sdist's name is that of its core metadata, normalized.

    Source: warehouse.forklift.legacy, `file_upload`; PEP 625.
    """
    if (expected := _expected(file)) and _is_mismatch(file, expected) and _begins_right(file):
        yield Problem(f"the file must be named {quoted(expected)}", hint=_renamed(expected))


def _renamed(expected: str) -> str:
    return f"Build anew with a backend that follows PEP 625, so that the file is called `{expected}`."


def _project_in(file: Context) -> str | None:
    """Return the project's name as the index reads it from the file's name; None if it cannot."""
    try:
        project, _ = parse_sdist_filename(file.filename)
    except InvalidSdistFilename:
        return None
    # A post-release may be spelt `1.0-1`: then the name ends before the last dash but one.
    if file.version is not None and file.version.is_postrelease and project != file.project:
        name, dash, _ = file.filename.rpartition("-")[0].rpartition("-")
        return name if dash else project
    return project


def _expected(file: Context) -> str:
    """Return the only name that the index takes; empty if the metadata is too bad to tell."""
    if file.kind is not Kind.SDIST or file.project is None or file.version is None:
        return ""
    return f"{file.project.replace('-', '_')}-{file.version}.tar.gz"


def _is_mismatch(file: Context, expected: str) -> bool:
    """Tell whether the name is that of the project, and yet not the expected one."""
    project = _project_in(file)
    return (
        project is not None
        and canonicalize_name(project) == file.project
        and not file.filename.endswith(".zip")
        and file.filename != expected
    )


def _begins_right(file: Context) -> bool:
    return file.project is not None and file.filename.startswith(file.project.replace("-", "_") + "-")


RULES = (
    sdist_name_can_be_parsed,
    sdist_is_named_for_its_project,
    sdist_is_a_tar,
    sdist_name_is_normalized,
    sdist_name_has_the_version,
)
