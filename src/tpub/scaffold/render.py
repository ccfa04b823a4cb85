"""Text from templates: `<<name>>` stands for a value, and a line of nothing but it for several lines, or for none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_LINE = re.compile(r"^(?P<indent>[ ]*)<<(?P<name>[\w/-]+)>>\n", re.MULTILINE)
_NAME = re.compile(r"<<(?P<name>[\w/-]+)>>")
_PIN = re.compile(r"- uses: (?P<pinned>(?P<action>[\w/-]+)@.*)")


def rendered(name: str, values: Mapping[str, str]) -> str:
    """Return the template of that name with `values` put in; an action stands there with its pin."""
    known = {**_pins(), **values}

    def lines(found: re.Match[str]) -> str:
        return "".join(f"{found['indent']}{line}\n" for line in known[found["name"]].splitlines())

    text = _template(f"{name}.yml")
    return _NAME.sub(lambda found: known[found["name"]], _LINE.sub(lines, text))


@cache
def _pins() -> dict[str, str]:
    """Return each action as it is pinned: by its commit, with the version as a comment."""
    return {found["action"]: found["pinned"] for found in _PIN.finditer(_template("pins.yml"))}


def _template(name: str) -> str:
    return files(__package__).joinpath("templates", *name.split("/")).read_text("utf-8")
