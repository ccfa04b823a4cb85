from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import ClassVar

import pytest

from support.world import Heard
from tpub.clock import Clock
from tpub.errors import IdentityError, NetworkError, UploadError
from tpub.events import Noted
from tpub.http import Http
from tpub.index.credential import token_credential
from tpub.index.exchange import ApiToken
from tpub.publishing.credentials import GivenCredentials, obtain
from tpub.publishing.minted import MintedCredentials, replacement_time
from tpub.publishing.world import World
from tpub.rehearsal.ci import JobDescription
from tpub.rehearsal.effects import Fail
from tpub.rehearsal.faults import ALWAYS, Fault
from tpub.rehearsal.index import RehearsalIndex, serve
from tpub.secret import Secret

NOW = 1_000_000.0


@dataclass
class Vouching:
    """A provider that gives fresh tokens of the embedded index's issuer."""

    index: RehearsalIndex
    renewable: bool = True
    name: ClassVar[str] = "github"
    title: ClassVar[str] = "The CI"
    asked: int = 0
    token: Secret | None = None
    held: Event | None = None

    def identity_token(self, audience: str, http: Http) -> Secret:
        del audience, http
        self.asked += 1
        if self.held is not None:
            self.held.wait(10)
        return self.token or self.index.identity_token(JobDescription("github"))


@dataclass
class Time:
    """A clock that is set, and pauses that take no time."""

    now: float = field(default_factory=time.time)

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.now, time.monotonic, lambda _: None, lambda: 0.0)


@pytest.fixture
def index() -> Iterator[RehearsalIndex]:
    with serve() as running:
        running.trust(running.job(JobDescription("github")).publisher, "sampleproject")
        yield running


@contextmanager
def minted(provider: Vouching, at: Time, heard: Heard | None = None) -> Iterator[MintedCredentials]:
    with Http({}) as http:
        yield MintedCredentials(
            provider, provider.index.index, World({}, http, at.clock, heard if heard is not None else Heard())
        )


@pytest.mark.parametrize(
    ("expires", "at"),
    [
        pytest.param(NOW + 900, NOW + 600, id="from minute 10 on"),
        pytest.param(NOW + 90, NOW + 60, id="a short life"),
        pytest.param(NOW + 9000, NOW + 8700, id="a long life"),
        pytest.param(NOW, None, id="over, says our clock"),
        pytest.param(NOW - 9000, None, id="long over, says our clock"),
        pytest.param(None, None, id="not told"),
    ],
)
def test_when_a_token_is_replaced(expires: float | None, at: float | None) -> None:
    assert replacement_time(ApiToken(Secret("t"), expires), NOW) == at


def test_a_token_serves_until_it_nears_its_end(index: RehearsalIndex) -> None:
    at, provider = Time(), Vouching(index)
    with minted(provider, at) as credentials:
        first = credentials.current()
        at.now += 590
        assert credentials.current() == first
        at.now += 20
        second = credentials.current()
        assert second != first
        assert credentials.current() == second
        assert (provider.asked, credentials.ends) == (2, None)
        credentials.give_back()
    assert index.store.live(time.time()) == []


@pytest.mark.parametrize(
    "ahead", [pytest.param(1200.0, id="our clock is ahead"), pytest.param(-1200.0, id="our clock is behind")]
)
def test_the_life_of_a_token_is_the_index_s_to_tell(ahead: float, index: RehearsalIndex) -> None:
    at, provider = Time(), Vouching(index)
    at.now += ahead
    with minted(provider, at) as credentials:
        first = credentials.current()
        at.now += 590
        assert credentials.current() == first
        at.now += 20
        assert credentials.current() != first
        credentials.give_back()


