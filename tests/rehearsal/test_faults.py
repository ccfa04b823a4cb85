from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from support.rehearsals import FILENAME, ask, basic, fields, part, post
from tpub.rehearsal import JobDescription, RehearsalIndex, serve
from tpub.rehearsal.effects import Collide, Cut, Delay, Effect, Expire, Fail, Lag, Lose, Pause, Throttle
from tpub.rehearsal.faults import ALWAYS, NAMED, Fault, Faults

JOB = JobDescription("github")
BROKEN = 0  # what a client sees of a connection that ends without an answer


def upload(index: RehearsalIndex, name: str, *, token: str = "", size: int = 20) -> int:
    """Upload a wheel of so many bytes named for `name`, and return the status."""
    content = name.encode().ljust(size)
    file = part("content", content, filename=f"{name}-1.0-py3-none-any.whl")
    authorization = basic(token or index.user_token())
    try:
        return post(index, fields(content, name=name), file, authorization=authorization).status
    except (ConnectionError, http.client.RemoteDisconnected):
        return BROKEN


def mint(index: RehearsalIndex) -> str:
    body = json.dumps({"token": index.identity_token(JOB).reveal()}).encode()
    return str(ask(index, "/_/oidc/mint-token", "POST", body=body).json()["token"])


@pytest.mark.parametrize(
    ("faults", "statuses", "stored"),
    [
        pytest.param([], [200, 200, 200], "abc", id="none"),
        pytest.param([Fault(Fail(503))], [503, 200, 200], "bc", id="503 once"),
        pytest.param([Fault(Fail(500), times=2, after=1)], [200, 500, 500], "a", id="500 twice, later"),
        pytest.param([Fault(Fail(429)), Fault(Fail(503))], [429, 503, 200], "c", id="one after the other"),
        pytest.param([Fault(Fail(503), after=1), Fault(Fail(429))], [429, 503, 200], "c", id="the first that is due"),
        pytest.param([Fault(Fail(503), times=ALWAYS)], [503, 503, 503], "", id="for ever"),
        pytest.param([Fault(Cut(0))], [BROKEN, 200, 200], "bc", id="cut at once"),
        pytest.param([Fault(Cut(400))], [BROKEN, 200, 200], "bc", id="cut in the form"),
        pytest.param([Fault(Cut(10**9))], [BROKEN, 200, 200], "bc", id="cut at the end"),
        pytest.param([Fault(Lose())], [BROKEN, 200, 200], "abc", id="answer lost, file stored"),
        pytest.param([Fault(Fail(503), filename="b-*")], [200, 503, 200], "ac", id="a certain file"),
        pytest.param([Fault(Fail(503), filename="x-*")], [200, 200, 200], "abc", id="no such file"),
        pytest.param([Fault(Fail(503), "mint")], [200, 200, 200], "abc", id="elsewhere"),
        pytest.param([Fault(Fail(503), "*")], [503, 200, 200], "bc", id="anywhere"),
        pytest.param(
            [Fault(Delay(0.01), times=ALWAYS), Fault(Fail(503))], [503, 200, 200], "bc", id="lasting and passing"
        ),
    ],
)
def test_what_befalls_three_uploads(faults: list[Fault], statuses: list[int], stored: str) -> None:
    with serve(faults=faults) as index:
        assert [upload(index, name) for name in "abc"] == statuses
        assert {filename[0] for filename in index.store.files} == set(stored)
        seen = [(seen.filename[:1], seen.status) for seen in index.store.requests]
        assert len(seen) == 3
        lost = [status for (_, status), told in zip(seen, statuses, strict=True) if told == BROKEN and status != BROKEN]
        assert lost in ([], [200])


def test_the_name_of_a_file_is_found_behind_a_long_form() -> None:
    with serve(faults=[Fault(Fail(503), filename=FILENAME)]) as index:
        authorization = basic(index.user_token())
        for files in ([part("content", b"not a file")], []):
            said = post(index, fields(description="x" * 200_000), *files, authorization=authorization)
            assert said.status == (400 if files else 503)


def test_a_large_upload_is_cut_while_it_travels() -> None:
    with serve(faults=[Fault(Cut(1_000_000))]) as index:
        assert [upload(index, "a", size=20_000_000), index.store.files] == [BROKEN, {}]
        assert [upload(index, "a", size=20_000_000), len(index.store.files)] == [200, 1]


def test_what_a_failing_server_says() -> None:
    with serve(faults=[Fault(Fail(429, retry_after=7)), Fault(Fail(503))]) as index:
        said = [post(index, fields(), authorization=basic(index.user_token())) for _ in range(2)]
        told = [(s.status, s.reason, s.headers.get("retry-after"), s.headers["content-type"]) for s in said]
        assert told == [
            (429, "Too Many Requests", "7", "application/json"),
            (503, "Service Unavailable", None, "text/html; charset=UTF-8"),
        ]


