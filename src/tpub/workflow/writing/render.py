"""Text from templates: `<<name>>` stands for a value, and a line of nothing but it for several lines, or for none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_NAMED = re.compile(r"^(?P<indent>[ ]*)<<(?P<line>[\w/-]+)>>\n|<<(?P<word>[\w/-]+)>>", re.MULTILINE)
_PIN = re.compile(r"- uses: (?P<pinned>(?P<action>[\w/-]+)@.*)")


def rendered(name: str, values: Mapping[str, str]) -> str:
    """Return the template of that name with `values` put in; an action stands there with its pin."""
    known = {**_pins(), **values}

    def value(found: re.Match[str]) -> str:
        if found["word"]:
            return known[found["word"]]
        return "".join(f"{found['indent']}{line}\n" for line in known[found["line"]].splitlines())

    return _NAMED.sub(value, _template(f"{name}.yml"))


@cache
def _pins() -> dict[str, str]:
    """Return each action as it is pinned: by its commit, with the version as a comment."""
    return {found["action"]: found["pinned"] for found in _PIN.finditer(_template("pins.yml"))}


def _template(name: str) -> str:
    return files(__package__).joinpath("templates", *name.split("/")).read_text("utf-8")
