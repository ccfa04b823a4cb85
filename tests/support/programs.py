"""Small programs for a PATH of their own, in the place of what a CI installs on its machines."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

# To a shell, a command that runs this very file with Python, wherever that is; to Python, a string. A kernel takes a
# blank in the path of an interpreter for its end.
_EITHER = "#!/bin/sh\n'''exec' {python} -I \"$0\" \"$@\"\n' '''\n"


def written(folder: Path, name: str, body: str) -> Path:
    """Write a Python program that is called `name`."""
    path = folder / name
    path.write_text(_EITHER.format(python=shlex.quote(sys.executable)) + body, encoding="utf-8")
    path.chmod(0o755)
    return path


def program(folder: Path, name: str, body: str) -> dict[str, str]:
    """Write a Python program that is called `name`; return the environment in which it is found."""
    written(folder, name, f"import json, os, sys, time\n{body}\n")
    return {"PATH": str(folder)}
