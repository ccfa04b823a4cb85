"""`[tool.tpub]` in pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tpub.diagnostic import Line, Setting
from tpub.errors import ConfigError
from tpub.index.model import KNOWN, Index, find
from tpub.urls import is_secure, shown

if TYPE_CHECKING:
    from tpub.identity.publisher import Publisher

FILENAME = "pyproject.toml"
_RULES = ("pypi", "generic")
_PLACE = re.compile(r"at line (\d+), column (\d+)")  # in the words of tomllib
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
        place = _PLACE.search(str(exc))
        raise ConfigError(
            "pyproject-unreadable",
            f"{path} cannot be read: {exc}",
            *([Line(str(path), int(place[1]), int(place[2]))] if place else []),
            hint="Mend the file: every tool of the project reads it.",
        ) from exc


def placed(error: ConfigError, setting: Setting) -> ConfigError:
    """Return the error with the setting that it is about, and where that stands."""
    told = error.diagnostic
    return ConfigError(told.code, told.message, *told.evidence, setting, hint=told.hint)


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
            raise self.missing(f"{key}.upload-url")
        try:
            found = find(upload)
        except ConfigError as exc:
            raise placed(exc, Setting(f"{key}.upload-url", shown(upload), self.path)) from exc
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
        if provider is None:
            raise self.missing(f"{key}.provider")
        if provider not in kinds:
            raise self.invalid(f"{key}.provider", provider, f"it can be {', '.join(kinds)}")
        kind = kinds[provider]
        names = [part.name for part in fields(kind)]
        self.only(table, key, ("provider", *names))
        values = {part: self.typed(table, f"{key}.{part}", str) for part in names}
        missing = [part.name for part in fields(kind) if part.default is MISSING and not values[part.name]]
        if missing:
            raise self.missing(f"{key}.{missing[0]}")
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

    def only(self, table: Table, key: str, known: Sequence[str]) -> None:
        from difflib import get_close_matches  # noqa: PLC0415  (most names are known)

        for name in sorted(set(table) - set(known)):
            near = get_close_matches(name.replace("_", "-"), known, n=1)
            raise ConfigError(
                "setting-invalid",
                f"`{key}.{name}` in {self.path} is no setting: there are {', '.join(known)}",
                Setting(f"{key}.{name}", "", self.path),
                hint=f"Write `{near[0]}` instead of `{name}`." if near else f"Take `{name}` out.",
            )

    def missing(self, key: str) -> ConfigError:
        table, _, name = key.rpartition(".")
        return ConfigError(
            "setting-invalid",
            f"{self.path} lacks `{key}`",
            Setting(key, "", self.path),
            hint=f"Add `{name}` to `[{table}]` in {self.path}.",
        )

    def invalid(self, key: str, value: str, why: str) -> ConfigError:
        return ConfigError(
            "setting-invalid",
            f"{self.path} has no good `{key}`: {why}",
            Setting(key, value, self.path),
            hint=f"Mend `{key}` in {self.path}, or take it out.",
        )
