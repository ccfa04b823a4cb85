"""Which job a rehearsal plays, and whom its index trusts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tpub.identity.publisher import Publisher
from tpub.index.model import PYPI, Index
from tpub.rehearsal.ci import JobDescription


@dataclass(frozen=True, slots=True)
class Role:
    """A job to be played.

    `title` is where it is written, empty if it is made up; then `root` is the checkout, `index` the one that it means
    to publish to, `trusted` whom that index was told to trust, and `declared` who of them stands in pyproject.toml. A
    job that is made up is trusted as it is.
    """

    description: JobDescription
    title: str = ""
    root: Path = Path()
    index: Index = PYPI
    trusted: tuple[Publisher, ...] = ()
    declared: Publisher | None = None
