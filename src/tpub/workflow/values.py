"""Values as they are typed in YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping as Values

Value = str | Values[str, "Value"]

_PLAIN = re.compile(r"[A-Za-z][\w.*/-]*", re.ASCII)
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})  # of YAML 1.1, which GitLab reads


def scalar(text: str) -> str:
    """Return a text as a value in YAML."""
    is_plain = _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS
    return text if is_plain else "'" + text.replace("'", "''") + "'"


def block(values: Values[str, Value], column: int, ending: str) -> str:
    """Return entries as lines at `column`."""
    indent = " " * column
    return "".join(
        f"{indent}{key}: {value}{ending}"
        if isinstance(value, str)
        else f"{indent}{key}:{ending}{block(value, column + 2, ending)}"
        for key, value in values.items()
    )


def flow(value: Value) -> str:
    """Return a value as it stands on one line."""
    if isinstance(value, str):
        return value
    return "{" + ", ".join(f"{name}: {flow(each)}" for name, each in value.items()) + "}"
