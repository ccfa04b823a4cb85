"""Templates, and the pins in them."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from support.steps import documents
from tpub.workflow.writing.render import rendered

ROOT = Path(__file__).parents[2]
TEMPLATES = files("tpub.workflow.writing") / "templates"
PIN = re.compile(r"uses: (?P<action>[\w./-]+)@(?P<commit>[0-9a-f]{40}) # (?P<version>v[\d.]+)$", re.MULTILINE)


def pins(text: str) -> set[tuple[str, str, str]]:
    return {(found["action"], found["commit"], found["version"]) for found in PIN.finditer(text)}


OURS = (TEMPLATES / "pins.yml").read_text("utf-8")
ACTIONS = {action for action, *_ in pins(OURS)}


@pytest.mark.parametrize(
    "place", [".github/workflows/release.yml", "README.md", "docs/start/github.md", "docs/action-and-component.md"]
)
def test_the_pins_are_the_same_everywhere(place: str) -> None:
    if not (ROOT / place).exists():
        pytest.skip("the workflow is not in the sdist")
    found = pins((ROOT / place).read_text("utf-8"))
    assert {pin for pin in found if pin[0] in ACTIONS} <= pins(OURS)
    assert found


@pytest.mark.skipif(not (ROOT / ".github").exists(), reason="what Dependabot is told is not in the sdist")
def test_dependabot_raises_the_pins() -> None:
    """It looks at every YAML file right in a folder, for `uses:`."""
    (told,) = documents(ROOT / ".github" / "dependabot.yml")
    (actions,) = (each for each in told["updates"] if each["package-ecosystem"] == "github-actions")
    folder = f"/src/tpub/workflow/writing/{TEMPLATES.name}"
    assert folder in actions["directories"]
    assert [path.name for path in TEMPLATES.iterdir() if path.name.endswith((".yml", ".yaml"))] == ["pins.yml"]
    steps = documents(ROOT / folder[1:] / "pins.yml")[0]["steps"]
    assert len(steps) == len(pins(OURS)) == OURS.count("uses:")


def test_every_pin_is_of_use() -> None:
    text = "".join(path.read_text("utf-8") for path in (TEMPLATES / "github").iterdir() if path.name.endswith(".yml"))
    assert set(re.findall(r"uses: <<([\w./-]+)>>$", text, re.MULTILINE)) == ACTIONS
    assert len(re.findall("uses:", text)) == len(re.findall("uses: <<", text))


def test_a_line_for_a_value_becomes_several_or_none() -> None:
    values = dict.fromkeys(("path", "history", "what", "tags"), "")
    values |= {"build-stage": "b", "inherit": "inherit:\n  default: false"}
    assert rendered("gitlab/build", values).startswith(
        "build-release:\n  stage: b\n  inherit:\n    default: false\n  image: python:3.13\n"
    )
    assert '    PIP_NO_CACHE_DIR: "1"\n  script:\n' in rendered("gitlab/build", values)
