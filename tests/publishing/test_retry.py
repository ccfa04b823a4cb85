from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from support.world import quick_clock
from tpub.clock import Clock
from tpub.errors import ExchangeError, NetworkError, TpubError
from tpub.publishing.retry import Backoff, asked_wait, patiently, wait_before_retry
from tpub.reply import OverloadError, Reply

NOW = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


def reply(status: int, **headers: str) -> Reply:
    return Reply(
        "https://packages.example.com/legacy/", status, "", {k.replace("_", "-"): v for k, v in headers.items()}
    )


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        pytest.param(reply(503), 0, id="nothing said"),
        pytest.param(reply(503, retry_after="7"), 7, id="seconds"),
        pytest.param(reply(429, retry_after="Thu, 01 Jan 2026 00:01:00 GMT"), 60, id="date"),
        pytest.param(reply(429, retry_after="Thu, 01 Jan 2026 00:00:00 -0000"), 0, id="now"),
        pytest.param(reply(429, retry_after="Wed, 31 Dec 2025 00:00:00 GMT"), 0, id="date gone by"),
        pytest.param(reply(429, retry_after="soon"), 0, id="nonsense"),
        pytest.param(reply(503, retry_after="²"), 0, id="a digit that is no number"),
        pytest.param(reply(503, retry_after="86400"), 86400, id="a day"),
        pytest.param(reply(429, ratelimit='"user";r=0;t=30'), 30, id="RateLimit"),
        pytest.param(reply(429, ratelimit='"a";r=5;t=900, "b";r=0;t=30, "c";r=0;t=9'), 30, id="several quotas"),
        pytest.param(reply(429, ratelimit='"user";t=30'), 30, id="RateLimit that counts nothing"),
        pytest.param(reply(429, ratelimit="none"), 0, id="nonsense in RateLimit"),
        pytest.param(reply(503, ratelimit='"user";r=9;t=30'), 0, id="RateLimit that is not the reason"),
    ],
)
def test_how_long_the_server_wants_to_be_left_alone(said: Reply, seconds: float) -> None:
    assert asked_wait(said, NOW) == seconds


CLOCK = Clock(lambda: NOW, lambda: 0.0, lambda _: None, lambda: 1.0)
SHORT = Backoff(tries=3, base=1.0, cap=30.0)


@pytest.mark.parametrize(
    ("error", "failures", "wait"),
    [
        pytest.param(NetworkError("connection-lost", ""), 1, 1.0, id="broken once"),
        pytest.param(NetworkError("connection-idle", ""), 2, 2.0, id="silent twice"),
        pytest.param(NetworkError("connection-lost", ""), 3, None, id="often enough"),
        pytest.param(OverloadError(reply(500)), 1, 1.0, id="500"),
        pytest.param(OverloadError(reply(503, retry_after="9")), 1, 9.0, id="as the server asks"),
        pytest.param(OverloadError(reply(503, retry_after="300")), 1, 300.0, id="as long as anybody waits"),
        pytest.param(OverloadError(reply(503, retry_after="301")), 1, None, id="longer than anybody waits"),
        pytest.param(NetworkError("certificate-untrusted", ""), 1, None, id="stays untrusted"),
        pytest.param(NetworkError("reply-malformed", ""), 1, None, id="stays nonsense"),
        pytest.param(ExchangeError("invalid-publisher", ""), 1, None, id="refused"),
    ],
)
def test_when_to_try_again(error: TpubError, failures: int, wait: float | None) -> None:
    assert wait_before_retry(error, failures, SHORT, CLOCK) == wait


@given(st.sampled_from([429, 503]), st.sampled_from(["retry-after", "ratelimit"]), st.text(max_size=40))
def test_whatever_a_server_writes_is_a_number_of_seconds(status: int, name: str, value: str) -> None:
    assert asked_wait(Reply("https://packages.example.com/", status, "", {name: value}), NOW) >= 0


@given(st.integers(1, 60), st.floats(0, 1, exclude_max=True))
def test_pauses_are_bounded(tried: int, random: float) -> None:
    assert 0 <= Backoff().wait(tried, random) <= min(30.0, 2.0 ** (tried - 1))


@pytest.mark.parametrize(("broken", "asked"), [(0, 1), (3, 4), (4, 4)])
def test_questions_are_asked_patiently(broken: int, asked: int) -> None:
    count = 0

    def question() -> str:
        nonlocal count
        count += 1
        if count <= broken:
            raise NetworkError("connection-lost", "gone")
        return "answer"

    if broken < 4:
        assert patiently(question, quick_clock()) == "answer"
    else:
        with pytest.raises(NetworkError):
            patiently(question, quick_clock())
    assert count == asked


@pytest.mark.parametrize(
    ("each", "asked"),
    [
        pytest.param(75.0, 2, id="late answers"),
        pytest.param(120.0, 1, id="silence"),
        pytest.param(1.0, 4, id="quick ones"),
    ],
)
def test_a_question_that_takes_long_is_not_asked_for_ever(each: float, asked: int) -> None:
    count = 0

    def question() -> str:
        nonlocal count
        count += 1
        raise NetworkError("exchange-timeout", "nothing came")

    clock = Clock(lambda: NOW, lambda: count * each, lambda _: None, lambda: 0.0)
    with pytest.raises(NetworkError):
        patiently(question, clock)
    assert count == asked
