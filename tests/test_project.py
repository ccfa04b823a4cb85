"""What holds of the project as a whole, whoever changes it."""

from __future__ import annotations

import ast
import re
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from build import ProjectBuilder
from packaging.version import Version

import tpub
from support.codes import codes
from tpub.preflight.run import check

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "tpub"
MODULES = {str(path.relative_to(PACKAGE)): path for path in sorted(PACKAGE.rglob("*.py"))}
# The documentation of PyPI is not PyPI.
PYPI_HOST = re.compile(r"(?<![\w.-])(?!docs\.)([\w-]+\.)*(pypi\.org|pypi\.python\.org|pythonhosted\.org)")

module = pytest.mark.parametrize("path", [pytest.param(path, id=name) for name, path in MODULES.items()])


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function's name and its length in lines."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def tools() -> Any:  # noqa: ANN401  (TOML)
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]


@module
def test_a_module_is_short_and_so_are_its_functions(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    long = {name: length for name, length in functions(path) if length > 50}
    assert (max(lines, 300), long) == (300, {})


@module
def test_a_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_bytes()))


@module
def test_codes_are_in_kebab_case(path: Path) -> None:
    assert [code for code in codes(path) if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)] == []


def test_codes_are_found_at_all() -> None:
    assert "index-unknown" in set(codes(PACKAGE / "index" / "model.py"))


def test_only_one_module_knows_where_pypi_is() -> None:
    knowing = {name for name, path in MODULES.items() if PYPI_HOST.search(path.read_text(encoding="utf-8"))}
    assert knowing == {str(Path("index", "model.py"))}


def test_nothing_is_left_to_do() -> None:
    marker = re.compile(r"\b(TO[D]O|FIX[M]E|X{3})\b")
    files = [path for folder in ("src", "tests", "scripts") for path in (ROOT / folder).rglob("*.py")]
    assert [path.name for path in files if marker.search(path.read_text(encoding="utf-8"))] == []


def test_the_changelog_knows_this_version() -> None:
    newest, *older = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    released = [Version(heading) for heading in (newest, *older) if heading != "Unreleased"]
    assert newest in {"Unreleased", tpub.__version__}
    assert released == sorted((v for v in released if v <= Version(tpub.__version__)), reverse=True)


def test_the_import_contract_has_a_place_for_every_module() -> None:
    (contract,) = (c for c in tools()["importlinter"]["contracts"] if c["type"] == "layers")
    placed = set(re.findall(r"\w+", " ".join(contract["layers"])))
    there = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert (contract["exhaustive"], there - placed) == (True, {"__init__"})


def test_types_are_checked_wherever_there_is_python() -> None:
    assert set(tools()["mypy"]["files"]) == {
        folder for folder in ("src", "tests", "scripts") if any((ROOT / folder).rglob("*.py"))
    }


def test_the_wheel_holds_the_package_and_nothing_else(tmp_path: Path) -> None:
    with zipfile.ZipFile(ProjectBuilder(ROOT).build("wheel", tmp_path)) as wheel:
        names = set(wheel.namelist())
    package = {name for name in names if name.startswith("tpub/")}
    stem = f"tpub-{tpub.__version__}"
    assert {name.partition("/")[0] for name in names} == {"tpub", f"{stem}.dist-info", f"{stem}.data"}
    assert {name for name in names if ".data/" in name} == {f"{stem}.data/data/share/man/man1/tpub.1"}
    assert {"tpub/py.typed"} | {f"tpub/{path.relative_to(PACKAGE).as_posix()}" for path in MODULES.values()} <= package


def test_the_sdist_holds_what_it_takes_to_test_it(tmp_path: Path) -> None:
    with tarfile.open(ProjectBuilder(ROOT).build("sdist", tmp_path)) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    needed = {"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "PKG-INFO", "README.md", "pyproject.toml"}
    needed |= {
        "action.yml",
        "mkdocs.yml",
        "templates/publish/template.yml",
        "tests/test_project.py",
        "src/tpub/__init__.py",
    }
    assert needed <= names
    assert {name for name in names if name.startswith(".") and name != ".gitignore"} == set()


def test_tpub_would_take_itself(tmp_path: Path) -> None:
    built = [Path(ProjectBuilder(ROOT).build(kind, tmp_path)) for kind in ("wheel", "sdist")]
    assert [told for told in check(built).diagnostics if told.is_error] == []
