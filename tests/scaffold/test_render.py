"""Templates, and the pins in them."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from tpub.scaffold.render import rendered

TEMPLATES = files("tpub.scaffold") / "templates"
OURS = Path(__file__).parents[2] / ".github" / "workflows" / "release.yml"
PIN = re.compile(r"uses: (?P<action>[\w./-]+)@(?P<commit>[0-9a-f]{40}) # (?P<version>v[\d.]+)$", re.MULTILINE)


def pins() -> dict[str, tuple[str, str]]:
    found = tomllib.loads((TEMPLATES / "pins.toml").read_text("utf-8"))
    return {action: (pin["commit"], pin["version"]) for action, pin in found.items()}


@pytest.mark.skipif(not OURS.exists(), reason="the workflow is not in the sdist")
def test_the_pins_are_those_of_our_own_workflow() -> None:
    own = {found["action"]: (found["commit"], found["version"]) for found in PIN.finditer(OURS.read_text("utf-8"))}
    assert {action: pin for action, pin in pins().items() if action in own} == own


def test_every_pin_is_of_use() -> None:
    text = "".join(path.read_text("utf-8") for path in (TEMPLATES / "github").iterdir() if path.name.endswith(".yml"))
    assert set(re.findall(r"uses: <<([\w./-]+)>>$", text, re.MULTILINE)) == set(pins())
    assert len(re.findall("uses:", text)) == len(re.findall("uses: <<", text))


def test_a_line_for_a_value_becomes_several_or_none() -> None:
    values = dict.fromkeys(("path", "history", "what", "tags"), "")
    values |= {"build-stage": "b", "inherit": "inherit:\n  default: false"}
    assert rendered("gitlab/build", values).startswith(
        "build-release:\n  stage: b\n  inherit:\n    default: false\n  image: python:3.13\n"
    )
    assert '    PIP_NO_CACHE_DIR: "1"\n  script:\n' in rendered("gitlab/build", values)
