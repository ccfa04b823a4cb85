"""What the README claims."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from support import dists
from support.steps import documents
from support.world import tpub
from tpub import errors
from tpub.cli import main
from tpub.cli.commands import COMMANDS
from tpub.config.pyproject import read

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"### On (\w+): `([^`]+)`\n\n```yaml\n(.*?)```", README, flags=re.DOTALL)


def test_there_is_an_example_for_each_platform() -> None:
    assert [(platform, path) for platform, path, _ in EXAMPLES] == [
        ("GitHub", ".github/workflows/release.yml"),
        ("GitLab", ".gitlab-ci.yml"),
    ]


@pytest.mark.parametrize(("platform", "text"), [(platform, text) for platform, _, text in EXAMPLES])
def test_the_examples_are_valid(platform: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "release.yml"
    path.write_text(text)
    schema = {"GitHub": "vendor.github-workflows", "GitLab": "vendor.gitlab-ci"}[platform]
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout


def test_the_example_for_github_is_safe(tmp_path: Path) -> None:
    path = tmp_path / ".github" / "workflows" / "release.yml"
    path.parent.mkdir(parents=True)
    path.write_text(EXAMPLES[0][2])
    words = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--no-progress", str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout


def test_the_examples_run_commands_that_exist() -> None:
    lines = re.findall(r"(?:run: |^ +- )(tpub .*)$", "".join(text for *_, text in EXAMPLES), flags=re.MULTILINE)
    assert sorted(set(lines)) == ["tpub rehearse --as github", "tpub rehearse --as gitlab", "tpub upload"]


def test_every_command_is_in_the_table() -> None:
    listed = set(re.findall(r"^\| `tpub (\w+)", README, flags=re.MULTILINE))
    assert listed == set(COMMANDS)


@pytest.mark.parametrize(
    "words", sorted(set(re.findall(r"^\| `tpub (\w+(?: --[a-z-]+)*)", README, flags=re.MULTILINE)))
)
def test_every_command_of_the_table_is_taken(words: str) -> None:
    assert tpub(*words.split(), "--help").code == 0


def test_the_exit_codes() -> None:
    codes = {
        errors.OK,
        errors.REFUSED,
        errors.USAGE,
        errors.PREFLIGHT,
        errors.IDENTITY,
        errors.NETWORK,
        errors.BUG,
        errors.INTERRUPTED,
    }
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", README, flags=re.MULTILINE)} == codes


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^):]+)\)", README))))
def test_links_lead_somewhere(target: str) -> None:
    assert (ROOT / target).is_file()


def words(picture: Path) -> str:
    """Return what a picture says; how it is drawn differs from one release of rich to the next."""
    said = re.findall(r">([^<]*)</text>", picture.read_text(encoding="utf-8"))
    return "".join(html.unescape("".join(said)).split())


def test_the_pictures_say_what_runs_say(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(ROOT / "scripts" / "picture.py"), str(tmp_path)], check=True)  # noqa: S603
    drawn = {path.name: words(path) for path in tmp_path.iterdir()}
    assert drawn == {name: words(ROOT / "docs" / "images" / name) for name in drawn}, "run scripts/picture.py"
    assert all("tpub" in said for said in drawn.values())


@pytest.mark.parametrize(
    ("place", "names"),
    [
        pytest.param("action.yml", ["inputs"], id="the action's inputs"),
        pytest.param("action.yml", ["outputs"], id="its outputs"),
        pytest.param("templates/publish/template.yml", ["spec", "inputs"], id="the component's inputs"),
    ],
)
def test_all_inputs_and_outputs_are_named(place: str, names: list[str]) -> None:
    found = documents(ROOT / place)[0]
    for name in names:
        found = found[name]
    told = README.partition("### In one step")[2].partition("\n## ")[0]
    assert ", ".join(f"`{name}`" for name in found) in " ".join(told.split())


def test_the_reports_are_those_that_are_written(tmp_path: Path) -> None:
    tpub("rehearse", "--reports", str(tmp_path / "reports"), str(dists.wheel(tmp_path)))
    assert {path.name for path in (tmp_path / "reports").iterdir()} == set(
        re.findall(r"`(gl-[\w.-]+|tpub-[\w-]+\.xml|tpub\.env)`", README)
    )


def test_the_settings(tmp_path: Path) -> None:
    (text,) = re.findall(r"```toml[^\n]*\n(.*?)```", README, flags=re.DOTALL)
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    project = read(tmp_path)
    assert (project.index, project.ignore) == ("company", ("license-missing",))
    assert {name: (each.upload_url, each.simple_url, each.is_pypi) for name, each in project.indexes.items()} == {
        "company": ("https://packages.example.com/legacy/", "https://packages.example.com/simple/", False)
    }


NOT_IN_THE_ENVIRONMENT = {"dry-run", "format", "color", "verbose", "quiet", "help", "reports"}
WORDS = {"index": "testpypi", "trusted-publishing": "never", "attestations": "never", "password": "x", "username": "x"}


def options_of_upload() -> set[str]:
    program = typer.main.get_command(main.cli)
    command = program.get_command(typer.Context(program), "upload")  # type: ignore[attr-defined]
    shown = [each for each in command.params if not getattr(each, "hidden", True)]
    return {max(each.opts, key=len)[2:] for each in shown if each.opts[0].startswith("-")}


@pytest.mark.parametrize("option", sorted(options_of_upload() - NOT_IN_THE_ENVIRONMENT))
def test_every_option_of_upload_has_a_variable(option: str) -> None:
    variable = f"TPUB_{option.upper().replace('-', '_')}"
    env = {variable: WORDS.get(option, "7")}
    if option == "username":
        env["TPUB_PASSWORD"] = "x"
    ran = tpub("upload", "-v", "--dry-run", "/nowhere/*", env=env)
    assert f"(${variable})" in ran.err
