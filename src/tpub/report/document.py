"""The report as one JSON document (schema `tpub/1`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields

from tpub.diagnostic import Diagnostic
from tpub.outcome import Outcome

SCHEMA = "tpub/1"
_SECTIONS = (
    "index",
    "identity",
    "publisher",
    "looked_at",
    "written",
    "distributions",
    "plan",
    "uploads",
    "releases",
    "publishers",
    "attestations",
)
_OF_AN_INDEX = ("index", "identity", "plan", "uploads", "releases")


def document(outcome: Outcome) -> str:
    """Return the report as JSON. Sections that do not belong to the command are left out."""
    report: dict[str, object] = {"schema": SCHEMA, "command": outcome.command, "exit_code": outcome.exit_code}
    if outcome.dry_run:
        report["dry_run"] = True
    report |= {name: _plain(value) for name in _SECTIONS if (value := getattr(outcome, name)) is not None}
    report["diagnostics"] = [_diagnostic(diagnostic) for diagnostic in outcome.diagnostics]
    if outcome.earlier:
        report["earlier"] = [_earlier(run) for run in outcome.earlier]
    return json.dumps(report, indent=2)


def _earlier(run: Outcome) -> dict[str, object]:
    """Return the account of an index that came before; the files are those of the whole report."""
    told: dict[str, object] = {"exit_code": run.exit_code}
    told |= {name: _plain(value) for name in _OF_AN_INDEX if (value := getattr(run, name)) is not None}
    return told | {"diagnostics": [_diagnostic(diagnostic) for diagnostic in run.diagnostics]}


def _diagnostic(diagnostic: Diagnostic) -> dict[str, object]:
    told = {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        "file": diagnostic.file,
        "evidence": [{"kind": item.kind} | _members(item) for item in diagnostic.evidence],
    }
    return {name: value for name, value in told.items() if value is not None}


def _plain(value: object) -> object:
    """Turn summaries, mappings and tuples into what JSON knows."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _plain(item) for name, item in value._asdict().items()}
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value


def _members(value: object) -> dict[str, object]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}  # type: ignore[arg-type]
