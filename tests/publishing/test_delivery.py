from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from support import dists
from support.loopback import Answer, Asked, serving
from support.world import Heard
from tpub.clock import Clock
from tpub.dist.model import Distribution
from tpub.dist.read import read
from tpub.http import Http
from tpub.index.credential import Credential, token_credential
from tpub.index.model import Index
from tpub.publishing.attestations import Attest, attesting
from tpub.publishing.credentials import GivenCredentials
from tpub.publishing.delivery import Courier
from tpub.publishing.retry import Backoff
from tpub.publishing.world import World
from tpub.secret import Secret

JSON = {"Content-Type": "application/vnd.pypi.simple.v1+json"}
OK, EXPIRED = Answer(200), Answer(403, reason="Invalid API Token: token is expired, token is expired")
EXISTS, CONFLICT = Answer(400, reason="File already exists ('x.whl', with blake2_256 hash 'y')."), Answer(409)
LIMIT = Answer(429, reason="Too many new projects created", headers={"RateLimit": '"user";r=0;t=1800'})
NOTHING = Answer(body={"files": []}, headers=JSON)

Page = Callable[[Distribution], Answer]


def ours(file: Distribution) -> Answer:
    listed = {"filename": file.filename, "hashes": {"sha256": file.sha256}}
    return Answer(body={"files": [listed]}, headers=JSON)


def another(file: Distribution) -> Answer:
    return Answer(body={"files": [{"filename": file.filename, "hashes": {"sha256": "0" * 64}}]}, headers=JSON)


def nothing(_: Distribution) -> Answer:
    return NOTHING


def down(_: Distribution) -> Answer:
    return Answer(503)


class Renewing(GivenCredentials):
    """Credentials that there are more of."""

    def renew(self, stale: Credential) -> bool:
        del stale
        return True


@dataclass
class Dispatch:
    """A dispatcher that calls it off after so many pauses, and lets a file land when it was asked so often."""

    patience: int = 99
    askings: int = 0
    called_off: bool = False
    sent: list[int] = field(default_factory=list)
    strains: list[float] = field(default_factory=list)
    pauses: int = 0

    @property
    def is_off(self) -> bool:
        return self.called_off or self.pauses >= self.patience

    def may_land(self, file: Distribution, patience: float | None = None) -> bool:
        del file, patience
        self.askings -= 1
        return self.askings < 0 and not self.called_off

    def trying(self, file: Distribution, tries: int) -> None:
        del file
        self.sent.append(tries)

    def strained(self, file: Distribution, wait: float) -> None:
        del file
        self.strains.append(wait)

    def pause(self, seconds: float) -> None:
        del seconds
        self.pauses += 1


def deliver(
    file: Distribution, posts: list[Answer | None], pages: list[Page], dispatch: Dispatch, *, renewing: bool = False
) -> tuple[str, int, str | None]:
    """Deliver to an index that answers so; all its answers must be used up."""

    def answer(asked: Asked) -> Answer | None:
        return posts.pop(0) if asked.method == "POST" else pages.pop(0)(file)

    clock = Clock(lambda: 0.0, lambda: 0.0, dispatch.pause, lambda: 0.0)
    with serving(answer) as server, Http({}) as http:
        index = Index("here", f"{server.url}/legacy/", f"{server.url}/simple/")
        credentials = (Renewing if renewing else GivenCredentials)(token_credential(Secret("pypi-x")))
        courier = Courier(attesting(Attest(), index), credentials, Backoff(3), World({}, http, clock, Heard()))
        found = courier.deliver(file, dispatch)
    assert (posts, pages) == ([], [])
    return found.status.value, found.tries, found.error.diagnostic.code if found.error else None


