"""The index: its address, whether it speaks trusted publishing, and whether the job may reach it."""

from __future__ import annotations

from collections.abc import Iterator

from tpub.diagnostic import Diagnostic
from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, error, warning
from tpub.doctor.subject import Subject, destination, stored
from tpub.errors import ConfigError
from tpub.index.model import Index, family, find
from tpub.urls import host
from tpub.workflow.fix import Edit, edit, exchanged, replaced, rewritten
from tpub.workflow.lines import newline
from tpub.workflow.locate import Place
from tpub.workflow.publish import Publish
from tpub.workflow.values import scalar

_HARDEN = "step-security/harden-runner"
_SIGSTORE = ("fulcio.sigstore.dev", "rekor.sigstore.dev", "tuf-repo-cdn.sigstore.dev")
_WRONG = ("index-url-slash", "index-url-unknown")


def upload_address_is_wrong(evidence: Evidence) -> Iterator[Finding]:
    """Look at upload URLs on PyPI's and TestPyPI's hosts: each has one."""
    for publish in _published(evidence):
        index = family(publish.index)
        wrong = _refused(publish.index) if index is not None else None
        if index is None or wrong is None:
            continue
        yield error(
            wrong.code,
            f"{wrong.message}: {publish.index} is not the upload address of {index.title}",
            f"Use {index.upload_url} (with the slash at its end), or `{index.name}` where the tool knows it.",
            publish.index_place.line if publish.index_place is not None else publish.line,
            edits=_corrected(publish, index),
        )


def trusted_publishing_is_off(evidence: Evidence) -> Iterator[Finding]:
    """Pass on what the index said when it was asked for its audience."""
    if (trouble := evidence.trouble("index-oidc-off", "not-enabled")) is not None:
        yield error(
            "index-oidc-off",
            f"{evidence.where} has trusted publishing switched off at the moment",
            "Wait, and run the same again; see status.python.org.",
            *trouble.evidence,
        )
    if (trouble := evidence.trouble("index-no-oidc")) is not None:
        yield error(
            trouble.code,
            f"{evidence.where} offers no trusted publishing (no /_/oidc/audience)",
            "Use the index's own token or password: `TPUB_TOKEN`, or `--username` and `TPUB_PASSWORD`.",
            *trouble.evidence,
        )
    if (trouble := evidence.trouble("audience-foreign")) is not None:
        yield Finding(trouble)


def egress_is_blocked(evidence: Evidence) -> Iterator[Finding]:
    """Look at harden-runner: what is not in its list is not reached."""
    for subject in evidence.subjects:
        step = next((step for step in subject.job.steps if step.action == _HARDEN), None)
        if step is None or step.inputs.get("egress-policy") != "block":
            continue
        allowed = step.place.get("with", "allowed-endpoints")
        given = {each.partition(":")[0] for each in step.inputs.get("allowed-endpoints", "").split()}
        needed = tuple(_needed(subject))
        missing = [name for name in needed if not _allows(given, name)]
        if not needed or needed[0] not in missing:  # the upload's own host; the rest may be let through anyway
            continue
        with_ports = [f"{name}:443" for name in missing]
        yield warning(
            "gh-egress-blocked",
            f"harden-runner's allowed-endpoints of {subject.job.name} lack {', '.join(with_ports)}",
            f"Add to allowed-endpoints: {' '.join(with_ports)}",
            allowed.line if allowed is not None else step.place.line,
            edits=_allowing(allowed, with_ports) if allowed is not None else (),
        )


def _published(evidence: Evidence) -> Iterator[Publish]:
    for subject in evidence.subjects:
        yield from (step.publish for step in subject.steps)
    for pipeline in evidence.pipelines:
        yield from (publish for _, publish in pipeline.publishing)


def _refused(url: str) -> Diagnostic | None:
    try:
        find(url)
    except ConfigError as exc:
        return exc.diagnostic if exc.diagnostic.code in _WRONG else None
    return None


def _corrected(publish: Publish, index: Index) -> tuple[Edit, ...]:
    if publish.index_place is not None:
        return (replaced(publish.index_place, index.upload_url),)
    return exchanged(publish.place, publish.index, index.upload_url)


def _needed(subject: Subject) -> Iterator[str]:
    """Yield the hosts that publishing reaches: index, GitHub's token service, and for attestations sigstore's."""
    names: dict[str, None] = {}
    for step in subject.steps:
        index = destination(step.publish)
        if index is None:
            continue
        names[host(index.upload_url)] = None
        names[host(index.simple_url)] = None
        if not stored(step.publish):
            names["*.actions.githubusercontent.com"] = None
        attests = step.step.inputs.get("attestations", "true").lower() != "false"
        if step.publish.tool == "pypi-publish" and attests and not stored(step.publish):
            names |= dict.fromkeys(_SIGSTORE)
    yield from names


def _allows(given: set[str], name: str) -> bool:
    """Tell whether a list with wildcards lets `name` through; GitHub's own hosts are let through by harden-runner."""
    if name in given or any(each.startswith("*.") and name.endswith(each[1:]) for each in given):
        return True
    return name.startswith("*.") and any(each.endswith(name[1:]) for each in given)


def _allowing(allowed: Place, endpoints: list[str]) -> tuple[Edit, ...]:
    source, ending = allowed.source, newline(allowed.document.text)
    if allowed.is_alias or not source:
        return (rewritten(allowed, scalar(" ".join([*allowed.text.split(), *endpoints]))),)
    last = source.rpartition("\n")[2]
    is_block = source.startswith(("|", ">"))
    indent = last[: len(last) - len(last.lstrip())]
    more = "".join(f"{ending}{indent}{each}" for each in endpoints) if is_block else " " + " ".join(endpoints)
    end = allowed.node.span.end - (1 if source.endswith(("'", '"')) else 0)
    return (edit(allowed, end, end, more),)
