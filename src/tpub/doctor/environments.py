"""Which environment a publisher most likely names, where the publishing job of GitHub names none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tpub.doctor.evidence import Evidence
from tpub.doctor.subject import destination
from tpub.identity.publisher import GitHubPublisher
from tpub.workflow import github
from tpub.workflow.github.model import Job


@dataclass(frozen=True, slots=True)
class Likely:
    """The name of an environment, and what tells it; nothing does if it is only the usual one."""

    name: str
    source: str = ""

    def proposal(self, where: str) -> str:
        """Return what is to be said of an edit that writes the name; `where` is the index."""
        return (
            f"`environment: {self.name}` ({self.why}): if the publisher at {where} names another one, write that (one "
            "without environment takes any)"
        )

    @property
    def why(self) -> str:
        """Return what tells the name."""
        return self.source or "the usual name"


def likely(evidence: Evidence, path: str) -> Likely:
    """Return the likeliest environment of the publishing job in the workflow file `path`.

    The usual name is that of the index, as the index's own documentation and `tpub init` have it. Source:
    https://docs.pypi.org/trusted-publishers/using-a-publisher/.
    """
    return next(_told(evidence, path), Likely(evidence.index.name))


def _told(evidence: Evidence, path: str) -> Iterator[Likely]:
    last = evidence.last
    if isinstance(last, GitHubPublisher) and last.environment:
        yield Likely(last.environment, "the last release was published from it")
    for step in evidence.actions.publishing:
        if (name := _literal(step.job)) and destination(step.publish) == evidence.index:
            yield Likely(name, f"{step.job.name} in {step.workflow.file} has it")
    for commit in evidence.history.changes(path):
        text = evidence.history.text_at(commit, path)
        then = github.of_text(text, path).publishing if text is not None else ()
        if name := next((name for step in then if (name := _literal(step.job))), ""):
            yield Likely(name, f"{path} had it at {commit[:8]}")


def _literal(job: Job) -> str:
    place = job.environment
    return place.text if place is not None and "${{" not in place.text else ""
