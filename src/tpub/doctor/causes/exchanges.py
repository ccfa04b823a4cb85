"""Exchanges that a job makes by hand: for which audience it asks, and what it makes of the answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, error
from tpub.doctor.pipeline_subject import audience_of
from tpub.doctor.subject import EXCHANGE, REQUEST
from tpub.index.model import KNOWN, Index
from tpub.urls import host
from tpub.workflow.command import Command, commands
from tpub.workflow.fix import Edit, edit
from tpub.workflow.github.model import Job
from tpub.workflow.locate import Place
from tpub.workflow.node import Scalar

_CUTS = re.compile(r"""\bjq\b[^\n]*\|\s*(?:tr\s+-d|sed\b|xargs\b)|\\?"token\\?"\s*:\s*\$""")
_VALUE = re.compile(r"\.[\w.\[\]\"-]+")
_MINT = re.compile(r"https://([\w.-]+)/_/oidc/(?:github/)?mint-token")
_AUDIENCE = re.compile(r"\baudience(?:=|%3D)([\w.:/%-]*)")
_QUOTED = re.compile(rf'"\$\{{?{REQUEST}\}}?(?=")')
_WITHOUT = re.compile(r"\bgetIDToken\(\s*\)")
_DATA = ("-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json", "--data-urlencode")
_FORM = ("-F", "--form")
_SINGLE = re.compile(r"'([^']*)'")
_VARIABLE = re.compile(r"\$\{?\w")
_REFUSED = "the exchange then ends with `invalid-payload`"
_OR = "or let `tpub upload` (or `tpub token`) do the exchange"
_CLIENTS = frozenset({"curl", "wget", "http", "https", "xh"})
_SCRIPT = "actions/github-script"


def audience_is_not_the_index(evidence: Evidence) -> Iterator[Finding]:
    """Look at requests for identity tokens: GitHub's are for the owner's address unless an audience is given.

    Source: https://docs.github.com/en/actions/reference/security/oidc#methods-for-requesting-the-oidc-token.
    """
    for workflow in evidence.actions.workflows:
        if EXCHANGE not in workflow.place.document.text:
            continue
        for job in workflow.jobs:
            index = _index_of(job)
            if index is not None:
                yield from _unlike(job, index)


def exchange_is_malformed(evidence: Evidence) -> Iterator[Finding]:
    """Look at exchanges made by hand: what keeps quotes around the token, and what is no document with the token."""
    scripts = [
        step.run
        for workflow in evidence.actions.workflows
        if EXCHANGE in workflow.place.document.text
        for job in workflow.jobs
        for step in job.steps
        if step.run is not None
    ]
    scripts += [line for pipeline in evidence.pipelines for job in pipeline.jobs for line in job.script]
    for place in scripts:
        if EXCHANGE not in place.document.text:
            continue
        for command in commands(place.text):
            if command.program == "jq" and _keeps_quotes(command) and not _are_cut_off(place.text):
                yield error(
                    "exchange-payload",
                    "the token is taken out of the answer by `jq` without -r, which keeps the quotes around it: "
                    f"{_REFUSED}",
                    f"Use `jq -r`, {_OR}.",
                    place.at("jq"),
                )
                break
            if command.program in _CLIENTS and (wrong := _no_document(command, place.text)):
                yield error(
                    "exchange-payload",
                    f"the exchange is sent {wrong}: {_REFUSED}",
                    f"""Send `-d "{{\\"token\\": \\"$TOKEN\\"}}"`, {_OR}.""",
                    place.at(command.source),
                )
                break


def _no_document(command: Command, script: str) -> str:
    """Return what is wrong with the data of an exchange; empty if it may be a document with the token, or is unseen."""
    if not any(EXCHANGE in word for word in command.words):
        return ""
    for data in command.options(*_DATA):
        if data.startswith("token="):
            return "a form (`token=...`) where the index reads JSON"
        if _VARIABLE.search(data) is not None and any(data in quoted[1] for quoted in _SINGLE.finditer(script)):
            return "in single quotes, in which the shell leaves the variable's name as it is"
    return "a form where the index reads JSON" if any(command.options(*_FORM)) else ""


def _index_of(job: Job) -> Index | None:
    """Return the index at which a job exchanges its identity; None if it is none that is known, or several."""
    span = job.place.node.span
    hosts = {found[1] for found in _MINT.finditer(job.place.document.text, span.start, span.end)}
    known = [index for index in KNOWN if hosts & {host(index.upload_url), host(index.site_url or index.upload_url)}]
    return known[0] if len(known) == len(hosts) == 1 else None


def _unlike(job: Job, index: Index) -> Iterator[Finding]:
    """Yield the requests of a job that are for another audience than that of the index."""
    wanted = audience_of(index)
    for step in job.steps:
        script = step.place.get("with", "script") if step.action == _SCRIPT else None
        if script is not None and (call := _WITHOUT.search(script.text)) is not None:
            edits = _written(script, re.compile(r"\bgetIDToken\((?=\s*\))"), f"'{wanted}'")
            yield _foreign(job, script, call[0], "", wanted, edits)
        for command in commands(step.run.text) if step.run is not None else ():
            words = " ".join(command.words)
            if step.run is None or REQUEST not in words or command.program not in _CLIENTS:
                continue
            asked = _AUDIENCE.search(words)
            if asked is None or asked[1] not in ("", wanted):
                edits = _written(step.run, _QUOTED, f"&audience={wanted}") if asked is None else ()
                yield _foreign(job, step.run, REQUEST, asked[1] if asked is not None else "", wanted, edits)


def _foreign(job: Job, place: Place, at: str, asked: str, wanted: str, edits: tuple[Edit, ...]) -> Finding:
    whose = (
        f"for the audience {asked!r}" if asked else "without an audience: it is then for GitHub's default, the owner"
    )
    mend = f"Call `core.getIDToken('{wanted}')`" if at != REQUEST else f"Append `&audience={wanted}` to the request"
    return error(
        "audience-mismatch",
        f"{job.name} asks for its identity token {whose}, and exchanges it where the audience is `{wanted}`",
        f"{mend}, or let `tpub upload` (or `tpub token`) do the exchange.",
        place.at(at),
        edits=edits,
    )


def _written(place: Place, behind: re.Pattern[str], text: str) -> tuple[Edit, ...]:
    """Return the edits that write `text` behind each match in a script that stands in the file as it is."""
    span = place.node.span
    if not isinstance(place.node, Scalar) or place.node.style not in ("", "|", ">"):
        return ()
    ends = (found.end() for found in behind.finditer(place.document.text, span.start, span.end))
    return tuple(edit(place, end, end, text) for end in ends)


def _are_cut_off(script: str) -> bool:
    """Tell whether the quotes are taken away behind jq, or are those of the document that is sent."""
    return _CUTS.search(script) is not None


def _keeps_quotes(command: Command) -> bool:
    """Tell whether jq takes one value out of a document and leaves it in its quotes."""
    flags = "".join(word for word in command.words[1:] if word.startswith("-") and not word.startswith("--"))
    is_raw = bool({"r", "j"} & set(flags)) or bool({"--raw-output", "--join-output"} & set(command.words))
    return not is_raw and any(_VALUE.fullmatch(word) for word in command.words[1:])
