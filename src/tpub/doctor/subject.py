"""Which jobs a diagnosis is about, and what their publishing steps are after."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tpub.errors import ConfigError
from tpub.index.model import PYPI, TESTPYPI, Index, family, find
from tpub.workflow.github import Actions, Publishing
from tpub.workflow.github.model import Job, Workflow
from tpub.workflow.github.permissions import IDENTITY
from tpub.workflow.locate import top
from tpub.workflow.publish import Credential, Publish

# Tools that never learnt trusted publishing: what they are given is what they use.
WITHOUT_OIDC = frozenset({"hatch", "poetry", "flit"})
# What an exchange that is made by hand consists of.
REQUEST, EXCHANGE = "ACTIONS_ID_TOKEN_REQUEST_URL", "/mint-token"
_STORED = re.compile(r"secrets\.|vars\.|^\$\{?\w+\}?$|^pypi-")
_EXCHANGES = re.compile(r"mint-token|_ID_TOKEN|\btpub token\b|\bid (?:test)?pypi\b|\boidc\b", re.IGNORECASE)
_ADDRESS = re.compile(r"'(https://[^']+)'")
_MADE = re.compile(r"\$\(|\$\{\{")
_OF_ANOTHER_JOB = re.compile(r"\bneeds\.[\w-]+\.outputs\b")
_SECRET = re.compile(
    r"secrets\.(?!GITHUB_TOKEN\b)\w*(?:PYPI|TWINE|TOKEN|PASSW|PUBLISH|FLIT|POETRY|HATCH|KEY)\w*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A job of a workflow with its publishing steps; none if it publishes in a way that is not recognised."""

    workflow: Workflow
    job: Job
    steps: tuple[Publishing, ...]

    @property
    def key(self) -> str:
        """Return what tells it from all other jobs of the checkout."""
        return f"{self.workflow.path}:{self.job.id}"

    @property
    def is_granted(self) -> bool:
        """Tell whether the job may request an identity token, by what its file says."""
        granted = self.workflow.granted(self.job)
        return granted is not None and granted.access(IDENTITY) == "write"

    @property
    def wants_identity(self) -> bool:
        """Tell whether a step depends on trusted publishing: to PyPI's indexes, without credentials of its own."""
        if not self.steps:
            return self.is_granted
        return any(wants_identity(step.publish) and not self.has_secrets(step.publish) for step in self.steps)

    def has_secrets(self, publish: Publish) -> bool:
        """Tell whether the job is given secrets that may be credentials for a tool that reads them by itself."""
        if publish.tool in ("pypi-publish", "tpub"):
            return False
        span = self.job.place.node.span
        around = self.workflow.place.get("env")
        texts = [self.workflow.place.document.text[span.start : span.end]]
        texts += [place.text for place in around.fields.values()] if around is not None else []
        return any(_SECRET.search(text) for text in texts)


def of_run(actions: Actions, env: Mapping[str, str]) -> tuple[Subject, ...]:
    """Return the publishing jobs, those of the run alone if `env` tells which workflow and job runs."""
    found: dict[tuple[str, str], list[Publishing]] = {}
    for each in actions.publishing:
        found.setdefault((each.workflow.path, each.job.id), []).append(each)
    path = running_file(env)
    running = actions.workflow(path)
    own = running.job(env.get("GITHUB_JOB", "")) if running is not None else None
    if running is not None and own is not None and own.calls is None:
        return (Subject(running, own, tuple(found.get((path, own.id), ()))),)
    return tuple(Subject(steps[0].workflow, steps[0].job, tuple(steps)) for steps in found.values())


def running_file(env: Mapping[str, str]) -> str:
    """Return the path of the workflow file that runs; empty if that is not known."""
    return re.sub(r"^[^/]*/[^/]*/|@.*$", "", env.get("GITHUB_WORKFLOW_REF", ""))


def destination(publish: Publish) -> Index | None:
    """Return PyPI or TestPyPI if a step publishes there (or means to: some addresses are wrong), else None."""
    if (meant := _alternative(publish.index) if "${{" in publish.index else family(publish.index)) is not None:
        return meant
    try:
        index = find(publish.index)
    except ConfigError:
        return None
    return index if index in (PYPI, TESTPYPI) else None


def _alternative(expression: str) -> Index | None:
    """Return PyPI or TestPyPI if an expression chooses among their addresses alone: the last, which is left over."""
    found = [family(url) for url in _ADDRESS.findall(expression)]
    return found[-1] if found and None not in found else None


def wants_identity(publish: Publish) -> bool:
    """Tell whether a step publishes with the job's identity, or would if nothing hindered it."""
    if destination(publish) is None or stored(publish) or publish.tool in WITHOUT_OIDC:
        return False
    if any(_OF_ANOTHER_JOB.search(each.value) for each in publish.secrets):
        return False
    # What a command or a step fetches is the identity's only if it is an exchange that is made there, and no vault
    # that is asked.
    return not is_handed(publish) or exchanges(_text(publish))


def is_handed(publish: Publish) -> bool:
    """Tell whether a step is given what a command or another step came by, as far as the files show."""
    return any(_MADE.search(each.value) or _is_fetched(each.value, publish) for each in publish.secrets)


def exchanges(text: str) -> bool:
    """Tell whether a script makes an exchange by hand."""
    return _EXCHANGES.search(text) is not None


def stored(publish: Publish) -> tuple[Credential, ...]:
    """Return the stored credentials that a step is given; what another step has minted is not stored."""
    found = (each for each in publish.secrets if _STORED.search(each.value) or _is_literal(each.value))
    return tuple(each for each in found if not _is_fetched(each.value, publish))


def _is_fetched(value: str, publish: Publish) -> bool:
    """Tell whether a variable is set from what a command of the same file answers, as exchanges by hand do.

    GitHub's identity token itself is no such answer: no index takes it in the place of a minted one.
    """
    name = re.fullmatch(r"\$\{?(\w+)\}?", value)
    text = _text(publish)
    found = re.search(rf"\b{name[1]}=[\"']?(?:\$\(|`)(?:\\\n|[^\n])*", text) if name is not None else None
    return found is not None and (REQUEST not in found[0] or EXCHANGE in text)


def _text(publish: Publish) -> str:
    """Return what says how a step publishes: of GitHub's files its own job, of others all, and what it runs."""
    origin = publish.command.origin if publish.command is not None else None
    document, route = publish.place.document, publish.place.route
    job = top(document).get("jobs", str(route[1])) if route[:1] == ("jobs",) else None
    own = document.text[job.node.span.start : job.node.span.end] if job is not None else document.text
    return f"{own}\n{origin.text if origin is not None else ''}"


def _is_literal(value: str) -> bool:
    return bool(value) and "$" not in value
