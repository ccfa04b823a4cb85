from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial

import pytest

from tpub import background

SLEEP = 120  # seconds
PROGRAM = f"""
import time
from tpub import background
background.begin([lambda: time.sleep({SLEEP})] * 4, threads=2, name="sleeper")
"""


def test_tasks_begin_in_their_order_and_each_has_its_own_end() -> None:
    def found(number: int) -> int:
        begun.append(number)
        return number

    def fail() -> int:
        raise FileNotFoundError

    begun: list[int] = []
    deeds: list[Callable[[], int]] = [partial(found, 1), fail, partial(found, 3)]
    tasks = background.begin(deeds, threads=1, name="t")
    assert (tasks[0].result(), tasks[2].result(), begun) == (1, 3, [1, 3])
    with pytest.raises(FileNotFoundError):
        tasks[1].result()


def test_so_many_run_at_once() -> None:
    meeting = threading.Barrier(2, timeout=30)
    tasks = background.begin([meeting.wait] * 4, threads=2, name="t")
    assert sorted(each.result() for each in tasks) == [0, 0, 1, 1]


def test_a_worker_does_what_comes_in_its_order_and_ends_when_told() -> None:
    def fail() -> str:
        raise FileNotFoundError

    worker = background.Worker("t")
    tasks = [worker.begin(deed) for deed in (lambda: threading.current_thread().name, fail, lambda: "after")]
    worker.end()
    assert (tasks[0].result(), tasks[2].result()) == ("t", "after")
    with pytest.raises(FileNotFoundError):
        tasks[1].result()


def test_work_whose_thread_got_lost_is_done_by_whoever_wants_it() -> None:
    never = [threading.Thread(daemon=True)]
    assert background.Task(lambda: 7, never).result() == 7


def test_nobody_waits_for_them_at_exit() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=SLEEP / 2)  # noqa: S603
