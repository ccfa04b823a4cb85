"""What happens, while it happens, as one sober line for each step and each file."""

from __future__ import annotations

from typing import TextIO

from tpub.events import (
    Event,
    Listener,
    Noted,
    SecretObtained,
    UploadAdvanced,
    UploadEnded,
    UploadsPlanned,
    UploadStarted,
)
from tpub.outcome import LANDED
from tpub.report.github import command
from tpub.report.screen import Screen
from tpub.report.words import count, size


class Lines:
    """One line for each step and each file: for logs."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._sizes: dict[str, int] = {}

    def __call__(self, event: Event) -> None:
        """Tell of `event`, if it is worth a line."""
        match event:
            case Noted(text):
                self._screen.line(text)
            case UploadsPlanned(files, total):
                self._screen.line(f"sending {count(files, 'file')}, {size(total)}")
            case UploadStarted(file, total):
                self._sizes[file] = total
            case UploadEnded(file, status, seconds):
                word = "sent" if status in LANDED else "failed:"
                self._screen.line(f"{word} {file} ({size(self._sizes.get(file, 0))} in {seconds:.1f} s)")
            case UploadAdvanced() | SecretObtained():
                pass


class Masks:
    """Has GitHub blot a secret out of its log before anything else is printed; then passes the event on.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#masking-a-value
    """

    def __init__(self, file: TextIO, then: Listener) -> None:
        self._file, self._then = file, then

    def __call__(self, event: Event) -> None:
        """Mask, then pass on."""
        if isinstance(event, SecretObtained):
            self._file.write(command("add-mask", event.secret.reveal()) + "\n")
            self._file.flush()
        self._then(event)
