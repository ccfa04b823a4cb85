"""Where files come from and whether that is proven, for people."""

from __future__ import annotations

from collections.abc import Sequence

from tpub.report.screen import Screen
from tpub.summaries import AttestationSummary


def show_attestations(attestations: Sequence[AttestationSummary], out: Screen) -> None:
    """Print each attestation with what it says."""
    for found in attestations:
        word, style = ("verified", "green") if found.verified else ("untrue", "red")
        out.line((f"{word:>8}  ", style), f"{found.file} by {found.publisher}")
        at = f"at {found.ref}, commit {found.commit}, " if found.commit else ""
        out.line((f"{found.predicate_type}, {at}log entry {found.entry}", "dim"), indent=10)
