"""The names that a project says it can be imported by (PEP 794)."""

from __future__ import annotations

from collections.abc import Iterator
from keyword import iskeyword

from tpub.preflight.context import Context
from tpub.preflight.quoting import field, quoted
from tpub.preflight.rule import Problem, rule


@rule(
    "import-name-invalid",
    hint="Write the dotted name as `import` takes it, and `; private` after it if it is none of your interface.",
    why="The names are compared with import statements.",
)
def import_name_can_be_imported(file: Context) -> Iterator[Problem]:
    """Each Import-Name and Import-Namespace is a dotted identifier, perhaps `; private`.

    Source: packaging.metadata, as called by warehouse.forklift.metadata; PEP 794.
    """
    for name in ("import-name", "import-namespace"):
        for text in file.received.all(name):
            if fault := _fault(text):
                told = field(name, text)
                yield Problem(f"the {told.name} {quoted(text)} {fault}", (told,))


def _fault(text: str) -> str:
    name, semicolon, option = text.partition(";")
    for part in name.rstrip().split("."):
        if not part.isidentifier():
            return f"cannot be imported: {quoted(part)} is no identifier"
        if iskeyword(part):
            return f"cannot be imported: {quoted(part)} is a keyword"
    return "has an option other than `private`" if semicolon and option.lstrip() != "private" else ""


SPECIFIED = (import_name_can_be_imported,)
