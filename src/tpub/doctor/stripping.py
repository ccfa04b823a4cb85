"""Mends for uploads that run inside of what drops variables."""

from __future__ import annotations

from collections.abc import Sequence

from tpub.workflow.command import Command
from tpub.workflow.fix import Edit, exchanged_once
from tpub.workflow.locate import Place

_UNCHANGED = ("tox", "su -", "env -i")


def handed_on(script: Place, command: Command, variables: Sequence[str]) -> tuple[Edit, ...]:
    """Return the edits that let `variables` through to `command`, and touch no other command of the script."""
    inside = command.inside
    if inside in _UNCHANGED:
        return ()
    if inside != "sudo":
        passed = " ".join(f"-e {name}" for name in variables)
        return exchanged_once(script, command.source, f"{inside} ", f"{inside} {passed} ")
    if command.source.partition("sudo ")[2].startswith("-"):
        return exchanged_once(script, command.source, "sudo ", f"sudo --preserve-env={','.join(variables)} ")
    return exchanged_once(script, command.source, "sudo ", "")
