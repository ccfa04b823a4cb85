"""Whom to register at an index, for people: what to type, and where."""

from __future__ import annotations

from collections.abc import Sequence

from tpub.outcome import Outcome
from tpub.report.screen import Screen
from tpub.summaries import PublisherSummary

_WIDTH = 18  # columns: the longest field's name


def show_publishers(publishers: Sequence[PublisherSummary], out: Screen) -> None:
    """Print one block a publisher."""
    for publisher in publishers:
        out.line((f"{publisher.provider}: ", "bold"), publisher.job)
        for name, value in publisher.values.items():
            out.line((f"{name:>{_WIDTH}}  ", "bold"), value or "(empty)")
        pages = (
            ("existing project", publisher.project_page, ""),
            ("new project", publisher.pending_page, f", project name: {publisher.project}"),
            ("of an organization", publisher.organization_page, f", project name: {publisher.project}"),
        )
        for when, page, rest in pages:
            if page is not None:
                out.line((f"{when:>{_WIDTH}}  ", "dim"), page + rest)


def show_written(outcome: Outcome, out: Screen) -> None:
    """Print which files were written, or would be; nothing of a command that writes none."""
    if outcome.written is None:
        return
    word = "to write" if outcome.dry_run else "written"
    for path in outcome.written:
        out.line((f"{word:>{_WIDTH}}  ", "bold green"), path)
    if not outcome.written:
        out.line(("nothing to write: all of it is there", "bold green"))
