"""Shell text, read as far as it takes to see which programs run with which words, and inside of what.

No shell is built here: quotes, continuations, `&&` and pipes are understood; loops and functions are passed over
word by word, which is enough to find the programs in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import takewhile

from tpub.workflow.wrapping import docker_options, docker_verb, module_of, run_by_another, text_of

_ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*=")
_TOKEN = re.compile(
    r"""(?P<break>&&|\|\||;;|[;|&\n])
      | (?P<comment>(?<!\S)\#[^\n]*)
      | (?P<word>(?:\$\{\{(?:(?!\$\{\{).)*?\}\} | \$\([^()]*\) | '[^']*' | "(?:\\.|[^"\\])*" | \\. | [^\s;|&'"\\])+)""",
    re.VERBOSE | re.DOTALL,
)
_KEYWORDS = frozenset({"if", "then", "else", "elif", "do", "while", "until", "!", "{", "(", "time", "exec", "command"})
_DOCKER = re.compile(r"(?:docker|podman)(?:-compose)?|nerdctl")
_SUDO_TAKES = "CDghpRrTtUu"  # options of sudo that take the next word
_DEPTH = 5  # `sh -c "sudo sh -c ..."`, and no further


@dataclass(frozen=True, slots=True)
class Origin:
    """Another file of the checkout that a script runs: its path, the line of the command, and what all of it says."""

    path: str
    line: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Command:
    """One program as it is run: its words, the assignments before it, and what it runs inside of.

    `inside` is `sudo`, `docker run`, `tox`, `su -`, `env -i` or empty; `passed` are the variables that this lets
    through, `*` all. `source` is a piece of the script by which its line is found, `typed` the first word as it stands,
    `origin` where it stands if not in the script itself.
    """

    words: tuple[str, ...]
    source: str
    assigned: tuple[tuple[str, str], ...] = ()
    inside: str = ""
    passed: frozenset[str] = frozenset({"*"})
    typed: str = ""
    origin: Origin | None = None

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
            glued = word[:2] if not word.startswith("--") and word[2:] else ""
            if glued in names:
                yield word[2:]
            elif name in names:
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
        # What stands in `$(...)` has quotes of its own.
        for inner in (inner for token in tokens for inner in re.findall(r"\$\(([^()]*)\)", token[0])):
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
    words = [words[0].lstrip("(") or "(", *words[1:]] if words else words  # `(cd x && ...)`
    while words and (words[0] in _KEYWORDS or _ASSIGNMENT.match(words[0])):
        if _ASSIGNMENT.match(words[0]):
            name, _, value = words[0].partition("=")
            assigned.append((name, value))
        words = words[1:]
    if not words or depth > _DEPTH:
        return
    around = replace(around, assigned=tuple(assigned))
    program = words[0].rpartition("/")[2]
    if program in _CHANGERS:
        yield from _CHANGERS[program](words[1:], around, depth)
    elif program == "export":
        yield replace(around, words=tuple(words))
    elif _DOCKER.fullmatch(program) and docker_verb(words):
        yield from _docker(words, around, depth)
    elif (script := text_of(words, program)) is not None:
        yield from _commands(script, around, depth + 1)
    elif (rest := module_of(words) or run_by_another(words, program)) is not None:
        yield from _unwrapped(rest, around, depth + 1)
    else:
        yield replace(around, words=(program, *words[1:]), typed=words[0])


def _sudo(words: list[str], around: Command, depth: int) -> Iterator[Command]:
    """Source: sudo(8): the environment is reset unless -E or --preserve-env says otherwise."""
    passed: set[str] = set()
    while words and (words[0].startswith("-") or _ASSIGNMENT.match(words[0])):
        word, words = words[0], words[1:]
        is_short = not word.startswith("--")
        if word == "--preserve-env" or (is_short and "E" in word and not _ASSIGNMENT.match(word)):
            passed.add("*")
        elif word.startswith("--preserve-env="):
            passed.update(word.partition("=")[2].split(","))
        elif _ASSIGNMENT.match(word):
            passed.add(word.partition("=")[0])
        if word in ("--user", "--group") or (is_short and not _ASSIGNMENT.match(word) and word[-1] in _SUDO_TAKES):
            words = words[1:]
    yield from _unwrapped(words, _nested(around, "sudo", passed), depth + 1)


def _su(words: list[str], around: Command, depth: int) -> Iterator[Command]:
    """Source: su(1), runuser(1): a login shell begins with an environment of its own."""
    login = bool({"-", "-l", "--login"} & set(words))
    within = _nested(around, "su -", set()) if login else around
    at = next((at for at, word in enumerate(words) if word in ("-c", "--command")), len(words))
    yield from _commands(" ".join(words[at + 1 : at + 2]), within, depth + 1)


def _env(words: list[str], around: Command, depth: int) -> Iterator[Command]:
    """Source: env(1): -i begins with nothing but what is assigned behind it."""
    ignores = False
    while words and words[0].startswith("-"):
        word, words = words[0], words[1:]
        ignores = ignores or word in ("-", "-i", "--ignore-environment")
        words = words[1:] if word in ("-u", "--unset") else words
    passed = {word.partition("=")[0] for word in takewhile(_ASSIGNMENT.match, words)}
    yield from _unwrapped(words, _nested(around, "env -i", passed) if ignores else around, depth + 1)


# Programs that run another one with an environment of its own.
_CHANGERS: dict[str, Callable[[list[str], Command, int], Iterator[Command]]] = {
    "sudo": _sudo,
    "su": _su,
    "runuser": _su,
    "env": _env,
}


def _docker(words: list[str], around: Command, depth: int) -> Iterator[Command]:
    verb = docker_verb(words)
    passed, rest = docker_options(words[verb + 1 :])
    name = " ".join((words[0].rpartition("/")[2], *words[1 : verb + 1]))
    inner = _nested(around, name, passed)
    yield replace(inner, words=tuple(words), inside=around.inside)
    if rest[1:]:  # the first is the image
        yield from _unwrapped(rest[1:], inner, depth + 1)


def within(outer: Command, inner: Command) -> Command:
    """Return `inner` as it is where `outer` runs it: with its variables, and inside of the same."""
    nested = _nested(outer, inner.inside or outer.inside, set(inner.passed))
    return replace(nested, words=inner.words, typed=inner.typed, assigned=(*outer.assigned, *inner.assigned))


def _nested(around: Command, inside: str, passed: set[str]) -> Command:
    both = passed if "*" in around.passed else (around.passed if "*" in passed else around.passed & passed)
    return replace(around, inside=inside, passed=frozenset(both))
