"""A GitLab CI/CD job, with all that it takes over from elsewhere.

Source: https://docs.gitlab.com/ci/yaml/ (extends, default, inherit, id_tokens, !reference).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tpub.diagnostic import Line
from tpub.workflow.command import Command, commands
from tpub.workflow.locate import Place
from tpub.workflow.node import Mapping, Sequence
from tpub.workflow.publish import Publish, in_script

_FALSE = ("false", "no", "off")  # GitLab reads YAML 1.1
_DEPTH = 10  # GitLab's own limit for `!reference`
Lookup = Callable[[tuple[str, ...]], Place | None]
Within = Callable[[Command], Iterator[Command]]


def _nowhere(route: tuple[str, ...]) -> None:
    del route  # a job by itself has nobody to refer to


def _alone(command: Command) -> Iterator[Command]:
    del command  # nor a configuration that tells what else is run
    yield from ()


@dataclass(frozen=True, slots=True)
class Token:
    """An identity token that a job asks for."""

    name: str
    place: Place

    @property
    def audiences(self) -> tuple[str, ...]:
        """Return the audiences that it asks for."""
        aud = self.place.get("aud")
        return aud.texts if aud is not None else ()


@dataclass(frozen=True, slots=True)
class Job:
    """A job; `chain` is its own block and those that it extends, the nearest first, `default` the file's defaults."""

    name: str
    chain: tuple[Place, ...]
    default: Place | None = None
    variables: Place | None = None
    lookup: Lookup = field(default=_nowhere, repr=False, compare=False)
    within: Within = field(default=_alone, repr=False, compare=False)

    @property
    def place(self) -> Place:
        """Return the job's own block."""
        return self.chain[0]

    @property
    def line(self) -> Line:
        """Return the line of the job's name."""
        return self.place.line

    @property
    def is_hidden(self) -> bool:
        """Tell whether it is a template, and never runs itself."""
        return self.name.startswith(".")

    def layers(self, key: str) -> Iterator[Place]:
        """Yield the values of `key`, the nearest first: its own, those of what it extends, the default."""
        inherited = self.default.get(key) if self.default is not None and self.inherits(key) else None
        own = [found for block in self.chain if (found := block.get(key)) is not None]
        for found in own or ([inherited] if inherited is not None else []):
            yield self._resolved(found)

    def get(self, key: str) -> Place | None:
        """Return the value of `key` that counts."""
        return next(self.layers(key), None)

    def inherits(self, key: str) -> bool:
        """Tell whether it takes `key` over from `default:`."""
        inherit = next((found for block in self.chain if (found := block.get("inherit")) is not None), None)
        wanted = inherit.get("default") if inherit is not None else None
        if wanted is None:
            return True
        if isinstance(wanted.node, Sequence):
            return key in wanted.texts
        return wanted.text.lower() not in _FALSE

    @property
    def id_tokens(self) -> dict[str, Token]:
        """Return the identity tokens that it asks for, merged over what it extends; a null cuts the rest off."""
        found: dict[str, Token] = {}
        for layer in self.layers("id_tokens"):
            if layer.is_null:
                break
            found = {name: Token(name, place) for name, place in layer.fields.items()} | found
        return {name: token for name, token in found.items() if not token.place.is_null}

    @property
    def environment(self) -> Place | None:
        """Return where the name of its environment stands."""
        for layer in self.layers("environment"):
            name = layer.get("name") if isinstance(layer.node, Mapping) else layer
            if name is not None:
                return name if name.text else None
        return None

    @property
    def script(self) -> tuple[Place, ...]:
        """Return the lines that it runs, in their order, references followed."""
        return tuple(
            line
            for key in ("before_script", "script", "after_script")
            if (found := self.get(key)) is not None
            for line in self._lines(found, 0)
        )

    @property
    def publishes(self) -> tuple[Publish, ...]:
        """Return the commands of its script that publish."""
        lines = self.script
        exported = [command for line in lines for command in commands(line.text) if command.program == "export"]
        scopes = [*self.layers("variables"), *([self.variables] if self.variables is not None else [])]
        found: list[Publish] = []
        for line in lines:
            own = commands(line.text)
            inner = (each for command in own for each in self.within(command))
            found += in_script(line, scopes, (*exported, *own, *inner))
        return tuple(found)

    @property
    def image(self) -> str:
        """Return the name of its image, with what its variables stand for as far as the files say so."""
        place = self.get("image")
        name = place.get("name") if place is not None and place.is_mapping else place
        scopes = [*self.layers("variables"), *([self.variables] if self.variables is not None else [])]

        def value(found: re.Match[str]) -> str:
            places = (scope.get(found[1]) for scope in scopes)
            return next((place.text for place in places if place is not None), found[0])

        return re.sub(r"\$\{?(\w+)\}?", value, name.text) if name is not None else ""

    def _lines(self, place: Place, depth: int) -> Iterator[Place]:
        resolved = self._resolved(place)
        if not isinstance(resolved.node, Sequence):
            yield resolved
        elif depth < _DEPTH:
            for item in resolved.items:
                yield from self._lines(item, depth + 1)

    def _resolved(self, place: Place) -> Place:
        """Follow `!reference [job, key]`."""
        for _ in range(_DEPTH):
            if not isinstance(place.node, Sequence) or place.node.tag != "!reference":
                break
            target = self.lookup(place.texts)
            if target is None:
                break
            place = target
        return place
