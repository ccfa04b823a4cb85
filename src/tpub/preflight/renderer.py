"""reStructuredText, rendered beside the program, in processes of their own that can be stopped.

docutils takes as long and as much memory as a text makes it; no thread can be stopped, but a process can. It takes
longer to start than most texts take: a process renders many texts, until one of them overruns its bounds, and a text
that is alone and harmless is rendered without one.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Timer
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self, cast

from tpub import background
from tpub.preflight.rst import HAS_TIMER, Rendering, render

if TYPE_CHECKING:
    from subprocess import Popen

_SECONDS = 1.2  # of processor time
# Times as long on the clock: other programs may keep the machine busy, and starting counts. More, where it is not all.
_PATIENCE = 10 if HAS_TIMER else 3
_BYTES = 80 * 1024 * 1024  # of memory, the interpreter's included
_PROCESSES = 2
_WORTH_ANOTHER = 8  # texts: they take longer than a process takes to start
# Characters. docutils needs up to a second for so much of the worst, and a tenth for so much of the usual.
_LONGEST_HARMLESS = 12_000
# Texts put in place of names can hold names: a page may grow with each level.
_SUBSTITUTION = re.compile("replace ?::", re.IGNORECASE)
_PROGRAM = """
import json, sys
sys.path[:], *bounds = json.loads(sys.argv[1])
from tpub.preflight.rst import serve
serve(*bounds)
"""


class Renderer:
    """Renders texts while the program goes on: each once, and each within so many seconds and 80 MiB."""

    def __init__(self, *, seconds: float = _SECONDS) -> None:
        self._processes = [_Process(seconds) for _ in range(_PROCESSES)]
        self._begun: dict[str, background.Task[Rendering]] = {}
        self._alone = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.end()

    def begin(self, text: str) -> Callable[[], Rendering]:
        """Begin with a text, if nobody has, or wait for company; return what waits for what becomes of it."""
        if text != self._alone and text not in self._begun:
            if not (self._alone or self._begun) and _is_harmless(text):
                self._alone = text
            else:
                for each in filter(None, (self._alone, text)):
                    self._begun[each] = self._shortest().begin(each)
                self._alone = ""
        return partial(self._result, text)

    def _shortest(self) -> _Process:
        usable = self._processes[: 1 + len(self._begun) // _WORTH_ANOTHER]
        return min(usable, key=lambda process: process.length)

    def _result(self, text: str) -> Rendering:
        if text not in self._begun:  # it stayed alone
            self._begun[text] = background.Task(partial(render, text), ())
            self._begun[text].do()
        return self._begun[text].result()


def _is_harmless(text: str) -> bool:
    return len(text) <= _LONGEST_HARMLESS and not _SUBSTITUTION.search(text)


class _Process:
    """A process that starts with the first text, and the thread that waits for it; `length` is that of all texts."""

    def __init__(self, seconds: float) -> None:
        self.length = 0
        self._seconds = seconds
        self._worker = background.Worker("render")
        self._running: Popen[bytes] | None = None

    def begin(self, text: str) -> background.Task[Rendering]:
        """Add a text to those that wait."""
        self.length += len(text)
        return self._worker.begin(partial(self._render, text))

    def end(self) -> None:
        """Let it end after what waits."""
        if self.length:
            self._worker.begin(self._stop)
            self._worker.end()

    def _render(self, text: str) -> Rendering:
        rendering = Rendering(None, is_unfinished=True)
        with suppress(OSError, ValueError):  # it was stopped, or it cannot be started here
            rendering = self._ask(self._running or self._start(), text)
        if rendering.is_unfinished:
            self._stop()
        return rendering

    def _start(self) -> Popen[bytes]:
        from subprocess import DEVNULL, PIPE, Popen  # noqa: PLC0415  (slow, and most descriptions are Markdown)

        command = [sys.executable, "-c", _PROGRAM, json.dumps([sys.path, self._seconds, _BYTES])]
        self._running = Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)  # noqa: S603  (this very Python)
        return self._running

    def _ask(self, process: Popen[bytes], text: str) -> Rendering:
        timer = Timer(self._seconds * _PATIENCE, process.kill)
        timer.daemon = True
        timer.start()
        try:
            questions, answers = cast("tuple[IO[bytes], IO[bytes]]", (process.stdin, process.stdout))
            questions.write(json.dumps(text).encode() + b"\n")
            questions.flush()
            return Rendering(**json.loads(answers.readline()))
        finally:
            timer.cancel()

    def _stop(self) -> None:
        process, self._running = self._running, None
        if process is not None:
            process.communicate()  # the end of its input is the end of its work
