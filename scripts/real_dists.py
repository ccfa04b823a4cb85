"""Check what others have published: every file is on the index, so that none may be refused.

    python scripts/real_dists.py [FOLDER]

fetches wheels for several systems and sdists of many build backends into FOLDER (or a temporary one; what is there
already is not fetched again) and prints a table. Exits with 1 if a file gets an error.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from pathlib import Path

from tpub.preflight.run import check

PURE = """
    requests flask django pytest rich typer httpx pydantic attrs click jinja2 sphinx black mypy poetry hatch pip twine
    setuptools botocore boto3 fastapi sqlalchemy-utils certifi tzdata networkx sympy ipython jupyterlab plotly
"""
NATIVE = """
    numpy pandas cryptography scipy pillow lxml pyyaml ruff uv polars-lts-cpu orjson grpcio psutil pyzmq matplotlib
"""
SDISTS = """
    requests flask numpy pandas cryptography attrs click rich hatchling flit-core poetry-core pdm-backend setuptools
    pytest black packaging pydantic lxml pyyaml psutil markupsafe cython httpx build twine urllib3 idna sqlalchemy
    orjson scikit-learn simplejson tomli zipp docutils pygments tornado msgpack
"""
SYSTEMS = (
    ("manylinux2014_x86_64", "manylinux_2_28_x86_64"),
    ("win_amd64",),
    ("macosx_11_0_arm64", "macosx_14_0_arm64"),
)
BACK_ENDS = """
    setuptools setuptools-scm wheel hatchling hatch-vcs hatch-fancy-pypi-readme flit-core poetry-core pdm-backend
    meson-python scikit-build-core maturin cython numpy pybind11 versioneer cffi pkgconfig
"""


def fetch_wheels(folder: Path) -> None:
    """Fetch the wheels, each for the systems that it is there for."""
    pip = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--dest",
        str(folder),
    ]
    for name in PURE.split():
        run([*pip, name])
    for name in NATIVE.split():
        for system in SYSTEMS:
            tags = [f"--platform={tag}" for tag in system]
            run(
                [
                    *pip,
                    *tags,
                    "--python-version=3.12",
                    "--implementation=cp",
                    "--abi=cp312",
                    "--abi=abi3",
                    "--abi=none",
                    name,
                ]
            )


def fetch_sdists(folder: Path) -> None:
    """Fetch the sdists; pip asks each one's backend for its metadata, so that the backends have to be there."""
    with tempfile.TemporaryDirectory() as place:
        venv.create(place, with_pip=True)
        python = str(next(Path(place).glob("[bS]*/python*")))
        run([python, "-m", "pip", "install", "--quiet", *BACK_ENDS.split()])
        pip = [python, "-m", "pip", "download", "--quiet", "--no-deps", "--no-build-isolation", "--no-binary", ":all:"]
        for name in SDISTS.split():
            run([*pip, "--dest", str(folder), name])


def run(command: Sequence[str]) -> None:
    """Run a command that may fail: what cannot be had here is left out."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  (our own command)
    if done.returncode:
        print(f"left out: {command[-1]}", file=sys.stderr)


def judge(paths: Sequence[Path]) -> int:
    """Print a row for each file, and return the number of files with errors."""
    refused = 0
    for path in paths:
        begin = time.perf_counter()
        result = check([path])
        seconds = time.perf_counter() - begin
        refused += result.has_errors
        size = path.stat().st_size / 1e6
        print(f"{result.distributions[0].verdict:7} {size:7.1f} MB {seconds:6.2f} s  {path.name}")
        for told in result.diagnostics:
            print(f"        {told.severity}: {told.message} [{told.code}]")
    return refused


def main() -> int:
    """Fetch, check, sum up."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
    if not any(folder.glob("*.whl")):
        fetch_wheels(folder)
    if not any(folder.glob("*.tar.gz")):
        fetch_sdists(folder)
    paths = sorted([*folder.glob("*.whl"), *folder.glob("*.tar.gz")])
    refused = judge(paths)
    print(f"{len(paths)} files, {refused} refused")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
