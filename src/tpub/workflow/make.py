"""Makefiles: what a target runs, its prerequisites first.

Source: https://www.gnu.org/software/make/manual/make.html (rules, variables). Includes, patterns and conditionals of
make's own are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tpub.workflow.command import Command

FILES = ("GNUmakefile", "makefile", "Makefile")  # in the order in which make looks for them
_LARGEST = 200_000  # bytes
_VARIABLE = re.compile(r"^(?:export[ \t]+)?([\w.-]+)[ \t]*(?::{0,3}|\?)=[ \t]*(.*)$")
_RULE = re.compile(r"^([^\s#:=][^#:=]*?)[ \t]*::?(?!=)([^=;#]*)(?:;(.*)|#.*)?$")
_REFERENCE = re.compile(r"(?<!\$)\$(?:\((\w+)\)|\{(\w+)\})")
_SHELL = re.compile(r"\$\(shell[ \t]+")
_WITH_VALUE = ("-C", "--directory", "-f", "--file", "--makefile", "-j", "-I", "-o", "-W")
_DEEPEST = 10  # prerequisites of prerequisites, variables in variables


@dataclass(frozen=True, slots=True)
class Goals:
    """What `make` is asked for: where, by which file if one is named, which targets, with which variables."""

    folder: str = ""
    file: str = ""
    targets: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Rule:
    needs: tuple[str, ...]
    recipe: tuple[tuple[int, str], ...]


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


def makefile(folder: Path, named: str = "") -> tuple[str, str] | None:
    """Return the name and the text of a folder's Makefile; None if there is none, or it cannot be read."""
    for name in (named,) if named else FILES:
        path = folder / name
        try:
            if path.is_file() and path.stat().st_size <= _LARGEST:
                return name, path.read_text("utf-8")
        except (OSError, ValueError):
            return None
    return None


def recipes(text: str, asked: Goals) -> Iterator[tuple[int, str]]:
    """Yield the lines that make runs for its goals, as a shell would read them, each with its number."""
    variables, rules = _read(text)
    variables = {"MAKE": "make", **variables, **asked.variables}
    first = next((name for name in rules if not name.startswith(".")), "")
    seen = set[str]()
    for target in asked.targets or (first,):
        yield from ((number, _line(each, variables)) for number, each in _of_target(target, rules, seen, 0))


def _read(text: str) -> tuple[dict[str, str], dict[str, _Rule]]:
    variables: dict[str, str] = {}
    rules: dict[str, _Rule] = {}
    current: list[str] = []
    for number, line in _lines(text):
        if line.startswith("\t"):
            for name in current:
                rules[name] = _Rule(rules[name].needs, (*rules[name].recipe, (number, line.strip())))
        elif (variable := _VARIABLE.match(line)) is not None:
            variables[variable[1]] = variable[2].strip()
        elif (rule := _RULE.match(line)) is not None:
            current = rule[1].split()
            for name in current:
                known = rules.get(name, _Rule((), ()))
                beside = ((number, rule[3].strip()),) if rule[3] else ()
                rules[name] = _Rule((*known.needs, *rule[2].split()), (*known.recipe, *beside))
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


def _of_target(name: str, rules: Mapping[str, _Rule], seen: set[str], depth: int) -> Iterator[tuple[int, str]]:
    if name not in rules or name in seen or depth > _DEEPEST:
        return
    seen.add(name)
    for need in rules[name].needs:
        yield from _of_target(need, rules, seen, depth + 1)
    yield from rules[name].recipe


def _line(text: str, variables: Mapping[str, str]) -> str:
    """Return a line of a recipe as the shell gets it; what make does not know, it takes from the environment."""

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return variables.get(name, f"${name}")

    for _ in range(_DEEPEST):
        before, text = text, _REFERENCE.sub(value, text)
        if text == before:
            break
    return _SHELL.sub("$(", text).replace("$$", "$").lstrip("@-+ \t")
