"""GitLab's rule expressions, evaluated as far as the values of their variables are known.

Source: https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions. Where releases of GitLab differ (an empty
text on the left of `&&` or `||` counts as true in some of them), the value is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<sign>&&|\|\||==|!=|=~|!~|[!()])
        | \$(?P<variable>\w+)
        | "(?P<double>[^"]*)" | '(?P<single>[^']*)'
        | (?P<pattern>/(?:\\/|[^/])+[^\\]/[ismU]*)
        | (?P<null>null\b)
    )""",
    re.VERBOSE | re.ASCII,
)
_PATTERN = re.compile(r"/(?P<inner>.+)/(?P<flags>[ismU]*)", re.DOTALL)
_MOST_TOKENS = 100  # GitLab's own limit
_DEEPEST = 40  # brackets and negations
# What RE2, which GitLab has, and Python read alike; other patterns are not judged here.
_UNLIKE = re.compile(r"\[\[|\[[^]]*(?:--|&&|~~|\|\|)|\\[pPQCzZ]|\(\?(?!:)|[*+?}]\+")
# Python tries all ways to match, one by one: with what these leave, no pattern has too many of them.
_REPEATED, _WAYS = re.compile(r"\)[*+{]"), re.compile(r"[*+?{|]")
_LONGEST_PATTERN, _MOST_WAYS, _LONGEST_TEXT = 250, 16, 10
_OF_REF = re.compile(r"/\^refs\\?/")  # what no name of a branch or tag begins with
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "U": re.NOFLAG}


class Unknown(Enum):
    """What is not known before the pipeline: a value at all, or that of a text which is there and not empty."""

    UNKNOWN = "unknown"
    TEXT = "a text"  # the name of a branch or tag, say


UNKNOWN, TEXT = Unknown.UNKNOWN, Unknown.TEXT


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression between its slashes, with its flags."""

    text: str


Value = str | bool | None | Pattern | Unknown
Lookup = Callable[[str], Value]


def evaluated(text: str, lookup: Lookup) -> Value:
    """Return what an expression comes to, unknown if it is none; `lookup` knows the variables, None for one not set."""
    try:
        parser = _Parser(_tokens(text), lookup)
        value = parser.either()
    except (IndexError, ValueError):
        return UNKNOWN
    return value if parser.is_at_end else UNKNOWN


def truth(value: Value) -> bool | Unknown:
    """Return whether a value counts as true at the end: a text does, unless it is blank."""
    if value is TEXT:
        return True
    if isinstance(value, Unknown | Pattern):
        return UNKNOWN
    return bool(value.strip()) if isinstance(value, str) else bool(value)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


@lru_cache(maxsize=256)  # one expression is asked about many pipelines
def _tokens(text: str) -> tuple[_Token, ...]:
    found: list[_Token] = []
    at, rest = 0, text.rstrip()
    while at < len(rest):
        match = _TOKEN.match(rest, at)
        if match is None or len(found) == _MOST_TOKENS:
            raise ValueError(text)
        found.append(_Token(match.lastgroup or "", match[match.lastgroup or 0]))
        at = match.end()
    if sum(token.text in ("(", "!") for token in found) > _DEEPEST:
        raise ValueError(text)
    return tuple(found)


class _Parser:
    """One expression, token by token, the loosest binding first."""

    def __init__(self, tokens: tuple[_Token, ...], lookup: Lookup) -> None:
        self._tokens = tokens
        self._lookup = lookup
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        return self._at == len(self._tokens)

    def either(self) -> Value:
        value = self._both()
        while self._take("||"):
            value = _joined(value, self._both(), decides=True)
        return value

    def _both(self) -> Value:
        value = self._compared()
        while self._take("&&"):
            value = _joined(value, self._compared(), decides=False)
        return value

    def _compared(self) -> Value:
        value = self._single()
        while (sign := next((each for each in ("==", "!=", "=~", "!~") if self._take(each)), None)) is not None:
            other = self._single()
            found = _same(value, other) if sign in ("==", "!=") else _matching(value, other)
            value = found if sign.startswith("=") else _not(found)
        return value

    def _single(self) -> Value:
        if self._take("!"):
            return _not(truth(self._single()))
        if self._take("("):
            value = self.either()
            if not self._take(")"):
                raise ValueError
            return value
        self._at += 1
        token = self._tokens[self._at - 1]
        match token.kind:
            case "variable":
                return self._lookup(token.text)
            case "double" | "single":
                return token.text
            case "pattern":
                return Pattern(token.text)
            case "null":
                return None
            case _:
                raise ValueError

    def _take(self, sign: str) -> bool:
        found = self._tokens[self._at : self._at + 1] == (_Token("sign", sign),)
        self._at += found
        return found


def _not(value: bool | Unknown) -> bool | Unknown:  # noqa: FBT001  (a value, not a switch)
    return UNKNOWN if isinstance(value, Unknown) else not value


def _joined(value: Value, other: Value, *, decides: bool) -> Value:
    """Return the value of two operands of which the first ends it if it counts as `decides`."""
    known = truth(value)
    if known is UNKNOWN or (known is False and isinstance(value, str)):
        # It may be the empty text, which some releases take for true.
        return False if truth(other) is False and (known is False or not decides) else UNKNOWN
    return value if known is decides else other


def _same(one: Value, other: Value) -> bool | Unknown:
    if isinstance(other, Pattern) and not isinstance(one, Pattern):
        return False
    if TEXT in (one, other) and any(_is_no_name(each) for each in (one, other)):
        return False
    if isinstance(one, Unknown | bool | Pattern) or isinstance(other, Unknown | bool | Pattern):
        return UNKNOWN
    return one == other


def _is_no_name(value: Value) -> bool:
    """Tell whether it is none of a branch or tag: these come without `refs/`."""
    return value is None or (isinstance(value, str) and (not value or value.startswith("refs/")))


def _matching(value: Value, pattern: Value) -> bool | Unknown:
    """Tell whether a pattern is found in a value; a text that is no pattern is looked through for the value instead."""
    if pattern is None or (value is TEXT and isinstance(pattern, Pattern) and _OF_REF.match(pattern.text)):
        return False
    if isinstance(value, Unknown | bool | Pattern) or isinstance(pattern, Unknown | bool):
        return UNKNOWN
    text, source = value or "", pattern.text if isinstance(pattern, Pattern) else pattern
    found = _PATTERN.fullmatch(source)
    return _searched(found["inner"], found["flags"], text) if found is not None else text in source


def _searched(pattern: str, flags: str, text: str) -> bool | Unknown:
    ways = len(_WAYS.findall(pattern))
    if len(pattern) > _LONGEST_PATTERN or ways > _MOST_WAYS or len(text) > _LONGEST_TEXT:
        return UNKNOWN
    if _REPEATED.search(pattern) is not None or _UNLIKE.search(pattern) is not None:
        return UNKNOWN
    options = re.ASCII
    for flag in flags:
        options |= _FLAGS[flag]
    try:
        return re.search(pattern.replace(r"\/", "/"), text, options) is not None
    except (re.error, OverflowError):
        return UNKNOWN
