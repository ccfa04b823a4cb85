"""What a command leaves for the CI system in which it runs: summaries, outputs, reports to collect."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tpub.cli.app import App, Format, Look, form, screen
from tpub.diagnostic import Diagnostic, Severity

if TYPE_CHECKING:
    from tpub.outcome import Outcome
    from tpub.report.screen import Screen

_SUMMARY, _OUTPUT = "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"
_ROOTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
_TITLE = "tpub, step by step"


@contextmanager
def folded(app: App, look: Look, lines: Screen) -> Iterator[Screen]:
    """Yield a screen whose lines the platform's log shows folded away."""
    from tpub.report.github import command
    from tpub.report.gitlab import section, section_end
    from tpub.report.screen import Folded

    if form(app, look) is Format.GITHUB:
        fold = Folded(lines, app.err, lambda: command("group", _TITLE), lambda: command("endgroup"))
    else:
        name = f"tpub_{app.clock.now():.0f}"  # a job may have several
        begin, end = (
            lambda: section(name, _TITLE, app.clock.now()),
            lambda: section_end(name, app.clock.now()),
        )
        fold = Folded(lines, app.err, begin, end)
    try:
        yield fold
    finally:
        fold.close()


def show_on_github(app: App, look: Look, outcome: Outcome, root: Path) -> None:
    """Write the report into the log, with annotations; then the step's summary and its outputs."""
    from tpub.report.github import Annotations, outputs
    from tpub.report.place import places
    from tpub.report.summary import LIMIT, summary
    from tpub.report.text import show
    from tpub.report.together import together

    told = together(outcome)
    found = places(told, partial(_rooted, app, root))
    unwritten = [
        *_appended(app, _SUMMARY, lambda size: summary(outcome, found, _source(app), LIMIT - size)),
        *_appended(app, _OUTPUT, lambda _: outputs(outcome)),
    ]
    told = replace(told, diagnostics=(*told.diagnostics, *unwritten))
    outcome = replace(outcome, diagnostics=(*outcome.diagnostics, *unwritten))
    show(outcome, screen(app, app.out, look), screen(app, app.err, look), Annotations(told, found))


def hand_over(app: App, folder: Path, outcome: Outcome, root: Path) -> Outcome:
    """Write the reports that CI systems collect; return the outcome, with what kept that from being done."""
    from tpub.report import gitlab
    from tpub.report.place import places

    found = places(outcome, partial(_rooted, app, root))
    config = app.env.get("CI_CONFIG_PATH") or gitlab.CONFIG
    texts = {
        gitlab.CODE_QUALITY: gitlab.code_quality(outcome, found, config),
        gitlab.JUNIT: gitlab.junit(outcome, found),
    }
    if outcome.releases is not None:
        texts[gitlab.DOTENV] = gitlab.dotenv(outcome)
    there = app.folder / folder
    try:
        there.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (there / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as exc:
        return replace(outcome, diagnostics=(*outcome.diagnostics, _unwritten(str(folder), exc)))
    return outcome


def _appended(app: App, variable: str, text: Callable[[int], str]) -> Iterator[Diagnostic]:
    """Append to the file that a variable names what `text` makes of its size; yield what keeps that from being done."""
    name = app.env.get(variable)
    if not name:
        return
    try:
        with (app.folder / name).open("a", encoding="utf-8", newline="\n") as file:
            file.write(text(file.tell()))
    except OSError as exc:
        yield _unwritten(f"${variable}", exc)


def _unwritten(what: str, exc: OSError) -> Diagnostic:
    return Diagnostic(
        "report-unwritten",
        f"a report cannot be written to {what}: {exc.strerror}",
        "Make it a place that this job may write to; all else was done.",
        severity=Severity.WARNING,
    )


def _source(app: App) -> str:
    """Return where GitHub shows the files of the commit that the job runs for."""
    server, repository, commit = map(app.env.get, ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA"))
    return f"{server}/{repository}/blob/{commit}" if server and repository and commit else ""


def _rooted(app: App, root: Path, path: str) -> str:
    """Return `path` from the root of the CI's checkout on, as far as it lies in it."""
    full = _real(app.folder / root / path)
    for checkout in (app.env[variable] for variable in _ROOTS if app.env.get(variable)):
        if full.is_relative_to(there := _real(Path(checkout))):
            return full.relative_to(there).as_posix()
    return Path(path).as_posix()


def _real(path: Path) -> Path:
    """Return where a path leads; `Path.resolve` would raise for links that go round in circles."""
    return Path(os.path.realpath(path))
