"""tox environments that publish: what they run, and which variables they let through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from configparser import ConfigParser, Error
from dataclasses import replace
from pathlib import Path

from tpub.workflow.command import Command, commands

_LARGEST = 200_000  # bytes


def within(command: Command, root: Path) -> Iterator[Command]:
    """Yield what the tox environment runs that `command` starts, as told by the checkout's tox.ini."""
    if command.program != "tox" or (asked := command.option("-e", "--env") or command.option("-m")) is None:
        return
    parser = _parsed(root / "tox.ini")
    for name in re.split(r"[,\s]+", asked):
        section = f"testenv:{name}"
        if not parser.has_section(section):
            continue
        passed = frozenset(re.split(r"[,\s]+", _value(parser, section, "pass_env", "passenv")))
        for inner in commands(_value(parser, section, "commands")):
            yield replace(inner, source=command.source, inside="tox", passed=passed)


def _parsed(path: Path) -> ConfigParser:
    parser = ConfigParser(interpolation=None, strict=False)
    try:
        if path.stat().st_size <= _LARGEST:
            parser.read_string(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, Error):
        return ConfigParser()
    return parser


def _value(parser: ConfigParser, section: str, *names: str) -> str:
    for place in (section, "testenv"):
        for name in names:
            if parser.has_option(place, name):
                return parser.get(place, name)
    return ""
