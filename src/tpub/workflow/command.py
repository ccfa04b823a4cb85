"""Shell text, read as far as it takes to see which programs run with which words, and inside of what.

No shell is built here: quotes, continuations, `&&` and pipes are understood; loops and functions are passed over
word by word, which is enough to find the programs in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache

_ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*=")
_TOKEN = re.compile(
    r"""(?P<break>&&|\|\||;;|[;|&\n])
      | (?P<comment>(?<!\S)\#[^\n]*)
      | (?P<word>(?:\$\{\{.*?\}\} | \$\([^()]*\) | '[^']*' | "(?:\\.|[^"\\])*" | \\. | [^\s;|&'"\\])+)""",
    re.VERBOSE | re.DOTALL,
)
_KEYWORDS = frozenset({"if", "then", "else", "elif", "do", "while", "until", "!", "{", "(", "time", "exec", "command"})
_PYTHON = re.compile(r"^(?:.*/)?(?:python|python3|python3\.\d+|py)(?:\.exe)?$")
# Programs that run another one and hand the environment on, with those options of theirs that take a word.
_RUNNERS = {
    "env": {"-u"},
    "nohup": set(),
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
    "pixi run": {"-e"},
    "conda run": {"-n"},
}
_DOCKER = frozenset({"docker", "podman", "nerdctl"})
_DOCKER_FLAGS = frozenset(  # those that take no word
    {"--rm", "-i", "-t", "-it", "-ti", "-d", "--detach", "--init", "--privileged", "--interactive", "--tty"}
    | {"--no-deps", "--read-only"}
)
_DEPTH = 5  # `sh -c "sudo sh -c ..."`, and no further


@dataclass(frozen=True, slots=True)
class Command:
    """One program as it is run: its words, the assignments before it, and what it runs inside of.

    `inside` is `sudo`, `docker run`, `tox` or empty; `passed` are the variables that this lets through, `*` all.
    `source` is a piece of the script by which its line is found.
    """

    words: tuple[str, ...]
    source: str
    assigned: tuple[tuple[str, str], ...] = ()
    inside: str = ""
    passed: frozenset[str] = frozenset({"*"})

    @property
    def program(self) -> str:
        """Return the program's name without its path."""
        return self.words[0].rpartition("/")[2] if self.words else ""

    def option(self, *names: str) -> str | None:
        """Return the value of an option (`-r pypi`, `--repository=pypi`), or None if it is not given."""
        return next(self.options(*names), None)

    def options(self, *names: str) -> Iterator[str]:
        """Yield the values of an option that can be given several times."""
        for position, word in enumerate(self.words):
            name, equals, value = word.partition("=")
            if name in names:
                following = self.words[position + 1 : position + 2]
                yield value if equals else (following[0] if following else "")

    def lets(self, *variables: str) -> bool:
        """Tell whether all these variables reach the program."""
        return all(any(fnmatchcase(name, pattern) for pattern in self.passed) for name in variables)


@lru_cache(maxsize=4096)  # each cause asks anew, and the answer is the same
def commands(script: str) -> tuple[Command, ...]:
    """Return the programs that a shell script runs."""
    return tuple(_commands(script.replace("\\\r\n", " ").replace("\\\n", " "), Command((), ""), 0))


def _commands(script: str, around: Command, depth: int) -> Iterator[Command]:
    for tokens in _simple(script):
        words = [_unquoted(token[0]) for token in tokens]
        within = replace(around, source=around.source or _source(script, tokens))
        yield from _unwrapped(words, within, depth)
        for inner in (inner for word in words for inner in re.findall(r"\$\(([^()]*)\)", word)):
            if depth < _DEPTH:
                yield from _commands(inner, within, depth + 1)


def _simple(script: str) -> Iterator[list[re.Match[str]]]:
    words: list[re.Match[str]] = []
    for token in _TOKEN.finditer(script):
        if token["word"] is not None:
            words.append(token)
        elif token["break"] is not None and words:
            yield words
            words = []
    if words:
        yield words


def _source(script: str, tokens: list[re.Match[str]]) -> str:
    """Return the beginning of a command, as typed: enough to tell it from its neighbours, and on one line."""
    return script[tokens[0].start() : tokens[:3][-1].end()].partition("\n")[0]


def _unquoted(word: str) -> str:
    def plain(found: re.Match[str]) -> str:
        piece = found[0]
        return piece[1:] if piece.startswith("\\") else re.sub(r'\\(["\\$`])', r"\1", piece[1:-1])

    return re.sub(r"""'[^']*'|"(?:\\.|[^"\\])*"|\\.""", plain, word, flags=re.DOTALL)


def _unwrapped(words: list[str], around: Command, depth: int) -> Iterator[Command]:
    """Yield the program behind assignments, keywords, runners and containers."""
    assigned: list[tuple[str, str]] = list(around.assigned)
    while words and (words[0] in _KEYWORDS or _ASSIGNMENT.match(words[0])):
        if _ASSIGNMENT.match(words[0]):
            name, _, value = words[0].partition("=")
            assigned.append((name, value))
        words = words[1:]
    if not words or depth > _DEPTH:
        return
    around = replace(around, assigned=tuple(assigned))
    program = words[0].rpartition("/")[2]
    if program == "export":
        yield replace(around, words=tuple(words))
    elif program == "sudo":
        yield from _sudo(words[1:], around, depth)
    elif program in _DOCKER and any(verb in words[1:4] for verb in ("run", "exec")):
        yield from _docker(words, around, depth)
    elif program in ("sh", "bash", "dash", "zsh") and (script := _script_of(words)) is not None:
        yield from _commands(script, around, depth + 1)
    elif _PYTHON.match(words[0]) and words[1:2] == ["-m"] and len(words) > 2:  # noqa: PLR2004  (python -m module)
        yield from _unwrapped(words[2:], around, depth + 1)
    elif (rest := _run_by_another(words, program)) is not None:
        yield from _unwrapped(rest, around, depth + 1)
    else:
        yield replace(around, words=(program, *words[1:]))


def _sudo(words: list[str], around: Command, depth: int) -> Iterator[Command]:
    """Source: sudo(8): the environment is reset unless -E or --preserve-env says otherwise."""
    passed: set[str] = set()
    while words and (words[0].startswith("-") or _ASSIGNMENT.match(words[0])):
        word, words = words[0], words[1:]
        if word in ("-E", "--preserve-env"):
            passed.add("*")
        elif word.startswith("--preserve-env="):
            passed.update(word.partition("=")[2].split(","))
        elif _ASSIGNMENT.match(word):
            passed.add(word.partition("=")[0])
        elif word in ("-u", "-g", "--user", "--group"):
            words = words[1:]
    yield from _unwrapped(words, _nested(around, "sudo", passed), depth + 1)


def _docker(words: list[str], around: Command, depth: int) -> Iterator[Command]:
    verb = next(position for position, word in enumerate(words) if word in ("run", "exec"))
    passed, rest = _docker_options(words[verb + 1 :])
    name = " ".join(words[: verb + 1]).rpartition("/")[2]
    inner = _nested(around, name, passed)
    yield replace(inner, words=tuple(words), inside=around.inside)
    if rest[1:]:  # the first is the image
        yield from _unwrapped(rest[1:], inner, depth + 1)


def _docker_options(words: list[str]) -> tuple[set[str], list[str]]:
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


def _nested(around: Command, inside: str, passed: set[str]) -> Command:
    both = passed if "*" in around.passed else (around.passed if "*" in passed else around.passed & passed)
    return replace(around, inside=inside, passed=frozenset(both))


def _script_of(words: list[str]) -> str | None:
    for position, word in enumerate(words[1:], 1):
        if re.fullmatch(r"-\w*c", word):
            return words[position + 1] if position + 1 < len(words) else None
        if not word.startswith("-"):
            return None
    return None


def _run_by_another(words: list[str], program: str) -> list[str] | None:
    """Return the words of the program that a runner runs: `twine upload` of `uvx twine upload`."""
    for name, with_value in _RUNNERS.items():
        length = len(name.split())
        if [program, *words[1:length]] != name.split():
            continue
        rest = words[length:]
        while rest and (rest[0].startswith("-") or (name == "env" and _ASSIGNMENT.match(rest[0]))):
            rest = rest[2:] if rest[0] in with_value else rest[1:]
        if name == "timeout":
            rest = rest[1:]
        if rest and "@" in rest[0] and not rest[0].startswith("@"):
            rest = [rest[0].partition("@")[0], *rest[1:]]
        return rest or None
    return None
