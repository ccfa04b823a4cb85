"""The embedded index: releases can be rehearsed with it, and clients tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tpub.rehearsal.ci import Job, JobDescription
    from tpub.rehearsal.index import RehearsalIndex, serve

__all__ = ["Job", "JobDescription", "RehearsalIndex", "serve"]


def __getattr__(name: str) -> object:
    """Import what is asked for: a server is not needed to show the command's help."""
    if name not in __all__:
        raise AttributeError(name)
    from tpub.rehearsal import ci, index  # noqa: PLC0415  (slow to import)

    return getattr(index, name, None) or getattr(ci, name)
