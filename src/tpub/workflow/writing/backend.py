"""What builds a project, and whether one wheel serves every platform: read from its files, nothing is run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from tpub.config import pyproject
from tpub.errors import ConfigError


class Wheels(Enum):
    """How many wheels it takes, and what makes them."""

    ONE = auto()
    """Pure Python: one for all."""
    UNKNOWN = auto()
    """A backend of which that is not known."""
    CIBUILDWHEEL = auto()
    """One a platform and Python."""
    MATURIN = auto()
    """The same, by the tool that Rust extensions have of their own."""


@dataclass(frozen=True, slots=True)
class Build:
    """How a project is built; `has_history` says that its version is told by git's tags."""

    backend: str
    wheels: Wheels
    has_history: bool = False


# Module of the backend -> its name, and what it makes unless something else says otherwise.
_BACKENDS = {
    "hatchling": ("hatchling", Wheels.ONE),
    "setuptools": ("setuptools", Wheels.ONE),
    "flit_core": ("flit-core", Wheels.ONE),
    "flit_scm": ("flit-core", Wheels.ONE),
    "pdm": ("pdm-backend", Wheels.ONE),
    "poetry": ("poetry-core", Wheels.ONE),
    "poetry_dynamic_versioning": ("poetry-core", Wheels.ONE),
    "uv_build": ("uv_build", Wheels.ONE),
    "maturin": ("maturin", Wheels.MATURIN),
    "scikit_build_core": ("scikit-build-core", Wheels.CIBUILDWHEEL),
    "mesonpy": ("meson-python", Wheels.CIBUILDWHEEL),
}
# What a build asks for in order to compile.
_COMPILERS = frozenset(
    {"cffi", "cython", "hatch-cython", "hatch-mypyc", "mypy", "mypyc", "nanobind", "numpy", "pybind11", "scikit-build"}
    | {"scikit-build-core", "setuptools-rust"}
)
# What a build asks for in order to take the version from git.
_VERSIONERS = frozenset(
    {"dunamai", "flit-scm", "hatch-vcs", "poetry-dynamic-versioning", "setuptools-git-versioning", "setuptools-scm"}
    | {"uv-dynamic-versioning", "vcs-versioning", "versioneer", "versioningit"}
)
_EXTENSION = re.compile(r"\b(?:ext_modules|cffi_modules|rust_extensions|cythonize|mypycify)\b")
_LARGEST = 1_000_000  # bytes of a setup.py
Table = Mapping[str, object]


def build_of(root: Path) -> Build:
    """Return how the project at `root` is built.

    Raises `ConfigError` if there is no project, or its pyproject.toml is none. Source: PEP 517 and 518 (a missing
    `build-backend` is setuptools), and the documentation of the backends.
    """
    document, script = pyproject.document(root) or {}, _text(root / "setup.py")
    is_legacy = bool(script) or (root / "setup.cfg").is_file()
    if not is_legacy and not {"build-system", "project"} & set(document):
        raise ConfigError(
            "project-absent",
            f"there is nothing to build in {root}: no pyproject.toml with [build-system] or [project], no setup.py",
            hint="Run it where the project's pyproject.toml is.",
        )
    system, tools = _table(document, "build-system"), _table(document, "tool")
    requires = _names(system.get("requires"))
    module = str(system.get("build-backend", "setuptools")).partition(":")[0].partition(".")[0]
    if "backend-path" in system:  # the project builds itself, by whatever module it has
        module = next((known for known in ("setuptools",) if known in requires), module)
    name, wheels = _BACKENDS.get(module, (module, Wheels.UNKNOWN))
    if wheels is Wheels.ONE and (requires & _COMPILERS or _compiles(name, tools, script)):
        wheels = Wheels.CIBUILDWHEEL
    return Build(name, wheels, bool(requires & _VERSIONERS) or _is_versioned_by_git(tools))


def _compiles(backend: str, tools: Table, script: str) -> bool:
    """Tell whether a backend that makes pure wheels by itself is told to compile."""
    match backend:
        case "setuptools":
            return "ext-modules" in _table(tools, "setuptools") or _EXTENSION.search(script) is not None
        case "pdm-backend":
            build = _table(_table(tools, "pdm"), "build")
            return build.get("is-purelib") is False or build.get("run-setuptools") is True
        case "poetry-core":
            return bool(_table(tools, "poetry").get("build"))
        case _:
            return False


def _is_versioned_by_git(tools: Table) -> bool:
    version = _table(_table(tools, "pdm"), "version")
    return version.get("source") == "scm" or "setuptools_scm" in tools


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace") if path.stat().st_size <= _LARGEST else ""
    except OSError:
        return ""


def _table(parent: Table, name: str) -> Table:
    found = parent.get(name)
    return found if isinstance(found, dict) else {}


def _names(requirements: object) -> set[str]:
    """Return the normalized names of requirements; what is none is left out."""
    found = set()
    for text in requirements if isinstance(requirements, list) else ():
        try:
            found.add(str(canonicalize_name(Requirement(str(text)).name)))
        except InvalidRequirement:
            continue
    return found
