"""Work that goes on beside the program, in threads that end with it: nobody waits at exit for what is not wanted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, wait
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def begin(tasks: Iterable[Callable[[], T]], *, threads: int, name: str) -> Sequence[Future[T]]:
    """Begin with `tasks`, in their order, so many at once; what one raises is raised by its `result`."""
    waiting = deque((task, Future[T]()) for task in tasks)
    futures = [future for _, future in waiting]
    for number in range(min(threads, len(waiting))):
        Thread(target=_work, args=(waiting,), name=f"{name}-{number}", daemon=True).start()
    return futures


def result(future: Future[T]) -> T:
    """Wait for the end of a task; return what it found, or raise what it raised."""
    # A bounded wait: an unbounded one would not hear Ctrl-C on Windows.
    while not wait([future], 1.0).done:
        pass
    return future.result()


def _work(waiting: deque[tuple[Callable[[], T], Future[T]]]) -> None:
    while waiting:
        try:
            task, future = waiting.popleft()
        except IndexError:
            return  # another thread was faster
        try:
            future.set_result(task())
        except BaseException as exc:  # noqa: BLE001  (it is raised where the result is wanted)
            future.set_exception(exc)
