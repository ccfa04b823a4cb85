"""Work that goes on beside the program, in threads that end with it: nobody waits at exit for what is not wanted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, wait
from queue import SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Task(Generic[T]):
    """A piece of work, and what came of it; `workers` are the threads of which one does it."""

    def __init__(self, deed: Callable[[], T], workers: Sequence[Thread]) -> None:
        self._deed, self._workers = deed, workers
        self._found: Future[T] = Future()

    def result(self) -> T:
        """Wait for the end of the work; return what it found, or raise what it raised."""
        # A bounded wait: an unbounded one would not hear Ctrl-C on Windows. And a thread may get lost, with the work
        # in its hands: then the one who wants the result does it.
        while not self.wait(1.0):
            if not any(worker.is_alive() for worker in self._workers) and not self._found.done():
                self.do()
        return self._found.result()

    def wait(self, seconds: float) -> bool:
        """Wait so long at most; tell whether the work has ended."""
        return bool(wait([self._found], seconds).done)

    def do(self) -> None:
        """Do the work."""
        try:
            self._found.set_result(self._deed())
        except BaseException as exc:  # noqa: BLE001  (it is raised where the result is wanted)
            self._found.set_exception(exc)


class Worker:
    """A thread that does pieces of work one after another, as they come; it starts with the first."""

    def __init__(self, name: str) -> None:
        self._thread = Thread(target=self._work, name=name, daemon=True)
        self._waiting: SimpleQueue[Task[Any] | None] = SimpleQueue()

    def begin(self, deed: Callable[[], T]) -> Task[T]:
        """Add a piece of work to those that wait."""
        task = Task(deed, [self._thread])
        self._waiting.put(task)
        if self._thread.ident is None:
            self._thread.start()
        return task

    def end(self) -> None:
        """Let the thread end after what waits."""
        self._waiting.put(None)

    def _work(self) -> None:
        while (task := self._waiting.get()) is not None:
            task.do()


def begin(deeds: Iterable[Callable[[], T]], *, threads: int, name: str) -> Sequence[Task[T]]:
    """Begin with pieces of work, in their order, so many at once."""
    waiting: deque[Task[T]] = deque()
    workers = [Thread(target=_work, args=(waiting,), name=f"{name}-{n}", daemon=True) for n in range(threads)]
    tasks = [Task(deed, workers) for deed in deeds]
    waiting.extend(tasks)
    for worker in workers[: len(tasks)]:
        worker.start()
    return tasks


def _work(waiting: deque[Task[T]]) -> None:
    while waiting:
        try:
            task = waiting.popleft()
        except IndexError:
            return  # another thread was faster
        task.do()
