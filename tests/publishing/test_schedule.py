from __future__ import annotations

from pathlib import Path
from random import Random

from hypothesis import given, strategies as st
from packaging.utils import canonicalize_name

from tpub.dist.model import CoreMetadata, Distribution, Kind
from tpub.publishing.plan import Release
from tpub.publishing.schedule import Schedule

Sizes = tuple[int, int, int]


def file(name: str, size: int = 1) -> Distribution:
    return Distribution(Path(name), Kind.WHEEL, "x", "1", "py3", CoreMetadata({}), size * 1_000_000, name)


def release(name: str, wheels: int, *, opener: bool = True, sdist: bool = True, sizes: Sizes = (1, 1, 1)) -> Release:
    """Return a release whose opener, wheels and sdist have those sizes, in megabytes."""
    return Release(
        canonicalize_name(name),
        "1",
        file(f"{name}-opener", sizes[0]) if opener else None,
        tuple(file(f"{name}-{n}", sizes[1]) for n in range(wheels)),
        (file(f"{name}-sdist", sizes[2]),) if sdist else (),
    )


def landing(schedule: Schedule, *names: str) -> list[str]:
    return [name for name in names if schedule.may_land(file(name))]


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


def test_files_as_large_travel_beside_the_opener_and_land_after_it() -> None:
    schedule = Schedule([release("a", 4, sizes=(1, 2, 2))], jobs=4, eager=False)
    assert take_all(schedule) == ["a-opener", "a-0", "a-1", "a-2"]
    assert landing(schedule, "a-opener", "a-0", "a-1", "a-2") == ["a-opener"]
    schedule.ended(file("a-opener"), clean=True)
    assert take_all(schedule) == ["a-3"]
    schedule.ended(file("a-0"), clean=True)
    assert take_all(schedule) == ["a-sdist"]
    assert landing(schedule, "a-1", "a-2", "a-3", "a-sdist") == ["a-1", "a-2", "a-3"]
    for name in ("a-1", "a-2", "a-3"):
        schedule.ended(file(name), clean=True)
    assert landing(schedule, "a-sdist") == ["a-sdist"]


def test_what_is_small_or_smaller_than_what_it_waits_for_does_not_travel_ahead() -> None:
    schedule = Schedule([release("a", 1, sizes=(1, 1, 1)), release("b", 1, sizes=(4, 3, 9))], jobs=8, eager=True)
    assert take_all(schedule) == ["a-opener", "b-opener"]
    schedule.ended(file("b-opener"), clean=True)
    assert take_all(schedule) == ["b-0", "b-sdist"]


def test_what_waits_for_its_turn_has_none_after_a_stop() -> None:
    schedule = Schedule([release("a", 2, sizes=(1, 2, 1))], jobs=4, eager=False)
    take_all(schedule)
    schedule.stop()
    schedule.ended(file("a-opener"), clean=False)
    schedule.stop()
    assert landing(schedule, "a-0", "a-1") == []


def test_parallelism_grows_with_clean_answers_and_halves_under_strain() -> None:
    schedule = Schedule([release("a", 30, opener=False)], jobs=5, eager=False)
    assert take_all(schedule) == ["a-0", "a-1", "a-2"]
    schedule.ended(file("a-0"), clean=True)
    assert take_all(schedule) == ["a-3", "a-4"]
    schedule.ended(file("a-1"), clean=True)
    assert take_all(schedule) == ["a-5", "a-6"]
    schedule.ended(file("a-2"), clean=True)
    assert take_all(schedule) == ["a-7"]  # the ceiling
    schedule.strained(file("a-3"))
    for name in ("a-3", "a-4", "a-5"):
        schedule.ended(file(name), clean=False)
    assert take_all(schedule) == []
    schedule.ended(file("a-6"), clean=False)
    assert take_all(schedule) == ["a-8"]


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
