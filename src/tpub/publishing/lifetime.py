"""Whether one token lives long enough for a release: estimated before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence

from tpub.diagnostic import Diagnostic, Field, Severity
from tpub.index.model import Index
from tpub.publishing.plan import Release

# A careful guess, so that the warning comes rather too often: a slow runner's line, all files together, and what an
# index takes to look at a file, with two of them at once.
_RATE = 1_000_000  # bytes a second
_FILE = 1.0  # seconds


def estimate(releases: Sequence[Release]) -> float:
    """Return how many seconds the files of `releases` may take to travel."""
    files = [file for release in releases for file in release.files]
    return sum(file.size for file in files) / _RATE + len(files) * _FILE


def judge(releases: Sequence[Release], ends: float | None, now: float, index: Index) -> tuple[Diagnostic, ...]:
    """Warn if uploads can be authorized until `ends` (None: for ever) and the estimate goes beyond."""
    needed = estimate(releases)
    if ends is None or now + needed <= ends:
        return ()
    return (
        Diagnostic(
            "token-lifetime-short",
            f"the uploads may take {needed / 60:.0f} min; this job has one token, and {index.name} takes it for "
            f"{max(0.0, ends - now) / 60:.0f}",
            "If it ends on the way, run the job again: what has landed is not sent twice. To be sure, publish fewer "
            "files a job.",
            (Field("estimate", f"{needed:.0f} s"), Field("token", f"{max(0.0, ends - now):.0f} s")),
            Severity.WARNING,
        ),
    )
