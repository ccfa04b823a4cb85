"""reStructuredText, rendered as PyPI does: here, or in a process of its own that can be stopped.

docutils takes as long and as much memory as a text makes it; no thread can be stopped, but a process can.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from io import StringIO
from typing import NamedTuple

_COMPLAINT = r"^<string>:(?P<line>\d*): \([A-Z]+/\d\) (?P<text>.+)"
_SECONDS = 1.5  # of processor time
_PATIENCE = 8  # times as long on the clock: other programs may keep the machine busy
_BYTES = 80 * 1024 * 1024  # of memory, beside the program itself
_CHILD = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from tpub.preflight.rst import serve; serve()"


class Rendering(NamedTuple):
    """A page, or None with the renderer's complaint and the line that it is about.

    An empty complaint means that there was nothing to show. If `is_unfinished`, nobody knows: it took too long.
    """

    html: str | None
    complaint: str = ""
    line: int | None = None
    is_unfinished: bool = False


def render_here(text: str) -> Rendering:
    """Return what becomes of a text, however long that takes."""
    from readme_renderer import rst  # noqa: PLC0415  (slow, and most descriptions are Markdown)

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


def render_in_a_child(text: str, *, seconds: float = _SECONDS) -> Rendering:
    """Return what becomes of a text within so many seconds and 80 MiB, in a process of its own."""
    command = [sys.executable, "-c", _CHILD, json.dumps(sys.path), str(seconds)]
    patience = seconds * _PATIENCE if hasattr(signal, "setitimer") else seconds
    try:
        child = subprocess.run(  # noqa: S603  (this very Python)
            command, input=json.dumps(text).encode(), capture_output=True, timeout=patience, check=True
        )
        return Rendering(**json.loads(child.stdout))
    except (OSError, subprocess.SubprocessError, ValueError):
        return Rendering(None, is_unfinished=True)


def serve() -> None:
    """Be the child: read a text from standard input, write what becomes of it."""
    try:
        import resource  # noqa: PLC0415  (POSIX has it, Windows has not)
    except ImportError:
        pass
    else:
        resource.setrlimit(resource.RLIMIT_DATA, (_BYTES, _BYTES))
        signal.setitimer(signal.ITIMER_PROF, float(sys.argv[2]))
    text = json.loads(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(render_here(text)._asdict()))
