"""Inputs of an included file: `spec: {inputs: ...}` in its header, `$[[ inputs.NAME ]]` where they go.

Source: https://docs.gitlab.com/ci/inputs/. What an input fills in stands where the file has its name, so that a finding
points there; functions behind a `|` are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Values
from dataclasses import replace

from tpub.workflow.document import Document, parse
from tpub.workflow.locate import Place, top
from tpub.workflow.node import Entry, Mapping, Node, Scalar, Sequence, Span

_INPUT = re.compile(r"\$\[\[\s*inputs\.([\w-]+)\s*(?:\|[^\]]*)?\]\]")
_SEPARATOR = re.compile(r"^---(?=\s)", re.MULTILINE)


def given(item: Place) -> dict[str, Node]:
    """Return the inputs that an item of `include:` gives."""
    inputs = item.get("inputs")
    return {name: place.node for name, place in inputs.fields.items()} if inputs is not None else {}


def filled(document: Document, inputs: Values[str, Node]) -> Document:
    """Return the document with its inputs filled in; one that has neither value nor default stays as it is written."""
    if "$[[" not in document.text:
        return document
    return replace(document, root=_filled(document.root, {**_defaults(document), **inputs}))


def _defaults(document: Document) -> dict[str, Node]:
    """Return the defaults of the file's header, which is a document of its own before the one that counts."""
    for header in _SEPARATOR.split(document.text)[:-1]:
        spec = parse(header, document.path) if "inputs" in header else None
        inputs = top(spec).get("spec", "inputs") if isinstance(spec, Document) else None
        if inputs is not None:
            found = ((name, place.get("default")) for name, place in inputs.fields.items())
            return {name: default.node for name, default in found if default is not None}
    return {}


def _filled(node: Node, inputs: Values[str, Node]) -> Node:
    match node:
        case Scalar(text=text, span=span):
            whole = _INPUT.fullmatch(text)
            value = inputs.get(whole[1]) if whole is not None else None
            return _at(value, span) if value is not None else _text(node, inputs)
        case Sequence(items=items):
            return replace(node, items=tuple(_filled(item, inputs) for item in items))
        case Mapping(entries=entries):
            return replace(
                node,
                entries=tuple(
                    replace(entry, key=_text(entry.key, inputs), value=_filled(entry.value, inputs))
                    for entry in entries
                ),
            )


def _text(scalar: Scalar, inputs: Values[str, Node]) -> Scalar:
    def value(found: re.Match[str]) -> str:
        node = inputs.get(found[1])
        return node.text if isinstance(node, Scalar) else found[0]

    return replace(scalar, text=_INPUT.sub(value, scalar.text)) if "$[[" in scalar.text else scalar


def _at(node: Node, span: Span) -> Node:
    """Return what another file says, as if it all stood at `span`."""
    match node:
        case Scalar():
            return replace(node, span=span)
        case Sequence(items=items):
            return replace(node, items=tuple(_at(item, span) for item in items), span=span)
        case Mapping(entries=entries):
            moved = (Entry(replace(each.key, span=span), _at(each.value, span), each.is_merged) for each in entries)
            return replace(node, entries=tuple(moved), span=span)
