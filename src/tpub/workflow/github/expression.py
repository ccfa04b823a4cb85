"""GitHub's expressions, evaluated as far as the values in them are known.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions. Texts are compared without
regard to letter case; `false`, `0`, the empty text and `null` count as false.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(\d[\w.]*)|([A-Za-z_][\w-]*)|(&&|\|\||==|!=|<=|>=|[!<>().,\[\]*]))")
_WHOLE = re.compile(r"\$\{\{(?P<inner>(?:(?!\}\}).)*)\}\}", re.DOTALL)
_LONGEST = 2000  # characters, and thereby the depth to which an expression nests
_DEEPEST = 40  # brackets and negations
_IN_NO_REF = re.compile(r"[*?\[\\^~: ]")  # Source: git-check-ref-format(1)


class Unknown(Enum):
    """What is not known before the run."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class Begins:
    """The name of a ref of which the beginning is known; it is never one that begins with one of `never`."""

    prefix: str
    never: tuple[str, ...] = ()

    def begins(self, text: str) -> bool | Unknown:
        """Tell whether it begins with `text`."""
        if self.prefix.startswith(text):
            return True
        is_possible = text.startswith(self.prefix) and not text.startswith(self.never or ("\0",))
        return UNKNOWN if is_possible and _IN_NO_REF.search(text) is None else False

    def contains(self, text: str) -> bool | Unknown:
        """Tell whether it contains `text`; a branch with `refs/` in its name is none that anybody has."""
        if text in self.prefix:
            return True
        return self.begins(text) if text.startswith("refs/") or _IN_NO_REF.search(text) is not None else UNKNOWN


Value = str | float | bool | None | Begins | Unknown
Lookup = Callable[[str], Value]


def evaluated(text: str, lookup: Lookup) -> Value:
    """Return what an expression comes to, unknown if it is none; `lookup` knows the contexts (`github.ref`).

    The whole may stand in `${{ }}`; a text with several of these, or with words around them, is no expression.
    """
    whole = _WHOLE.fullmatch(text.strip())
    if whole is None and "${{" in text:
        return UNKNOWN
    try:
        parser = _Parser(list(_tokens(whole["inner"] if whole is not None else text)), lookup)
        value = parser.either()
    except (IndexError, ValueError):
        return UNKNOWN
    return value if parser.is_at_end else UNKNOWN


def truth(value: Value) -> bool | Unknown:
    """Return whether a value counts as true."""
    if isinstance(value, Begins):
        return True if value.prefix else UNKNOWN
    return UNKNOWN if isinstance(value, Unknown) else bool(value)


def conjuncts(text: str) -> Iterator[str]:
    """Yield the parts of an expression that have to be true together: those around `&&` outside of brackets."""
    depth, start, is_quoted = 0, 0, False
    parts = []
    for at, letter in enumerate(text):
        is_quoted ^= letter == "'"
        if is_quoted:
            continue
        depth += (letter == "(") - (letter == ")")
        if not depth and text.startswith("||", at):
            yield text.strip()
            return
        if not depth and text.startswith("&&", at):
            parts.append(text[start:at])
            start = at + 2
    yield from (part.strip() for part in (*parts, text[start:]))


def inner(text: str) -> str:
    """Return an expression without the `${{ }}` around it."""
    whole = _WHOLE.fullmatch(text.strip())
    return (whole["inner"] if whole is not None else text).strip()


def _tokens(text: str) -> Iterator[str]:
    if len(text) > _LONGEST or text.count("(") + text.count("[") + text.count("!") > _DEEPEST:
        raise ValueError(text)
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(text)
        yield found[0].strip()
        at = found.end()


class _Parser:
    """One expression, token by token, the loosest binding first."""

    def __init__(self, tokens: list[str], lookup: Lookup) -> None:
        self._tokens = tokens
        self._lookup = lookup
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        return self._at == len(self._tokens)

    def either(self) -> Value:
        return self._chain("||", self._both, decides=True)

    def _both(self) -> Value:
        return self._chain("&&", self._compared, decides=False)

    def _chain(self, sign: str, operand: Callable[[], Value], *, decides: bool) -> Value:
        """Return the value of operands with `sign` between them, of which one that counts as `decides` ends it."""
        value = operand()
        while self._take(sign):
            other = operand()
            known = truth(value)
            if known is UNKNOWN:
                value = decides if truth(other) is decides else UNKNOWN
            elif known is not decides:
                value = other
        return value

    def _compared(self) -> Value:
        value = self._negated()
        for sign in ("==", "!=", "<=", ">=", "<", ">"):
            if self._take(sign):
                same = _same(value, self._negated())
                return same if sign == "==" else _not(same) if sign == "!=" else UNKNOWN
        return value

    def _negated(self) -> Value:
        return _not(truth(self._negated())) if self._take("!") else self._single()

    def _single(self) -> Value:
        token = self._next()
        if token == "(":  # noqa: S105  (a bracket)
            value = self.either()
            self._expect(")")
            return value
        if token.startswith("'"):
            return token[1:-1].replace("''", "'").lower()
        if token[0].isdigit():
            return float(token)
        if token in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[token]
        if not token[0].isalpha() and token[0] != "_":
            raise ValueError(token)
        if self._take("("):
            return _called(token, self._arguments())
        return self._context(token)

    def _arguments(self) -> list[Value]:
        found: list[Value] = []
        while not self._take(")"):
            found.append(self.either())
            if not self._take(","):
                self._expect(")")
                break
        return found

    def _context(self, name: str) -> Value:
        path, is_plain = name, True
        while self._at < len(self._tokens) and self._tokens[self._at] in (".", "["):
            if self._next() == ".":
                path += f".{self._next()}"
                continue
            key = self.either()
            self._expect("]")
            is_plain = is_plain and isinstance(key, str)
            path += f".{key}"
        return self._lookup(path.lower()) if is_plain and "*" not in path else UNKNOWN

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, token: str) -> bool:
        found = self._tokens[self._at : self._at + 1] == [token]
        self._at += found
        return found

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise ValueError(token)


def _not(value: bool | Unknown) -> bool | Unknown:  # noqa: FBT001  (a value, not a switch)
    return UNKNOWN if isinstance(value, Unknown) else not value


def _same(one: Value, other: Value) -> bool | Unknown:
    if isinstance(other, Begins):
        one, other = other, one
    if isinstance(one, Begins):
        return False if other == "" or (isinstance(other, str) and one.begins(other) is False) else UNKNOWN
    if isinstance(one, Unknown) or isinstance(other, Unknown | Begins):
        return UNKNOWN
    if type(one) is type(other):
        return one == other
    try:
        return _number(one) == _number(other)
    except ValueError:
        return False


def _number(value: str | float | bool | None) -> float:  # noqa: FBT001  (a value, not a switch)
    return float(value) if value else 0.0


def _called(name: str, given: list[Value]) -> Value:
    found: Value = UNKNOWN
    match name.lower(), *given[:2]:
        case "contains", Begins() as ref, str() as part:
            found = ref.contains(part)
        case "startswith", Begins() as ref, str() as part:
            found = ref.begins(part)
        case "contains", str() as text, str() as part:
            found = part in text
        case "startswith", str() as text, str() as part:
            found = text.startswith(part)
        case "endswith", str() as text, str() as part:
            found = text.endswith(part)
        case "contains" | "startswith", None, str() as part:
            found = not part
        case "format", str() as pattern, *_:
            found = Begins(pattern.partition("{")[0])
        case _:
            pass
    return found
