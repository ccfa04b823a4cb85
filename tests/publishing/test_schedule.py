from __future__ import annotations

from pathlib import Path
from random import Random

from hypothesis import given, strategies as st
from packaging.utils import canonicalize_name

from tpub.dist.model import CoreMetadata, Distribution, Kind
from tpub.publishing.plan import Release
from tpub.publishing.schedule import Schedule


def file(name: str) -> Distribution:
    return Distribution(Path(name), Kind.WHEEL, "x", "1", "py3", CoreMetadata({}), 1, name)


def release(name: str, wheels: int, *, opener: bool = True, sdist: bool = True) -> Release:
    return Release(
        canonicalize_name(name),
        "1",
        file(f"{name}-opener") if opener else None,
        tuple(file(f"{name}-{n}") for n in range(wheels)),
        (file(f"{name}-sdist"),) if sdist else (),
    )


def take_all(schedule: Schedule) -> list[str]:
    found = []
    while (taken := schedule.take()) is not None:
        found.append(taken.filename)
    return found


def test_one_opens_then_the_wheels_then_the_sdist() -> None:
    schedule = Schedule([release("a", 3)], jobs=8, eager=True)
    assert take_all(schedule) == ["a-opener"]
    schedule.ended(file("a-opener"), clean=True)
    assert take_all(schedule) == ["a-0", "a-1", "a-2"]
    schedule.ended(file("a-1"), clean=True)
    schedule.ended(file("a-0"), clean=True)
    assert take_all(schedule) == []
    schedule.ended(file("a-2"), clean=True)
    assert take_all(schedule) == ["a-sdist"]
    assert not schedule.is_done
    schedule.ended(file("a-sdist"), clean=True)
    assert schedule.is_done


def test_parallelism_grows_with_clean_answers_and_halves_under_strain() -> None:
    schedule = Schedule([release("a", 30, opener=False)], jobs=4, eager=False)
    assert take_all(schedule) == ["a-0", "a-1"]
    schedule.ended(file("a-0"), clean=True)
    assert take_all(schedule) == ["a-2", "a-3"]
    schedule.ended(file("a-1"), clean=True)
    assert take_all(schedule) == ["a-4", "a-5"]
    schedule.ended(file("a-2"), clean=True)
    assert take_all(schedule) == ["a-6"]  # the ceiling
    schedule.strained(file("a-3"))
    schedule.ended(file("a-4"), clean=False)
    assert take_all(schedule) == []
    schedule.ended(file("a-3"), clean=False)
    schedule.ended(file("a-5"), clean=False)
    assert take_all(schedule) == ["a-7"]


def test_releases_take_turns_under_one_ceiling() -> None:
    schedule = Schedule([release("a", 3), release("b", 3), release("c", 3)], jobs=2, eager=False)
    assert take_all(schedule) == ["a-opener", "b-opener"]
    schedule.ended(file("a-opener"), clean=True)
    assert take_all(schedule) == ["c-opener"]


def test_nothing_begins_after_a_stop() -> None:
    schedule = Schedule([release("a", 3)], jobs=2, eager=False)
    take_all(schedule)
    schedule.stop()
    assert not schedule.is_done
    schedule.ended(file("a-opener"), clean=True)
    assert take_all(schedule) == []
    assert schedule.is_done


@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.booleans()), max_size=4), st.integers(1, 5), st.randoms()
)
def test_every_file_gets_its_turn_once(shapes: list[tuple[int, bool, bool]], jobs: int, random: Random) -> None:
    releases = [release(f"r{n}", w, opener=o, sdist=s) for n, (w, o, s) in enumerate(shapes)]
    schedule = Schedule(releases, jobs=jobs, eager=False)
    running: list[str] = []
    seen: list[str] = []
    while not schedule.is_done:
        taken = take_all(schedule)
        seen += taken
        running += taken
        assert len(running) <= jobs
        random.shuffle(running)
        name = running.pop()
        schedule.strained(file(name))
        schedule.ended(file(name), clean=len(seen) % 2 == 0)
    assert sorted(seen) == sorted(f.filename for r in releases for f in r.files)
