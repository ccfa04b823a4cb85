"""Large files that travel ahead of their turn, all but their end, and land in the order of the release."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from support import dists
from support.releases import Manner, Told, release, stored, taken, told
from support.world import Heard
from tpub.events import UploadAdvanced, UploadEnded
from tpub.rehearsal.effects import Delay, Effect, Expire, Fail, Lose
from tpub.rehearsal.faults import Fault
from tpub.rehearsal.index import serve

OPENER, FIRST, SDIST = "*cp301*", "*cp302*", "*.tar.gz"


def files(folder: Path) -> list[Path]:
    """Write the opener, two wheels and an sdist, each a little larger than the one before, and none small."""
    noise = {number: Random(number).randbytes(1_100_000 + 1000 * number) for number in range(1, 5)}  # noqa: S311
    wheels = [
        dists.wheel(folder, tag=f"cp30{number}-none-any", files={f"sampleproject/{number}": noise[number]})
        for number in (1, 3, 2)
    ]
    return [wheels[0], wheels[2], wheels[1], dists.sdist(folder, files={"noise": noise[4]})]


def test_large_files_travel_beside_the_opener_and_land_in_order(tmp_path: Path) -> None:
    paths, heard = files(tmp_path), Heard()
    with serve(faults=[Fault(Delay(0.3), "upload", filename=OPENER)]) as index:
        outcome = release(index, paths, heard=heard)
        assert told(outcome, paths) == Told(0, (), "uuuu", (1, 1, 1, 1), (True,) * 4)
        landed = [file.filename for file in index.store.files.values()]
    opened = next(place for place, event in enumerate(heard) if isinstance(event, UploadEnded))
    ahead = {event.file for event in heard[:opened] if isinstance(event, UploadAdvanced)}
    assert ahead == {path.name for path in paths}
    assert (landed[0], landed[-1]) == (paths[0].name, paths[-1].name)
    ends = [event.file for event in heard if isinstance(event, UploadEnded)]
    assert (ends[0], ends[-1]) == (paths[0].name, paths[-1].name)


@pytest.mark.parametrize(
    ("effect", "filename", "statuses", "tries"),
    [
        pytest.param(Fail(400), OPENER, "f---", (1, 0, 0, 0), id="opener refused"),
        pytest.param(Fail(503), OPENER, "uuuu", (2, 1, 1, 1), id="opener sent again"),
        pytest.param(Lose(), OPENER, "uuuu", (1, 1, 1, 1), id="opener's answer lost"),
        pytest.param(Expire(), OPENER, "uuuu", None, id="token ends: those on their way have it, too"),
        pytest.param(Fail(400), FIRST, "ufu-", (1, 1, 1, 0), id="wheel refused: the sdist does not land"),
        pytest.param(Fail(503), FIRST, "uuuu", (1, 2, 1, 1), id="wheel sent again: the sdist waits"),
    ],
)
def test_what_becomes_of_those_ahead(
    tmp_path: Path, effect: Effect, filename: str, statuses: str, tries: tuple[int, ...] | None
) -> None:
    paths = files(tmp_path)
    with serve(faults=[Fault(effect, "upload", filename=filename)]) as index:
        outcome = release(index, paths, Manner(jobs=8))
        found = told(outcome, paths)
        there = stored(index)
        assert [path.name in there for path in paths] == [status == "u" for status in found.statuses]
        assert all(there[path.name] == path.read_bytes() for path in paths if path.name in there)
        assert (found.statuses, found.tries) == (statuses, tries or found.tries)
        if outcome.exit_code:
            assert release(index, paths, Manner(jobs=8)).exit_code == 0
        assert {path.name: path.read_bytes() for path in paths} == stored(index)
        assert set(taken(index).values()) == {1}


def test_what_would_wait_too_long_is_sent_again_in_its_turn(tmp_path: Path) -> None:
    paths = files(tmp_path)
    with serve(faults=[Fault(Delay(1.0), "upload", filename=OPENER)]) as index:  # the clock of the test runs fast
        outcome = release(index, paths)
        assert told(outcome, paths) == Told(0, (), "uuuu", (1, 1, 1, 1), (True,) * 4)
        assert set(taken(index).values()) == {1}
        assert index.store.count("upload") > len(paths)
