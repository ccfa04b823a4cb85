"""Where files come from and whether that is proven, for people."""

from __future__ import annotations

from collections.abc import Sequence

from tpub.diagnostic import Diagnostic
from tpub.outcome import AttestationSummary
from tpub.report.screen import Screen
from tpub.report.words import count


def show_attestations(attestations: Sequence[AttestationSummary], out: Screen) -> None:
    """Print each attestation with what it says."""
    for found in attestations:
        word, style = ("verified", "green") if found.verified else ("untrue", "red")
        out.line((f"{word:>8}  ", style), f"{found.file} by {found.publisher}")
        at = f"at {found.ref}, commit {found.commit}, " if found.commit else ""
        out.line((f"{found.predicate_type}, {at}log entry {found.entry}", "dim"), indent=10)


def show_proof(attestations: Sequence[AttestationSummary], problems: Sequence[Diagnostic], out: Screen) -> None:
    """Print in one line how many files are proven."""
    unproven = {problem.file for problem in problems if problem.file}
    if files := unproven | {found.file for found in attestations}:
        total = count(len(files), "file")
        out.line((f"{len(unproven)} of {total} without proof" if unproven else f"{total}: all proven", "bold"))