def test_tokens_expire_on_demand() -> None:
    with serve(faults=[Fault(Expire(), after=1)]) as index:
        index.trust(index.job(JOB).publisher, "a", "b", "c")
        first = mint(index)
        assert [upload(index, name, token=first) for name in "abc"] == [200, 403, 403]
        assert (upload(index, "b", token=mint(index)), len(index.store.live(time.time()))) == (200, 1)


def test_an_answer_of_the_exchange_is_lost() -> None:
    with serve(faults=[Fault(Lose(), "mint")]) as index:
        index.trust(index.job(JOB).publisher, "a")
        body = json.dumps({"token": index.identity_token(JOB).reveal()}).encode()
        with pytest.raises(http.client.RemoteDisconnected):
            ask(index, "/_/oidc/mint-token", "POST", body=body)
        assert len(index.store.minted) == 1
        errors = ask(index, "/_/oidc/mint-token", "POST", body=body).json()["errors"]
        assert errors == [{"code": "invalid-reuse-token", "description": "invalid token: already used"}]


def test_pages_lag() -> None:
    now = [1_000_000.0]
    with serve(now=lambda: now[0], faults=[Fault(Lag(5), times=ALWAYS)]) as index:
        assert upload(index, "a") == 200
        pages = []
        for now[0] in (1_000_004.9, 1_000_005.0):
            pages.append(b"a-1.0-py3" in ask(index, "/simple/a/").body)
        assert pages == [False, True]


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def test_a_slow_index() -> None:
    with serve(faults=[Fault(Delay(0.15), "*", ALWAYS), Fault(Throttle(1_000_000), times=ALWAYS)]) as index:
        assert seconds(lambda: ask(index, "/_/oidc/audience")) >= 0.15
        assert seconds(lambda: upload(index, "a", size=150_000)) >= 0.15 + 0.15


class Stall(Effect):
    """A request that hangs."""

    def __init__(self) -> None:
        self.arrived = Event()

    def before(self, pause: Pause) -> None:
        self.arrived.set()
        pause(60)


def test_a_server_that_stops_waits_for_nobody() -> None:
    stall = Stall()

    def run() -> None:
        with ThreadPoolExecutor() as pool, serve(faults=[Fault(stall)]) as index:
            pool.submit(upload, index, "a")
            stall.arrived.wait()

    assert seconds(run) < 20


def release(index: RehearsalIndex, files: int) -> list[int]:
    """Upload so many wheels of one release at once."""
    authorization = basic(index.user_token())

    def send(number: int) -> int:
        content = str(number).encode()
        file = part("content", content, filename=FILENAME.replace("py3", f"py3{number}"))
        said = post(index, fields(content), file, authorization=authorization)
        assert said.headers.get("connection") == (None if said.status == 200 else "close")
        return said.status

    with ThreadPoolExecutor(files) as pool:
        return sorted(pool.map(send, range(files)))


def test_uploads_of_one_release_collide() -> None:
    with serve(faults=[Fault(Collide(0.5), times=ALWAYS)]) as index:
        assert release(index, 4) == [200, 500, 500, 500]
        assert release(index, 3) == [200, 200, 200]
        new = 8 - len(index.store.files)
        assert release(index, 8) == [200] * (8 - new + 3) + [500] * (new - 3)
        assert release(index, 8) == [200] * 8


def test_uploads_of_two_releases_do_not() -> None:
    with serve(faults=[Fault(Collide(0.3), times=ALWAYS)]) as index, ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda name: upload(index, name), "ab")) == [200, 200]


def test_what_has_yet_to_happen() -> None:
    faults = Faults([NAMED["503"], NAMED["latency"]])
    faults.add(Fault(Fail(500), times=2))
    assert faults.take("upload") == (Delay(0.2), Fail(503))
    assert faults.left == (Fault(Fail(500), times=2),)
    assert faults.take("pages") == (Delay(0.2),)
    assert [faults.take("upload")[1:] for _ in range(3)] == [(Fail(500),), (Fail(500),), ()]
    assert list(faults.left) == []


@pytest.mark.parametrize("name", sorted(NAMED))
def test_a_release_gets_through_each_named_fault(name: str) -> None:
    with serve(faults=[NAMED[name]]) as index:
        index.trust(index.job(JOB).publisher, "a")
        statuses: list[int] = []
        token = mint(index)
        while 200 not in statuses and len(statuses) < 3:
            statuses.append(upload(index, "a", token=token))
            token = mint(index) if statuses[-1] == 403 else token
        assert (statuses[-1], list(index.store.files)) == (200, ["a-1.0-py3-none-any.whl"])
