"""tpub as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping


def environment(env: Mapping[str, str]) -> dict[str, str]:
    """Return `env` with what a Python process needs of this machine's."""
    kept = ("PATH", "SYSTEMROOT", "COVERAGE_PROCESS_CONFIG")
    return {name: os.environ[name] for name in kept if name in os.environ} | dict(env)  # noqa: TID251


def start(*argv: str, env: Mapping[str, str], program: str = "") -> subprocess.Popen[str]:
    """Start tpub, or `program`, with a command line; use as a context manager."""
    words = [sys.executable, *(["-c", program] if program else ["-m", "tpub"]), *argv]
    return subprocess.Popen(  # noqa: S603
        words, env=environment(env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
