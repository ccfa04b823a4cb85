"""The one noun for bad news: errors carry it, rules and causes yield it, reports render it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Literal, Self


class Severity(StrEnum):
    """What a diagnostic does to a release."""

    ERROR = "error"
    """The release stops."""
    WARNING = "warning"
    """The release goes on, and somebody will regret it."""
    NOTE = "note"
    """Worth knowing."""

    @property
    def rank(self) -> int:
        """Its place in an order that has the gravest first."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Line:
    """A place in a file of the checkout; `line` and `column` count from 1, `key` is the path of keys."""

    kind: ClassVar[str] = "line"

    path: str
    line: int
    column: int = 1
    key: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment; never its value."""

    kind: ClassVar[str] = "variable"

    name: str
    state: Literal["unset", "empty", "set"] = "unset"

    @classmethod
    def of(cls, env: Mapping[str, str], name: str) -> Self:
        """Return what `env` has of a variable; blanks alone are nothing."""
        return cls(name, "set" if env.get(name, "").strip() else "empty" if name in env else "unset")


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of the identity token, and what the index compares it with (None: not known here)."""

    kind: ClassVar[str] = "claim"

    name: str
    value: str | None
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the core metadata or of the upload form, under the name that its specification gives it."""

    kind: ClassVar[str] = "field"

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an archive."""

    kind: ClassVar[str] = "member"

    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: `text` is its own sentence, `url` has no query."""

    kind: ClassVar[str] = "answer"

    url: str
    status: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """A value of the configuration and where it came from; never a secret."""

    kind: ClassVar[str] = "setting"

    name: str
    value: str
    source: str


Evidence = Line | Variable | Claim | Field | Member | Answer | Setting


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong.

    `code` is a kebab-case noun of the defect that never changes; `message` one sentence of cause without full
    stop; `hint` an imperative with the exact text to type; `file` the file name of the distribution concerned.
    """

    code: str
    message: str
    hint: str = ""
    evidence: tuple[Evidence, ...] = ()
    severity: Severity = Severity.ERROR
    file: str | None = None

    @property
    def is_error(self) -> bool:
        """Tell whether this stops a release."""
        return self.severity is Severity.ERROR

    def about(self, file: str) -> Self:
        """Return the same news, told of one distribution."""
        return replace(self, file=file)
