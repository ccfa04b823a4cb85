"""The machine that tpub runs on, and how its shell is spoken to."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePath

_PLAIN = re.compile(r"[\w.:\\/~-]+")  # what no shell of Windows takes apart


def product_name() -> str:
    """Return what the firmware calls this machine, where Linux shows it, else nothing: clouds are told by it."""
    try:
        return Path("/sys/class/dmi/id/product_name").read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def typed(path: PurePath | str, system: str = os.name) -> str:
    """Return a path as one word of a command that somebody is to type; `system` is what Python calls the machine's.

    Sources: POSIX, Shell Command Language, 2.2; `cmd /?` (double quotes, which PowerShell takes, too).
    """
    from shlex import quote  # noqa: PLC0415  (bad news alone needs it)

    if system != "nt":
        return quote(str(path))
    return str(path) if _PLAIN.fullmatch(str(path)) else f'"{path}"'
