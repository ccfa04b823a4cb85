"""The codes that tpub can say, read from its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tpub import errors

_NEWS = {"Diagnostic", "rule", "batch_rule", *(name for name, value in vars(errors).items() if isinstance(value, type))}
_FINDINGS = {"error", "warning", "note", "make", "_Known"}
_GAP = "\0"
_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
# What stands where codes stand, and is none: words of workflows, of forms, of tokens.
_OTHER_WORDS = frozenset(
    {
        *("artifact-metadata", "id-token", "pull-requests", "repository-projects", "security-events"),
        *(
            "artifact-ids",
            "branches-ignore",
            "github-pages",
            "merge-multiple",
            "packages-dir",
            "project-url",
            "pypi-publisher",
            "run-id",
            "self-hosted",
            "ssh-key",
            "test-pypi",
        ),
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


def typed(path: Path) -> Iterator[tuple[str, str]]:
    """Yield what hints of a module tell to type, with the code: what stands between backticks and is fixed."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            case ast.Call(args=[ast.Constant(value=str(code)), *rest], keywords=keywords) if _is_code(code):
                named = [keyword.value for keyword in keywords if keyword.arg == "hint"]
                for hint in named or rest[1:2]:
                    yield from ((code, text) for text in _written(hint).split("`")[1::2] if _GAP not in text)
            case _:
                pass


def _written(text: ast.expr) -> str:
    """Return a text with gaps where it is computed."""
    match text:
        case ast.Constant(value=str(written)):
            return written
        case ast.JoinedStr(values=values):
            return "".join(map(_written, values))
        case _:
            return _GAP


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
