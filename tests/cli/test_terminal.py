"""What people see on terminals, wide and narrow, with colours and without."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.sandbox import sandbox
from support.world import Ran, tpub

COLOUR = re.compile(r"\x1b\[[\d;]*m")
COMMANDS = [
    pytest.param(["check", "other/*", "dist/*"], id="check"),
    pytest.param(["rehearse"], id="rehearse"),
    pytest.param(["doctor", "checkout", "--offline"], id="doctor"),
    pytest.param(["publisher"], id="publisher"),
    pytest.param(["upload", "--index", "pipy"], id="usage"),
]


@pytest.fixture(autouse=True)
def _in_a_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sandbox(tmp_path))


def words(ran: Ran) -> list[str]:
    """Return what was said without colours and line ends; times and ports pass."""
    text = COLOUR.sub("", ran.out + ran.err)
    return re.sub(r"\d+\.\d s|127\.0\.0\.1:\d+|\x1b\[\?25[hl]", "", text).split()


@pytest.mark.parametrize("argv", COMMANDS)
def test_colours_carry_no_meaning_alone(argv: list[str]) -> None:
    coloured = tpub(*argv, env={"FORCE_COLOR": "1", "COLUMNS": "100"})
    plain = tpub(*argv, "--color", "never")
    assert COLOUR.search(coloured.out + coloured.err)
    assert not COLOUR.search(plain.out + plain.err)
    assert words(coloured) == words(plain)


@pytest.mark.parametrize("argv", COMMANDS)
def test_no_color_means_no_colour(argv: list[str]) -> None:
    ran = tpub(*argv, terminal=True, env={"TERM": "xterm-256color", "NO_COLOR": "1"})
    assert re.search(r"\x1b\[[\d;]*3\d", ran.out + ran.err) is None


@pytest.mark.parametrize(
    "argv",
    [
        *COMMANDS,
        pytest.param(["explain", "wheel-platform-tag"], id="page"),
        pytest.param(["explain"], id="list of pages"),
    ],
)
@pytest.mark.parametrize("columns", [80, 40])
def test_lines_fit_the_terminal(argv: list[str], columns: int) -> None:
    ran = tpub(*argv, env={"FORCE_COLOR": "1", "COLUMNS": str(columns)})
    lines = COLOUR.sub("", ran.out + ran.err).splitlines()
    # One word may be longer than a line: a digest, an address, a path.
    assert [line for line in lines if len(line) > columns and len(line.split()) > 2] == []


def test_a_page_is_markdown_in_a_pipe_and_none_on_a_terminal() -> None:
    piped = tpub("explain", "wheel-platform-tag").out
    shown = tpub("explain", "wheel-platform-tag", env={"FORCE_COLOR": "1", "COLUMNS": "60"}).out
    assert "## `wheel-platform-tag`\n" in piped
    plain = piped.replace("## ", "").replace("**", "")
    assert COLOUR.sub("", shown).split() == plain.split()
    assert COLOUR.search(shown)