def test_the_one_token_is_not_replaced(index: RehearsalIndex) -> None:
    at, provider = Time(), Vouching(index, renewable=False)
    with minted(provider, at) as credentials:
        assert credentials.ends is None
        first = credentials.current()
        at.now += 10_000
        assert credentials.current() == first
        assert credentials.ends == pytest.approx(index.store.minted[0].expires, abs=2)
        with pytest.raises(UploadError) as caught:
            credentials.renew(first)
        told = caught.value.diagnostic
        assert (told.code, told.message, told.hint) == (
            "minted-token-expired",
            "the token of rehearsal has expired, and The CI vouches for a job once",
            "Run the job again, as a new one: what has landed is not sent twice.",
        )
    assert provider.asked == 1


def test_a_token_that_cannot_be_replaced_early_serves_on(index: RehearsalIndex) -> None:
    at, provider = Time(), Vouching(index)
    with minted(provider, at) as credentials:
        first = credentials.current()
        at.now += 700
        index.faults.add(Fault(Fail(503), "mint", times=4))
        assert credentials.current() == first
        assert credentials.current() == first
        assert index.faults.left == ()
        at.now += 61
        assert credentials.current() != first


def test_a_token_that_has_ended_is_replaced_or_there_is_none(index: RehearsalIndex) -> None:
    provider = Vouching(index)
    with minted(provider, Time()) as credentials:
        first = credentials.current()
        index.faults.add(Fault(Fail(503), "mint", times=8))
        for ask in (lambda: credentials.renew(first), credentials.current):
            with pytest.raises(NetworkError):
                ask()
        second = credentials.current()
        assert second != first
        assert credentials.renew(first)  # somebody else did
        assert credentials.current() == second


def test_nobody_mints_once_the_tokens_are_given_back(index: RehearsalIndex) -> None:
    provider = Vouching(index)
    with minted(provider, Time()) as credentials:
        first = credentials.current()
        credentials.give_back()
        assert index.store.live(time.time()) == []
        with pytest.raises(KeyboardInterrupt):
            credentials.renew(first)
    assert provider.asked == 1


def test_a_token_that_is_on_its_way_is_waited_for_and_given_back(index: RehearsalIndex) -> None:
    held = Event()
    provider = Vouching(index, held=held)
    with minted(provider, Time()) as credentials:
        minting = Thread(target=credentials.current)
        minting.start()
        while not provider.asked:
            time.sleep(0.005)
        giving = Thread(target=credentials.give_back)
        giving.start()
        held.set()
        minting.join()
        giving.join()
    assert (len(index.store.minted), index.store.live(time.time())) == (1, [])


class Impatient(MintedCredentials):
    """What waits for nothing."""

    patience = 0.05


def test_a_token_that_does_not_come_is_not_waited_for(index: RehearsalIndex) -> None:
    held = Event()
    provider = Vouching(index, held=held)
    with Http({}) as http:
        credentials = Impatient(provider, index.index, World({}, http, Time().clock, Heard()))
        minting = Thread(target=credentials.current)
        minting.start()
        while not provider.asked:
            time.sleep(0.005)
        credentials.give_back()
        assert index.store.minted == []
        held.set()
        minting.join()


def test_an_index_that_takes_no_token_back(index: RehearsalIndex) -> None:
    index.faults.add(Fault(Fail(503), "burn", ALWAYS))
    heard = Heard()
    with minted(Vouching(index), Time(), heard) as credentials:
        credentials.current()
        credentials.give_back()
    assert heard[-1] == Noted("rehearsal did not take its token back: it expires by itself")


def test_something_else_than_an_identity_token(index: RehearsalIndex) -> None:
    with minted(Vouching(index, token=Secret("nothing")), Time()) as credentials:
        with pytest.raises(IdentityError) as caught:
            obtain(credentials)
        assert caught.value.diagnostic.code == "identity-token-malformed"


def test_what_the_user_gives_is_used_as_it_is() -> None:
    given = token_credential(Secret("pypi-x"))
    credentials = GivenCredentials(given)
    obtain(credentials)
    assert (credentials.current(), credentials.renew(given), credentials.ends) == (given, False, None)
    assert (credentials.for_pages, credentials.identity) == (given.authorization, None)
    credentials.give_back()
