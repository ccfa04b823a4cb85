"""Names that an index takes for one: a new project gets none that looks like that of another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from packaging.utils import NormalizedName

from tpub.diagnostic import Diagnostic, Field

_MOST_ASKED = 6  # pages; only a project's first release asks for them
_LETTERS = (("", ""), ("01", "ol"), ("01", "oi"))


def too_similar(project: NormalizedName, is_known: Callable[[NormalizedName], bool]) -> Iterator[Diagnostic]:
    """Say that the unknown `project` looks like one that the index has; `is_known` asks for a page.

    Source: warehouse.packaging.services, `check_project_name`.
    """
    if other := next(filter(is_known, islice(lookalikes(project), _MOST_ASKED)), None):
        yield Diagnostic(
            "project-name-too-similar",
            f"the name `{project}` is too similar to that of the project `{other}`: it cannot be registered",
            f"If this is that project, set `name = '{other}'` in `[project]`; else choose another name.",
            (Field("Name", project),),
        )


def lookalikes(project: NormalizedName) -> Iterator[NormalizedName]:
    """Yield the likeliest names that the index takes for `project`: without separators, letters for digits."""
    parts = project.split("-")
    joints = range(len(parts) - 1)
    joined = ["".join(parts), *("-".join([*parts[:n], parts[n] + parts[n + 1], *parts[n + 2 :]]) for n in joints)]
    lettered = (name.translate(str.maketrans(*letters)) for letters in _LETTERS for name in (project, *joined))
    yield from (NormalizedName(name) for name in dict.fromkeys(lettered) if name != project)


def confusable(name: str) -> str:
    """Return what is left of a name if letters that look alike are one, and separators none."""
    return re.sub(r"[._-]", "", name).lower().translate(str.maketrans("ilo", "110"))
