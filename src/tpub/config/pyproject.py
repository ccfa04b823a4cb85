"""`[tool.tpub]` in pyproject.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tpub.diagnostic import Setting
from tpub.errors import ConfigError
from tpub.index.model import KNOWN, Index, find
from tpub.urls import is_secure, shown

if TYPE_CHECKING:
    from tpub.identity.publisher import Publisher

FILENAME = "pyproject.toml"
_RULES = ("pypi", "generic")
Table = Mapping[str, object]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Project:
    """What the project says for everybody who publishes it; `path` is the file as it was found.

    `name` is that of the distribution, None if it is not written there; `urls` are the project's own.
    """

    path: str = FILENAME
    name: str | None = None
    index: str | None = None
    indexes: Mapping[str, Index] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    publisher: Publisher | None = None
    urls: tuple[str, ...] = ()


def read(folder: Path) -> Project:
    """Return what the pyproject.toml in `folder` says; nothing if there is none.

    Raises `ConfigError`, with file and key, if it cannot be read or says something that tpub does not know.
    """
    found = document(folder)
    return Project() if found is None else _Reader(str(folder / FILENAME)).project(found)


def document(folder: Path) -> Table | None:
    """Return the pyproject.toml in `folder` as it is; None if there is none, a `ConfigError` if it is no TOML."""
    path = folder / FILENAME
    try:
        return tomllib.loads(path.read_bytes().decode())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as exc:
        raise ConfigError(
            "pyproject-unreadable",
            f"{path} cannot be read: {exc}",
            hint="Mend the file: every tool of the project reads it.",
        ) from exc


class _Reader:
    """Reads one document, and names file and key in every complaint."""

    def __init__(self, path: str) -> None:
        self.path = path

    def project(self, document: Table) -> Project:
        project, tool = self.table(document, "project"), self.table(document, "tool")
        ours = self.table(tool, "tpub", "tool.")
        self.only(ours, "tool.tpub", ("index", "indexes", "ignore", "publisher"))
        tables = self.table(ours, "indexes", "tool.tpub.")
        name, urls = project.get("name"), project.get("urls")
        return Project(
            self.path,
            name if isinstance(name, str) else None,
            self.typed(ours, "tool.tpub.index", str),
            {each: self.index(each, self.table(tables, each, "tool.tpub.indexes.")) for each in tables},
            self.codes(ours),
            self.publisher(self.table(ours, "publisher", "tool.tpub.")) if "publisher" in ours else None,
            tuple(url for url in urls.values() if isinstance(url, str)) if isinstance(urls, dict) else (),
        )

    def index(self, name: str, table: Table) -> Index:
        key = f"tool.tpub.indexes.{name}"
        self.only(table, key, ("upload-url", "simple-url", "rules"))
        if name in {known.name for known in KNOWN}:
            raise self.invalid(key, name, f"`{name}` is the index that everybody knows by that name")
        upload = self.typed(table, f"{key}.upload-url", str)
        if upload is None:
            raise self.invalid(f"{key}.upload-url", "", "it is missing")
        found = find(upload)
        simple, rules = (self.typed(table, f"{key}.{part}", str) for part in ("simple-url", "rules"))
        if simple is not None and not is_secure(simple):
            raise self.invalid(f"{key}.simple-url", shown(simple), "it is no `https://` address")
        if rules is not None and rules not in _RULES:
            raise self.invalid(f"{key}.rules", rules, f"it can be {' or '.join(_RULES)}")
        if found in KNOWN:
            return found
        pages = f"{shown(simple).rstrip('/')}/" if simple is not None else found.simple_url
        return replace(found, name=name, simple_url=pages, is_pypi=rules == "pypi")

    def codes(self, table: Table) -> tuple[str, ...]:
        found = self.typed(table, "tool.tpub.ignore", list) or []
        if wrong := [each for each in found if not isinstance(each, str)]:
            raise self.invalid("tool.tpub.ignore", str(wrong[0]), "it lists codes of rules")
        return tuple(str(each) for each in found)

    def publisher(self, table: Table) -> Publisher:
        from tpub.identity.publisher import PUBLISHERS  # noqa: PLC0415  (few projects declare one)

        key = "tool.tpub.publisher"
        provider = self.typed(table, f"{key}.provider", str)
        kinds = {kind.provider: kind for kind in PUBLISHERS}
        if provider not in kinds:
            raise self.invalid(f"{key}.provider", provider or "", f"it can be {', '.join(kinds)}")
        kind = kinds[provider]
        names = [part.name for part in fields(kind)]
        self.only(table, key, ("provider", *names))
        values = {part: self.typed(table, f"{key}.{part}", str) for part in names}
        missing = [part.name for part in fields(kind) if part.default is MISSING and not values[part.name]]
        if missing:
            raise self.invalid(f"{key}.{missing[0]}", "", "it is missing")
        return kind(**{part: value for part, value in values.items() if value is not None})

    def table(self, parent: Table, name: str, above: str = "") -> Table:
        found = parent.get(name, {})
        if not isinstance(found, dict):
            raise self.invalid(above + name, str(found), "it is a table")
        return found

    def typed(self, table: Table, key: str, kind: type[T]) -> T | None:
        found = table.get(key.rpartition(".")[2])
        if found is None or isinstance(found, kind):
            return found
        raise self.invalid(key, str(found), f"it is {'a list' if kind is list else 'text'}")

    def only(self, table: Table, key: str, known: Iterable[str]) -> None:
        if unknown := sorted(set(table) - set(known)):
            raise self.invalid(f"{key}.{unknown[0]}", "", f"tpub knows {', '.join(known)} there")

    def invalid(self, key: str, value: str, why: str) -> ConfigError:
        return ConfigError(
            "setting-invalid",
            f"{self.path} has no good `{key}`: {why}",
            Setting(key, value, self.path),
            hint=f"Mend `{key}` in {self.path}, or take it out.",
        )
