"""Which job a rehearsal plays, and whom its index trusts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tpub.config import pyproject
from tpub.doctor.subject import destination
from tpub.identity.publisher import Publisher
from tpub.index.model import PYPI, Index
from tpub.rehearsal.ci import JobDescription
from tpub.workflow.publish import Publish
from tpub.workflow.registrants import registrants


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


def played(root: Path, description: JobDescription, title: str, publish: Publish) -> Role:
    """Return the role of a job that is written in the checkout at `root`.

    PyPI trusts the declared publisher, where there is one of that platform; else whom `tpub publisher` names.
    """
    index, declared = destination(publish) or PYPI, pyproject.read(root).publisher
    if declared is not None and declared.provider == description.provider and index is PYPI:
        return Role(description, title, root, index, (declared,), declared)
    found = (each.publisher for each in registrants(root, {}, index.name))
    return Role(description, title, root, index, tuple(found))
