"""What a command came to, file by file and in one line."""

from __future__ import annotations

from tpub.diagnostic import Severity
from tpub.errors import INTERRUPTED, NETWORK
from tpub.outcome import LANDED, Action, DistributionSummary, Outcome, UploadStatus, Verdict
from tpub.report.words import count

# What did not come to pass where a command failed at once.
_DEEDS = {"init": "written", "check": "checked", "doctor": "looked at", "publisher": "found out"}


def status_of(file: DistributionSummary, outcome: Outcome) -> str:
    """Return what became of a file: of its upload, else what is planned for it, else the verdict."""
    if outcome.dry_run and outcome.plan:
        return next((step.action.value for step in outcome.plan if step.file == file.file), file.verdict)
    return next((upload.status.value for upload in outcome.uploads or () if upload.file == file.file), file.verdict)


def release_of(file: DistributionSummary, outcome: Outcome) -> str:
    """Return the page of the release that a file now belongs to; empty if there is none."""
    landed = {upload.file for upload in outcome.uploads or () if upload.status in LANDED}
    if file.file not in landed:
        return ""
    pages = {_normal(release.project, release.version): release.url for release in outcome.releases or ()}
    return pages.get(_normal(file.project, file.version), "")


def _normal(project: str, version: str) -> tuple[str, str]:
    """Return what names a release, however it is written in a file's metadata."""
    from packaging.utils import canonicalize_name, canonicalize_version  # noqa: PLC0415  (reports of releases alone)

    return canonicalize_name(project), canonicalize_version(version)


def ending(outcome: Outcome) -> str:
    """Say in one line how a command ended."""
    if outcome.looked_at is not None:
        return diagnosis(outcome)
    if outcome.attestations is not None:
        return proof(outcome)
    if outcome.publishers is not None:
        return count(len(outcome.publishers), "publisher")
    if outcome.uploads is None and outcome.distributions is not None:
        return verdict(outcome)
    return delivery(outcome)


def diagnosis(outcome: Outcome) -> str:
    """Say how much is wrong."""
    wrong = sum(diagnostic.severity is not Severity.NOTE for diagnostic in outcome.diagnostics)
    return f"{count(wrong, 'cause')} found" if wrong else "nothing wrong"


def proof(outcome: Outcome) -> str:
    """Say how many files are proven; empty if there are none."""
    unproven = {problem.file for problem in outcome.diagnostics if problem.file}
    files = unproven | {found.file for found in outcome.attestations or ()}
    total = count(len(files), "file")
    if not files:
        return ""
    return f"{len(unproven)} of {total} without proof" if unproven else f"{total}: all proven"


def verdict(outcome: Outcome) -> str:
    """Say what the index would take."""
    refused = sum(file.verdict is Verdict.REFUSE for file in outcome.distributions or ())
    total = count(len(outcome.distributions or ()), "file")
    if refused:
        return f"{refused} of {total} would be refused"
    if outcome.exit_code:
        return f"{total}: nothing wrong in itself, and the rest is not known"
    return f"{total}: nothing that would be refused"


def delivery(outcome: Outcome) -> str:
    """Say what landed."""
    uploads = outcome.uploads or ()
    landed = sum(upload.status in LANDED for upload in uploads)
    where = outcome.index.name if outcome.index else "the index"
    if outcome.dry_run and not outcome.exit_code:
        to_send = sum(step.action is Action.NEW for step in outcome.plan or ())
        return f"dry run: {to_send} of {count(len(uploads), 'file')} would be sent to {where}; nothing was"
    # What was on its way may have landed, too, where nobody heard the answer.
    known = "known to be " if any(upload.status is UploadStatus.FAILED for upload in uploads) else ""
    known = known if outcome.exit_code in (INTERRUPTED, NETWORK) else ""
    state = f"{landed} of {count(len(uploads), 'file')} {known}on {where}"
    if outcome.exit_code == INTERRUPTED:
        return f"interrupted{f': {state}' if uploads else ''}; the same command goes on from there"
    if outcome.exit_code:
        done = _DEEDS.get(outcome.command, "published")
        at = f" on {where}" if outcome.index and done == "published" else ""
        return f"failed: {state}" if landed or known else f"failed: nothing was {done}{at}"
    if unverified := sum(upload.status in LANDED and upload.verified is False for upload in uploads):
        state += f", {unverified} not verified"
    return f"rehearsed: {state}, which is on this machine" if outcome.command == "rehearse" else f"done: {state}"
