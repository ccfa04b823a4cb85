"""The composer with its parts looked up once is the library's own in all else: whatever release of it is installed."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import Node, ScalarNode

from tpub.workflow.composing import composed

TEXTS = {
    "blocks": "on: {push: {tags: ['v*']}}\njobs:\n  a:\n    steps:\n      - run: |\n          x\n      - uses: y # z\n",
    "anchors": "a: &a {b: c}\nd:\n  <<: *a\n  e: !reference [a, b]\n",
    "several documents": "spec:\n  inputs: {}\n---\na: ~\n---\n",
    "quotes and folds": "a: 'b''c'\nd: \"e\\n\"\nf: >-\n  g\n\n  h\n? i\n: j\n",
    "line ends of Windows": "a:\r\n  - b\r\n  - c: d\r\n",
    "what is broken": "a: [b\nc: d\n",
    "an anchor that is not there": "a: *b\n",
}


def shape(node: Node | None) -> object:
    """Return all that is read of a node: kind, tag, position, and its parts."""
    if node is None:
        return None
    at = (node.start_mark.index, node.start_mark.line, node.start_mark.column, node.end_mark.index)
    if isinstance(node, ScalarNode):
        return (type(node).__name__, str(node.tag), at, node.value, node.style)
    parts = [tuple(map(shape, part)) if isinstance(part, tuple) else shape(part) for part in node.value]
    return (type(node).__name__, str(node.tag), at, parts, getattr(node, "flow_style", None))


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in TEXTS.items()])
def test_nodes_and_errors_are_the_library_s_own(text: str) -> None:
    try:
        expected = [shape(node) for node in YAML(typ="safe", pure=True).compose_all(text)]
    except YAMLError as exc:
        with pytest.raises(type(exc), match=str(getattr(exc, "problem", ""))[:20]):
            list(composed(text))
    else:
        assert [shape(node) for node in composed(text)] == expected
