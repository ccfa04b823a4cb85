"""The documentation: what is generated is current, every example runs, and the site builds without a warning."""

from __future__ import annotations

import doctest
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest

import tpub
from support.processes import environment
from support.sandbox import BASH, Shell, sandbox
from support.steps import documents
from support.world import tpub as command
from tpub.config.lookup import variable
from tpub.config.pyproject import read
from tpub.preflight.catalogue import known
from tpub.rehearsal import JobDescription, RehearsalIndex
from tpub.workflow import github, gitlab

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
SCHEMAS = {
    ".github/workflows/release.yml": "vendor.github-workflows",
    ".gitlab-ci.yml": "vendor.gitlab-ci",
    "cloudbuild.yaml": "vendor.cloudbuild",
    ".circleci/config.yml": "vendor.circle-ci",
    ".buildkite/pipeline.yml": "vendor.buildkite",
}


@dataclass(frozen=True)
class Block:
    """An example: where it stands, its language, the file that it would be, and its text."""

    page: Path
    line: int
    language: str
    title: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"


def blocks() -> Iterator[Block]:
    for page in PAGES:
        text = page.read_text("utf-8")
        for found in re.finditer(r'^```(\w*)(?: title="([^"]*)")?\n(.*?)^```$', text, flags=re.MULTILINE | re.DOTALL):
            before = text[: found.start()]
            # The README names the file in the heading.
            heading = re.search(r"### [^\n]*`([^`\n]+)`\n\n\Z", before)
            title = found[2] or (heading[1] if heading else "")
            yield Block(page, before.count("\n") + 1, found[1], title, found[3])


# The examples of `--help` are run, each by itself, with the tests of `--help`.
BLOCKS = [block for block in blocks() if block.place.partition(":")[0] != "docs/commands.md" or block.language != "sh"]


def examples(*languages: str, is_file: bool = False) -> pytest.MarkDecorator:
    found = [block for block in BLOCKS if block.language in languages and bool(block.title) is is_file]
    rows = [pytest.param(block, id=block.place) for block in found]
    return pytest.mark.parametrize("block", rows)


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"{name}_script", ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def section(name: str) -> str:
    """Return what the page of the commands says of one."""
    return (DOCS / "commands.md").read_text("utf-8").partition(f"### `tpub {name}`\n")[2].partition("\n### ")[0]


def test_every_example_is_of_a_kind_that_is_tested() -> None:
    kinds = {"json", "python", "sh", "toml", "yaml", "text"}  # text is what is seen, not what is typed
    assert {block.place: block.language for block in BLOCKS if block.language not in kinds} == {}
    assert [block.place for block in BLOCKS if block.language in {"toml", "yaml"} and not block.title] == []


@pytest.mark.skipif(BASH is None, reason="examples are for a shell")
@examples("sh")
def test_a_shell_example_runs(block: Block, index: RehearsalIndex, tmp_path: Path) -> None:
    done = Shell.opened(tmp_path, index).run(block.text)
    assert done.returncode == 0, done.stdout + done.stderr


@examples("python", is_file=True)
def test_an_example_of_a_suite_runs(block: Block, tmp_path: Path) -> None:
    (tmp_path / block.title).write_text(block.text, "utf-8")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), block.title]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout


@examples("python")
def test_a_python_example_runs(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sandbox(tmp_path))
    parsed = doctest.DocTestParser().get_doctest(block.text, {}, block.place, block.place, 0)
    assert parsed.examples
    assert doctest.DocTestRunner().run(parsed).failed == 0


@examples("toml", is_file=True)
def test_a_configuration_is_taken(block: Block, tmp_path: Path) -> None:
    assert block.title == "pyproject.toml"
    (tmp_path / block.title).write_text(block.text, "utf-8")
    found = read(tmp_path)
    assert found.publisher is not None or found.index is not None
    assert known(found.ignore) == set(found.ignore)


@examples("yaml", is_file=True)
def test_a_file_for_a_ci_is_right(block: Block, tmp_path: Path) -> None:
    path = tmp_path / block.title
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, "utf-8")
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[block.title], str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout
    if block.title in {".github/workflows/release.yml", ".gitlab-ci.yml"}:
        assert [told.code for told in tpub.lint(tmp_path) if told.is_error] == []
        jobs = [each.job.name for each in github.load(tmp_path).publishing]
        jobs += [job.name for pipeline in gitlab.load(tmp_path) for job, _ in pipeline.publishing]
        assert jobs, "nothing publishes"


@pytest.mark.parametrize(
    ("place", "keys"),
    [
        pytest.param("action.yml", ["inputs"], id="inputs of the action"),
        pytest.param("action.yml", ["outputs"], id="outputs of the action"),
        pytest.param("templates/publish/template.yml", ["spec", "inputs"], id="inputs of the component"),
    ],
)
def test_every_input_and_output_is_told_of_with_its_default(place: str, keys: list[str]) -> None:
    found = documents(ROOT / place)[0]
    for key in keys:
        found = found[key]
    page = (DOCS / "action-and-component.md").read_text("utf-8")
    part = page.partition("## The component")[0 if place == "action.yml" else 2]
    table = part.partition(f"| {keys[-1][:-1]} |")[2].partition("\n\n")[0]
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.*?) \|", table, re.MULTILINE))
    assert list(rows) == list(found)
    defaults = {name: each["default"] for name, each in found.items() if each.get("default")}
    assert {name: rows[name] for name in defaults} == {name: f"`{value}`" for name, value in defaults.items()}


