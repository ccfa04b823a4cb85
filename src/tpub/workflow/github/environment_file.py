"""What a step leaves to those behind it: variables that its script writes into `$GITHUB_ENV`.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tpub.workflow.command import Command, commands
from tpub.workflow.github.model import Step
from tpub.workflow.publish import Credential, assigned

_FILE = "GITHUB_ENV"
_WRITERS = frozenset({"echo", "printf", "Write-Output"})
_DOCUMENT = re.compile(
    r"""^(?=[^\n]*GITHUB_ENV)[^\n]*<<-?[ \t]*(['"]?)(?P<end>\w+)\1[^\n]*\n(?P<lines>.*?)\n[ \t]*(?P=end)[ \t]*$""",
    re.DOTALL | re.MULTILINE,
)


def written(step: Step) -> Mapping[str, Credential]:
    """Return the variables that a step sets for the steps behind it, as far as they are written out."""
    place = step.run
    if place is None or _FILE not in place.text:
        return {}
    found: dict[str, Credential] = {}
    for command in commands(place.text):
        if command.program in _WRITERS and not _is_for_another(command):
            found |= assigned((_filled(command),), place.at(command.source))
    for document in _DOCUMENT.finditer(place.text):
        for line in document["lines"].splitlines():
            found |= assigned((line.strip(),), place.at(line.strip()))
    return found


def _is_for_another(command: Command) -> bool:
    """Tell whether a command's output goes into another file."""
    text = " ".join(command.words)
    return ">" in text and _FILE not in text


def _filled(command: Command) -> str:
    """Return what a command prints: the first word that is no option, with what `%s` stands for."""
    words = [word for word in command.words[1:] if not word.startswith("-")]
    first, *others = words or [""]
    filled = first.replace("%s", others[0], 1) if command.program == "printf" and others else first
    return filled.removesuffix("\\n")
