"""Which credential was given, if one was: on the command line, in the environment, in another tool's variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tpub.config.lookup import Found, Lookup
from tpub.config.switching import TWINE, UV, variable_ignored
from tpub.config.where import Names, Place
from tpub.diagnostic import Diagnostic
from tpub.errors import ConfigError
from tpub.index.credential import TOKEN_USER, Credential, token_credential
from tpub.index.model import KNOWN
from tpub.secret import Secret


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """What the command line says of the credential."""

    token: str | None = None
    username: str | None = None
    password: str | None = None


NOBODY = Asked()


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """For what a credential is wanted.

    `by_identity` tells that the user asked for trusted publishing: leftovers of other tools do not count then.
    """

    lookup: Lookup
    place: Place
    names: Names
    by_identity: bool = False
    is_one_of_many: bool = False


class Login(NamedTuple):
    """The credential, None if none was given; `username` is whose credential to look for elsewhere.

    A `source` without a credential is that of a user name that wants its password from elsewhere.
    """

    credential: Credential | None = None
    source: str = ""
    username: str | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


def log_in(asked: Asked, case: Case) -> Login:
    """Return what was given; raises `ConfigError` if it is half of something, or it is not clear for which index.

    A user name or password that is typed counts before a token in the environment: what is typed is meant for this
    index, and the token may be for another.
    """
    token = case.lookup.own("token", asked.token)
    username, password = case.lookup.own("username", asked.username), case.lookup.own("password", asked.password)
    remarks: tuple[Diagnostic, ...] = ()
    if token is not None and (typed := _typed(password, username)) is not None:
        if not token.source.startswith("$"):
            raise _twice(token, typed)
        mend = f"Leave out `{typed.source}` to publish with the token, else unset the variable."
        remarks = (variable_ignored(token.source[1:], f"`{typed.source}` is given, and counts before it", mend),)
        token = None
    if case.is_one_of_many and (given := token or password or username) is not None:
        raise ambiguous(given.source)
    login = _given(token, username, password, case)
    return login._replace(diagnostics=(*remarks, *login.diagnostics))


def _typed(*parts: Found | None) -> Found | None:
    """Return the first part of a login that stood on the command line; a token's own user name contradicts none."""
    given = (part for part in parts if part is not None and part.value != TOKEN_USER)
    return next((part for part in given if not part.source.startswith("$")), None)


def _given(token: Found | None, username: Found | None, password: Found | None, case: Case) -> Login:
    if token is not None:
        return Login(token_credential(Secret(token.value)), token.source)
    if password is not None:
        return _with_password(username, password, case.place)
    theirs = _Theirs(case, username).login()
    if theirs.credential is not None or username is None:
        return theirs
    return Login(None, username.source, username.value, theirs.diagnostics)


def _twice(token: Found, other: Found) -> ConfigError:
    return ConfigError(
        "option-given-twice",
        f"`{token.source}` and `{other.source}` are two credentials, and both are given",
        hint=f"Leave out `{other.source}` for an API token, else `{token.source}`.",
    )


def ambiguous(source: str) -> ConfigError:
    """Return what is to be said of one credential for several indexes, the one that `source` holds."""
    return ConfigError(
        "credentials-ambiguous",
        f"{source} holds one credential, and there are several indexes",
        hint="Publish to one index a run; or let the job's identity, `.pypirc` or the keyring have one for each.",
    )


def _with_password(username: Found | None, password: Found, place: Place) -> Login:
    """Return the credential with that password; where no user is named, PyPI and TestPyPI take it as a token."""
    if username is not None:
        return Login(Credential(username.value, Secret(password.value)), username.source)
    if place.index in KNOWN:
        return Login(token_credential(Secret(password.value)), password.source)
    raise incomplete("password", "TPUB_USERNAME")


def incomplete(there: str, missing: str) -> ConfigError:
    """Return what is to be said of half a credential."""
    return ConfigError(
        "credentials-incomplete",
        f"there is a {there} and nothing to go with it",
        hint=f"Set `{missing}` too; for an API token, set `TPUB_TOKEN` alone.",
    )


@dataclass(frozen=True, slots=True, repr=False)
class _Theirs:
    """The credentials in the variables of other tools, and whether they are meant for this index."""

    case: Case
    username: Found | None

    def login(self) -> Login:
        remarks: list[Diagnostic] = []
        user = self.username or self.case.lookup.foreign("username", TWINE)
        for tool in (TWINE, UV):
            secret = self.case.lookup.foreign("token", tool) or self.case.lookup.foreign("password", tool)
            if secret is None:
                continue
            if why := self.objection(tool, secret):
                remarks.append(variable_ignored(secret.source[1:], why, _MEND))
                continue
            login = self.credential(tool, secret)
            return login._replace(diagnostics=tuple(remarks))
        return Login(username=user.value if user else None, diagnostics=tuple(remarks))

    def credential(self, tool: str, secret: Found) -> Login:
        if self.case.lookup.foreign("token", tool) == secret:
            return Login(token_credential(Secret(secret.value)), secret.source)
        user = self.username or self.case.lookup.foreign("username", tool)
        return _with_password(user, secret, self.case.place)._replace(source=secret.source)

    def objection(self, tool: str, secret: Found) -> str:
        """Say why what the tool's variables hold is not for this index; empty if it is."""
        if self.case.by_identity:
            return "trusted publishing is asked for"
        user = self.username
        if user is not None and user.value != TOKEN_USER and secret == self.case.lookup.foreign("token", tool):
            return f"{user.source} is given, and counts before it"
        said = self.case.lookup.foreign("index", tool)
        if said is None:
            if self.case.is_one_of_many:
                return "there are several indexes, and it names none"
            return f"it names no index, and {self.case.place.found.source} does" if self.case.place.is_from_file else ""
        return "" if self.is_here(said) else f"{said.source} says that it is for another index"

    def is_here(self, said: Found) -> bool:
        if said.value == self.case.place.found.value:
            return True
        try:
            index, _ = self.case.names.find(said.value)
        except ConfigError:
            return False
        return index.upload_url == self.case.place.index.upload_url


_MEND = "Give the credential of this index in `TPUB_TOKEN`, or unset the variable."
