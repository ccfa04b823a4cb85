"""tox environments that publish: what they run, and which variables they let through.

Source: https://tox.wiki/en/latest/config.html: where the configuration may stand, in which of two formats.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from configparser import ConfigParser, Error
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from tpub.workflow.checkout import text_of
from tpub.workflow.command import Command, commands

# In the order in which tox looks for its configuration.
FILES = ("tox.ini", "setup.cfg", "pyproject.toml", "tox.toml")
_PYTHON = re.compile(r"\{(?:envpython|env_python)\}")
_FOLDER = re.compile(r"\{(?:envbindir|env_bin_dir)\}[/\\]?")
_Found = tuple[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class _Tables:
    """A configuration in TOML: what all environments share, and what each has of its own."""

    shared: dict[str, object]
    own: dict[str, object]


def within(command: Command, root: Path) -> Iterator[Command]:
    """Yield what the tox environment runs that `command` starts, as told by the checkout's configuration."""
    if command.program != "tox" or (asked := command.option("-e", "--env") or command.option("-m")) is None:
        return
    look_up = next(filter(None, (_configuration(root, name) for name in FILES)), _nothing)
    for name in re.split(r"[,\s]+", asked):
        script, passed = look_up(name)
        for inner in commands(_FOLDER.sub("", _PYTHON.sub("python", script))):
            yield replace(inner, source=command.source, inside="tox", passed=passed)


def _nothing(name: str) -> _Found:
    del name
    return "", frozenset()


def _configuration(root: Path, name: str) -> Callable[[str], _Found] | None:
    """Return how to look up what an environment runs and lets through; None if the file says nothing of tox."""
    path, text = PurePosixPath(name), text_of(root, name)
    try:
        if not text or (path.suffix == ".toml" and "tox" not in path.stem and "[tool.tox" not in text):
            return None
        return _tables(path, tomllib.loads(text)) if path.suffix == ".toml" else _sections(text)
    except ValueError:
        return None


def _tables(path: PurePosixPath, document: dict[str, object]) -> Callable[[str], _Found] | None:
    table = document if path.stem == "tox" else _table(_table(document, "tool"), "tox")
    legacy = table.get("legacy_tox_ini")
    if isinstance(legacy, str):
        return _sections(legacy)
    tables = _Tables(_table(table, "env_run_base"), _table(table, "env"))
    return lambda name: _of_tables(tables, name)


def _of_tables(tables: _Tables, name: str) -> _Found:
    own = tables.shared | _table(tables.own, name)
    lines = [shlex.join(str(word) for word in line) for line in _list(own, "commands") if isinstance(line, list)]
    # Words that only a shell or tox takes apart are left as they are.
    script = "\n".join(lines).replace("'{", "{").replace("}'", "}")
    return script, frozenset(str(each) for each in _list(own, "pass_env"))


def _table(table: dict[str, object], key: str) -> dict[str, object]:
    found = table.get(key)
    return found if isinstance(found, dict) else {}


def _list(table: dict[str, object], key: str) -> list[object]:
    found = table.get(key)
    return found if isinstance(found, list) else []


def _sections(text: str) -> Callable[[str], _Found] | None:
    parser = ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except Error:
        return None
    if not any(section.startswith(("tox", "testenv")) for section in parser.sections()):
        return None
    return lambda name: _of_sections(parser, name)


def _of_sections(parser: ConfigParser, name: str) -> _Found:
    section = f"testenv:{name}"
    if not parser.has_section(section):
        return _nothing(name)
    passed = frozenset(re.split(r"[,\s]+", _value(parser, section, "pass_env", "passenv")))
    return _value(parser, section, "commands"), passed


def _value(parser: ConfigParser, section: str, *names: str) -> str:
    for place in (section, "testenv"):
        for name in names:
            if parser.has_option(place, name):
                return parser.get(place, name)
    return ""
