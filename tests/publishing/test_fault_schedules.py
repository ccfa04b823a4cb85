"""Whatever passes over a release: the same command, run until it succeeds, ends in the same state."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from support.releases import Manner, Platform, Told, files, release, stored, told
from tpub.rehearsal.effects import Collide, Cut, Delay, Effect, Expire, Fail, Lag, Lose, Throttle
from tpub.rehearsal.faults import ALWAYS, Fault
from tpub.rehearsal.index import RehearsalIndex, serve

SCHEDULES, BATCHES = 200, 20
PLATFORMS: Sequence[Platform] = ("github", "gitlab", "token")
ANYWHERE = ("upload", "upload", "upload", "pages", "audience", "identity", "mint", "burn")
# What passes, and what is said of a job's one token: a new job has another.
EXITS = {
    "connection-lost": 5,
    "index-unavailable": 5,
    "gh-token-endpoint-error": 4,
    "minted-token-expired": 1,
    "token-reused": 4,
}


def effect(random: Random) -> Effect:
    match random.randrange(6):
        case 0 | 1:
            return Fail(random.choice([408, 429, 500, 502, 503, 504]), random.choice([None, 0, 1]))
        case 2 | 3:
            return Cut(random.choice([0, 300, 2000, 10**9]))
        case _:
            return Lose()


def schedule(random: Random) -> list[Fault]:
    lasting: list[Effect] = [Delay(0.003), Throttle(1_000_000), Collide(0.01, at_once=2), Lag(0.05)]
    passing = [
        Fault(effect(random), random.choice(ANYWHERE), random.randint(1, 4), random.randrange(6))
        for _ in range(random.randint(1, 7))
    ]
    ends = [Fault(Expire(), "upload", random.randint(1, 3), random.randrange(5)) for _ in range(random.randrange(3))]
    found = [*passing, *ends]
    random.shuffle(found)
    return [*(Fault(e, times=ALWAYS) for e in random.sample(lasting, random.randrange(3))), *found]


def run(index: RehearsalIndex, paths: Sequence[Path], manner: Manner) -> Told:
    """Publish once, and see that the report tells the truth."""
    before = index.store.count("upload")
    outcome = release(index, paths, manner)
    found, there = told(outcome, paths), stored(index)
    landed = [path.name for path, status in zip(paths, found.statuses, strict=True) if status in "us"]
    assert set(landed) <= set(there)
    assert sum(found.tries) == index.store.count("upload") - before
    codes = {told.code for told in outcome.diagnostics if told.is_error}
    exits = {EXITS[code] for code in codes} or {0}
    assert found.code in ({5 if code == 4 else code for code in exits} if any(found.tries) else exits)
    assert (found.code == 0) == (len(landed) == len(paths))
    return found


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_schedule_of_faults_ends_alike(tmp_path: Path, batch: int) -> None:
    for seed in range(batch, SCHEDULES, BATCHES):
        random = Random(seed)  # noqa: S311  (the seed makes it repeatable)
        paths = files(tmp_path / str(seed), wheels=random.randint(1, 4))
        faults = schedule(random)
        manner = Manner(
            random.choice(PLATFORMS), max_tries=random.randint(1, 5), wait=20, jobs=random.choice([None, 1, 3, 8])
        )
        with serve(faults=faults) as index:
            codes: list[int] = []
            at_most = 1 + sum(fault.times for fault in faults if fault.times != ALWAYS)  # a run that fails met one
            while 0 not in codes and len(codes) < at_most:
                codes.append(run(index, paths, manner).code)
            assert codes[-1] == 0, (seed, codes, faults, manner)
            assert stored(index) == {path.name: path.read_bytes() for path in paths}, (seed, faults, manner)