@examples("json")
def test_a_piece_of_a_report_is_what_doctor_says(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sandbox(tmp_path))
    ran = command("doctor", "--offline", "--format", "json", "checkout")
    assert json.loads(block.text) in json.loads(ran.out)["diagnostics"]


def test_the_first_steps_are_those_of_the_readme() -> None:
    readme = {
        block.title: block.text for block in BLOCKS if block.page.name == "README.md" and block.language == "yaml"
    }
    start = {
        block.title: block.text
        for block in BLOCKS
        if block.page.name in {"github.md", "gitlab.md"} and block.language == "yaml"
    }
    assert start == readme


def test_the_exit_codes_are_those_of_the_readme() -> None:
    tables = [
        re.findall(r"^\| \d+ \| .*$", path.read_text("utf-8"), re.MULTILINE) for path in (PAGES[0], DOCS / "report.md")
    ]
    assert tables[0] == tables[1] != []


def test_the_library_page_has_every_name() -> None:
    page = (DOCS / "library.md").read_text("utf-8")
    assert [name for name in tpub.__all__ if not re.search(rf"`(tpub\.)?{name}\b", page)] == ["__version__"]


@pytest.mark.parametrize(
    ("name", "text"), [pytest.param(*item, id=item[0]) for item in script("manual").documents().items()]
)
def test_the_manual_is_current(name: str, text: str) -> None:
    assert (DOCS / name).read_text("utf-8") == text, "run scripts/manual.py"


def test_the_schema_is_current() -> None:
    assert (DOCS / "report.schema.json").read_text("utf-8") == script("schema").document(), "run scripts/schema.py"


def test_the_picture_of_the_flow_is_current() -> None:
    assert (DOCS / "images" / "flow.svg").read_text("utf-8") == script("flow").drawn(), "run scripts/flow.py"


@pytest.mark.skipif(shutil.which("groff") is None, reason="there is no groff")
def test_the_manual_page_is_well_formed() -> None:
    words = [str(shutil.which("groff")), "-man", "-ww", "-Tutf8", "-b", "-z", str(DOCS / "man" / "tpub.1")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, "")


def test_every_lasting_option_has_a_variable_that_is_documented() -> None:
    momentary = {"dry-run", "format", "reports", "color", "verbose", "quiet", "help"}
    options = set(re.findall(r"^\| `(?:-\w, )?--([a-z-]+)", section("upload"), re.MULTILINE)) - momentary
    listed = set(re.findall(r"^\| `(TPUB_[A-Z_]+)`", (DOCS / "configuration.md").read_text("utf-8"), re.MULTILINE))
    assert listed == {variable(option) for option in (*options, "non-interactive")}


@pytest.mark.parametrize(
    "argv",
    [
        pytest.param(["check"], id="check"),
        pytest.param(["check", "other/*"], id="refused"),
        pytest.param(["rehearse"], id="rehearse"),
        pytest.param(["rehearse", "--as", "gitlab", "--fault", "503"], id="rehearse, fault"),
        pytest.param(["doctor", "checkout", "--offline"], id="doctor"),
        pytest.param(["publisher"], id="publisher"),
        pytest.param(["upload", "--index", "pipy"], id="no such index"),
        pytest.param(["upload"], id="upload"),
        pytest.param(["upload", "--dry-run"], id="plan"),
        pytest.param(["upload", "--trusted-publishing", "never"], id="no credential"),
        pytest.param(["token"], id="token"),
        pytest.param(["verify", "dist/*"], id="verify"),
    ],
)
def test_reports_keep_to_the_schema(
    argv: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: RehearsalIndex
) -> None:
    monkeypatch.chdir(sandbox(tmp_path))
    job = index.job(JobDescription("github"))
    index.expect(job.publisher, "sampleproject")
    ran = command(*argv, "--format", "json", env={"TPUB_INDEX": index.index.upload_url, **job.env})
    jsonschema.validate(json.loads(ran.out), json.loads((DOCS / "report.schema.json").read_text("utf-8")))


def test_the_site_builds_without_a_warning_and_asks_nobody_for_anything(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(  # noqa: S603
        words, cwd=ROOT, capture_output=True, text=True, check=False, env=environment({"NO_MKDOCS_2_WARNING": "1"})
    )
    assert done.returncode == 0, done.stdout + done.stderr
    asked = re.compile(r'<(?:script|link|img)[^>]*(?:src|href)="https?://(?!example)[^"]*"')
    found = {match for page in (tmp_path / "site").rglob("*.html") for match in asked.findall(page.read_text("utf-8"))}
    assert found == set()
