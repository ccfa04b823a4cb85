"""What a change of a file changes elsewhere in it: values that stand in it once and count in several places."""

from __future__ import annotations

from collections.abc import Iterator

from tpub.workflow.document import Document, parse
from tpub.workflow.locate import Place, top
from tpub.workflow.node import Mapping, Node, Scalar


def shared(path: str, before: str, after: str) -> tuple[str, ...]:
    """Return the keys whose values differ between two versions of a file though they are typed elsewhere.

    They are aliases, and what `<<` takes over.
    """
    old, new = parse(before, path), parse(after, path)
    if not isinstance(old, Document) or not isinstance(new, Document):
        return ()
    return tuple(dict.fromkeys(f"{place.key} (line {place.line.line})" for place in _differing(top(old), top(new))))


def _differing(old: Place, new: Place) -> Iterator[Place]:
    if isinstance(old.node, Scalar) or isinstance(new.node, Scalar):
        return
    own = [{key for key, each in place.fields.items() if not _is_merged(each)} for place in (old, new)]
    merged = [
        {key: _said(each.node) for key, each in place.fields.items() if key not in own[0] | own[1]}
        for place in (old, new)
    ]
    if merged[0] != merged[1]:
        yield new
    for then, now in ((old.fields[key], new.fields[key]) for key in new.fields if key in own[0] & own[1]):
        if not now.is_alias:
            yield from _differing(then, now)
        elif _said(then.node) != _said(now.node):
            yield now
    for then, now in zip(old.items, new.items, strict=False):
        if new.node.span.start <= now.node.span.start:
            yield from _differing(then, now)
        elif _said(then.node) != _said(now.node):
            yield new


def _is_merged(place: Place) -> bool:
    return place.entry is not None and place.entry.is_merged


def _said(node: Node) -> object:
    """Return what a value says, wherever it stands."""
    match node:
        case Scalar():
            return node.text, node.is_null
        case Mapping():
            return {entry.key.text: _said(entry.value) for entry in node.entries}
        case _:
            return [_said(item) for item in node.items]
