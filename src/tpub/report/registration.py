"""Whom to register at an index, for people: what to type, and where."""

from __future__ import annotations

from collections.abc import Sequence

from tpub.outcome import PublisherSummary
from tpub.report.screen import Screen

_WIDTH = 18  # columns: the longest field's name


def show_publishers(publishers: Sequence[PublisherSummary], out: Screen) -> None:
    """Print one block a publisher."""
    for publisher in publishers:
        out.line((f"{publisher.provider}: ", "bold"), publisher.job)
        for name, value in publisher.values.items():
            out.line((f"{name:>{_WIDTH}}  ", "bold"), value or "(empty)")
        pages = (
            ("it exists", publisher.project_page, ""),
            ("it is new", publisher.pending_page, f", project name: {publisher.project}"),
            ("an organization's", publisher.organization_page, f", project name: {publisher.project}"),
        )
        for when, page, rest in pages:
            if page is not None:
                out.line((f"{when:>{_WIDTH}}  ", "dim"), page + rest)
