"""What a job may: blocks of `permissions:`.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions. A block sets
every scope that it does not name to none, and a job's block replaces the workflow's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tpub.workflow.locate import Place

IDENTITY = "id-token"
SCOPES = frozenset(
    {"actions", "artifact-metadata", "attestations", "checks", "contents", "deployments", "discussions", "id-token"}
    | {"issues", "models", "packages", "pages", "pull-requests", "repository-projects", "security-events", "statuses"}
)
Access = Literal["write", "read", "none"]


@dataclass(frozen=True, slots=True)
class Permissions:
    """One block, or one of the words `read-all` and `write-all`."""

    place: Place

    @property
    def scopes(self) -> dict[str, Place]:
        """Return the scopes that it names."""
        return self.place.fields

    @property
    def is_empty(self) -> bool:
        """Tell whether it grants nothing at all: `{}`."""
        return not self.place.text and not self.scopes

    @property
    def unknown(self) -> tuple[Place, ...]:
        """Return the keys that are no scope: GitHub refuses the whole file."""
        return tuple(place for scope, place in self.scopes.items() if scope not in SCOPES)

    def access(self, scope: str) -> Access:
        """Return what it grants of `scope`."""
        word = self.scopes[scope].text if scope in self.scopes else self.place.text.removesuffix("-all")
        match word:
            case "write":
                return "write"
            case "read":
                return "read"
            case _:
                return "none"
