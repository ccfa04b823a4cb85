"""What a project's public page tells beyond its files: whether it is there, what state it is in, how full it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from packaging.version import Version

from tpub.diagnostic import Diagnostic, Field, Severity
from tpub.dist.filename import version_of
from tpub.dist.model import Distribution
from tpub.index.model import Index
from tpub.index.simple import ProjectPage

# Source: warehouse.constants; PyPI raises the limit of a project on request, so going over it is no error here.
_PROJECT_LIMIT = 10 * 1024**3  # bytes
_NEARLY = 0.9


@dataclass(frozen=True, slots=True)
class Standing:
    """One project of the run: its page, and the files that would join it."""

    page: ProjectPage
    files: Sequence[Distribution]
    index: Index
    has_own_credential: bool = False


def standing(project: Standing) -> list[Diagnostic]:
    """Return what is to be said of a project before anything is sent to it."""
    if not project.index.is_pypi:
        return []
    return [*_unknown(project), *_state(project), *_passed(project), *_full(project)]


def _unknown(project: Standing) -> Iterator[Diagnostic]:
    if not project.page.is_known:
        yield Diagnostic(
            "project-unknown",
            f"{project.index.name} has no project `{project.files[0].project}` yet",
            "Its first release needs a pending publisher, registered for that very name, or an API token of a user's.",
            severity=Severity.NOTE,
            file=project.files[0].filename,
        )


def _state(project: Standing) -> Iterator[Diagnostic]:
    """Source: PEP 792, and `Project.__acl__` in warehouse.packaging.models."""
    evidence = (Field("project-status", project.page.status or ""),)
    if project.page.status == "archived":
        yield Diagnostic(
            "project-archived",
            f"the project is archived on {project.index.name}, and takes no files",
            "Unarchive it in the project's settings first.",
            evidence,
            file=project.files[0].filename,
        )
    if project.page.status == "quarantined":
        yield Diagnostic(
            "project-quarantined",
            f"the project is quarantined by the administrators of {project.index.name}",
            "Ask them: trusted publishers have no right to upload until they lift it.",
            evidence,
            Severity.WARNING if project.has_own_credential else Severity.ERROR,
            project.files[0].filename,
        )


def _passed(project: Standing) -> Iterator[Diagnostic]:
    newest = max((version for name in project.page.files if (version := version_of(name))), default=None)
    here = max(Version(file.version) for file in project.files)
    if newest is not None and newest > here and not newest.is_prerelease:
        yield Diagnostic(
            "version-passed",
            f"{project.index.name} has {newest} already: {here} will not be what installers choose",
            "Raise the version, if this is not a release for an older series.",
            (Field("Version", str(here)),),
            Severity.WARNING,
            project.files[0].filename,
        )


def _full(project: Standing) -> Iterator[Diagnostic]:
    there = project.page.files
    total = sum(file.size or 0 for file in there.values())
    total += sum(file.size for file in project.files if file.filename not in there)
    if total > _NEARLY * _PROJECT_LIMIT:
        yield Diagnostic(
            "project-too-large",
            f"with these files the project holds {total / 1024**3:.1f} GiB, and {project.index.name} allows "
            f"{_PROJECT_LIMIT // 1024**3} unless it was asked for more",
            "Delete files of old releases, or ask the index for a higher limit of the project.",
            severity=Severity.WARNING,
            file=project.files[0].filename,
        )
