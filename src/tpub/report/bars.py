"""What happens, while it happens, as bars on a terminal."""

from __future__ import annotations

from typing import Self

from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from tpub.events import Event, Noted, SecretObtained, UploadAdvanced, UploadEnded, UploadsPlanned, UploadStarted
from tpub.outcome import LANDED, UploadStatus
from tpub.report.screen import Terminal
from tpub.report.words import count


class Bars:
    """A bar for each file on its way and one for all; use as a context manager.

    They appear when files are about to travel: before, somebody may be asked for a token, and what is drawn anew all
    the time would wipe the question away.
    """

    def __init__(self, screen: Terminal) -> None:
        self._screen = screen
        self._tasks: dict[str, TaskID] = {}
        self._landed = 0.0
        self._total: TaskID | None = None
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(compact=True),
            console=screen.console,
            transient=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        """Move the bars."""
        match event:
            case Noted(text):
                self._screen.line((text, "dim"))
            case UploadsPlanned(files, total):
                self._progress.start()
                self._total = self._progress.add_task(count(files, "file"), total=total)
            case UploadStarted(file, total):
                self._tasks[file] = self._progress.add_task(_shortened(file), total=total)
            case UploadAdvanced(file, sent):
                self._progress.update(self._tasks[file], completed=sent)
                self._add_up()
            case UploadEnded(file, status, _):
                self._end(file, status)
            case SecretObtained():
                pass

    def _end(self, file: str, status: UploadStatus) -> None:
        task = self._tasks.pop(file)
        total = next(t.total or 0.0 for t in self._progress.tasks if t.id == task)
        self._progress.remove_task(task)
        self._landed += total if status in LANDED else 0.0
        self._add_up()

    def _add_up(self) -> None:
        """Show what has landed and what is on its way; a request carries a little more than its file."""
        tasks = self._progress.tasks
        under_way = sum(min(task.completed, task.total or 0.0) for task in tasks if task.id in self._tasks.values())
        if self._total is not None:
            self._progress.update(self._total, completed=self._landed + under_way)


_NAME = 34  # columns for a file's name beside its bar: what is left of 80


def _shortened(name: str) -> str:
    """Cut a long name in the middle: its end (the tags) is what tells wheels apart."""
    return name if len(name) <= _NAME else f"{name[: _NAME // 2 - 2]}...{name[-_NAME // 2 + 1 :]}"
