"""Write docs/report.schema.json: the JSON Schema of the report, read from the types that the report is made of."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import is_dataclass
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

from tpub import diagnostic, outcome, summaries
from tpub.report.document import SCHEMA

ROOT = Path(__file__).parents[1]
_OF_AN_INDEX = ("exit_code", "index", "identity", "plan", "uploads", "releases", "diagnostics")
_SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean"}


def document() -> str:
    """Return the schema as JSON."""
    # A section that does not belong to the command is left out, and never null.
    types = get_type_hints(outcome.Outcome, localns=vars(summaries))
    hints = {name: kind for name, kind in types.items() if name != "earlier"}
    sections = {
        name: _schema(get_args(kind)[0] if NoneType in get_args(kind) else kind) for name, kind in hints.items()
    }
    sections["diagnostics"] = {"type": "array", "items": _diagnostic()}
    sections["earlier"] = {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["exit_code", "diagnostics"],
            "properties": {name: {"$ref": f"#/properties/{name}"} for name in _OF_AN_INDEX},
            "additionalProperties": False,
        },
    }
    required = ["schema", "command", "exit_code", "diagnostics"]
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Report of tpub ({SCHEMA})",
        "type": "object",
        "required": required,
        # `tpub token` adds the token itself.
        "properties": {
            "schema": {"const": SCHEMA},
            **sections,
            "token": _schema(str),
            "expires": _schema(float | None),
        },
        "additionalProperties": False,
    }
    return json.dumps(schema, indent=2) + "\n"


def _diagnostic() -> dict[str, Any]:
    kinds = [_object(kind) for kind in get_args(diagnostic.Evidence)]
    for kind, schema in zip(get_args(diagnostic.Evidence), kinds, strict=True):
        schema["properties"] = {"kind": {"const": kind.kind}, **schema["properties"]}
        schema["required"].insert(0, "kind")
    found = _object(diagnostic.Diagnostic)
    found["properties"] |= {"evidence": {"type": "array", "items": {"oneOf": kinds}}, "file": _schema(str)}
    found["required"].remove("file")
    return found


def _object(kind: Any) -> dict[str, Any]:  # noqa: ANN401  (a dataclass or named tuple, as mypy calls none)
    hints = get_type_hints(kind)
    properties = {name: _schema(hint) for name, hint in hints.items() if get_origin(hint) is not ClassVar}
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


def _schema(kind: Any) -> dict[str, Any]:  # noqa: ANN401  (whatever stands behind a name)
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return {"anyOf": [{"type": "null"} if arg is NoneType else _schema(arg) for arg in args]}
    if origin is tuple:
        return {"type": "array", "items": _schema(args[0])}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _schema(args[1])}
    if is_dataclass(kind) or hasattr(kind, "_fields"):
        return _object(kind)
    return {"type": _SCALARS[kind]} if kind in _SCALARS else {"enum": _words(kind)}


def _words(kind: Any) -> list[str]:  # noqa: ANN401  (as above)
    if get_origin(kind) is Literal:
        return list(get_args(kind))
    if issubclass(kind, StrEnum):
        return [str(member) for member in kind]
    raise TypeError(f"{kind} has no schema yet")


def main() -> int:
    """Write the file; return 0."""
    (ROOT / "docs" / "report.schema.json").write_text(document(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
