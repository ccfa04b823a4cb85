"""The release jobs for GitLab CI/CD: the whole configuration, or a file that an existing one includes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tpub.diagnostic import Diagnostic, Severity
from tpub.doctor.mend import edited
from tpub.doctor.pipeline_subject import audience_of, variable_of
from tpub.doctor.subject import destination
from tpub.errors import ConfigError
from tpub.identity.publisher import GitLabPublisher
from tpub.scaffold.draft import (
    Draft,
    Station,
    Wish,
    change,
    is_free,
    left_to_add,
    publishes_already,
    stations,
)
from tpub.scaffold.tags import has_prefix
from tpub.workflow import gitlab
from tpub.workflow.document import read
from tpub.workflow.fix import Edit, appended, edit, replaced, rewritten
from tpub.workflow.lines import fitted
from tpub.workflow.locate import Place, top
from tpub.workflow.node import Mapping, Sequence
from tpub.workflow.writing.backend import Build, Wheels
from tpub.workflow.writing.render import rendered

_INCLUDED = ".gitlab/release.yml"
_STAGES = (".pre", "build", "test", "deploy", ".post")  # where a file names none
_PUBLISHING = ("publish", "release", "deploy")


def drafted(root: Path, wish: Wish, build: Build) -> Draft:
    """Return the configuration, or the file beside it with the line that includes it.

    Raises `ConfigError` if there is a configuration that cannot be read.
    """
    config = wish.declared.workflow_filepath if isinstance(wish.declared, GitLabPublisher) else gitlab.CONFIG
    tags = {"tags": "/^v/" if has_prefix(root) else r"/^\d/"}
    if is_free(root, config):
        own = {"stages": "stages: [build, publish]", "build-stage": "build", "publish-stage": "publish", "inherit": ""}
        text = _text({"path": config, **tags, **own}, wish, build)
        return Draft(change(root, config, text), tuple(left_to_add(config, build, has_wheels=False)))
    here = _top(root, config)
    text = _text({"path": config, **tags, **_fitting(here)}, wish, build)
    including = edited(root, [tuple(_including(here))])
    is_included = bool(including) or _is_included(here)
    news = _news(root, config, here, build, is_included=is_included)
    return Draft((*change(root, _INCLUDED, text), *including), tuple(news))


def _top(root: Path, config: str) -> Place:
    match read(root, config):
        case Diagnostic() as broken:
            raise ConfigError(broken.code, broken.message, *broken.evidence, hint=broken.hint)
        case document:
            return top(document)


def _fitting(here: Place) -> dict[str, str]:
    """Return stages that an existing configuration has, and that nothing of its defaults is taken over."""
    written = here.get("stages")
    known = written.texts if written is not None else _STAGES
    last = next((name for name in reversed(known) if not name.startswith(".")), ".post")
    return {
        "stages": "# Included by the configuration of the project, and independent of its defaults.",
        "build-stage": "build" if "build" in known else last,
        "publish-stage": next((name for name in _PUBLISHING if name in known), last),
        "inherit": "inherit: {default: false, variables: false}",
    }


def _including(here: Place) -> Iterator[Edit]:
    """Yield the edit that includes the file, unless it is included or the edit would be none of one place."""
    place, item = here.get("include"), f"{{local: {_INCLUDED}}}"
    if place is None:
        first = next(iter(here.fields.values()), None)
        at = first.entry.key.span.start if first is not None and first.entry is not None else 0
        yield edit(here, at, at, fitted(f"include:\n  - local: {_INCLUDED}\n\n", 0, here.document.text))
    elif _is_included(here):
        return
    elif isinstance(place.node, Sequence):
        yield appended(place, item if place.node.is_flow else item[1:-1])
    elif place.is_null:
        yield rewritten(place, f"[{item}]")
    elif not isinstance(place.node, Mapping) or place.node.is_flow:
        yield replaced(place, f"[{place.source}, {item}]")


def _is_included(here: Place) -> bool:
    place = here.get("include")
    return place is not None and any(each.text.lstrip("/") == _INCLUDED for each in place.walk())


def _news(root: Path, config: str, here: Place, build: Build, *, is_included: bool) -> Iterator[Diagnostic]:
    yield from left_to_add(_INCLUDED, build, has_wheels=False)
    if not is_included:
        include = here.get("include")
        yield Diagnostic(
            "include-missing",
            f"{config} does not include {_INCLUDED}, and its `include:` is no list that an entry could be added to",
            f"Make a list of it, and add `- local: {_INCLUDED}`.",
            (include.line,) if include is not None else (),
            severity=Severity.WARNING,
        )
    for pipeline in gitlab.load(root, config):
        found = {job.name: job for job, publish in pipeline.publishing if destination(publish) is not None}
        for name, job in found.items():
            if job.line.path != _INCLUDED:
                yield publishes_already(f"{job.line.path}, {name}", _INCLUDED)


def _text(values: dict[str, str], wish: Wish, build: Build) -> str:
    native = build.wheels in (Wheels.CIBUILDWHEEL, Wheels.MATURIN)
    values |= {
        "what": " --sdist" if native else "",
        "history": 'GIT_DEPTH: "0" # the tags tell the version' if build.has_history else "",
    }
    jobs = stations(wish, "publish-release", "build-release")
    return "".join((rendered("gitlab/head", values), rendered("gitlab/build", values), *_published(jobs, values)))


def _published(jobs: Iterator[Station], values: dict[str, str]) -> Iterator[str]:
    for job in jobs:
        own = {
            "job": job.job,
            "needs": f"[{', '.join(job.after)}]",
            "environment": f"environment:\n  name: {job.environment}" if job.environment else "",
            "variable": variable_of(job.index),
            "audience": audience_of(job.index),
            "index": job.index.name,
        }
        yield rendered("gitlab/publish", values | own)
