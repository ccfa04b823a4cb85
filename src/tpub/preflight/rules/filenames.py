"""File names, as far as they can be judged without looking inside."""

from __future__ import annotations

from collections.abc import Iterator

from tpub.preflight.context import Context
from tpub.preflight.rule import Problem, rule

_CONTROL = frozenset(map(chr, [*range(32), 127]))


@rule(
    "filename-control-character",
    hint="Build the file anew, or give it its name back: letters, digits, `.`, `_`, `-` and `+` are enough.",
    why="The index's file storage takes no such name, and no terminal shows it as it is.",
    is_pypi_only=True,
)
def name_is_printable(file: Context) -> Iterator[Problem]:
    """The file's name holds no control character.

    Source: warehouse.forklift.legacy, `_validate_filename`.
    """
    if bad := [char for char in file.filename if char in _CONTROL]:
        yield Problem(f"the file name {file.filename!r} holds the control character {bad[0]!r}")


RULES = (name_is_printable,)
