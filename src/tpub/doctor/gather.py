"""Looks at everything that may tell why a release fails: nothing is minted, and nothing is changed.

An identity token is asked for only where that costs nothing: GitHub gives as many as one likes, GitLab's lies in a
variable and is only decoded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tpub.config import pyproject
from tpub.diagnostic import Answer, Diagnostic, Line, Severity
from tpub.doctor.evidence import Evidence
from tpub.doctor.history import GitHistory, NoHistory
from tpub.doctor.pipeline_subject import audience_of
from tpub.doctor.subject import destination, of_run, running_file, stored
from tpub.errors import ConfigError, IdentityError, NetworkError, TpubError
from tpub.identity import jwt
from tpub.identity.detect import detect
from tpub.identity.provider import variable_for
from tpub.identity.publisher import GITLAB_ISSUER
from tpub.index.model import PYPI, Index, find
from tpub.secret import Secret
from tpub.workflow import cloudbuild, github, gitlab
from tpub.workflow.publish import Publish

if TYPE_CHECKING:
    from tpub.doctor.joblog import JobLog
    from tpub.http import Http

_LARGEST = 5_000_000  # bytes of an event file
_DISTRIBUTION = (".whl", ".tar.gz", ".zip", ".publish.attestation")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where to look: the checkout, the environment, the time, and the network unless it stays local.

    `machine` is what the firmware calls this machine, `log` what the log of a failed job tells.
    """

    root: Path
    env: Mapping[str, str]
    now: float
    http: Http | None = None
    machine: str = ""
    log: JobLog | None = None


def gather(sources: Sources, index: Index | None = None, project: str = "") -> Evidence:
    """Return all that can be known.

    Without `index`, it is the one that the log shows, or that the publishing step uses; `project` is what was being
    published, if anything.
    """
    if sources.log is not None:
        from tpub.doctor.joblog.told import index_of, with_log  # noqa: PLC0415  (as below)

        return with_log(gather(replace(sources, log=None), index or index_of(sources.log), project), sources.log)
    found = of_files(sources)
    if found.is_run and (changed := _changed(found)):
        found = replace(found, env={}, event={}, troubles=(*found.troubles, _changed_since(changed)))
    found = replace(found, index=index or _index_of(found), project=project or found.project)
    found = replace(found, audience=audience_of(found.index))
    if sources.http is not None:
        found = _asked_index(found, sources.http)
    return _identified(found, sources)


def of_files(sources: Sources) -> Evidence:
    """Return what the checkout, the environment and the event file tell."""
    root, env = sources.root, sources.env
    config = env.get("CI_CONFIG_PATH", "") if env.get("GITLAB_CI") == "true" else ""
    project = pyproject.read(root)
    return Evidence(
        env=env,
        event=_json(Path(env["GITHUB_EVENT_PATH"])) if env.get("GITHUB_EVENT_PATH") else {},
        actions=github.load(root, running_file(env)),
        pipelines=gitlab.load(root, config if (root / config).is_file() and config else gitlab.CONFIG),
        builds=cloudbuild.load(root),
        now=sources.now,
        project=project.name or "",
        declared=project.publisher,
        history=GitHistory(root, env) if (root / ".git").exists() else NoHistory(),
        strays=_strays(root / "dist"),
        urls=project.urls,
        root=root,
    )


def _changed(evidence: Evidence) -> tuple[str, ...]:
    """Return the publishing files that were edited after the run had checked them out."""
    documents = [each.workflow.place.document for each in evidence.actions.publishing]
    documents += [job.place.document for pipeline in evidence.pipelines for job, _ in pipeline.publishing]
    files = {document.path: document.text for document in documents}
    head = evidence.history.head()
    return tuple(
        path
        for path, text in sorted(files.items())
        if (then := evidence.history.text_at(head, path)) is not None and _lines(then) != _lines(text)
    )


def _lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").splitlines()


def _changed_since(paths: tuple[str, ...]) -> Diagnostic:
    return Diagnostic(
        "workflow-changed",
        f"{' and '.join(paths)} differs from the file that this run used: what the run shows says nothing of it",
        "Commit and push it, and run the workflow again.",
        tuple(Line(path, 1) for path in paths),
        Severity.NOTE,
    )


