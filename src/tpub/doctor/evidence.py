"""What is known of a release that failed, or is to be made: files, environment, event, claims, answers.

Every part is optional: a checkout on a laptop has files only, `tpub upload` knows the failure, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from tpub.diagnostic import Diagnostic, Variable
from tpub.doctor.history import History, NoHistory
from tpub.doctor.subject import Subject, of_run
from tpub.identity import jwt
from tpub.identity.publisher import Publisher
from tpub.index.model import PYPI, Index
from tpub.workflow.cloudbuild import Step
from tpub.workflow.github import Actions
from tpub.workflow.gitlab import Pipeline

if TYPE_CHECKING:  # most diagnoses need no log
    from tpub.doctor.joblog import JobLog

REQUEST = ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it, as far as it is known.

    `builds` are the publishing steps of Google Cloud Build; `audience` is the one that the index wants, `is_asked` says
    whether it answered at all, `has_asked` whether this job asked for an identity and got none; `troubles` are what
    went wrong while gathering, `strays` the files in dist/ that do not belong, `urls` the project's own addresses,
    `root` where the checkout is. `focus` is the one job (as `path:job`) that is being judged, empty for all, and `own`
    what it is on GitHub, once it has been looked up. `log` is what a failed job's log tells.
    """

    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    event: Mapping[str, object] = field(default_factory=dict, repr=False)
    actions: Actions = field(default_factory=Actions, repr=False)
    pipelines: tuple[Pipeline, ...] = ()
    builds: tuple[Step, ...] = ()
    claims: Mapping[str, object] | None = None
    now: float = 0.0
    index: Index = PYPI
    audience: str = "pypi"
    project: str = ""
    declared: Publisher | None = None
    last: Publisher | None = None
    history: History = field(default_factory=NoHistory)
    troubles: tuple[Diagnostic, ...] = ()
    has_asked: bool = False
    strays: tuple[str, ...] = ()
    is_asked: bool = False
    urls: tuple[str, ...] = ()
    root: Path | None = None
    focus: str = ""
    own: tuple[Subject, ...] | None = None
    log: JobLog | None = None

    @property
    def is_github(self) -> bool:
        """Tell whether this is a job of GitHub Actions, or of something that takes its shape."""
        return self.env.get("GITHUB_ACTIONS") == "true"

    @property
    def is_gitlab(self) -> bool:
        """Tell whether this is a job of GitLab CI/CD."""
        return self.env.get("GITLAB_CI") == "true"

    @property
    def is_run(self) -> bool:
        """Tell whether this is a job at all: what it has then counts more than what files say."""
        return self.is_github or self.is_gitlab

    @property
    def has_request(self) -> bool:
        """Tell whether GitHub lets this job ask for an identity token."""
        return all(self.env.get(name) for name in REQUEST)

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Return the publishing jobs of GitHub that this is about: in a run, its own."""
        if self.own is not None:
            return self.own
        found = of_run(self.actions, self.env if self.is_github else _NOTHING)
        return tuple(subject for subject in found if self.focus in ("", subject.key))

    @property
    def where(self) -> str:
        """Return how to call the index in a sentence."""
        return self.index.title

    def claim(self, name: str) -> str:
        """Return a claim of the identity token as text; empty if it is missing."""
        return jwt.text(self.claims or _NOTHING, name)

    def variable(self, name: str) -> Variable:
        """Return the variable as evidence: whether it is there, never its value."""
        return Variable.of(self.env, name)

    def trouble(self, *codes: str) -> Diagnostic | None:
        """Return what went wrong while gathering, if it was one of `codes`."""
        return next((trouble for trouble in self.troubles if trouble.code in codes), None)
