"""What builds a project, read from its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.checkouts import laid
from tpub.errors import ConfigError
from tpub.workflow.writing.backend import Build, Wheels, build_of

SCRIPT = "from setuptools import setup\nsetup({})\n"


def system(backend: str, *requires: str, rest: str = "") -> dict[str, str]:
    wanted = ", ".join(f'"{each}"' for each in requires)
    return {"pyproject.toml": f'[build-system]\nrequires = [{wanted}]\nbuild-backend = "{backend}"\n{rest}'}


def setuptools(*requires: str, rest: str = "") -> dict[str, str]:
    return system("setuptools.build_meta", *requires, rest=rest)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(system("hatchling.build"), Build("hatchling", Wheels.ONE), id="hatchling"),
        pytest.param(system("flit_core.buildapi"), Build("flit-core", Wheels.ONE), id="flit"),
        pytest.param(system("pdm.backend"), Build("pdm-backend", Wheels.ONE), id="pdm"),
        pytest.param(system("poetry.core.masonry.api"), Build("poetry-core", Wheels.ONE), id="poetry"),
        pytest.param(system("uv_build"), Build("uv_build", Wheels.ONE), id="uv"),
        pytest.param(setuptools(), Build("setuptools", Wheels.ONE), id="setuptools"),
        pytest.param(system("setuptools.build_meta:__legacy__"), Build("setuptools", Wheels.ONE), id="legacy"),
        pytest.param({"pyproject.toml": "[project]\n"}, Build("setuptools", Wheels.ONE), id="no build-system"),
        pytest.param({"setup.py": SCRIPT.format("")}, Build("setuptools", Wheels.ONE), id="setup.py"),
        pytest.param({"setup.cfg": "[metadata]\n"}, Build("setuptools", Wheels.ONE), id="setup.cfg"),
        pytest.param(
            {"setup.py": SCRIPT.format("ext_modules=[]")}, Build("setuptools", Wheels.CIBUILDWHEEL), id="ext_modules"
        ),
        pytest.param(setuptools("Cython>=3"), Build("setuptools", Wheels.CIBUILDWHEEL), id="Cython"),
        pytest.param(setuptools("setuptools_rust"), Build("setuptools", Wheels.CIBUILDWHEEL), id="Rust in setuptools"),
        pytest.param(
            setuptools(rest='[[tool.setuptools.ext-modules]]\nname = "x"\n'),
            Build("setuptools", Wheels.CIBUILDWHEEL),
            id="ext-modules",
        ),
        pytest.param(
            system("hatchling.build", "hatchling", "hatch-mypyc"), Build("hatchling", Wheels.CIBUILDWHEEL), id="mypyc"
        ),
        pytest.param(
            system("pdm.backend", rest="[tool.pdm.build]\nis-purelib = false\n"),
            Build("pdm-backend", Wheels.CIBUILDWHEEL),
            id="pdm that compiles",
        ),
        pytest.param(
            system("poetry.core.masonry.api", rest='[tool.poetry]\nbuild = "build.py"\n'),
            Build("poetry-core", Wheels.CIBUILDWHEEL),
            id="poetry that compiles",
        ),
        pytest.param(system("maturin"), Build("maturin", Wheels.MATURIN), id="maturin"),
        pytest.param(
            system("scikit_build_core.build"), Build("scikit-build-core", Wheels.CIBUILDWHEEL), id="scikit-build-core"
        ),
        pytest.param(system("mesonpy"), Build("meson-python", Wheels.CIBUILDWHEEL), id="meson-python"),
        pytest.param(system("own_backend"), Build("own_backend", Wheels.UNKNOWN), id="unknown"),
        pytest.param(
            system("_own", "setuptools", rest='backend-path = ["."]\n'),
            Build("setuptools", Wheels.ONE),
            id="in-tree around setuptools",
        ),
        pytest.param(
            system("hatchling.build", "hatch-vcs"), Build("hatchling", Wheels.ONE, has_history=True), id="hatch-vcs"
        ),
        pytest.param(
            setuptools("setuptools_scm[toml]>=8"),
            Build("setuptools", Wheels.ONE, has_history=True),
            id="setuptools-scm",
        ),
        pytest.param(
            system("pdm.backend", rest='[tool.pdm.version]\nsource = "scm"\n'),
            Build("pdm-backend", Wheels.ONE, has_history=True),
            id="pdm's scm",
        ),
        pytest.param(setuptools("???", "wheel"), Build("setuptools", Wheels.ONE), id="a requirement that is none"),
        pytest.param(
            {"pyproject.toml": '[project]\n[tool]\npdm = "x"\n[build-system]\nrequires = "x"\n'},
            Build("setuptools", Wheels.ONE),
            id="other types than they should be",
        ),
    ],
)
def test_how_a_project_is_built(tmp_path: Path, files: dict[str, str], expected: Build) -> None:
    assert build_of(laid(tmp_path, files)) == expected


@pytest.mark.parametrize(
    ("files", "code"),
    [
        pytest.param({}, "project-absent", id="nothing"),
        pytest.param({"pyproject.toml": "[tool.ruff]\n"}, "project-absent", id="settings of tools"),
        pytest.param({"pyproject.toml": "["}, "pyproject-unreadable", id="no TOML"),
    ],
)
def test_no_project(tmp_path: Path, files: dict[str, str], code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        build_of(laid(tmp_path, files))
    assert caught.value.diagnostic.code == code
