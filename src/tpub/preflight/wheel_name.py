"""The parts of a wheel's file name, as they are written: each rule judges one of them."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import NamedTuple

_SUFFIX = ".whl"
_MOST_COMBINATIONS = 10_000  # of tags in one set; real wheels have up to a dozen
_WITHOUT_BUILD, _WITH_BUILD = 5, 6  # parts


class WheelName(NamedTuple):
    """The parts between the dashes; `build` is None where there is none; each tag may be a set with dots."""

    project: str
    version: str
    build: str | None
    python: str
    abi: str
    platform: str

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platform tags, in lower case, as tags are compared."""
        return tuple(dict.fromkeys(self.platform.lower().split(".")))

    @property
    def tags(self) -> frozenset[str]:
        """All combinations of the tags, in lower case."""
        return expand(f"{self.python}-{self.abi}-{self.platform}")


def parts_of(filename: str) -> list[str]:
    """Return what stands between the dashes of a wheel's file name."""
    return filename.removesuffix(_SUFFIX).split("-")


def split(filename: str) -> WheelName | None:
    """Return the parts of a file name, None if it is no wheel's or they are too few or too many.

    Source: https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention.
    """
    parts = parts_of(filename)
    if not filename.endswith(_SUFFIX) or len(parts) not in (_WITHOUT_BUILD, _WITH_BUILD):
        return None
    project, version, *build = parts[:-3]
    return WheelName(project, version, build[0] if build else None, *parts[-3:])


def expand(tags: str) -> frozenset[str]:
    """Return all combinations of a set of tags (`py2.py3-none-any`), in lower case; absurd sets stay as they are."""
    parts = [part.split(".") for part in tags.strip().lower().split("-")]
    if prod(map(len, parts)) > _MOST_COMBINATIONS:
        return frozenset([tags])
    return frozenset(map("-".join, product(*parts)))


def info_directory(filename: str) -> str:
    """Return the name that a wheel's .dist-info folder must have, by the letters of the wheel's own name."""
    return "-".join(filename.split("-")[:2]) + ".dist-info"
