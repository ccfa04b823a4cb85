from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.credentials import SimpleCredential
from keyring.errors import KeyringLocked

from tpub.config.keychain import kept
from tpub.index.credential import Credential
from tpub.index.model import PYPI
from tpub.secret import Secret

URL = PYPI.upload_url


@dataclass
class Chain(KeyringBackend):
    """A keyring in memory that works, fails or waits."""

    entries: dict[tuple[str, str], str] = field(default_factory=dict)
    failure: Exception | None = None
    waits: float = 0
    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        time.sleep(self.waits)
        if self.failure is not None:
            raise self.failure
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def get_credential(self, service: str, username: str | None) -> SimpleCredential | None:
        if self.failure is not None:
            raise self.failure
        found = [(user, secret) for (where, user), secret in self.entries.items() if where == service]
        return SimpleCredential(*found[0]) if found and username is None and found[0][0] != "__token__" else None


@pytest.fixture
def chain() -> Iterator[Chain]:
    before = keyring.get_keyring()
    made = Chain()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.mark.parametrize(
    ("user", "asked", "found"),
    [
        pytest.param("__token__", "__token__", "__token__", id="a token"),
        pytest.param("me", "me", "me", id="a user's"),
        pytest.param("me", "__token__", None, id="another user's"),
        pytest.param("me", None, "me", id="anybody's"),
        pytest.param("__token__", None, "__token__", id="anybody's, and it is a token"),
    ],
)
def test_what_it_keeps(chain: Chain, user: str, asked: str | None, found: str | None) -> None:
    chain.set_password(URL, user, "s3cret")
    told = kept(URL, asked, patience=None)
    assert told.credential == (None if found is None else Credential(found, Secret("s3cret")))
    assert told.problem is None


def test_what_is_kept_for_another_address_is_not_for_this_one(chain: Chain) -> None:
    chain.set_password("https://packages.example.com/legacy/", "__token__", "s3cret")
    assert kept(URL, "__token__", patience=None).credential is None


@pytest.mark.parametrize("asked", [None, "__token__"])
def test_one_that_fails_is_told_without_its_words(chain: Chain, asked: str | None) -> None:
    chain.failure = KeyringLocked("hunter2")
    told = kept(URL, asked, patience=None)
    assert told.credential is None
    assert told.problem is not None
    assert (told.problem.code, told.problem.message) == ("keyring-failed", "the keyring failed (KeyringLocked)")
    assert "hunter2" not in repr(told)


def test_one_that_waits_for_somebody_is_given_up(chain: Chain) -> None:
    chain.waits = 2.0
    began = time.monotonic()
    told = kept(URL, "__token__", patience=0.05)
    assert told.problem is not None
    assert told.problem.code == "keyring-silent"
    assert time.monotonic() - began < chain.waits


@pytest.mark.usefixtures("chain")
def test_nothing_is_kept() -> None:
    told = kept(URL, "__token__", patience=None)
    assert (told.credential, told.problem) == (None, None)


def test_no_keyring_at_all(chain: Chain) -> None:
    del chain
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    told = kept(URL, "__token__", patience=None)
    assert (told.credential, told.problem) == (None, None)
