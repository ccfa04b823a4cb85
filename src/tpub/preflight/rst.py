"""reStructuredText, rendered as PyPI does, however long that takes; `renderer` starts processes that can be stopped."""

from __future__ import annotations

import json
import re
import signal
import sys
from io import StringIO
from typing import NamedTuple

HAS_TIMER = hasattr(signal, "setitimer")
"""Tell whether a process can be made to end by itself: on POSIX it can, on Windows it must be ended."""

_COMPLAINT = r"^<string>:(?P<line>\d*): \([A-Z]+/\d\) (?P<text>.+)"


class Rendering(NamedTuple):
    """A page, or None with the renderer's complaint and the line that it is about.

    An empty complaint means that there was nothing to show. If `is_unfinished`, nobody knows: it took too long.
    """

    html: str | None
    complaint: str = ""
    line: int | None = None
    is_unfinished: bool = False


def render(text: str) -> Rendering:
    """Return what becomes of a text, whatever was rendered before."""
    from docutils.parsers.rst import roles  # noqa: PLC0415  (slow, and most descriptions are Markdown)
    from readme_renderer import rst  # noqa: PLC0415

    roles._roles.clear()  # noqa: SLF001  (those that a text defines, docutils keeps for the texts after it)
    warnings = StringIO()
    try:
        html = rst.render(text, stream=warnings)
    except MemoryError:
        return Rendering(None, is_unfinished=True)
    except Exception as exc:  # noqa: BLE001  (docutils on texts from anywhere; the index would fail likewise)
        return Rendering(None, f"the renderer fails on it ({type(exc).__name__})")
    if html is not None:
        return Rendering(html)
    if match := re.search(_COMPLAINT, warnings.getvalue(), re.MULTILINE):
        return Rendering(None, match["text"].rstrip("."), int(match["line"] or 0) or None)
    return Rendering(None)


def serve(seconds: float, memory: int) -> None:
    """Be the process: read texts from standard input, a line of JSON each, and write what becomes of them.

    A text that takes more than so many seconds of processor time ends it.
    """
    if HAS_TIMER:
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    for line in sys.stdin.buffer:
        _limit(seconds)
        rendering = render(json.loads(line))
        _limit(0)
        sys.stdout.write(json.dumps(rendering._asdict()) + "\n")
        sys.stdout.flush()


def _limit(seconds: float) -> None:
    """End this process after so many seconds of processor time; never, if it is none."""
    if HAS_TIMER:
        signal.setitimer(signal.ITIMER_PROF, seconds)
