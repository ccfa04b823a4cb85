"""Where credentials are kept for whoever gives none: `.pypirc`, the keyring, and somebody at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tpub.diagnostic import Diagnostic
from tpub.index.credential import TOKEN_USER, Credential
from tpub.index.model import KNOWN, Index
from tpub.secret import Secret

if TYPE_CHECKING:  # each is entered when it is reached
    from tpub.config.keychain import Kept
    from tpub.config.pypirc import Pypirc, Section


class Ask(Protocol):
    """Puts a question to somebody at a terminal; what is typed is shown, or `hidden`."""

    def __call__(self, question: str, *, hidden: bool) -> str:
        """Return the answer, empty if there is none."""


_PATIENCE = 30.0  # seconds for a keyring where nobody can unlock it


class Stored(NamedTuple):
    """What was found, where, and what is to be said of it."""

    credential: Credential | None = None
    source: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()


class Stores(NamedTuple):
    """The places to look, each only when it is reached; `username` is whose credential is wanted, None if anybody's.

    `keyring` is asked with an upload URL and a user name, if there is one. `ask` is None where nobody is there to
    answer. `section` is that of `.pypirc` by whose name the index was chosen.
    """

    pypirc: Callable[[], Pypirc]
    keyring: Callable[[str, str | None], Kept]
    ask: Ask | None = None
    username: str | None = None
    section: Section | None = None

    def written(self, index: Index) -> Stored:
        """Return what `.pypirc` says; raises `ConfigError` if it cannot be read."""
        section = self._section(index)
        if section is None or section.password is None:
            return Stored()
        username = self._user(index, section.username) or TOKEN_USER
        if section.username not in (None, username) and index not in KNOWN:
            return Stored()  # it is somebody else's password
        return Stored(
            Credential(username, section.password), f"{section.path}:{section.line}", self.pypirc().diagnostics
        )

    def kept(self, index: Index) -> Stored:
        """Return what `.pypirc` says, else what the keyring keeps."""
        if (found := self.written(index)).credential is not None:
            return found
        told = self.keyring(index.upload_url, self._user(index, self._written_user(index)))
        return Stored(told.credential, "the keyring", (told.problem,) if told.problem is not None else ())

    def anywhere(self, index: Index) -> Stored:
        """Return what is kept, else what somebody types."""
        found = self.kept(index)
        if found.credential is not None or self.ask is None:
            return found
        user = self._user(index, self._written_user(index))
        if user is None:
            user = self.ask(f"User name for {index.name} (empty: an API token): ", hidden=False).strip() or TOKEN_USER
        what = "API token" if user == TOKEN_USER else f"Password of {user}"
        answer = self.ask(f"{what} for {index.name} (not shown): ", hidden=True).strip()
        credential = Credential(user, Secret(answer)) if answer else None
        return Stored(credential, "the terminal", found.diagnostics)

    def _written_user(self, index: Index) -> str | None:
        section = self._section(index)
        return section.username if section is not None else None

    def _section(self, index: Index) -> Section | None:
        return self.section if self.section is not None else self.pypirc().section(index)

    def _user(self, index: Index, written: str | None) -> str | None:
        """Return whose credential to look for: PyPI and TestPyPI take tokens alone."""
        return self.username or (TOKEN_USER if index in KNOWN else written)


def stores(env: Mapping[str, str], config_file: str | None, ask: Ask | None) -> Stores:
    """Return the places to look; nothing is looked at yet. `config_file` is to be read instead of `~/.pypirc`."""

    @cache
    def pypirc() -> Pypirc:
        from tpub.config.pypirc import locate, read  # noqa: PLC0415  (whoever has a token never comes here)

        return read(locate(env, config_file), must_exist=config_file is not None)

    @cache
    def keyring(url: str, user: str | None) -> Kept:
        from tpub.config.keychain import kept  # noqa: PLC0415  (as above)

        return kept(url, user, patience=None if ask is not None else _PATIENCE)

    return Stores(pypirc, keyring, ask)
