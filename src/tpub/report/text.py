"""The report for people: files on stdout, problems on stderr, each with its mend right under the cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tpub.diagnostic import Diagnostic, Severity
from tpub.errors import INTERRUPTED
from tpub.outcome import LANDED, Action, Outcome, UploadStatus, UploadSummary, Verdict
from tpub.report.provenance import show_attestations, show_proof
from tpub.report.registration import show_publishers
from tpub.report.screen import Screen, Span
from tpub.report.words import count, evidence, size

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold blue"}
_STATUS_STYLES = {
    UploadStatus.UPLOADED: "green",
    UploadStatus.SKIPPED: "cyan",
    UploadStatus.FAILED: "red",
    UploadStatus.UNSENT: "yellow",
}


def show(outcome: Outcome, out: Screen, err: Screen) -> None:
    """Print what was done to `out`, and what is wrong to `err`; of a check, all is what was asked for."""
    if outcome.looked_at is not None:
        _show_diagnosis(outcome, outcome.looked_at, out)
        return
    if outcome.publishers is not None:
        show_publishers(outcome.publishers, out)
        for diagnostic in outcome.diagnostics:
            show_diagnostic(diagnostic, err)
        return
    if outcome.attestations is not None:
        show_attestations(outcome.attestations, out)
        for diagnostic in outcome.diagnostics:
            show_diagnostic(diagnostic, out)
        show_proof(outcome.attestations, outcome.diagnostics, out)
        return
    if outcome.uploads is None and outcome.distributions is not None:
        _show_verdicts(outcome, out)
        return
    for line in _files(outcome):
        out.line(*line)
    for diagnostic in outcome.diagnostics:
        show_diagnostic(diagnostic, err)
    err.line((_last_line(outcome), "bold"))


def _show_diagnosis(outcome: Outcome, looked_at: Sequence[str], out: Screen) -> None:
    """Print what is wrong, the main cause first, whom to register, and what was looked at."""
    for diagnostic in outcome.diagnostics:
        show_diagnostic(diagnostic, out)
    for name, value in (outcome.publisher or {}).items():
        out.line((f"{name:>18}  ", "bold"), value or "(empty)")
    out.line((f"looked at: {', '.join(looked_at) or 'nothing that tells'}", "dim"))
    if all(diagnostic.severity is Severity.NOTE for diagnostic in outcome.diagnostics):
        out.line(("nothing wrong", "bold green"))


def show_diagnostic(diagnostic: Diagnostic, screen: Screen, indent: int = 0) -> None:
    """Print one diagnostic: cause, evidence, mend."""
    screen.line(
        (f"{diagnostic.severity}: ", _STYLES[diagnostic.severity]),
        f"{diagnostic.file}: " if diagnostic.file else "",
        diagnostic.message,
        (f" [{diagnostic.code}]", "dim"),
        indent=indent,
    )
    for item in diagnostic.evidence:
        screen.line((evidence(item), "dim"), indent=indent + 2)
    if diagnostic.hint:
        screen.line(("hint: ", "bold cyan"), diagnostic.hint, indent=indent + 2)


def _show_verdicts(outcome: Outcome, out: Screen) -> None:
    """Print each file with its verdict, and what is to be said of it right below."""
    for file in outcome.distributions or ():
        style = "green" if file.verdict is Verdict.ACCEPT else "red"
        out.line((f"{file.verdict:>6}  ", style), f"{file.file} ({size(file.size)})")
        for diagnostic in outcome.diagnostics:
            if diagnostic.file == file.file:
                show_diagnostic(replace(diagnostic, file=None), out, indent=8)
    for diagnostic in outcome.diagnostics:
        if diagnostic.file is None:
            show_diagnostic(diagnostic, out)
    out.line((_verdict(outcome), "bold"))


def _verdict(outcome: Outcome) -> str:
    """Say in one line what the index would take."""
    refused = sum(file.verdict is Verdict.REFUSE for file in outcome.distributions or ())
    total = count(len(outcome.distributions or ()), "file")
    if refused:
        return f"{refused} of {total} would be refused"
    if outcome.exit_code:
        return f"{total}: nothing wrong in itself, and the rest is not known"
    return f"{total}: nothing that would be refused"


def _files(outcome: Outcome) -> Iterator[tuple[Span, ...]]:
    sizes = {file.file: file.size for file in outcome.distributions or ()}
    if outcome.dry_run and outcome.plan:
        for step in sorted(outcome.plan, key=lambda step: step.position or 0):
            word = f"{step.position}. send" if step.action is Action.NEW else step.action.value
            yield (f"{word:>10}  ", "bold"), f"{step.file} ({size(sizes[step.file])})"
        return
    for upload in outcome.uploads or ():
        style = _STATUS_STYLES[upload.status]
        yield (f"{upload.status:>10}  ", style), f"{upload.file} ({size(sizes[upload.file])}{_details(upload)})"
    for release in outcome.releases or ():
        yield (f"{'see':>10}  ", "bold"), release.url


def _details(upload: UploadSummary) -> str:
    told = []
    if upload.status is UploadStatus.UPLOADED:
        told.append(f"{upload.seconds:.1f} s")
    if upload.tries > 1:
        told.append(f"{upload.tries} tries")
    if upload.verified is not None:
        told.append("verified" if upload.verified else "not verified")
    return "".join(f", {text}" for text in told)


def _last_line(outcome: Outcome) -> str:
    """Say in one line how it ended."""
    uploads = outcome.uploads or ()
    landed = sum(upload.status in LANDED for upload in uploads)
    where = outcome.index.name if outcome.index else "the index"
    if outcome.dry_run and not outcome.exit_code:
        to_send = sum(step.action is Action.NEW for step in outcome.plan or ())
        return f"dry run: {to_send} of {count(len(uploads), 'file')} would be sent to {where}; nothing was"
    state = f"{landed} of {count(len(uploads), 'file')} on {where}"
    if outcome.exit_code == INTERRUPTED:
        return f"interrupted: {state}; the same command goes on from there"
    if outcome.exit_code:
        return f"failed: {state}" if landed else "failed: nothing was published"
    return f"rehearsed: {state}, which is on this machine" if outcome.command == "rehearse" else f"done: {state}"
