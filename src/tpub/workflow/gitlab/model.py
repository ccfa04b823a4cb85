"""A GitLab CI/CD job, with all that it takes over from elsewhere.

Source: https://docs.gitlab.com/ci/yaml/ (extends, default, inherit, id_tokens, !reference).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping as Values
from dataclasses import dataclass, field, replace

from tpub.diagnostic import Line
from tpub.workflow.command import commands
from tpub.workflow.following import Follower
from tpub.workflow.locate import Place
from tpub.workflow.node import Mapping, Sequence
from tpub.workflow.publish import Credential, Publish, assigned, expanded, in_script

_FALSE = ("false", "no", "off")  # GitLab reads YAML 1.1
_DEPTH = 10  # GitLab's own limit for `!reference`
_MOST = 10_000  # items of a list and of the lists in it
# What may stand for all jobs at the top of a file as well, as it did before there was `default:`.
_AT_THE_TOP = frozenset({"image", "services", "cache", "before_script", "after_script"})
Lookup = Callable[[tuple[str, ...]], Place | None]


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
class Shared:
    """What a configuration says for all of its jobs, file by file, the nearest first.

    `defaults` are the blocks of that name, `variables` likewise; `tops` are the files themselves.
    """

    defaults: tuple[Place, ...] = ()
    variables: tuple[Place, ...] = ()
    tops: tuple[Place, ...] = ()

    def default(self, key: str) -> Place | None:
        """Return what `key` is for a job that does not say so itself."""
        blocks = (*self.defaults, *(self.tops if key in _AT_THE_TOP else ()))
        return next((found for block in blocks if (found := block.get(key)) is not None), None)


@dataclass(frozen=True, slots=True)
class Job:
    """A job; `chain` is its own block and those that it extends, the nearest first, `shared` what is said for all.

    `is_known` says that all that it extends is in the files.
    """

    name: str
    chain: tuple[Place, ...]
    shared: Shared = field(repr=False)
    is_known: bool
    lookup: Lookup = field(repr=False, compare=False)
    follower: Callable[[], Follower] = field(repr=False, compare=False)

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
        inherited = self.shared.default(key) if self._inherits("default", key) else None
        own = [found for block in self.chain if (found := block.get(key)) is not None]
        for found in own or ([inherited] if inherited is not None else []):
            yield self._resolved(found)

    def get(self, key: str) -> Place | None:
        """Return the value of `key` that counts."""
        return next(self.layers(key), None)

    def inherits(self, key: str) -> bool:
        """Tell whether it takes `key` over from `default:`."""
        return self._inherits("default", key)

    @property
    def scopes(self) -> tuple[Place | Values[str, str], ...]:
        """Return where its variables stand, the nearest first.

        Those that depend on the run (by a rule, a matrix, a vault) stand for themselves: no file tells their value.
        """
        return (self._of_the_run(), *self.layers("variables"), *self._global_variables())

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
    def environment_name(self) -> str:
        """Return the name of its environment as far as the files tell; empty if there is none, or the run decides."""
        name = expanded(self.environment.text, self.scopes) if self.environment is not None else ""
        return name if "$" not in name else ""

    @property
    def script(self) -> tuple[Place, ...]:
        """Return the lines that it runs, in their order, references followed; steps of `run:` are in script's place.

        Source: https://docs.gitlab.com/ci/yaml/#run.
        """
        steps = self.get("run")
        own = [self.get("script"), *([step.get("script") for step in steps.items] if steps is not None else [])]
        found = [self.get("before_script"), *own, self.get("after_script")]
        return tuple(line for place in found if place is not None for line in self.flat(place))

    @property
    def publishes(self) -> tuple[Publish, ...]:
        """Return the commands of its script that publish."""
        follower, scopes = self.follower(), self.scopes
        known = [(line, tuple(follower.followed(commands(line.text)))) for line in self.script]
        exported: dict[str, Credential] = {}
        for line, each in ((line, each) for line, own in known for each in own):
            if each.program == "export" and each.origin is None:
                exported |= assigned(each.words[1:], line.at(each.source))
        return tuple(found for line, own in known for found in in_script(line, (exported, *scopes), own))

    @property
    def image(self) -> str:
        """Return the name of its image, with what its variables stand for as far as the files say so."""
        return expanded(self.image_place.text, self.scopes) if self.image_place is not None else ""

    @property
    def image_place(self) -> Place | None:
        """Return where the name of its image stands."""
        place = self.get("image")
        return place.get("name") if place is not None and place.is_mapping else place

    def flat(self, place: Place) -> Iterator[Place]:
        """Yield the items of a list and of the lists in it, references followed; a place that is no list by itself.

        Lists that lead to each other over and over are left where they come to more than anybody writes.
        """
        waiting = [(place, 0)]
        for _ in range(_MOST):
            if not waiting:
                break
            current, depth = waiting.pop()
            resolved = self._resolved(current)
            if not isinstance(resolved.node, Sequence):
                yield resolved
            elif depth < _DEPTH:
                waiting += reversed([(item, depth + 1) for item in resolved.items])

    def _inherits(self, what: str, key: str) -> bool:
        blocks = (block.get("inherit", what) for block in self.chain)
        wanted = next((found for found in blocks if found is not None), None)
        if wanted is None:
            return True
        if isinstance(wanted.node, Sequence):
            return key in wanted.texts
        return wanted.text.lower() not in _FALSE

    def _global_variables(self) -> Iterator[Place]:
        for place in self.shared.variables:
            if isinstance(place.node, Mapping):
                kept = tuple(each for each in place.node.entries if self._inherits("variables", each.key.text))
                yield replace(place, node=replace(place.node, entries=kept))

    def _of_the_run(self) -> dict[str, str]:
        rules, matrix, secrets = self.get("rules"), self.get("parallel"), self.get("secrets")
        blocks = [rule.get("variables") for rule in (rules.items if rules is not None else ())]
        named = matrix.get("matrix") if matrix is not None else None
        blocks += [*(named.items if named is not None else ()), secrets]
        return {name: f"${name}" for block in blocks if block is not None for name in block.fields}

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
