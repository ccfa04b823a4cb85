"""Shell steps of CI systems, run as their runners run them, where every package is at hand that they would fetch."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from build import ProjectBuilder

from support.programs import written

ROOT = Path(__file__).parents[2]
BASH = shutil.which("bash") or "bash"
# The packages that were there before tests began stand for the index that pip would ask.
_PYTHON = """
import subprocess, sys
from pathlib import Path
words = sys.argv[1:]
code = subprocess.run([{python!r}, *words]).returncode
if not code and "venv" in words:
    (site,) = Path(words[-1]).glob("[Ll]ib/**/site-packages")
    (site / "at-hand.pth").write_text({packages!r})
sys.exit(code)
"""


@dataclass(frozen=True)
class Machine:
    """A machine of a CI: `programs` come first on its PATH, `variables` tell pip where packages are."""

    programs: Path
    variables: Mapping[str, str]

    @property
    def env(self) -> dict[str, str]:
        """Return what every step finds in its environment."""
        return {"PATH": f"{self.programs}:/usr/bin:/bin", **self.variables}


@dataclass(frozen=True)
class Step:
    """What became of a step."""

    code: int
    log: str


def machine(folder: Path) -> Machine:
    """Return a machine on which pip gets tpub as it is here, and has all that tpub needs."""
    packages, wheels, programs = folder / "packages", folder / "wheels", folder / "programs"
    for each in (packages, wheels, programs):
        each.mkdir()
    for site in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for path in Path(site).iterdir():
            if "tpub" not in path.name and path.suffix != ".pth":
                (packages / path.name).symlink_to(path)
    ProjectBuilder(ROOT).build("wheel", wheels)
    written(programs, "python3", _PYTHON.format(python=sys.executable, packages=str(packages)))
    variables = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": wheels.as_uri(), "PIP_NO_BUILD_ISOLATION": "0"}
    return Machine(programs, variables)


def run(script: str, env: Mapping[str, str], folder: Path, *options: str) -> Step:
    """Run a script in a shell with these options; the log is what it writes, on either stream."""
    path = folder / "step.sh"
    path.write_text(script, encoding="utf-8")
    words = [BASH, *options, str(path)]
    done = subprocess.run(  # noqa: S603
        words, env=dict(env), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    path.unlink()
    return Step(done.returncode, done.stdout)


def documents(path: Path) -> list[Any]:
    """Return the documents of a YAML file as plain data."""
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
