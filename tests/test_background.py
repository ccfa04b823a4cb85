from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial

import pytest

from tpub import background

PROGRAM = """
import time
from tpub import background
background.begin([lambda: time.sleep(60)] * 4, threads=2, name="sleeper")
"""


def test_tasks_begin_in_their_order_and_each_has_its_own_end() -> None:
    def found(number: int) -> int:
        begun.append(number)
        return number

    def fail() -> int:
        raise FileNotFoundError

    begun: list[int] = []
    tasks: list[Callable[[], int]] = [partial(found, 1), fail, partial(found, 3)]
    futures = background.begin(tasks, threads=1, name="t")
    assert (background.result(futures[0]), background.result(futures[2]), begun) == (1, 3, [1, 3])
    with pytest.raises(FileNotFoundError):
        background.result(futures[1])


def test_so_many_run_at_once() -> None:
    meeting = threading.Barrier(2, timeout=30)
    futures = background.begin([meeting.wait] * 4, threads=2, name="t")
    assert sorted(background.result(each) for each in futures) == [0, 0, 1, 1]


def test_nobody_waits_for_them_at_exit() -> None:
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)  # noqa: S603
    assert time.monotonic() - begun < 30
