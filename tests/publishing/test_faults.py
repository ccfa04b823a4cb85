"""What befalls requests of a release, when and on which platform, and what then becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from support.releases import Manner, Told, files, live, release, stored, taken, told
from tpub.rehearsal.effects import Cut, Delay, Expire, Fail, Lag, Lose, Throttle
from tpub.rehearsal.faults import ALWAYS, Fault
from tpub.rehearsal.index import serve

GITHUB, GITLAB, TOKEN = Manner("github"), Manner("gitlab"), Manner("token")
GENERIC = Manner("token", generic=True)
MINTS = {"github": 1, "gitlab": 1, "token": 0}
YES, NO, OPEN = True, False, None


def fine(*tries: int) -> Told:
    return Told(0, (), "uuu", tries or (1, 1, 1), (YES, YES, YES))


def lagging(code: str, *verified: bool) -> Told:
    return Told(0, (code,), "uuu", (1, 1, 1), verified)


def failed(code: int, diagnostic: str, statuses: str, *tries: int) -> Told:
    verified = tuple(YES if status == "u" else OPEN for status in statuses)
    return Told(code, (diagnostic,), statuses, tries or (0, 0, 0), verified)


@dataclass(frozen=True)
class Case:
    """Faults, and what becomes of a release of two wheels and an sdist, which travel one after the other.

    `mints` tokens were minted (None: as without faults), `left` of them live on; `again` files were sent although
    they had landed.
    """

    faults: list[Fault]
    manner: Manner = GITHUB
    told: Told = field(default_factory=fine)
    mints: int | None = None
    left: int = 0
    again: int = 0


CASES = {
    # The first file, which opens the release, and the others.
    "500 at the first file": Case([Fault(Fail(500))], GITHUB, fine(2, 1, 1)),
    "500 at the second": Case([Fault(Fail(500), after=1)], GITLAB, fine(1, 2, 1)),
    "500 twice at the last": Case([Fault(Fail(500), times=2, after=2)], TOKEN, fine(1, 1, 3)),
    "503 at each": Case([Fault(Fail(503), filename=f"*cp30{n}*") for n in (1, 2)], GITLAB, fine(2, 2, 1)),
    "503 four times": Case([Fault(Fail(503), times=4)], TOKEN, fine(5, 1, 1)),
    "408": Case([Fault(Fail(408), after=1)], GITHUB, fine(1, 2, 1)),
    "429 with Retry-After": Case([Fault(Fail(429, retry_after=1), times=2)], GITHUB, fine(3, 1, 1)),
    "429 with Retry-After later": Case([Fault(Fail(429, retry_after=1), after=2)], GITLAB, fine(1, 1, 2)),
    "503 with Retry-After": Case([Fault(Fail(503, retry_after=2))], TOKEN, fine(2, 1, 1)),
    "429 that lasts": Case(
        [Fault(Fail(429, retry_after=3600), after=1)], GITHUB, failed(5, "index-unavailable", "uf-", 1, 1, 0)
    ),
    "cut in the form": Case([Fault(Cut(0))], GITHUB, fine(2, 1, 1)),
    "cut in the file": Case([Fault(Cut(2500), after=1)], GITLAB, fine(1, 2, 1)),
    "cut at the end": Case([Fault(Cut(10**9), times=3, after=2)], TOKEN, fine(1, 1, 4)),
    "slow line": Case([Fault(Throttle(100_000), times=ALWAYS)], GITHUB),
    "slow answers": Case([Fault(Delay(0.01), "*", ALWAYS)], GITLAB),
    # Answers that get lost: the index has the file.
    "answer lost at the first": Case([Fault(Lose())], GITHUB),
    "answer lost at the second": Case([Fault(Lose(), after=1)], GITLAB),
    "answer lost at each": Case([Fault(Lose(), times=ALWAYS)], TOKEN),
    "answer lost at the last try": Case([Fault(Lose(), times=3)], Manner("github", max_tries=1)),
    "answer lost and listed late": Case([Fault(Lose()), Fault(Lag(0.3), times=ALWAYS)], TOKEN, fine(2, 1, 1), again=1),
    "answer lost and pages down": Case(
        [Fault(Lose()), Fault(Fail(503), "pages", times=1, after=1)], GITHUB, fine(1, 1, 1)
    ),
    # Pages that lag or fail.
    "listed late, within the wait": Case([Fault(Lag(0.1), times=ALWAYS)], GITLAB),
    "the last listed late, beyond the wait": Case(
        [Fault(Lag(30), after=2)], Manner("github", wait=1), lagging("index-lag", YES, YES, NO)
    ),
    "listed late, no wait": Case(
        [Fault(Lag(30), times=ALWAYS)], Manner("token", wait=0), lagging("index-lag", NO, NO, NO)
    ),
    "pages down before": Case([Fault(Fail(503), "pages", times=3)], GITHUB),
    "pages down before, too long": Case(
        [Fault(Fail(503), "pages", times=4)], GITLAB, failed(5, "index-unavailable", "---"), mints=0
    ),
    "answer of the pages lost": Case([Fault(Lose(), "pages")], TOKEN),
    "pages down after": Case([Fault(Fail(503), "pages", times=3, after=1)], GITHUB),
    "pages down after, too long": Case(
        [Fault(Fail(503), "pages", times=99, after=1)],
        Manner("github", wait=1),
        lagging("index-pages-unavailable", NO, NO, NO),
    ),
    "an index without pages": Case(
        [Fault(Fail(403), "pages", ALWAYS)], GENERIC, lagging("index-pages-unavailable", NO, NO, NO)
    ),
    "an index without pages, answer lost": Case(
        [Fault(Fail(403), "pages", ALWAYS), Fault(Lose())],
        GENERIC,
        Told(0, ("index-pages-unavailable",), "uuu", (2, 1, 1), (NO, NO, NO)),
        again=1,
    ),
    # Tokens that end.
    "token ends before the first file": Case([Fault(Expire())], GITHUB, fine(2, 1, 1), mints=2),
    "token ends before the second file": Case([Fault(Expire(), after=1)], GITHUB, fine(1, 2, 1), mints=2),
    "token ends before each file": Case(
        [Fault(Expire(), filename=f"*{name}*") for name in ("cp301", "cp302", "tar")], GITHUB, fine(2, 2, 2), mints=4
    ),
    "token ends again and again": Case(
        [Fault(Expire(), times=4)], GITHUB, failed(1, "minted-token-expired", "f--", 4, 0, 0), mints=4
    ),
    "token ends after a 503": Case([Fault(Fail(503), times=3), Fault(Expire())], GITHUB, fine(5, 1, 1), mints=2),
    "the one token ends before the first file": Case(
        [Fault(Expire())], GITLAB, failed(1, "minted-token-expired", "f--", 1, 0, 0)
    ),
    "the one token ends before the last file": Case(
        [Fault(Expire(), after=2)], GITLAB, failed(1, "minted-token-expired", "uuf", 1, 1, 1)
    ),
    "a user's token does not end": Case([Fault(Expire())], TOKEN),
    "no identity for the second token": Case(
        [Fault(Expire(), after=1), Fault(Fail(500), "identity", times=8, after=1)],
        Manner("github", max_tries=2),
        failed(5, "gh-token-endpoint-error", "uf-", 1, 1, 0),
    ),
    # The exchange.
    "503 at the audience": Case([Fault(Fail(503), "audience", times=3)], GITLAB),
    "audience down": Case(
        [Fault(Fail(503), "audience", times=4)], GITHUB, failed(5, "index-unavailable", "---"), mints=0
    ),
    "no trusted publishing": Case([Fault(Fail(404), "audience")], GITHUB, failed(4, "index-no-oidc", "---"), mints=0),
    "503 at the identity": Case([Fault(Fail(503), "identity", times=3)], GITHUB),
    "503 at the exchange": Case([Fault(Fail(503), "mint")], GITHUB),
    "503 twice at the exchange": Case([Fault(Fail(503), "mint", times=2)], GITLAB),
    "429 at the exchange": Case([Fault(Fail(429, retry_after=1), "mint")], GITLAB),
    "cut in the exchange": Case([Fault(Cut(10), "mint")], GITLAB),
    "exchange down": Case([Fault(Fail(503), "mint", times=4)], GITHUB, failed(5, "index-unavailable", "---"), mints=0),
    "answer of the exchange lost": Case([Fault(Lose(), "mint")], GITHUB, mints=2, left=1),
    "answer of the one exchange lost": Case([Fault(Lose(), "mint")], GITLAB, failed(4, "token-reused", "---"), left=1),
    "503 at the end": Case([Fault(Fail(503), "burn", times=3)], GITHUB),
    "answer of the end lost": Case([Fault(Lose(), "burn")], GITLAB),
    "no end to be had": Case([Fault(Fail(404), "burn")], GITHUB, left=1),
    # More than the command bears, and refusals: the rest stays here.
    "503 more often than there are tries": Case(
        [Fault(Fail(503), times=3, after=1)],
        Manner("github", max_tries=3),
        failed(5, "index-unavailable", "uf-", 1, 3, 0),
    ),
    "503 and one try": Case(
        [Fault(Fail(503))], Manner("gitlab", max_tries=1), failed(5, "index-unavailable", "f--", 1, 0, 0)
    ),
    "cut more often than there are tries": Case(
        [Fault(Cut(100), times=2, after=2)],
        Manner("token", max_tries=2),
        failed(5, "connection-lost", "uuf", 1, 1, 2),
    ),
    "refused first": Case([Fault(Fail(400))], GITHUB, failed(1, "upload-refused", "f--", 1, 0, 0)),
    "refused in the middle": Case([Fault(Fail(400), after=1)], GITLAB, failed(1, "upload-refused", "uf-", 1, 1, 0)),
    "forbidden at the end": Case([Fault(Fail(403), after=2)], TOKEN, failed(1, "upload-refused", "uuf", 1, 1, 1)),
    "all at once": Case(
        [
            Fault(Delay(0.01), "*", ALWAYS),
            Fault(Lag(0.2), times=ALWAYS),
            Fault(Fail(503), "pages"),
            Fault(Fail(503), "audience"),
            Fault(Lose(), "mint"),
            Fault(Fail(500), filename="*cp301*"),
            Fault(Cut(1000), filename="*cp302*"),
            Fault(Expire(), filename="*cp302*"),
            Fault(Fail(429, retry_after=1), filename="*.tar.gz"),
            Fault(Lose(), "burn"),
        ],
        GITHUB,
        fine(2, 3, 2),
        mints=3,
    ),
}


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{name}, {case.manner.platform}") for name, case in CASES.items()]
)
def test_what_befalls_a_release(tmp_path: Path, case: Case) -> None:
    paths = files(tmp_path)
    with serve(faults=case.faults) as index:
        outcome = release(index, paths, case.manner)
        landed = {path.name: path.read_bytes() for path in paths if path.name in stored(index)}
        minted, alive = len(index.store.minted), live(index)
        assert told(outcome, paths) == case.told
        assert stored(index) == landed
        assert [path.name in landed for path in paths] == [status == "u" for status in case.told.statuses]
        assert (minted, alive) == (MINTS[case.manner.platform] if case.mints is None else case.mints, case.left)
        assert taken(index).total() == len(landed) + case.again
        if case.told.code:
            # The same command goes on where this one ended.
            again = release(index, paths, case.manner)
            assert told(again, paths).statuses == case.told.statuses.replace("u", "s").replace("f", "u").replace(
                "-", "u"
            )
            assert again.exit_code == 0
            assert set(taken(index).values()) == {1}
        assert stored(index) == {path.name: path.read_bytes() for path in paths}