def _index_of(evidence: Evidence) -> Index:
    """Return the index that the publishing step uploads to."""
    for publish in _steps(evidence):
        if (meant := destination(publish)) is not None:
            return meant
    for publish in _steps(evidence):
        if "://" in publish.index and not stored(publish):
            try:
                return find(publish.index)
            except ConfigError:
                continue
    return PYPI


def _steps(evidence: Evidence) -> list[Publish]:
    running = of_run(evidence.actions, evidence.env if evidence.is_github else {})
    found = [step.publish for subject in running for step in subject.steps]
    name = evidence.env.get("CI_JOB_NAME", "")
    jobs = [pair for pipeline in evidence.pipelines for pair in pipeline.publishing]
    own = [publish for job, publish in jobs if job.name == name]
    return found + (own or [publish for _, publish in jobs])


def _asked_index(evidence: Evidence, http: Http) -> Evidence:
    # Both need httpx, which takes as long to import as a dozen files to read: offline nobody waits for it.
    from tpub.index.exchange import audience as ask_audience  # noqa: PLC0415
    from tpub.index.provenance import last_publisher  # noqa: PLC0415

    try:
        evidence = replace(evidence, audience=ask_audience(evidence.index, http), is_asked=True)
    except (ConfigError, NetworkError) as exc:
        message = f"{evidence.where} could not be asked: {exc}"
        unasked = replace(exc.diagnostic, message=message, severity=Severity.NOTE)
        evidence = replace(evidence, troubles=(*evidence.troubles, unasked))
    except TpubError as exc:
        evidence = replace(evidence, troubles=(*evidence.troubles, exc.diagnostic))
    if evidence.project:
        evidence = replace(evidence, last=last_publisher(evidence.index, evidence.project, http))
    return evidence


def _identified(evidence: Evidence, sources: Sources) -> Evidence:
    """Add the claims of this job's identity token, or why there is none."""
    token, http = Secret(evidence.env.get(variable_for(evidence.audience), "")), sources.http
    try:
        provider = detect(evidence.env, sources.machine)
        asks_a_service = provider is not None and provider.renewable
        if not token and asks_a_service and provider is not None and http is not None and not evidence.troubles:
            token = provider.identity_token(evidence.audience, http)
    except (ConfigError, IdentityError) as exc:
        evidence = replace(evidence, troubles=(*evidence.troubles, exc.diagnostic))
    claims = jwt.read(token) if token else None
    evidence = replace(evidence, claims=claims)
    issuer = evidence.claim("iss")
    if http is not None and evidence.is_gitlab and issuer and issuer.rstrip("/") != GITLAB_ISSUER:
        evidence = replace(evidence, troubles=(*evidence.troubles, *_unreachable(issuer.rstrip("/"), http)))
    return evidence


def _unreachable(issuer: str, http: Http) -> tuple[Diagnostic, ...]:
    """Look whether a self-managed GitLab shows what the index needs to verify its tokens."""
    for path in ("/.well-known/openid-configuration", "/oauth/discovery/keys"):
        try:
            reply = http.get(issuer + path)
        except (ConfigError, NetworkError) as exc:
            return (Diagnostic("issuer-unreachable", f"{issuer}{path} cannot be reached: {exc}"),)
        if not reply.is_success:
            answer = Answer(reply.url, reply.status, reply.reason)
            return (Diagnostic("issuer-unreachable", f"{issuer}{path} answers {reply.status}", evidence=(answer,)),)
    return ()


def _json(path: Path) -> Mapping[str, object]:
    try:
        value = json.loads(path.read_bytes()) if path.stat().st_size <= _LARGEST else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _strays(folder: Path) -> tuple[str, ...]:
    """Return the files beside distributions that are none."""
    if not folder.is_dir():
        return ()
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    strays = tuple(name for name in names if not name.endswith(_DISTRIBUTION))
    return strays if len(strays) < len(names) else ()
