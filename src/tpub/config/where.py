"""Which index is meant: by name or upload URL, from wherever it is named first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from tpub.config.lookup import Found, Lookup
from tpub.config.pyproject import Project, placed
from tpub.config.stores import Stores, stores
from tpub.config.switching import variable_ignored
from tpub.diagnostic import Diagnostic, Setting
from tpub.errors import ConfigError
from tpub.index.model import KNOWN, PYPI, Index, find, unknown
from tpub.urls import is_secure, shown

if TYPE_CHECKING:
    from tpub.config.pypirc import Section

_CHECK = "UV_PUBLISH_CHECK_URL"


@dataclass(frozen=True, slots=True)
class Place:
    """The index, what named it, and the section of `.pypirc` that describes it, if that is where its name stands."""

    index: Index
    found: Found
    section: Section | None = None
    diagnostics: tuple[Diagnostic, ...] = ()

    def _of_section(self, path: str | None) -> Found | None:
        """Return what the section says, and where it stands."""
        section = self.section
        return Found(path, f"{section.path}:{section.line}") if section is not None and path is not None else None

    @property
    def cert(self) -> Found | None:
        """The certificate authorities that the section names."""
        return self._of_section(self.section.ca_cert if self.section else None)

    @property
    def client_cert(self) -> Found | None:
        """The client certificate that the section names."""
        return self._of_section(self.section.client_cert if self.section else None)

    @property
    def is_from_file(self) -> bool:
        """Tell whether it was neither the command line nor the environment that named it, nor the default."""
        return not (self.found.is_default or self.found.source.startswith(("-", "$")))


class Names(NamedTuple):
    """What indexes are called: by everybody, in pyproject.toml, in `.pypirc`."""

    project: Project
    stores: Stores

    def find(self, name_or_url: str) -> tuple[Index, Section | None]:
        """Return the index of that name or URL, and the section of `.pypirc` if only that one knows it.

        Raises `ConfigError` if nobody knows it, or nothing can be sent there.
        """
        try:
            return find(name_or_url, self.project.indexes), None
        except ConfigError as exc:
            if exc.diagnostic.code != "index-unknown":
                raise
        file = self.stores.pypirc()
        if (section := file.sections.get(name_or_url)) is not None:
            return section.index(), section
        names = dict.fromkeys((*(known.name for known in KNOWN), *self.project.indexes, *file.sections))
        error = unknown(name_or_url, list(names))
        if name_or_url in file.unlisted:
            hint = f"Add `{name_or_url}` to `index-servers` under `[distutils]` in {file.path}."
            raise ConfigError(error.diagnostic.code, error.diagnostic.message, hint=hint)
        raise error


def named(lookup: Lookup, project: Project) -> Index:
    """Return the index that the environment or a file names, PyPI if none does: see `locate`."""
    config_file = lookup.first("config-file")
    places = stores(lookup.env, config_file.value if config_file else None, None)
    return locate(lookup, None, Names(project, places)).index


def locate(lookup: Lookup, given: str | None, names: Names) -> Place:
    """Return the index; raises `ConfigError` if there is none of that name, or nothing can be sent there."""
    found, project = lookup.first("index", given), names.project
    if found is None and project.index is not None:
        found = Found(project.index, project.path)
    found = found or Found(PYPI.name, "default", is_default=True)
    try:
        index, section = names.find(found.value)
    except ConfigError as exc:
        if found.source.startswith("--"):  # (what was typed is known to who typed it)
            raise
        raise placed(exc, Setting("index", shown(found.value), found.source)) from exc
    index, diagnostics = _with_pages(index, found, lookup)
    return Place(index, found, section, diagnostics)


def _with_pages(index: Index, found: Found, lookup: Lookup) -> tuple[Index, tuple[Diagnostic, ...]]:
    """Return the index with the pages that uv was told to check against: PyPI's own are known."""
    pages = lookup.theirs.get("simple-url") or lookup.foreign("simple-url")
    if pages is None or index in KNOWN:
        return index, ()
    if pages.source == f"${_CHECK}" and found.source != "$UV_PUBLISH_URL":
        why = f"it belongs to `UV_PUBLISH_URL`, and the index comes from {found.source}"
        return index, (variable_ignored(_CHECK, why, "Set `simple-url` in `[tool.tpub.indexes.NAME]`, or unset it."),)
    if not is_secure(pages.value):
        raise ConfigError(
            "index-url-insecure",
            f"{shown(pages.value)}, from {pages.source}, would get the credentials without encryption",
            hint="Use the index's `https://` address: plain HTTP is for this machine alone.",
        )
    return replace(index, simple_url=f"{shown(pages.value).rstrip('/')}/"), ()
