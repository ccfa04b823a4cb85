"""Requirements, parsed once: the files of a release have the same ones."""

from __future__ import annotations

from functools import lru_cache

from packaging.requirements import Requirement

_LOOK = str.maketrans("", "", " ()")


@lru_cache(maxsize=4096)
def parse(text: str) -> Requirement | str:
    """Return the requirement, or what is wrong with it."""
    try:
        return Requirement(text)
    except ValueError as exc:  # InvalidRequirement, or a number of thousands of digits
        return next(iter(str(exc).splitlines()), "it is empty")
    except RecursionError:
        return "it is nested too deeply"


def plain(text: str) -> str:
    """Return a requirement without what is only a matter of how it is written."""
    requirement = parse(text)
    return (text if isinstance(requirement, str) else str(requirement)).translate(_LOOK)
