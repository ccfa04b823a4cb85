from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.releases import files
from support.world import quick_clock
from tpub.clock import Clock
from tpub.dist.read import read
from tpub.events import Event, UploadAdvanced, UploadEnded, UploadStarted
from tpub.http import Http
from tpub.index.credential import token_credential
from tpub.outcome import UploadStatus
from tpub.publishing.attestations import Attest, attesting
from tpub.publishing.credentials import GivenCredentials
from tpub.publishing.plan import Release
from tpub.publishing.runner import Pace, Runner
from tpub.publishing.world import World
from tpub.rehearsal.effects import Effect, Pause
from tpub.rehearsal.faults import Fault
from tpub.rehearsal.index import RehearsalIndex, serve


@contextmanager
def runner(
    index: RehearsalIndex, folder: Path, listener: Callable[[Event], None], clock: Clock, jobs: int = 4
) -> Iterator[tuple[Runner, Release]]:
    """Yield a runner for a release of four wheels that are to be sent beside each other, and an sdist."""
    found = [read(path) for path in files(folder, wheels=4)]
    index.store.create_project("sampleproject")
    release = Release(found[0].normalized_project, "1.0", None, tuple(found[:-1]), (found[-1],))
    credentials = GivenCredentials(token_credential(index.user_token()))
    with Http({}) as http:
        without = attesting(Attest(), index.index)
        yield Runner([release], without, credentials, Pace(jobs), World({}, http, clock, listener)), release


def test_nothing_is_begun_while_the_index_wants_quiet(index: RehearsalIndex, tmp_path: Path) -> None:
    clock = quick_clock()
    begun: list[float] = []

    def listen(event: Event) -> None:
        if isinstance(event, UploadStarted):
            begun.append(clock.monotonic())

    with runner(index, tmp_path, listen, clock) as (running, release):
        quiet = clock.monotonic()
        running.strained(release.wheels[0], 20.0)
        running.strained(release.wheels[0], 5.0)  # what is asked for later, but sooner over
        running.run()
        assert {upload.status for upload in running.account().uploads} == {UploadStatus.UPLOADED}
    assert (len(begun), min(begun) >= quiet + 20.0) == (5, True)


def test_a_bug_in_a_thread_ends_the_run(index: RehearsalIndex, tmp_path: Path) -> None:
    def listen(event: Event) -> None:
        if isinstance(event, UploadAdvanced):
            raise ZeroDivisionError

    with runner(index, tmp_path, listen, quick_clock()) as (running, _):
        with pytest.raises(ZeroDivisionError):
            running.run()
        assert running.is_off
        while any(thread.name.startswith("upload-") for thread in threading.enumerate()):
            time.sleep(0.01)  # the other threads end, too


class Hang(Effect):
    """A request that makes somebody press Ctrl-C, and waits."""

    def __init__(self) -> None:
        self.gone = threading.Event()

    def before(self, pause: Pause) -> None:
        del pause
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        self.gone.wait(60)


@pytest.mark.skipif(sys.platform == "win32", reason="no signals between threads there")
def test_an_interrupted_run_abandons_what_is_on_its_way(tmp_path: Path) -> None:
    hang = Hang()
    heard: list[Event] = []
    with serve(faults=[Fault(hang, after=1)]) as index:
        with runner(index, tmp_path, heard.append, quick_clock(), jobs=1) as (running, release):
            with pytest.raises(KeyboardInterrupt):
                running.run()
            found = running.account()
            ended = sum(isinstance(event, UploadEnded) for event in heard)
            hang.gone.set()
            while any(thread.name.startswith("upload-") for thread in threading.enumerate()):
                time.sleep(0.01)
        names = [file.filename for file in release.files]
        assert [(upload.file, upload.status.value, upload.tries) for upload in found.uploads] == [
            (names[0], "uploaded", 1),
            (names[1], "failed", 1),
            *((name, "unsent", 0) for name in names[2:]),
        ]
        assert (found.errors, running.is_off) == ((), True)
        assert sum(isinstance(event, UploadEnded) for event in heard) == ended == 1
        assert len(index.store.files) == 2  # nobody took the second back
