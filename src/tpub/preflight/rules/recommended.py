"""What no index demands and users miss."""

from __future__ import annotations

from collections.abc import Iterator

from tpub.diagnostic import Severity
from tpub.preflight.context import Context
from tpub.preflight.rule import Problem, rule


@rule(
    "requires-python-missing",
    hint="Set `requires-python = '>=3.10'` (or what holds) in `[project]`.",
    why="Without it, installers give a release to a Python that cannot run it, and cannot fall back to an older one.",
    severity=Severity.WARNING,
)
def requires_python_is_there(file: Context) -> Iterator[Problem]:
    """The core metadata has Requires-Python.

    Source: https://packaging.python.org/en/latest/guides/dropping-older-python-versions/.
    """
    if file.metadata is not None and not file.received.one("requires-python"):
        yield Problem("the core metadata does not say which Pythons it runs on")


RULES = (requires_python_is_there,)
