"""What is known on this side of an exchange beside the identity token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # four classes that only a declared publisher needs
    from tpub.identity.publisher import Publisher


class Release(NamedTuple):
    """What is to be published: the projects by name, and those among them that the index does not have."""

    projects: tuple[str, ...] = ()
    absent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the token.

    `now` is in seconds since the epoch, None if nobody looked; `audience` is the one that the index asks for;
    `declared` whom the index was told to trust, as the project's configuration has it.
    """

    now: float | None = None
    audience: str | None = None
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    declared: Publisher | None = None
    release: Release = field(default_factory=Release)


NOTHING = Known()
