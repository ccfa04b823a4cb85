"""A page for each code that tpub can say.

Rules are explained where they are written, in `tpub.preflight.rules`; what stops trusted publishing, in
`tpub.doctor`; all else in the TOML files of this room.
"""

from __future__ import annotations

from itertools import chain
from typing import Protocol

from tpub.doctor.pages import groups
from tpub.pages import messages, rules
from tpub.preflight.catalogue import unknown


class Explained(Protocol):
    """The page of one code."""

    @property
    def code(self) -> str:
        """What stands in brackets behind a problem."""

    @property
    def markdown(self) -> str:
        """The page, its heading on the second level."""


def page(code: str) -> Explained:
    """Return the page of that code; raises `ConfigError` with the code that was probably meant."""
    known = {each.code: each for each in pages()}
    if code not in known:
        raise unknown(code, known)
    return known[code]


def pages() -> tuple[Explained, ...]:
    """Return all pages: those of the rules first, then what stops trusted publishing, then all else."""
    diagnoses = chain.from_iterable(groups().values())
    return (*rules.pages(), *diagnoses, *messages.pages())
