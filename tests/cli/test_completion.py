"""What shells offer when somebody presses the tab key."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.processes import environment
from support.sandbox import BASH
from tpub.identity.detect import NAMES
from tpub.pages import pages
from tpub.rehearsal.faults import NAMED

TOML = '[tool.tpub.indexes.company]\nupload-url = "https://packages.example.com/legacy/"\n'
# Loads the script as a user's shell does, then presses the key behind the words that are given.
PRESS = """
set -eu
eval "$(_TPUB_COMPLETE=source_bash tpub)"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_tpub_completion tpub
printf '%s\\n' "${COMPREPLY[@]}"
"""


def is_modern(bash: str | None) -> bool:
    """Tell whether this is a bash that typer writes for; that of macOS is from 2007."""
    if bash is None:
        return False
    words = [bash, "--norc", "-c", 'test "${BASH_VERSINFO[0]}${BASH_VERSINFO[1]}" -ge 44']
    return subprocess.run(words, check=False).returncode == 0  # noqa: S603


needs_bash = pytest.mark.skipif(not is_modern(BASH), reason="there is no bash of version 4.4 or later")


def asked(words: list[str], folder: Path, env: Mapping[str, str]) -> list[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), environment({})["PATH"]])
    done = subprocess.run(  # noqa: S603
        words, env=environment({"PATH": path, **env}), cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("shell", "mark"),
    [
        pytest.param("bash", "complete -o default -F _tpub_completion tpub", id="bash"),
        pytest.param("zsh", "#compdef tpub", id="zsh"),
        pytest.param("fish", "complete --command tpub", id="fish"),
        pytest.param("powershell", "Register-ArgumentCompleter -Native -CommandName tpub", id="PowerShell"),
    ],
)
def test_there_is_a_script_for_each_shell(shell: str, mark: str, tmp_path: Path) -> None:
    lines = asked([sys.executable, "-m", "tpub"], tmp_path, {"_TPUB_COMPLETE": f"source_{shell}"})
    assert any(line.strip().startswith(mark) for line in lines), lines


@needs_bash
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        pytest.param(["up"], {"upload"}, id="command"),
        pytest.param(["upload", "--ind"], {"--index"}, id="option"),
        pytest.param(["upload", "--index", ""], {"pypi", "testpypi", "company"}, id="index, configured too"),
        pytest.param(["upload", "--index", "te"], {"testpypi"}, id="index that begins so"),
        pytest.param(["upload", "--trusted-publishing", "a"], {"auto", "always"}, id="word"),
        pytest.param(["token", "--provider", ""], set(NAMES), id="provider"),
        pytest.param(["rehearse", "--fault", ""], set(NAMED), id="fault"),
        pytest.param(["check", "--ignore", "summary-m"], {"summary-multiline"}, id="code of a rule"),
        pytest.param(["explain", "gh-"], {p.code for p in pages() if p.code.startswith("gh-")}, id="code"),
    ],
)
def test_what_bash_offers(typed: list[str], offered: set[str], tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(TOML)
    assert BASH is not None
    found = asked([BASH, "--norc", "-c", PRESS, "bash", "tpub", *typed], tmp_path, {})
    assert set(found) == offered


@needs_bash
def test_a_configuration_that_is_broken_keeps_nobody_from_typing(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.tpub")
    assert BASH is not None
    found = asked([BASH, "--norc", "-c", PRESS, "bash", "tpub", "upload", "--index", ""], tmp_path, {})
    assert set(found) == {"pypi", "testpypi"}


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_script_is_one_of_that_shell(shell: str, tmp_path: Path) -> None:
    if (program := shutil.which(shell)) is None:
        pytest.skip(f"there is no {shell}")
    script = asked([sys.executable, "-m", "tpub"], tmp_path, {"_TPUB_COMPLETE": f"source_{shell}"})
    (tmp_path / "script").write_text("\n".join(script))
    assert asked([program, "-n", str(tmp_path / "script")], tmp_path, {}) == []
