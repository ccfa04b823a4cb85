"""Makefiles: what a target runs, its prerequisites first.

Source: https://www.gnu.org/software/make/manual/make.html (rules, variables). Includes, patterns and conditionals of
make's own are passed over.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from tpub.workflow.checkout import text_of
from tpub.workflow.command import Command

FILES = ("GNUmakefile", "makefile", "Makefile")  # in the order in which make looks for them
_VARIABLE = re.compile(r"^(?:export[ \t]+)?([\w.-]+)[ \t]*(?::{0,3}|\?)=[ \t]*(.*)$")
_RULE = re.compile(r"^([^\s#:=][^#:=]*)::?(?!=)([^=;#]*)(?:;(.*)|#.*)?$")
_REFERENCE = re.compile(r"(?<!\$)\$(?:\((\w+)\)|\{(\w+)\})")
_SHELL = re.compile(r"\$\(shell[ \t]+")
_WITH_VALUE = ("-C", "--directory", "-f", "--file", "--makefile", "-j", "-I", "-o", "-W")
_DEEPEST = 10  # prerequisites of prerequisites, variables in variables
_MOST = 2_000  # prerequisites that a run of make looks at; a release has ten, and a job can run make a thousand times
_LONGEST = 5_000  # characters that the variables of a line bring: they can double each other


@dataclass(frozen=True, slots=True)
class Goals:
    """What `make` is asked for: where, by which file if one is named, which targets, with which variables."""

    folder: str = ""
    file: str = ""
    targets: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)  # equal to itself alone: rules are told apart quickly
class _Rule:
    needs: list[str]
    recipe: list[tuple[int, str]]


_Rules = Mapping[str, list[_Rule]]  # a target can have several, and share each


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of make: `left` has an item for each prerequisite that is yet to be looked at, `entered` what was."""

    rules: _Rules
    left: Iterator[int]
    entered: set[str | _Rule] = field(default_factory=set)

    def of(self, name: str, depth: int = 0) -> Iterator[tuple[int, str]]:
        """Yield the recipes of a target, those of its prerequisites first; that of a rule which targets share, once."""
        if name not in self.rules or name in self.entered or depth > _DEEPEST:
            return
        new = [rule for rule in self.rules[name] if rule not in self.entered]
        self.entered.update((name, *new))
        for rule in new:
            for need, _ in zip(rule.needs, self.left, strict=False):
                yield from self.of(need, depth + 1)
        for rule in new:
            yield from rule.recipe


def goals(command: Command) -> Goals | None:
    """Return what a command asks of make; None if it is another program."""
    if command.program not in ("make", "gmake"):
        return None
    words = list(command.words[1:])
    plain = [
        word
        for word, before in zip(words, ["", *words], strict=False)
        if not word.startswith("-") and before not in _WITH_VALUE
    ]
    return Goals(
        command.option("-C", "--directory") or "",
        command.option("-f", "--file", "--makefile") or "",
        tuple(word for word in plain if "=" not in word),
        dict(word.split("=", 1) for word in plain if "=" in word),
    )


def makefile(root: Path, folder: str, named: str = "") -> tuple[str, str] | None:
    """Return the path and the text of the Makefile of a folder of the checkout at `root`; None if there is none."""
    paths = [posixpath.normpath(posixpath.join(folder, name)) for name in ((named,) if named else FILES)]
    return next(((path, text) for path in paths if (text := text_of(root, path)) is not None), None)


def recipes(text: str, asked: Goals) -> Iterator[tuple[int, str]]:
    """Yield the lines that make runs for its goals, as a shell would read them, each with its number."""
    variables, rules = _read(text)
    variables = {"MAKE": "make", **variables, **asked.variables}
    first = next((name for name in rules if not name.startswith(".")), "")
    run = _Run(rules, iter(range(_MOST)))
    for target in asked.targets or (first,):
        yield from ((number, _line(each, variables)) for number, each in run.of(target))


@lru_cache(maxsize=16)  # a target can call make for each of many others
def _read(text: str) -> tuple[Mapping[str, str], _Rules]:
    variables: dict[str, str] = {}
    rules: dict[str, list[_Rule]] = {}
    current = _Rule([], [])
    for number, line in _lines(text):
        if line.startswith("\t"):
            current.recipe.append((number, line.strip()))
        elif (variable := _VARIABLE.match(line)) is not None:
            variables[variable[1]] = variable[2].strip()
        elif (rule := _RULE.match(line)) is not None:
            current = _Rule(rule[2].split(), [(number, rule[3].strip())] if rule[3] else [])
            for name in rule[1].split():
                rules.setdefault(name, []).append(current)
    return variables, rules


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a Makefile with their numbers; one that goes on below is one."""
    start, open_ = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        start = start if open_ else number
        open_ += line
        if open_.endswith("\\"):
            open_ = f"{open_[:-1]} "
        else:
            yield start, open_
            open_ = ""


def _line(text: str, variables: Mapping[str, str]) -> str:
    """Return a line of a recipe as the shell gets it; what make does not know, it takes from the environment."""
    left = _LONGEST

    def value(found: re.Match[str]) -> str:
        nonlocal left
        name = found[1] or found[2]
        known = variables.get(name, f"${name}")
        left -= len(known)
        return known if left >= 0 else f"${name}"

    for _ in range(_DEEPEST):
        before, text = text, _REFERENCE.sub(value, text)
        if text == before:
            break
    return _SHELL.sub("$(", text).replace("$$", "$").lstrip("@-+ \t")
