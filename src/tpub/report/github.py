"""GitHub Actions: workflow commands in the log, and the file that a step's outputs are written to.

Sources: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands, and how the runner
reads them: actions/runner, ActionCommand.cs and FileCommandManager.cs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import TextIO

from tpub.diagnostic import Diagnostic, Severity
from tpub.outcome import Outcome
from tpub.report.place import Place
from tpub.report.results import release_of, status_of
from tpub.report.screen import Screen, Span, joined
from tpub.report.text import show_diagnostic
from tpub.report.words import evidence

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})
_MOST = 10  # annotations of each kind that GitHub keeps of a step; what comes later is lost


def is_github(env: Mapping[str, str]) -> bool:
    """Tell whether what is printed goes to GitHub's log."""
    return env.get("GITHUB_ACTIONS") == "true"


def command(name: str, data: str = "", **properties: str | int | None) -> str:
    """Return a workflow command: one line, whatever the texts in it."""
    told = ",".join(
        f"{key}={str(value).translate(_PROPERTY)}" for key, value in properties.items() if value not in (None, "")
    )
    return f"::{name}{told and ' '}{told}::{data.translate(_DATA)}"


def undisturbed(document: str) -> str:
    """Return a JSON document in which the runner finds no command, and everybody else the same as before."""
    return document.replace("##[", r"#\u0023[")


class Log:
    """GitHub's log: nothing that is printed as a line is read as a command, whoever wrote it."""

    def __init__(self, file: TextIO, then: Screen) -> None:
        self._file, self._then = file, then

    def line(self, *spans: Span, indent: int = 0) -> None:
        """Print one line; a backslash stands before what the runner would take for a command of its own."""
        text = joined(*spans)
        if text.lstrip().startswith("::") or "##[" in text:
            self._then.line("\\" + text.lstrip().replace("##[", "##\\["), indent=indent)
        else:
            self._then.line(*spans, indent=indent)

    def command(self, line: str) -> None:
        """Write a line that is a command."""
        self._file.write(line + "\n")
        self._file.flush()


class Annotations:
    """Tells diagnostics in GitHub's log: as annotations, as many as GitHub keeps, and as plain lines after that."""

    def __init__(self, outcome: Outcome, places: Mapping[Diagnostic, Place]) -> None:
        self._places = places
        self._annotated = frozenset(annotated(outcome.diagnostics))

    def __call__(self, diagnostic: Diagnostic, screen: Screen, indent: int = 0, *, named: bool = True) -> None:
        """Tell of one diagnostic. The annotation is the line in the log, too: cause, evidence, mend."""
        if not isinstance(screen, Log) or diagnostic not in self._annotated:
            show_diagnostic(diagnostic, screen, indent, named=named)
            return
        place = self._places.get(diagnostic, Place())
        screen.command(
            command(
                _COMMANDS[diagnostic.severity],
                _words(diagnostic),
                file=place.path,
                line=place.line,
                col=place.column,
                title=f"tpub: {diagnostic.code}",
            )
        )


def annotated(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return those that become annotations: of each severity as many as are kept, every code before any comes again."""
    codes: set[tuple[Severity, str]] = set()
    first: dict[Severity, list[Diagnostic]] = {severity: [] for severity in Severity}
    again: dict[Severity, list[Diagnostic]] = {severity: [] for severity in Severity}
    for diagnostic in dict.fromkeys(diagnostics):
        key = (diagnostic.severity, diagnostic.code)
        (again if key in codes else first)[diagnostic.severity].append(diagnostic)
        codes.add(key)
    return [each for severity in Severity for each in (first[severity] + again[severity])[:_MOST]]


def _words(diagnostic: Diagnostic) -> str:
    """Return all that is to be said, as lines; the code stands there because the log shows no titles."""
    about = f"{diagnostic.file}: " if diagnostic.file else ""
    lines = [f"{about}{diagnostic.message} [{diagnostic.code}]"]
    lines += [f"  {evidence(item, diagnostic.message)}" for item in diagnostic.evidence]
    lines += [f"  hint: {diagnostic.hint}"] if diagnostic.hint else []
    return "\n".join(joined(line) for line in lines)


def outputs(outcome: Outcome) -> str:
    """Return what a step hands to the next ones: `release-url` and `files`, as far as the command knows of any."""
    texts = {}
    if outcome.releases is not None:
        texts["release-url"] = outcome.releases[0].url if outcome.releases else ""
    if outcome.distributions is not None:
        files = [
            {
                "file": file.file,
                "path": file.path,
                "status": status_of(file, outcome),
                "size": file.size,
                "sha256": file.sha256,
                "project": file.project,
                "version": file.version,
                "release-url": release_of(file, outcome),
            }
            for file in outcome.distributions
        ]
        texts["files"] = json.dumps(files)
    return "".join(_output(name, value) for name, value in texts.items())


def _output(name: str, value: str) -> str:
    """Return one output, between delimiters that no value can hold: nothing contains its own digest."""
    delimiter = "tpub_" + hashlib.sha256(value.encode()).hexdigest()
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"
