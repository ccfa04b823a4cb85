"""Versions."""

from __future__ import annotations

from collections.abc import Iterator

from tpub.preflight.context import Context
from tpub.preflight.quoting import field, quoted
from tpub.preflight.rule import Problem, rule


@rule(
    "version-missing",
    hint="Set `version` in `[project]` of pyproject.toml, or let the backend find it, and build anew.",
    why="A file belongs to a release by its version. `UNKNOWN`, which old setuptools writes, counts as none.",
)
def version_is_there(file: Context) -> Iterator[Problem]:
    """The core metadata has a Version.

    Source: packaging.metadata, as called by warehouse.forklift.metadata;
    https://packaging.python.org/en/latest/specifications/core-metadata/#version.
    """
    if file.metadata is not None and not file.received.one("version") and "version" not in file.received.broken:
        yield Problem("the core metadata has no Version", (field("version", ""),))


@rule(
    "version-invalid",
    hint="Write the version as PEP 440 wants it, for example `1.2.3`, `1.2rc1`, `1.2.post1` or `1.2.dev3`.",
    why="Installers order releases by version, and can do so only if all follow one scheme.",
)
def version_is_valid(file: Context) -> Iterator[Problem]:
    """Version follows the version specifiers' scheme.

    Source: packaging.version, as called by warehouse.forklift.metadata;
    https://packaging.python.org/en/latest/specifications/version-specifiers/#version-scheme.
    """
    if (version := file.received.one("version")) and file.version is None:
        yield Problem(f"{quoted(version)} is no version", (field("version", version),))


@rule(
    "version-local",
    hint="Drop what follows the `+`. setuptools-scm: `local_scheme = 'no-local-version'`, and build from a clean tag.",
    why="Local versions mark changes made downstream, for one's own use; an index for everybody takes none.",
    is_pypi_only=True,
)
def version_is_public(file: Context) -> Iterator[Problem]:
    """Version has no local part.

    Source: warehouse.forklift.metadata, `_validate_metadata`;
    https://packaging.python.org/en/latest/specifications/version-specifiers/#local-version-identifiers.
    """
    if file.version is not None and file.version.local:
        yield Problem(
            f"the version {quoted(str(file.version))} has a local part, {quoted(file.version.local)}",
            (field("version", str(file.version)),),
            hint=f"Publish it as `{file.version.public}`, or build from a clean tag. "
            "setuptools-scm: `local_scheme = 'no-local-version'`.",
        )


SPECIFIED = (version_is_there, version_is_valid)
OF_PYPI = (version_is_public,)
