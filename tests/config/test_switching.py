"""Command lines and variables of other tools."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer

from support import dists
from support.world import tpub
from tpub.cli import main
from tpub.config.switching import (
    NEEDLESS_VARIABLES,
    OPTIONS,
    VARIABLES,
    Fate,
    ForeignOption,
    ForeignVariable,
    as_ours,
    is_true,
)
from tpub.rehearsal.index import RehearsalIndex

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "coming-from.md").read_text(encoding="utf-8")
PAGES_OF_PYPI = "https://packages.example.com/simple/"
SAMPLES = {"index": "testpypi", "simple-url": PAGES_OF_PYPI, "trusted-publishing": "never", "attestations": "1"}

each_option = pytest.mark.parametrize(
    ("option", "name"), [pytest.param(each, name, id=f"{each.tool} {name}") for each in OPTIONS for name in each.names]
)
each_variable = pytest.mark.parametrize("variable", [pytest.param(each, id=each.name) for each in VARIABLES])


def shown_options() -> set[str]:
    program = typer.main.get_command(main.cli)
    command = program.get_command(typer.Context(program), "upload")  # type: ignore[attr-defined]
    return {name for each in command.params for name in each.opts if not getattr(each, "hidden", True)}


@each_option
def test_every_option_is_taken(option: ForeignOption, name: str, tmp_path: Path) -> None:
    value = [SAMPLES.get(option.option, "7")] if option.metavar else []
    said = json.loads(tpub("upload", name, *value, "--format", "json", str(tmp_path / "none")).out)
    codes = [told["code"] for told in said["diagnostics"]]
    assert codes[0] == ("credentials-incomplete" if name in {"-u", "--username"} else "no-distributions")
    assert ("option-ignored" in codes) is (option.fate is Fate.IGNORED)


@each_option
def test_an_option_is_shown_if_it_is_tpubs_own_and_hidden_else(option: ForeignOption, name: str) -> None:
    is_own = option.fate is Fate.SAME or name in {"--attestations", "--trusted-publishing"}
    assert (name in shown_options()) is is_own


@each_option
def test_what_to_write_instead_is_there(option: ForeignOption, name: str) -> None:
    del name
    named = set(re.findall(r"(--[a-z-]+)", option.instead))
    assert named <= shown_options()
    assert option.option in {name[2:] for name in shown_options()} | {"", "simple-url", "non-interactive"}


@pytest.mark.parametrize(
    ("words", "setting"),
    [
        pytest.param(["-r", "testpypi"], "index = https://test.pypi.org/legacy/ (--repository)", id="-r"),
        pytest.param(["-rtestpypi"], "index = https://test.pypi.org/legacy/ (--repository)", id="-r without a blank"),
        pytest.param(
            ["-r", "testpypi", "--repository-url", "https://packages.example.com/legacy/"],
            "index = https://packages.example.com/legacy/ (--repository-url)",
            id="the URL counts",
        ),
        pytest.param(
            ["--publish-url", "https://packages.example.com/legacy/"],
            "index = https://packages.example.com/legacy/ (--publish-url)",
            id="--publish-url",
        ),
        pytest.param(["-t", "x"], "credential = user name __token__ (-t)", id="-t"),
        pytest.param(["-u", "me", "-p", "x"], "credential = user name me (-u)", id="-u, -p"),
        pytest.param(["--no-attestations"], "attestations = never (--no-attestations)", id="--no-attestations"),
        pytest.param(["--attestations", "/nowhere"], "attestations = always (--attestations)", id="--attestations"),
        pytest.param(
            ["--trusted-publishing", "automatic"], "trusted-publishing = auto (--trusted-publishing)", id="automatic"
        ),
    ],
)
def test_what_an_option_means(words: list[str], setting: str) -> None:
    assert setting in tpub("upload", "-v", "--dry-run", *words, "/nowhere/*").err.splitlines()


@each_variable
def test_what_a_variable_means(variable: ForeignVariable, tmp_path: Path) -> None:
    env = {variable.name: SAMPLES.get(variable.option, "1")}
    with_it = {"username": {"TWINE_PASSWORD": "x", "UV_PUBLISH_PASSWORD": "x"}}.get(variable.option, {})
    ran = tpub("upload", "-v", "--dry-run", str(tmp_path / "none"), env=env | with_it)
    silent = variable.option in {"simple-url", "non-interactive", "username"}
    assert (f"(${variable.name})" in ran.err) is not silent
    assert "internal-error" not in ran.err


@pytest.mark.parametrize(
    ("words", "changed"),
    [
        pytest.param(["--attestations"], ["--attestations=always"], id="at the end"),
        pytest.param(["--attestations", "dist/x.whl"], ["--attestations=always", "dist/x.whl"], id="before a file"),
        pytest.param(["--attestations", "never"], ["--attestations", "never"], id="tpub's"),
        pytest.param(["--attestations", "sometimes"], ["--attestations", "sometimes"], id="a slip in tpub's"),
        pytest.param(["--attestations=auto"], ["--attestations=auto"], id="tpub's, in one word"),
        pytest.param(["--trusted-publishing", "automatic"], ["--trusted-publishing", "auto"], id="uv's"),
        pytest.param(["--trusted-publishing=automatic"], ["--trusted-publishing=auto"], id="uv's, in one word"),
        pytest.param(["--trusted-publishing", "never"], ["--trusted-publishing", "never"], id="both tools'"),
        pytest.param(["automatic", "x"], ["automatic", "x"], id="a file of that name"),
    ],
)
def test_values_that_are_called_otherwise(words: list[str], changed: list[str]) -> None:
    assert as_ours(words) == changed


@pytest.mark.parametrize(
    ("value", "meaning"),
    [("1", True), ("true", True), ("yes", True), ("0", False), ("False", False), ("no", False), (" ", False)],
)
def test_a_switch_in_the_environment(value: str, meaning: bool) -> None:  # noqa: FBT001
    assert is_true(value) is meaning


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--repository-url", "{url}", "-u", "__token__", "-p", "{token}"], id="twine on a desk"),
        pytest.param(["--skip-existing", "--repository-url={url}", "--password={token}", "-u__token__"], id="one word"),
        pytest.param(["--publish-url", "{url}", "-t", "{token}", "--check-url", "{pages}"], id="uv"),
    ],
)
def test_a_release_by_the_command_line_of_another_tool(index: RehearsalIndex, tmp_path: Path, words: list[str]) -> None:
    wheel = dists.wheel(tmp_path)
    token = index.user_token().reveal()
    filled = [word.format(url=index.index.upload_url, token=token, pages=index.index.simple_url) for word in words]
    ran = tpub("upload", *filled, str(wheel))
    assert (ran.code, set(index.store.files)) == (0, {wheel.name}), ran.err
    assert token not in ran.out + ran.err


@pytest.mark.parametrize("tool", ["TWINE", "UV"])
def test_a_release_by_the_variables_of_another_tool(index: RehearsalIndex, tmp_path: Path, tool: str) -> None:
    wheel = dists.wheel(tmp_path)
    token = index.user_token().reveal()
    env = {
        "TWINE": {
            "TWINE_REPOSITORY_URL": index.index.upload_url,
            "TWINE_USERNAME": "__token__",
            "TWINE_PASSWORD": token,
        },
        "UV": {"UV_PUBLISH_URL": index.index.upload_url, "UV_PUBLISH_TOKEN": token},
    }[tool]
    ran = tpub("upload", str(wheel), env=env)
    assert (ran.code, set(index.store.files)) == (0, {wheel.name}), ran.err
    assert token not in ran.out + ran.err


def test_the_page_tells_of_every_name() -> None:
    named = set(re.findall(r"`(-{1,2}[a-z-]+|[A-Z_]{6,})", PAGE))
    names = {name for option in OPTIONS for name in option.names}
    names |= {variable.name for variable in (*VARIABLES, *NEEDLESS_VARIABLES)}
    assert names - named == set()


def test_the_page_names_no_option_that_is_none() -> None:
    right = [line.strip("|").split(" | ")[-1] for line in PAGE.splitlines() if line.startswith("|")]
    assert set(re.findall(r"(--[a-z][a-z-]+)", " ".join(right))) <= shown_options()
