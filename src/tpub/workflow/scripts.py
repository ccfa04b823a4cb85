"""Shell scripts of the checkout that a command starts, and what they run in any case.

What a script does under a condition, or with the words that it is given, is passed over: nobody knows here whether the
condition is met.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tpub.workflow.checkout import text_of
from tpub.workflow.command import Command, commands
from tpub.workflow.wrapping import SHELLS

_SHELL = re.compile(r"#!.*\b(?:ba|da|k|z)?sh\b")
_READS_WORDS = re.compile(r"\$\{?[1-9@*#]|\bgetopts?\b")
_CONDITION = re.compile(r"(?:^|[;&|(]|\b(?:then|else|do)\b)[ \t]*(if|case|fi|esac)\b", re.MULTILINE)


def script_of(command: Command) -> tuple[str, bool] | None:
    """Return the path of the script that `command` starts, as it is typed, and whether it is given words.

    None if it starts none, or one that is not of the checkout.
    """
    words = list(command.words)
    if command.program in SHELLS:
        words = words[1:]
        while words and words[0].startswith(("-", "+")):
            words = words[1:]
    elif command.program in ("source", "."):
        words = words[1:]
    elif "/" in command.typed:
        words[0] = command.typed
    else:
        return None
    return (words[0], len(words) > 1) if words and not words[0].startswith(("/", "$", "~")) else None


def shell(root: Path, path: str) -> str | None:
    """Return the text of a shell script of the checkout at `root`; None if it is none, or cannot be read."""
    if (text := text_of(root, path)) is None:
        return None
    is_named = PurePosixPath(path).suffix in (".sh", ".bash") and not text.startswith("#!")
    return text if is_named or _SHELL.match(text) is not None else None


def reads_words(text: str) -> bool:
    """Tell whether what a script does depends on the words that it is given."""
    return _READS_WORDS.search(text) is not None


def unconditional(text: str) -> Iterator[tuple[int, Command]]:
    """Yield the commands of a script that stand under no condition, each with its line from 1."""
    at, open_ = 0, 0
    words = _CONDITION.finditer(text)
    word = next(words, None)
    for command in commands(text):
        # What is on one line for the shell can be on several.
        pattern = r"(?:[ \t]|\\\r?\n)+".join(map(re.escape, command.source.split()))
        found = re.compile(pattern).search(text, at)
        at = found.start() if found is not None else at
        while word is not None and word.end() <= at:
            open_ += 1 if word[1] in ("if", "case") else -1
            word = next(words, None)
        if open_ <= 0:
            yield text.count("\n", 0, at) + 1, command
