"""The report for people: files on stdout, problems on stderr, each with its mend right under the cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rich.console import Console
from rich.text import Text

from tpub.diagnostic import Diagnostic, Severity
from tpub.errors import INTERRUPTED
from tpub.outcome import Action, Outcome, UploadStatus, UploadSummary, Verdict
from tpub.report.words import count, evidence, size

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold blue"}
_STATUS_STYLES = {
    UploadStatus.UPLOADED: "green",
    UploadStatus.SKIPPED: "cyan",
    UploadStatus.FAILED: "red",
    UploadStatus.UNSENT: "yellow",
}


def show(outcome: Outcome, out: Console, err: Console) -> None:
    """Print what was done to `out`, and what is wrong to `err`; of a check, all is what was asked for."""
    if outcome.uploads is None and outcome.distributions is not None:
        _show_verdicts(outcome, out)
        return
    for line in _files(outcome):
        _print(out, line)
    for diagnostic in outcome.diagnostics:
        show_diagnostic(diagnostic, err)
    _print(err, Text(_last_line(outcome), style="bold"))


def _show_verdicts(outcome: Outcome, out: Console) -> None:
    """Print each file with its verdict, and what is to be said of it right below."""
    for file in outcome.distributions or ():
        found = [diagnostic for diagnostic in outcome.diagnostics if diagnostic.file == file.file]
        style = "green" if file.verdict is Verdict.ACCEPT else "red"
        _print(out, Text.assemble((f"{file.verdict:>6}  ", style), f"{file.file} ({size(file.size)})"))
        for diagnostic in found:
            show_diagnostic(replace(diagnostic, file=None), out, indent=8)
    refused = sum(file.verdict is Verdict.REFUSE for file in outcome.distributions or ())
    total = count(len(outcome.distributions or ()), "file")
    verdict = f"{refused} of {total} would be refused" if refused else f"{total}: nothing that would be refused"
    _print(out, Text(verdict, style="bold"))


def show_diagnostic(diagnostic: Diagnostic, console: Console, indent: int = 0) -> None:
    """Print one diagnostic: cause, evidence, mend."""
    head = Text.assemble(
        (f"{diagnostic.severity}: ", _STYLES[diagnostic.severity]),
        f"{diagnostic.file}: " if diagnostic.file else "",
        diagnostic.message,
        (f" [{diagnostic.code}]", "dim"),
    )
    _print(console, head, indent)
    for item in diagnostic.evidence:
        _print(console, Text(evidence(item), style="dim"), indent + 2)
    if diagnostic.hint:
        _print(console, Text.assemble(("hint: ", "bold cyan"), diagnostic.hint), indent + 2)


def _print(console: Console, text: Text, indent: int = 0) -> None:
    """Wrap on a terminal, with the indent kept; leave lines whole elsewhere, for grep."""
    if console.is_terminal:
        for line in text.wrap(console, max(console.width - indent, 20)):
            console.print(" " * indent, line, sep="", highlight=False, soft_wrap=True)
    else:
        console.print(" " * indent, text, sep="", soft_wrap=True, highlight=False, markup=False)


def _files(outcome: Outcome) -> Iterator[Text]:
    sizes = {file.file: file.size for file in outcome.distributions or ()}
    if outcome.dry_run and outcome.plan:
        actions = {step.file: step for step in outcome.plan or ()}
        for name in sorted(actions, key=lambda name: actions[name].position or 0):
            step = actions[name]
            word = f"{step.position}. send" if step.action is Action.NEW else step.action.value
            yield Text.assemble((f"{word:>10}  ", "bold"), f"{name} ({size(sizes[name])})")
        return
    for upload in outcome.uploads or ():
        yield Text.assemble(
            (f"{upload.status:>10}  ", _STATUS_STYLES[upload.status]),
            f"{upload.file} ({size(sizes[upload.file])}{_details(upload)})",
        )
    for release in outcome.releases or ():
        yield Text.assemble((f"{'see':>10}  ", "bold"), release.url)


def _details(upload: UploadSummary) -> str:
    told = []
    if upload.status is UploadStatus.UPLOADED:
        told.append(f"{upload.seconds:.1f} s")
    if upload.tries > 1:
        told.append(count(upload.tries, "try").replace("trys", "tries"))
    if upload.verified is not None:
        told.append("verified" if upload.verified else "not verified")
    return "".join(f", {text}" for text in told)


def _last_line(outcome: Outcome) -> str:
    """Say in one line how it ended."""
    uploads = outcome.uploads or ()
    landed = sum(upload.status in (UploadStatus.UPLOADED, UploadStatus.SKIPPED) for upload in uploads)
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
