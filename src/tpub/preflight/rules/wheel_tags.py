"""Tags of wheels, against the WHEEL file inside."""

from __future__ import annotations

from collections.abc import Iterator
from email.parser import BytesHeaderParser
from itertools import chain, islice

from tpub.diagnostic import Member, Severity
from tpub.preflight.archive import shown
from tpub.preflight.context import Context
from tpub.preflight.rule import Problem, rule
from tpub.preflight.wheel_name import expand, info_directory

_SHOWN_TAGS = 5
_MOST_TAGS = 10_000  # of a WHEEL file: real ones have up to a few dozen


@rule(
    "wheel-tags-differ",
    hint="Do not rename wheels by hand: `python -m wheel tags` changes the name and the WHEEL file together.",
    why="Installers choose a wheel by its name; what is installed then reports the tags of the WHEEL file.",
    severity=Severity.WARNING,
)
def tags_agree(file: Context) -> Iterator[Problem]:
    """The tags in a wheel's name are those of its WHEEL file.

    Source: https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-contents.
    """
    member = f"{info_directory(file.filename)}/WHEEL"
    if file.wheel_name is None or file.archive is None or (content := file.archive.texts.get(member)) is None:
        return
    lines = map(str, BytesHeaderParser().parsebytes(content).get_all("Tag", []))
    inside = frozenset(islice(chain.from_iterable(map(expand, lines)), _MOST_TAGS))
    if only_named := file.wheel_name.tags - inside:
        yield Problem(f"the WHEEL file lacks tags of the wheel's name: {_some(only_named)}", (Member(member),))
    if only_inside := inside - file.wheel_name.tags:
        yield Problem(f"the wheel's name lacks tags of the WHEEL file: {_some(only_inside)}", (Member(member),))


def _some(tags: frozenset[str]) -> str:
    names = [f"`{shown(tag)}`" for tag in sorted(tags)]
    return ", ".join(names[:_SHOWN_TAGS]) + (", ..." if len(names) > _SHOWN_TAGS else "")


RULES = (tags_agree,)
