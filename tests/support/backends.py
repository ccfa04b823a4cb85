"""Five real packages, each built by another build backend."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_COMMON = """
[project]
name = "{name}"
version = "1.2.3"
description = "Built by {backend}"
readme = "README.md"
requires-python = ">=3.9"
authors = [{{ name = "Zoë Example", email = "zoe@example.com" }}]
keywords = ["alpha", "beta"]
classifiers = ["Programming Language :: Python :: 3", "Topic :: Utilities"]
dependencies = ["packaging>=20; python_version >= '3.9'"]

[project.optional-dependencies]
fast = ["numpy"]

[project.urls]
Homepage = "https://example.com/{name}"
"Bug Tracker" = "https://example.com/{name}/issues"
"""

# Backend -> what it wants to stand in pyproject.toml beside the common part.
BACKENDS = {
    "hatchling": 'requires = ["hatchling"]\nbuild-backend = "hatchling.build"',
    "setuptools": 'requires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"',
    "flit": 'requires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"',
    "poetry": 'requires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"',
    "pdm": 'requires = ["pdm-backend"]\nbuild-backend = "pdm.backend"',
}


def build(folder: Path, backend: str) -> list[Path]:
    """Build a package with `backend` and return its wheel and its sdist; needs no network."""
    name = f"built_by_{backend}"
    source = folder / name
    (source / name).mkdir(parents=True)
    (source / "pyproject.toml").write_text(
        f"[build-system]\n{BACKENDS[backend]}\n{_COMMON.format(name=name, backend=backend)}", encoding="utf-8"
    )
    (source / "README.md").write_text(f"# {name}\n\nA *small* package.\n")
    (source / "LICENSE").write_text("MIT, for example.\n")
    (source / name / "__init__.py").write_text(f'"""Built by {backend}."""\n\n__version__ = "1.2.3"\n')
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(source / "dist"), str(source)],
        check=True,
        capture_output=True,
        env=os.environ | {"SOURCE_DATE_EPOCH": "1700000000"},  # noqa: TID251
    )
    return sorted((source / "dist").iterdir())
