"""The codes that tpub can say, read from its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tpub import errors

_NEWS = {"Diagnostic", "rule", "batch_rule", *(name for name, value in vars(errors).items() if isinstance(value, type))}
_FINDINGS = {"error", "warning", "note", "make", "_Known"}
_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
# What stands where codes stand, and is none: words of workflows, of forms, of tokens, and the stages of a release.
_OTHER_WORDS = frozenset(
    {
        *("artifact-metadata", "id-token", "pull-requests", "repository-projects", "security-events"),
        *(
            "branches-ignore",
            "github-pages",
            "merge-multiple",
            "project-url",
            "pypi-publisher",
            "self-hosted",
            "ssh-key",
            "test-pypi",
        ),
        *("not-started", "token-request"),
    }
)


def codes(path: Path) -> Iterator[str]:
    """Yield the codes that a module writes out: the first argument of news."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(code)), *_]) if name in _NEWS:
                yield code
            case _:
                pass


def said(path: Path) -> set[str]:
    """Return every code that a module can say: in news, in findings, and in tables of codes."""
    tree = ast.parse(path.read_bytes())
    found = (code for node in ast.walk(tree) for place in _places(node) for code in _texts(place))
    return {code for code in found if _is_code(code)}.union(codes(path))


def _places(node: ast.AST) -> Iterator[ast.AST | None]:
    """Yield the expressions of a node that may be a code."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in _FINDINGS | _NEWS:
            yield first
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super"))), args=[first, *_]):
            yield first
        case ast.keyword(arg="code", value=value) | ast.Assign(value=value) | ast.AnnAssign(value=value):
            yield value
        case ast.Return(value=ast.Tuple(elts=[first, *_])) | ast.IfExp(body=ast.Tuple(elts=[first, *_])):
            yield first
        case ast.MatchValue(value=value):
            yield value
        case ast.Dict(keys=keys, values=values):
            yield from keys
            yield from values
        case ast.Set(elts=elts):
            yield from elts
        case _:
            pass


def _texts(place: ast.AST | None) -> Iterator[str]:
    match place:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from _texts(body)
            yield from _texts(orelse)
        case ast.Tuple(elts=[first, *_]):
            yield from _texts(first)
        case _:
            pass


def _is_code(text: str) -> bool:
    return _KEBAB.fullmatch(text) is not None and text not in _OTHER_WORDS