@pytest.mark.parametrize(
    ("posts", "pages", "delivered", "pauses"),
    [
        pytest.param([OK], [], ("uploaded", 1, None), 0, id="taken"),
        pytest.param([Answer(503), OK], [], ("uploaded", 2, None), 1, id="503: sending again does no harm"),
        pytest.param([None], [ours], ("uploaded", 1, None), 0, id="answer lost: it is there"),
        pytest.param([None], [down, ours], ("uploaded", 1, None), 1, id="answer lost: it is there a little later"),
        pytest.param([None, OK], [nothing, nothing], ("uploaded", 2, None), 1, id="answer lost: it is not there"),
        pytest.param([Answer(502)], [ours], ("uploaded", 1, None), 0, id="502 of a gateway: it is there"),
        pytest.param([Answer(504)], [nothing, ours], ("uploaded", 1, None), 1, id="504: it is there a little later"),
        pytest.param([Answer(504), OK], [nothing, down], ("uploaded", 2, None), 1, id="504: nobody knows"),
        pytest.param([None, None, None], [nothing] * 5, ("failed", 3, "connection-lost"), 2, id="always lost"),
        pytest.param([None, None, None], [nothing] * 4 + [ours], ("uploaded", 3, None), 2, id="there at the last"),
        pytest.param([EXISTS], [ours], ("skipped", 1, None), 0, id="exists: ours"),
        pytest.param([CONFLICT], [nothing, down, ours], ("skipped", 1, None), 2, id="exists: ours, listed late"),
        pytest.param([EXISTS], [another], ("failed", 1, "file-exists"), 0, id="exists: another"),
        pytest.param([EXISTS], [nothing] * 4, ("failed", 1, "file-exists"), 4, id="exists: under another name"),
        pytest.param([None, CONFLICT], [nothing, nothing, ours], ("uploaded", 2, None), 1, id="exists: the lost one"),
        pytest.param([LIMIT], [], ("failed", 1, "project-creation-limit"), 0, id="429 that only time mends"),
        pytest.param([EXPIRED], [], ("failed", 1, "minted-token-expired"), 0, id="expired, and there is no other"),
    ],
)
def test_what_becomes_of_a_file(
    tmp_path: Path, posts: list[Answer | None], pages: list[Page], delivered: tuple[str, int, str | None], pauses: int
) -> None:
    dispatch = Dispatch()
    assert deliver(read(dists.wheel(tmp_path)), list(posts), list(pages), dispatch) == delivered
    assert (dispatch.pauses, dispatch.sent) == (pauses, [*range(1, delivered[1] + 1)])


@pytest.mark.parametrize(
    ("posts", "patience", "delivered"),
    [
        pytest.param([EXPIRED, OK], 9, ("uploaded", 2, None), id="once"),
        pytest.param([EXPIRED] * 4, 9, ("failed", 4, "minted-token-expired"), id="again and again"),
        pytest.param([EXPIRED], 0, ("failed", 1, "minted-token-expired"), id="when all is off"),
        pytest.param([Answer(503), Answer(503), EXPIRED, OK], 9, ("uploaded", 4, None), id="at the last try"),
    ],
)
def test_a_token_that_expires_is_no_failure(
    tmp_path: Path, posts: list[Answer | None], patience: int, delivered: tuple[str, int, str | None]
) -> None:
    file = read(dists.wheel(tmp_path))
    assert deliver(file, list(posts), [], Dispatch(patience), renewing=True) == delivered


@pytest.mark.parametrize(("patience", "pauses"), [(0, 0), (1, 1)], ids=["before the pause", "in the pause"])
def test_nothing_is_sent_again_once_all_is_off(tmp_path: Path, patience: int, pauses: int) -> None:
    dispatch = Dispatch(patience)
    assert deliver(read(dists.wheel(tmp_path)), [Answer(503)], [], dispatch) == ("failed", 1, "index-unavailable")
    assert (dispatch.pauses, dispatch.strains) == (pauses, [0.0] * pauses)


def test_how_long_the_index_wants_quiet_is_passed_on(tmp_path: Path) -> None:
    dispatch = Dispatch()
    deliver(read(dists.wheel(tmp_path)), [Answer(429, headers={"Retry-After": "7"}), OK], [], dispatch)
    assert dispatch.strains == [7.0]


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    file = read(dists.wheel(tmp_path))
    file.path.unlink()
    assert deliver(file, [], [], Dispatch()) == ("unsent", 0, "file-unreadable")
