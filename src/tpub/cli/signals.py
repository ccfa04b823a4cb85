"""Ctrl-C, and SIGTERM, which runners send when a job is cancelled: what is being done ends, and is accounted for."""

from __future__ import annotations

import signal
from types import FrameType


class Signals:
    """What came of signals to end; one that does not `listen` never hears any."""

    def __init__(self) -> None:
        self.heard = False
        self.is_held = False

    def listen(self) -> None:
        """Hear both from now on, Ctrl-C unless whoever started the program has it ignored."""
        signal.signal(signal.SIGTERM, self._hear)
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, self._hear)

    def hold(self) -> None:
        """Let the report be written to its end: a signal is not needed any more, but a second one is obeyed."""
        self.is_held = True

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if self.is_held and not self.heard:
            self.heard = True
            return
        self.heard = True
        raise KeyboardInterrupt
