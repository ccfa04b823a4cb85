"""Small programs for a PATH of their own, in the place of what a CI installs on its machines."""

from __future__ import annotations

import sys
from pathlib import Path


def program(folder: Path, name: str, body: str) -> dict[str, str]:
    """Write a Python program that is called `name`; return the environment in which it is found."""
    path = folder / name
    path.write_text(f"#!{sys.executable}\nimport json, os, sys, time\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return {"PATH": str(folder)}
