"""`.pypirc`: the file in which twine and its forebears keep indexes and passwords.

Source: https://packaging.python.org/en/latest/specifications/pypirc/ and twine's `utils.get_config`: only sections
that `index-servers` lists count (`pypi` and `testpypi` if it is not there), and the obsolete `[server-login]` fills in
what they leave out.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tpub.diagnostic import Diagnostic, Line, Severity
from tpub.errors import ConfigError
from tpub.index.model import PYPI, TESTPYPI, Index, family, find
from tpub.machine import typed
from tpub.secret import Secret

FILENAME = ".pypirc"
_NO_INDEXES = ("distutils", "server-login")
_SECTION = re.compile(r"^\[(?P<name>.+)\]")  # as configparser has it


@dataclass(frozen=True, slots=True)
class Section:
    """What the file says of one index; `line` is where its section begins, 1 if it has none of its own."""

    name: str
    path: str
    line: int = 1
    repository: str | None = None
    username: str | None = None
    password: Secret | None = None
    ca_cert: str | None = None
    client_cert: str | None = None

    @property
    def place(self) -> Line:
        """Where it stands."""
        return Line(self.path, self.line, key=self.name)

    def index(self) -> Index:
        """Return the index that it describes: PyPI and TestPyPI are known by any of their addresses, old ones too.

        Raises `ConfigError` if there is no address, or none to which secrets may be sent.
        """
        address = self.repository
        if address is None:
            if self.name in (PYPI.name, TESTPYPI.name):
                return PYPI if self.name == PYPI.name else TESTPYPI
            raise ConfigError(
                "pypirc-section-incomplete",
                f"section [{self.name}] of {self.path} names no `repository`",
                self.place,
                hint=f"Write `repository = https://...`, the index's upload URL, under `[{self.name}]`.",
            )
        if (ours := family(address)) is not None:
            return ours
        return replace(find(address), name=self.name)


@dataclass(frozen=True, slots=True)
class Pypirc:
    """The file, as it was found; `unlisted` are sections that `index-servers` passes over."""

    path: str
    sections: Mapping[str, Section] = field(default_factory=dict)
    unlisted: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    def section(self, index: Index) -> Section | None:
        """Return the section of `index`: that of its name, else the only one of its address that has a password.

        A section of that name with another address is another index's: what it holds is not for this one. Raises
        `ConfigError` if `pypi` or `testpypi` is such a section, for then it is not clear what is meant.
        """
        named = self.sections.get(index.name)
        if named is not None and not _is_at(named, index):
            if index in (PYPI, TESTPYPI):
                raise ConfigError(
                    "pypirc-index-renamed",
                    f"section [{named.name}] of {self.path} is not the index that everybody knows by that name",
                    named.place,
                    hint=f"Rename the section, here and in `index-servers`, and publish with `--index` and that name; "
                    f"or take out its `repository` to publish to {index.upload_url}.",
                )
            named = None
        if named is not None and named.password is not None:
            return named
        with_password = [each for each in self.sections.values() if each.password is not None and _is_at(each, index)]
        # Tokens for single projects have a section each, at one address: which of them is meant, only a name tells.
        return with_password[0] if len(with_password) == 1 else named


def _is_at(section: Section, index: Index) -> bool:
    try:
        return section.index().upload_url == index.upload_url
    except ConfigError:
        return False  # told by whoever asks for it by name


def locate(env: Mapping[str, str], given: str | None) -> Path | None:
    """Return where the file is expected: at `given`, else in the user's home; None if there is no home."""
    home = env.get("USERPROFILE" if os.name == "nt" else "HOME")
    if given is not None:
        return Path(home, given[2:]) if home and given.startswith("~/") else Path(given)
    return Path(home, FILENAME) if home else None


def read(path: Path | None, *, must_exist: bool = False) -> Pypirc:
    """Return what the file says; nothing if there is none, and none has to be.

    Raises `ConfigError` with file and line if it cannot be read; what the line holds is not told: it may be a secret.
    """
    if path is None:
        return Pypirc("")
    try:
        content = path.read_bytes()
        mode = path.stat().st_mode
    except FileNotFoundError as exc:
        if must_exist:
            raise _unreadable(path, "there is no such file", 0) from exc
        return Pypirc(str(path))
    except OSError as exc:
        raise _unreadable(path, exc.strerror or "it cannot be opened", 0) from exc
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise _unreadable(path, "it is not encoded in UTF-8", content[: exc.start].count(b"\n") + 1) from exc
    return _Reader(path, text).file(is_exposed=os.name != "nt" and bool(mode & (stat.S_IRWXG | stat.S_IRWXO)))


def _unreadable(path: Path, why: str, line: int) -> ConfigError:
    where = f"{path}:{line}" if line else str(path)
    return ConfigError(
        "pypirc-unreadable",
        f"{where} cannot be read: {why}",
        *([Line(str(path), line)] if line else []),
        hint="Mend the line, or name another file with `--config-file`."
        if line
        else "Name a file that is there with `--config-file`.",
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one file."""

    path: Path
    text: str = field(repr=False)

    def file(self, *, is_exposed: bool) -> Pypirc:
        values = self.values()
        servers = values.get("distutils", {}).get("index-servers", f"{PYPI.name} {TESTPYPI.name}").split()
        # PyPI is there even where it is not listed, without credentials.
        known = {name: Section(name, str(self.path)) for name in (PYPI.name, TESTPYPI.name)}
        shared = values.get("server-login", {})
        listed = {name: self.section(name, {**shared, **values.get(name, {})}) for name in servers}
        sections = known | {name: each for name, each in listed.items() if name in values or name in known}
        unlisted = tuple(name for name in values if name not in (*servers, *_NO_INDEXES))
        holds_secret = any("password" in each for each in values.values())
        remarks = (self.exposed(),) if is_exposed and holds_secret else ()
        return Pypirc(str(self.path), sections, unlisted, remarks)

    def values(self) -> dict[str, dict[str, str]]:
        """Return what configparser finds, under its own rules; raises `ConfigError` with the line."""
        import configparser  # noqa: PLC0415  (most runs never come here)

        parser = configparser.RawConfigParser()
        try:
            parser.read_string(self.text, str(self.path))
        except configparser.MissingSectionHeaderError as exc:
            raise _unreadable(self.path, "something stands before the first section", exc.lineno) from None
        except configparser.DuplicateSectionError as exc:
            raise _unreadable(self.path, f"section [{exc.section}] is there twice", exc.lineno or 1) from None
        except configparser.DuplicateOptionError as exc:
            raise _unreadable(self.path, f"an option is there twice in [{exc.section}]", exc.lineno or 1) from None
        except configparser.ParsingError as exc:
            raise _unreadable(self.path, "the line is no `name = value`", exc.errors[0][0]) from None
        return {name: dict(parser.items(name)) for name in parser.sections()}

    def section(self, name: str, values: Mapping[str, str]) -> Section:
        password = values.get("password")
        return Section(
            name,
            str(self.path),
            next((number for number, each in self.headings() if each == name), 1),
            values.get("repository") or None,
            values.get("username") or None,
            Secret(password) if password else None,
            values.get("ca_cert") or None,
            values.get("client_cert") or None,
        )

    def headings(self) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(self.text.split("\n"), 1):
            if (heading := _SECTION.match(line)) is not None:
                yield number, heading["name"]

    def exposed(self) -> Diagnostic:
        return Diagnostic(
            "pypirc-exposed",
            f"{self.path} holds a password, and other users of this machine can read it",
            f"Run `chmod 600 {typed(self.path)}`.",
            (Line(str(self.path), 1),),
            Severity.WARNING,
        )
