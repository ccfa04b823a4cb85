"""The words of a program that runs another one: where the other's words begin."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

_PYTHON = re.compile(r"^(?:.*/)?(?:python|python3|python3\.\d+|py)(?:\.exe)?$")
_MODULE = re.compile(r"-[A-Za-z]*m")
_REQUIREMENT = re.compile(r"[A-Za-z0-9][\w.-]*(?=\[|@|[<>=!~]=?)")
# Programs that run another one and hand the environment on, with those options of theirs that take a word.
_RUNNERS = {
    "nohup": set(),
    "npx": {"-p", "--package"},
    "retry": set(),
    "timeout": set(),
    "xargs": {"-n", "-P", "-I", "-L"},
    "uvx": {"--from", "--with", "--python", "-p", "--index"},
    "pipx run": {"--spec", "--python"},
    "uv run": {"--with", "--python", "-p", "--group", "--extra", "--project", "--directory", "--package"},
    "uv tool run": {"--from", "--with", "--python", "-p"},
    "poetry run": set(),
    "pdm run": {"-p"},
    "hatch run": set(),
    "rye run": set(),
    "pixi run": {"-e"},
    "conda run": {"-n", "-p"},
    "mamba run": {"-n", "-p"},
    "micromamba run": {"-n", "-p"},
    "mise exec": set(),
}
_DOCKER_FLAGS = frozenset(  # those that take no word
    {"--rm", "-i", "-t", "-it", "-ti", "-d", "--detach", "--init", "--privileged", "--interactive", "--tty"}
    | {"--no-deps", "--read-only"}
)
SHELLS = frozenset({"sh", "bash", "dash", "zsh"})


def verb_at(words: Sequence[str], verbs: Collection[str]) -> int:
    """Return where a program's subcommand is one of `verbs`, behind options and their values; 0 if it is another."""
    for at, word in enumerate(words[1:], 1):
        if word in verbs:
            return at
        if not word.startswith("-") and not words[at - 1].startswith("-"):
            break
    return 0


def module_of(words: list[str]) -> list[str] | None:
    """Return the words behind `python -m`, None if they are no such."""
    if _PYTHON.match(words[0]) is None:
        return None
    at = next((at for at, word in enumerate(words[1:], 1) if not word.startswith("-") or _MODULE.fullmatch(word)), 0)
    return words[at + 1 :] or None if at and _MODULE.fullmatch(words[at]) else None


def docker_verb(words: Sequence[str]) -> int:
    """Return where `run` or `exec` stands, behind the options of docker and compose; 0 if it is another subcommand."""
    for at, word in enumerate(words[1:], 1):
        if word in ("run", "exec"):
            return at
        if not word.startswith("-") and not words[at - 1].startswith("-") and word not in ("compose", "container"):
            break
    return 0


def docker_options(words: list[str]) -> tuple[set[str], list[str]]:
    """Return the variables passed on, and what follows the options: the image and its command."""
    passed: set[str] = set()
    while words and words[0].startswith("-"):
        word, words = words[0], words[1:]
        name, equals, value = word.partition("=")
        if name in ("-e", "--env", "--env-file") and not equals and words:
            value, words = words[0], words[1:]
        elif re.match(r"^-e\w", word):
            name, value = "-e", word[2:]
        elif not equals and word not in _DOCKER_FLAGS and words:
            words = words[1:]
        if name in ("-e", "--env"):
            passed.add(value.partition("=")[0])
        elif name == "--env-file":
            passed.add("*")  # whatever is in that file: not for us to doubt
    return passed, words


def text_of(words: list[str], program: str) -> str | None:
    """Return the script that a shell is given in its words; None if it is given a file, or nothing."""
    if program == "eval":
        return " ".join(words[1:])
    for position, word in enumerate(words[1:], 1) if program in SHELLS else ():
        if re.fullmatch(r"-\w*c", word):
            return words[position + 1] if position + 1 < len(words) else None
        if not word.startswith("-"):
            return None
    return None


def run_by_another(words: list[str], program: str) -> list[str] | None:
    """Return the words of the program that a runner runs: `twine upload` of `uvx twine upload`."""
    for name, with_value in _RUNNERS.items():
        outer, *verbs = name.split()
        at = verb_at(words, verbs[:1]) if verbs else 0
        if program != outer or (verbs and (not at or words[at : at + len(verbs)] != verbs)):
            continue
        rest = words[at + (len(verbs) or 1) :]
        while rest and rest[0].startswith("-"):
            if rest[0] == "--":
                rest = rest[1:]
                break
            rest = rest[2:] if rest[0] in with_value else rest[1:]
        if name == "timeout":
            rest = rest[1:]
        if rest and name == "hatch run":
            rest = [rest[0].rpartition(":")[2], *rest[1:]]
        if rest and (asked := _REQUIREMENT.match(rest[0])) is not None:
            rest = [asked[0], *rest[1:]]
        return rest or None
    return None
