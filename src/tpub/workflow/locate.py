"""Places in a document: a route of keys, what stands there, and the line to point at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tpub.diagnostic import Line
from tpub.workflow.document import Document
from tpub.workflow.node import Entry, Mapping, Node, Scalar, Sequence

Route = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A node of a document, reached over `route`; `entry` is the entry whose value it is, if it is one."""

    document: Document
    route: Route
    node: Node
    entry: Entry | None = None

    @property
    def key(self) -> str:
        """Return the route as people write it: `jobs.publish.steps[1].run`."""
        written = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.route)
        return written.removeprefix(".")

    @property
    def line(self) -> Line:
        """Return where to look: the key if there is one, else the value."""
        span = self.entry.key.span if self.entry is not None else self.node.span
        return Line(self.document.path, span.line, span.column, self.key)

    @property
    def remark(self) -> str:
        """Return the comment that stands beside an entry's key, behind those on the lines right above it."""
        number = self.line.line
        *above, beside = self.document.text.splitlines()[:number]
        found = ["".join(beside.partition(" #")[1:])]
        while above and (line := above.pop().strip()).startswith("#"):
            found.insert(0, line)
        return "\n".join(found)

    @property
    def text(self) -> str:
        """Return the text of a scalar; empty for null and for whatever has parts."""
        return self.node.text if isinstance(self.node, Scalar) and not self.node.is_null else ""

    @property
    def source(self) -> str:
        """Return the value as it is typed."""
        return self.document.text[self.node.span.start : self.node.span.end]

    @property
    def is_null(self) -> bool:
        """Tell whether there is a key and nothing behind it."""
        return isinstance(self.node, Scalar) and self.node.is_null

    @property
    def is_written(self) -> bool:
        """Tell whether a value stands there; what an included component brings does not."""
        return self.node.span.end > self.node.span.start

    def is_typed_at(self, other: Place) -> bool:
        """Tell whether it is the same value of the same file, by whatever route it was reached."""
        return self.document.path == other.document.path and self.node.span == other.node.span

    @property
    def is_alias(self) -> bool:
        """Tell whether what stands there is the name of an anchor: others may use its value, too."""
        return self.entry is not None and self.node.span.start < self.entry.key.span.end

    @property
    def is_mapping(self) -> bool:
        """Tell whether it has keys."""
        return isinstance(self.node, Mapping)

    @property
    def fields(self) -> dict[str, Place]:
        """Return what a mapping holds, by key; empty for all else."""
        if not isinstance(self.node, Mapping):
            return {}
        return {
            entry.key.text: Place(self.document, (*self.route, entry.key.text), entry.value, entry)
            for entry in self.node.entries
        }

    @property
    def items(self) -> tuple[Place, ...]:
        """Return the items of a sequence; empty for all else."""
        if not isinstance(self.node, Sequence):
            return ()
        return tuple(Place(self.document, (*self.route, number), item) for number, item in enumerate(self.node.items))

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the text of a scalar, or of each item of a sequence: where CI systems take one or many."""
        if isinstance(self.node, Sequence):
            return tuple(item.text for item in self.items)
        return (self.text,) if self.text else ()

    def get(self, *keys: str) -> Place | None:
        """Return the place that lies `keys` further in, or None."""
        here: Place | None = self
        for key in keys:
            here = here.fields.get(key) if here is not None else None
        return here

    def words(self, key: str) -> dict[str, str]:
        """Return a mapping of texts below `key`: `env:`, `with:`; what has parts itself is left out."""
        below = self.get(key)
        return {} if below is None else {name: place.text for name, place in below.fields.items()}

    def walk(self) -> Iterator[Place]:
        """Yield this place and every one below it."""
        yield self
        for below in (*self.fields.values(), *self.items):
            yield from below.walk()

    def at(self, fragment: str) -> Line:
        """Return the line within this place's text on which `fragment` stands, or where the place begins."""
        span = self.node.span
        start = self.document.text.find(fragment, span.start, span.end) if fragment else -1
        if start < 0:
            return self.line
        before = self.document.text[:start]
        return Line(self.document.path, before.count("\n") + 1, start - before.rfind("\n"), self.key)


def top(document: Document) -> Place:
    """Return the place where a document begins."""
    return Place(document, (), document.root)


def around(place: Place) -> Place | None:
    """Return the mapping that `place` is an entry of."""
    here = top(place.document)
    for step in place.route[:-1]:
        below = here.items[step] if isinstance(step, int) and step < len(here.items) else here.fields.get(str(step))
        if below is None:
            return None
        here = below
    return here if here.is_mapping else None
