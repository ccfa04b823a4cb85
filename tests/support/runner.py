"""What GitHub's runner makes of what a step prints and writes. Source: actions/runner, ActionCommand.cs and
FileCommandManager.cs; an own reading of them, not tpub's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

NAMES = frozenset(
    {"add-mask", "debug", "echo", "endgroup", "error", "group", "notice", "save-state", "set-output", "stop-commands"}
    | {"warning", "add-matcher", "remove-matcher", "add-path", "set-env"}
)


@dataclass(frozen=True)
class Command:
    """A line that the runner acts upon."""

    name: str
    data: str = ""
    properties: dict[str, str] = field(default_factory=dict)


def lines(log: str) -> list[str]:
    """Return the lines of a log as .NET reads them: also a lone carriage return ends one."""
    return re.split(r"\r\n|\r|\n", log)


def read(line: str) -> Command | None:
    """Return the command that a line is; None if it is text."""
    return _new_style(line) or _old_style(line)


def commands(log: str) -> list[Command]:
    """Return the commands of a log."""
    return [found for line in lines(log) if (found := read(line)) is not None]


def outputs(text: str) -> dict[str, str]:
    """Return what a step wrote to `$GITHUB_OUTPUT`."""
    return dict(_outputs(iter(text.split("\n"))))


def _outputs(rest: Iterator[str]) -> Iterator[tuple[str, str]]:
    for line in rest:
        if not line:
            continue
        if "=" in line.partition("<<")[0]:
            name, _, value_of_line = line.partition("=")
            yield name, value_of_line
            continue
        name, _, delimiter = line.partition("<<")
        value = []
        while (following := next(rest)) != delimiter:
            value.append(following)
        yield name, "\n".join(value)


def _new_style(line: str) -> Command | None:
    line = line.lstrip()
    if not line.startswith("::") or "::" not in line[2:]:
        return None
    head, _, data = line[2:].partition("::")
    name, _, properties = head.partition(" ")
    if name.lower() not in NAMES:
        return None
    pairs = (each.split("=", 1) for each in properties.strip().split(",") if "=" in each)
    return Command(name, _decoded(data), {key: _decoded(value, "%3A", "%2C") for key, value in pairs if key and value})


def _old_style(line: str) -> Command | None:
    _, prefix, rest = line.partition("##[")
    head, end, data = rest.partition("]")
    name = head.partition(" ")[0]
    return Command(name, _decoded(data, "%3B", "%5D")) if prefix and end and name.lower() in NAMES else None


def _decoded(text: str, *more: str) -> str:
    for escape in ("%0D", "%0A", *more, "%25"):
        text = text.replace(escape, chr(int(escape[1:], 16)))
    return text
