"""Pieces of a report in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tpub.diagnostic import Answer, Claim, Evidence, Field, Line, Member, Setting, Variable

_SHORT = 120  # characters of a field's value that are worth a line
_MANY = 5  # files of a folder that are named one by one
_ROUNDS_UP = 999.95  # what would be shown as 1000.0 belongs to the next unit
_UNITS = ("kB", "MB", "GB", "TB")


def evidence(item: Evidence, message: str = "") -> str:  # noqa: PLR0911  (one for each kind)
    """Say one piece of evidence in one line, but for what `message` has said; mypy proves that no kind is forgotten."""
    match item:
        case Line(path, line, column, key):
            return f"{path}:{line}:{column}" + (f" ({key})" if key else "")
        case Variable(name, state):
            return f"${name} is {_STATES[state]}"
        case Claim(name, value, expected):
            found = "is missing" if value is None else f"is {value!r}"
            return f"claim {name} {found}" + ("" if expected is None else f", expected {expected!r}")
        case Field(name, value):
            return f"{name}: {_short(value)}"
        case Member(name, detail):
            return name + (f": {detail}" if detail else "")
        case Answer(url, status, text):
            return f"{url} answered {status}" + (f": {text}" if text and text not in message else "")
        case Setting(name, value, source):
            return f"{name} = {value} ({source})" if value else f"{name} ({source})"


_STATES = {"unset": "not set", "empty": "set, and empty", "set": "set"}


def _short(value: str) -> str:
    text = repr(value)
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}... ({len(value)} characters)"


def size(number: float) -> str:
    """Say a number of bytes: `812 B`, `1.2 MB`."""
    unit = "B"
    for larger in _UNITS:
        if number < _ROUNDS_UP:
            break
        number, unit = number / 1000, larger
    return f"{number:.0f} B" if unit == "B" else f"{number:.1f} {unit}"


def listed(names: Sequence[str]) -> str:
    """Name things one after the other; files of a folder that has many only by their number."""
    folders = Counter(name.rpartition("/")[0] for name in names)
    told = dict.fromkeys(
        f"{folders[folder]} files in {folder}" if folder and folders[folder] > _MANY else name
        for name, folder in ((name, name.rpartition("/")[0]) for name in names)
    )
    return ", ".join(told)


def count(number: int, noun: str) -> str:
    """Say how many: `1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
