"""The same command again, after a kill -9 and beside itself: real processes, and an index that knows the moment."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

import pytest

from support.processes import start
from support.releases import files, stored, taken
from tpub.rehearsal.ci import Job, JobDescription
from tpub.rehearsal.effects import Collide, Effect, Pause, Release
from tpub.rehearsal.faults import ALWAYS, Fault
from tpub.rehearsal.index import RehearsalIndex, serve


class Moment(Effect):
    """A request that stands still: before it is looked at, or once its file is stored and its answer is not sent."""

    def __init__(self, *, stored: bool) -> None:
        self._stored = stored
        self.come, self.gone = Event(), Event()

    def before(self, pause: Pause) -> None:
        del pause
        if not self._stored:
            self._stand_still()

    @contextmanager
    def storing(self, release: Release, pause: Pause, *, is_new: bool) -> Iterator[None]:
        del release, pause, is_new
        yield
        if self._stored:
            self._stand_still()

    def _stand_still(self) -> None:
        self.come.set()
        assert self.gone.wait(60)


def upload(index: RehearsalIndex, paths: Sequence[Path]) -> tuple[str, ...]:
    return ("upload", "--index", index.index.upload_url, "--format", "json", *(str(path) for path in paths))


def job(index: RehearsalIndex, provider: str) -> Job:
    return index.job(JobDescription("gitlab" if provider == "gitlab" else "github"))


@pytest.mark.parametrize(
    ("provider", "endpoint", "after", "is_stored", "landed"),
    [
        pytest.param("github", "pages", 0, False, 0, id="asking what is there"),
        pytest.param("gitlab", "mint", 0, False, 0, id="at the exchange"),
        pytest.param("github", "upload", 0, True, 1, id="the first file stored"),
        pytest.param("gitlab", "upload", 1, False, 2, id="the second on its way"),
        pytest.param("gitlab", "upload", 1, True, 2, id="the second stored"),
        pytest.param("github", "upload", 4, True, 5, id="the last stored"),
        pytest.param("gitlab", "burn", 0, False, 5, id="giving the token back"),
        pytest.param("github", "pages", 1, False, 5, id="verifying"),
    ],
)
def test_a_killed_release_is_finished_by_the_same_command(
    tmp_path: Path, provider: str, endpoint: str, after: int, *, is_stored: bool, landed: int
) -> None:
    paths = files(tmp_path, wheels=4)
    moment = Moment(stored=is_stored)
    with serve(faults=[Fault(moment, endpoint, after=after)]) as index:
        first = job(index, provider)
        index.expect(first.publisher, "sampleproject")
        with start(*upload(index, paths), "--jobs", "1", env=first.env) as process:
            assert moment.come.wait(60), process.communicate()
            process.kill()
            process.wait()
            moment.gone.set()
        while index.store.count(endpoint) <= after:
            time.sleep(0.01)
        assert len(stored(index)) == landed
        with start(*upload(index, paths), env=job(index, provider).env) as process:
            out, err = process.communicate(timeout=60)
        assert process.returncode == 0, (out, err)
        assert stored(index) == {path.name: path.read_bytes() for path in paths}
        assert taken(index) == {path.name: 1 for path in paths}
        statuses = [told["status"] for told in json.loads(out)["uploads"]]
        assert (statuses.count("skipped"), statuses.count("uploaded")) == (landed, 5 - landed)


@pytest.mark.parametrize("provider", ["github", "gitlab"])
def test_the_same_release_twice_at_once(tmp_path: Path, provider: str) -> None:
    paths = files(tmp_path, wheels=6)
    with serve(faults=[Fault(Collide(0.05), times=ALWAYS)]) as index, ExitStack() as stack:
        publisher = job(index, provider).publisher
        index.expect(publisher, "sampleproject")
        running = [stack.enter_context(start(*upload(index, paths), env=job(index, provider).env)) for _ in range(2)]
        for process in running:
            out, err = process.communicate(timeout=120)
            assert process.returncode == 0, (out, err)
            assert {told["verified"] for told in json.loads(out)["uploads"]} == {True}
        assert stored(index) == {path.name: path.read_bytes() for path in paths}
        assert index.store.live(time.time()) == []
