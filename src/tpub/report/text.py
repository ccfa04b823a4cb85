"""The report for people: files on stdout, problems on stderr, each with its mend right under the cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from tpub.diagnostic import Diagnostic, Severity
from tpub.outcome import Action, Outcome, UploadStatus, UploadSummary, Verdict
from tpub.report.results import delivery, diagnosis, proof, verdict
from tpub.report.screen import Screen, Span
from tpub.report.together import by_index, together
from tpub.report.words import evidence, listed, size

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold blue"}
_STATUS_STYLES = {
    UploadStatus.UPLOADED: "green",
    UploadStatus.SKIPPED: "cyan",
    UploadStatus.FAILED: "red",
    UploadStatus.UNSENT: "yellow",
}


class Tell(Protocol):
    """How one diagnostic is told; `named` unless the file that it is about was told just before."""

    def __call__(self, diagnostic: Diagnostic, screen: Screen, indent: int = 0, *, named: bool = True) -> None:
        """Tell of it: cause, evidence, mend."""


def show_diagnostic(diagnostic: Diagnostic, screen: Screen, indent: int = 0, *, named: bool = True) -> None:
    """Print one diagnostic: cause, evidence, mend."""
    screen.line(
        (f"{diagnostic.severity}: ", _STYLES[diagnostic.severity]),
        f"{diagnostic.file}: " if diagnostic.file and named else "",
        diagnostic.message,
        (f" [{diagnostic.code}]", "dim"),
        indent=indent,
    )
    for item in diagnostic.evidence:
        screen.line((evidence(item, diagnostic.message), "dim"), indent=indent + 2)
    if diagnostic.hint:
        screen.line(("hint: ", "bold cyan"), diagnostic.hint, indent=indent + 2)


def show(outcome: Outcome, out: Screen, err: Screen, tell: Tell = show_diagnostic) -> None:
    """Print what was done to `out`, and what is wrong to `err`; of a check, all is what was asked for.

    What is to be said of several files alike is said once.
    """
    whole, outcome = outcome, together(outcome)
    if outcome.looked_at is not None:
        _show_diagnosis(outcome, outcome.looked_at, out, tell)
        return
    if outcome.publishers is not None:
        from tpub.report.registration import show_publishers, show_written  # noqa: PLC0415  (one command's own)

        show_written(outcome, out)
        show_publishers(outcome.publishers, out)
        for diagnostic in outcome.diagnostics:
            tell(diagnostic, err)
        return
    if outcome.attestations is not None:
        from tpub.report.provenance import show_attestations  # noqa: PLC0415  (as above)

        show_attestations(outcome.attestations, out)
        for diagnostic in outcome.diagnostics:
            tell(diagnostic, out)
        if ending := proof(whole):
            out.line((ending, "bold"))
        return
    if outcome.uploads is None and outcome.distributions is not None:
        _show_verdicts(outcome, out, tell)
        return
    _show_deliveries(outcome, out, err, tell)


def _show_deliveries(outcome: Outcome, out: Screen, err: Screen, tell: Tell) -> None:
    """Print what became of each file on one index after the other, and what is wrong there."""
    for run, diagnostics in by_index(outcome):
        for line in _files(run):
            out.line(*line)
        for diagnostic in diagnostics:
            tell(diagnostic, err)
        err.line((delivery(run), "bold"))


def _show_diagnosis(outcome: Outcome, looked_at: Sequence[str], out: Screen, tell: Tell) -> None:
    """Print what is wrong, the main cause first, whom to register, and what was looked at."""
    for diagnostic in outcome.diagnostics:
        tell(diagnostic, out)
    for name, value in (outcome.publisher or {}).items():
        out.line((f"{name:>18}  ", "bold"), value or "(empty)")
    out.line((f"looked at: {listed(looked_at) or 'nothing that tells'}", "dim"))
    if all(diagnostic.severity is Severity.NOTE for diagnostic in outcome.diagnostics):
        out.line((diagnosis(outcome), "bold green"))


def _show_verdicts(outcome: Outcome, out: Screen, tell: Tell) -> None:
    """Print each file with its verdict, what is to be said of it alone right below, and all else at the end."""
    rest = list(outcome.diagnostics)
    for file in outcome.distributions or ():
        style = "green" if file.verdict is Verdict.ACCEPT else "red"
        out.line((f"{file.verdict:>6}  ", style), f"{file.file} ({size(file.size)})")
        for diagnostic in outcome.diagnostics:
            if diagnostic.file == file.file and diagnostic in rest:
                tell(diagnostic, out, 8, named=False)
                rest.remove(diagnostic)
    for diagnostic in rest:
        tell(diagnostic, out)
    out.line((verdict(outcome), "bold"))


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
    for url in dict.fromkeys(release.url for release in outcome.releases or ()):
        yield (f"{'see':>10}  ", "bold"), url


def _details(upload: UploadSummary) -> str:
    told = []
    if upload.status is UploadStatus.UPLOADED:
        told.append(f"{upload.seconds:.1f} s")
    if upload.tries > 1:
        told.append(f"{upload.tries} tries")
    if upload.verified is not None:
        told.append("verified" if upload.verified else "not verified")
    return "".join(f", {text}" for text in told)
