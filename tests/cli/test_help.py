"""`--help`: groups, widths, and examples that are run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import pytest
import typer

from support.sandbox import BASH, Shell
from support.world import tpub
from tpub.cli import help as helps, main
from tpub.rehearsal import RehearsalIndex

PROGRAM = cast("helps.Group", typer.main.get_command(main.cli))

with PROGRAM.make_context("tpub", [], resilient_parsing=True) as CONTEXT:
    NAMES = PROGRAM.list_commands(CONTEXT)
    FOUND = {name: PROGRAM.get_command(CONTEXT, name) for name in NAMES}
COMMANDS = {"": PROGRAM, **{name: command for name, command in FOUND.items() if command is not None}}
# Nothing in the sandbox has attestations.
EXIT_CODES = {"tpub verify dist/*": 1, "tpub verify sampleproject==0.9": 1}

each_command = pytest.mark.parametrize("name", COMMANDS)


def lines_of_help(name: str, capsys: pytest.CaptureFixture[str], columns: int) -> list[str]:
    ran = tpub(*([name] if name else []), "--help", env={"COLUMNS": str(columns)})
    assert (ran.code, ran.err) == (0, "")
    return capsys.readouterr().out.splitlines()


def shell_lines(name: str) -> list[str]:
    return [line for line in helps.examples(COMMANDS[name]) if not line.startswith("#")]


@each_command
@pytest.mark.parametrize("columns", [80, 40])
def test_it_fits(name: str, columns: int, capsys: pytest.CaptureFixture[str]) -> None:
    lines = lines_of_help(name, capsys, columns)
    # What is typed stays whole: an option with its values, an example.
    typed = [line for line in lines[lines.index("Examples:") :] if not line.startswith("  #")]
    assert [line for line in lines if len(line) > columns and not line.startswith("  -") and line not in typed] == []
    assert [line for line in lines if len(line) > 80] == []


def test_commands_stand_under_what_they_are_for(capsys: pytest.CaptureFixture[str]) -> None:
    titles = [line for line in lines_of_help("", capsys, 80) if re.fullmatch(r"[A-Z].*:", line)]
    assert titles == ["Publish:", "Set up:", "Look up:", "For other tools:", "Options:", "Examples:"]


def test_options_stand_under_what_they_are_about(capsys: pytest.CaptureFixture[str]) -> None:
    titles = [line for line in lines_of_help("upload", capsys, 80) if re.fullmatch(r"[A-Z].*:", line)]
    assert titles == ["Arguments:", *(f"{title}:" for title in helps.TOPICS), "Options:", "Examples:"]


@each_command
def test_every_option_has_its_place(name: str) -> None:
    command = COMMANDS[name]
    with command.make_context(name, [], resilient_parsing=True) as ctx:
        found = dict(helps.groups(command, ctx))
    if len(found) > 2:
        assert [param.name for param in found["Options"]] == ["help"]


def test_every_command_has_its_place() -> None:
    placed = [name for names in helps.PURPOSES.values() for name in names]
    assert sorted(placed) == sorted(NAMES)


@each_command
def test_it_has_examples(name: str) -> None:
    assert shell_lines(name)


@pytest.mark.skipif(BASH is None, reason="examples are for a shell")
@pytest.mark.parametrize("line", dict.fromkeys(line for name in COMMANDS for line in shell_lines(name)))
def test_an_example_runs(line: str, index: RehearsalIndex, tmp_path: Path) -> None:
    done = Shell.opened(tmp_path, index).run(line)
    assert done.returncode == EXIT_CODES.get(line, 0), done.stdout + done.stderr
