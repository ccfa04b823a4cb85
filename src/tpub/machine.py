"""The machine that tpub runs on."""

from __future__ import annotations

from pathlib import Path


def product_name() -> str:
    """Return what the firmware calls this machine, where Linux shows it, else nothing: clouds are told by it."""
    try:
        return Path("/sys/class/dmi/id/product_name").read_text("utf-8", "replace").strip()
    except OSError:
        return ""
