"""Which publishing jobs of GitLab a diagnosis is about, and the token that each wants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tpub.doctor.evidence import Evidence
from tpub.doctor.subject import destination, exchanges, is_handed, wants_identity
from tpub.identity.provider import variable_for
from tpub.index.model import AUDIENCES, Index
from tpub.workflow.fix import Edit, added, removed
from tpub.workflow.gitlab import Pipeline
from tpub.workflow.gitlab.model import Job, Token
from tpub.workflow.locate import Place
from tpub.workflow.publish import Publish, secret_variables

# What tells that a token is meant for an index: its audience, or a name.
_MEANT = re.compile(r"pypi|publish", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PipelineSubject:
    """A publishing job of GitLab, with the variable and audience that its index wants."""

    pipeline: Pipeline
    job: Job
    publish: Publish
    variable: str
    audience: str

    @property
    def key(self) -> str:
        """Return what tells it from all other jobs of the checkout."""
        return f"{self.pipeline.path}:{self.job.name}"

    @property
    def block(self) -> str:
        """Return what to type into the job."""
        return block(self.variable, self.audience)

    @property
    def value(self) -> dict[str, dict[str, str]]:
        """Return what belongs under `id_tokens:`."""
        return {self.variable: {"aud": self.audience}}

    @property
    def default_has_it(self) -> bool:
        """Tell whether the token stands under `default:`."""
        default = self.job.shared.default("id_tokens")
        return default is not None and default.get(self.variable) is not None

    @property
    def misnamed(self) -> Token | None:
        """Return a token that is meant for the index: by its audience, or by a name that says so."""
        for name, token in self.job.id_tokens.items():
            if any(_MEANT.search(text) for text in (name, *token.audiences)):
                return token
        return None

    @property
    def is_by_hand(self) -> bool:
        """Tell whether its script takes the token from another variable itself."""
        token = self.misnamed
        used = re.compile(rf"\$\{{?{re.escape(token.name)}\b") if token is not None else None
        return used is not None and any(used.search(text) for text in self.texts)

    @property
    def by_hand(self) -> Place | None:
        """Return where the files themselves set the variable of the token."""
        variables = next(iter(self.job.layers("variables")), None)
        return variables.get(self.variable) if variables is not None else None

    @property
    def is_handed_a_token(self) -> bool:
        """Tell whether its script reads what another job came by."""
        return is_handed(self.publish) and not any(exchanges(text) for text in self.texts)

    @property
    def has_pypirc(self) -> bool:
        """Tell whether its script writes or names a `.pypirc`, where twine and its like find their credentials."""
        return any(".pypirc" in text for text in self.texts)

    @property
    def texts(self) -> tuple[str, ...]:
        """Return what its script says, and the file of the checkout that it publishes by."""
        origin = self.publish.command.origin if self.publish.command is not None else None
        return (*(line.text for line in self.job.script), *([origin.text] if origin is not None else []))

    @property
    def template(self) -> str | None:
        """Return a hidden job with the token, which this one does not extend."""
        return next(
            (
                job.name
                for job in self.pipeline.jobs
                if job.is_hidden and self.variable in job.id_tokens and job.place not in self.job.chain
            ),
            None,
        )

    @property
    def granting(self) -> tuple[Edit, ...]:
        """Return the edits that make the job ask for its token, and take away what is set by hand."""
        own = self.job.place.get("id_tokens")
        variables = self.job.place.get("variables")
        by_hand = variables.get(self.variable) if variables is not None else None
        edits = []
        if variables is not None and by_hand is not None:
            edits.append(removed(variables if len(variables.fields) == 1 else by_hand))
        if own is None:
            return (*edits, added(self.job.place, "id_tokens", self.value))
        return (*edits, added(own, self.variable, {"aud": self.audience}))


def subjects(evidence: Evidence) -> Iterator[PipelineSubject]:
    """Yield the publishing jobs that want an identity, in a run its own alone; each job once an index."""
    return (subject for subject in publishing(evidence) if wants_identity(subject.publish))


def publishing(evidence: Evidence) -> Iterator[PipelineSubject]:
    """Yield the jobs that publish to PyPI or TestPyPI, with an identity or not, as `subjects` does."""
    running = evidence.env.get("CI_JOB_NAME", "") if evidence.is_gitlab else ""
    found = [(pipeline, *each) for pipeline in evidence.pipelines for each in pipeline.publishing]
    own = [each for each in found if re.sub(r" \d+/\d+$|: \[.*\]$", "", running) == each[1].name]
    seen = set()
    for pipeline, job, publish in own or found:
        index = destination(publish)
        key = (job.name, index, wants_identity(publish))
        if index is None or key in seen:
            continue
        seen.add(key)
        subject = PipelineSubject(pipeline, job, publish, variable_of(index), audience_of(index))
        if evidence.focus in ("", subject.key):
            yield subject


def lacking(evidence: Evidence) -> Iterator[PipelineSubject]:
    """Yield those that have no token, neither here nor by their files."""
    for subject in subjects(evidence):
        if evidence.env.get(subject.variable) or subject.variable in subject.job.id_tokens or subject.is_by_hand:
            continue
        if subject.has_pypirc or subject.is_handed_a_token:
            continue
        if evidence.is_gitlab and any(evidence.env.get(name) for name in secret_variables(subject.publish.tool)):
            continue  # a token that the project's settings hold, and no file
        yield subject


def block(variable: str, audience: str) -> str:
    """Return what to type into a job for an identity token."""
    return f"`id_tokens: {{{variable}: {{aud: {audience}}}}}`"


def audience_of(index: Index) -> str:
    """Return the audience of PyPI or TestPyPI; for other indexes they have to be asked."""
    return next((name for name, each in AUDIENCES.items() if each is index), index.name)


def variable_of(index: Index) -> str:
    """Return the variable in which clients look for the identity token for PyPI or TestPyPI."""
    return variable_for(audience_of(index))
