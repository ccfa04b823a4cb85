"""What happens, while it happens: bars on a terminal, one sober line a file elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

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
from tpub.outcome import UploadStatus
from tpub.report.words import count, size


class Lines:
    """One line for each step and each file: for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._sizes: dict[str, int] = {}

    def __call__(self, event: Event) -> None:
        """Tell of `event`, if it is worth a line."""
        match event:
            case Noted(text):
                self._print(text)
            case UploadsPlanned(files, total):
                self._print(f"sending {count(files, 'file')}, {size(total)}")
            case UploadStarted(file, total):
                self._sizes[file] = total
            case UploadEnded(file, status, seconds):
                word = "sent" if status is not UploadStatus.FAILED else "not sent:"
                self._print(f"{word} {file} ({size(self._sizes.get(file, 0))} in {seconds:.1f} s)")
            case UploadAdvanced() | SecretObtained():
                pass

    def _print(self, text: str) -> None:
        self._console.print(text, soft_wrap=True, highlight=False, markup=False)


class Bars:
    """A bar for each file on its way and one for all; use as a context manager."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._tasks: dict[str, TaskID] = {}
        self._total: TaskID | None = None
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        """Move the bars."""
        match event:
            case Noted(text):
                self._console.print(text, highlight=False, markup=False, style="dim")
            case UploadsPlanned(files, total):
                self._total = self._progress.add_task(count(files, "file"), total=total)
            case UploadStarted(file, total):
                self._tasks[file] = self._progress.add_task(_shortened(file), total=total)
            case UploadAdvanced(file, sent):
                self._progress.update(self._tasks[file], completed=sent)
            case UploadEnded(file, status, _):
                self._end(file, status)
            case SecretObtained():
                pass

    def _end(self, file: str, status: UploadStatus) -> None:
        task = self._tasks.pop(file)
        total = next(t.total or 0 for t in self._progress.tasks if t.id == task)
        self._progress.remove_task(task)
        if self._total is not None and status is not UploadStatus.FAILED:
            self._progress.advance(self._total, total)


_NAME = 34  # columns for a file's name beside its bar: what is left of 80


def _shortened(name: str) -> str:
    """Cut a long name in the middle: its end (the tags) is what tells wheels apart."""
    return name if len(name) <= _NAME else f"{name[: _NAME // 2 - 2]}...{name[-_NAME // 2 + 1 :]}"


class Masks:
    """Has GitHub blot a secret out of its log before anything else is printed; then passes the event on.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#masking-a-value
    """

    def __init__(self, console: Console, then: Listener) -> None:
        self._console, self._then = console, then

    def __call__(self, event: Event) -> None:
        """Mask, then pass on."""
        if isinstance(event, SecretObtained):
            self._console.file.write(f"::add-mask::{event.secret.reveal()}\n")
            self._console.file.flush()
        self._then(event)


def is_github(env: Mapping[str, str]) -> bool:
    """Tell whether what is printed goes to GitHub's log."""
    return env.get("GITHUB_ACTIONS") == "true"
