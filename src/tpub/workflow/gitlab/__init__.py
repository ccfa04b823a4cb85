"""GitLab CI/CD: the pipelines of a checkout, what they include, and who publishes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

from tpub.diagnostic import Diagnostic
from tpub.workflow.checkout import holds
from tpub.workflow.document import read
from tpub.workflow.following import Follower
from tpub.workflow.gitlab import component, inputs
from tpub.workflow.gitlab.model import Job, Shared
from tpub.workflow.locate import Place, top
from tpub.workflow.node import Node
from tpub.workflow.publish import Publish

CONFIG = ".gitlab-ci.yml"
_MOST_FILES = 150  # GitLab's own limit for includes
_NO_JOBS = frozenset(
    {"default", "include", "stages", "variables", "workflow", "spec", "image", "services", "cache", "before_script"}
    | {"after_script", "types", "id_tokens"}
)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What one configuration file amounts to; `path` is the top file, the one that the identity token names.

    `files` are all that it was read from; `elsewhere` are the includes, its child pipelines' among them, that lead out
    of the checkout, `missing` those of files that it does not have; `misplaced` is an `id_tokens:` that stands where
    jobs stand; `is_child` says that another pipeline starts it. `publishing` are the commands that publish, with their
    jobs.
    """

    path: str
    jobs: tuple[Job, ...]
    files: tuple[str, ...] = ()
    elsewhere: tuple[Place, ...] = ()
    missing: tuple[tuple[Place, str], ...] = ()
    misplaced: Place | None = None
    broken: tuple[Diagnostic, ...] = field(default=(), repr=False)
    is_child: bool = False
    publishing: tuple[tuple[Job, Publish], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Find the commands that publish, with their jobs: everybody asks for them, and to find them takes long."""
        found = tuple((job, each) for job in self.jobs if not job.is_hidden for each in job.publishes)
        object.__setattr__(self, "publishing", found)

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is included from outside of the checkout."""
        return not self.elsewhere

    def job(self, name: str) -> Job | None:
        """Return the job of that name."""
        return next((job for job in self.jobs if job.name == name), None)


def load(root: Path, config: str = CONFIG) -> tuple[Pipeline, ...]:
    """Read the pipeline that `config` describes, and the child pipelines that it starts from files."""
    found: list[Pipeline] = []
    waiting: list[tuple[str, dict[str, Node]]] = [(config, {})]
    while waiting and len(found) < _MOST_FILES:
        path, given = waiting.pop(0)
        if any(pipeline.path == path for pipeline in found) or not _is_inside(root, path):
            continue
        pipeline = _Loader(root, path).pipeline(given, is_child=bool(found))
        found.append(pipeline)
        waiting += [child for job in pipeline.jobs for child in _children(job)]
    return tuple(found)


class _Loader:
    """Gathers one file and all that it includes."""

    def __init__(self, root: Path, path: str) -> None:
        self.root = root
        self.path = path
        # With their inputs, for a file can be included several times; included before including: the later wins.
        self.documents: dict[tuple[str, frozenset[tuple[str, Node]]], Place] = {}
        self.components: list[tuple[str, Place]] = []
        self.broken: list[Diagnostic] = []
        self.elsewhere: list[Place] = []
        self.missing: list[tuple[Place, str]] = []

    def pipeline(self, given: dict[str, Node], *, is_child: bool) -> Pipeline:
        self._include(self.path, given)
        tops = tuple(reversed(self.documents.values()))
        blocks: dict[str, list[Place]] = {}
        for each in tops:
            for name, place in each.fields.items():
                blocks.setdefault(name, []).append(place)
        for name, place in reversed(self.components):
            blocks.setdefault(name, []).append(place)
        shared = Shared(tuple(blocks.get("default", [])), tuple(blocks.get("variables", [])), tops)

        def lookup(route: tuple[str, ...]) -> Place | None:
            candidates = (place.get(*route[1:]) for place in blocks.get(route[0] if route else "", []))
            return next((found for found in candidates if found is not None), None)

        jobs = tuple(
            Job(
                name,
                tuple(_chain(name, blocks)),
                shared,
                all(parent in blocks for parent in _ancestors(name, blocks)),
                lookup,
                partial(Follower, self.root),
            )
            for name, places in blocks.items()
            if name not in _NO_JOBS and places[0].is_mapping
        )
        around = [place.get("id_tokens") for name in ("workflow", "variables") for place in blocks.get(name, [])]
        misplaced = next((place for place in (*blocks.get("id_tokens", []), *around) if place is not None), None)
        files = tuple(dict.fromkeys(each.document.path for each in tops))
        unseen = (item for job in jobs for item, target in _triggered(job) if target is None)
        missing, broken = tuple(self.missing), tuple(self.broken)
        return Pipeline(self.path, jobs, files, (*self.elsewhere, *unseen), missing, misplaced, broken, is_child)

    def _include(self, path: str, given: dict[str, Node]) -> None:
        key = path, frozenset(given.items())
        if key in self.documents or len(self.documents) >= _MOST_FILES:
            return
        document = read(self.root, path)
        if isinstance(document, Diagnostic):
            self.broken.append(document)
            return
        here = top(inputs.filled(document, given))
        self.documents[key] = here  # holds the place against a file that includes itself
        self.components += component.brought(here.get("include"))
        for item, target in _included(here.get("include")):
            for local in self._local(item, target):
                self._include(local, inputs.given(item))
        self.documents[key] = self.documents.pop(key)

    def _local(self, item: Place, target: str | None) -> Iterator[str]:
        if target is None:
            self.elsewhere.append(item)
            return
        pattern = target.lstrip("/")
        if "*" in pattern and ".." not in PurePosixPath(pattern).parts:
            yield from _matching(self.root, pattern)
        elif _is_inside(self.root, pattern):
            yield pattern
        elif ".." in PurePosixPath(pattern).parts or item.get("rules") is not None:
            self.elsewhere.append(item)
        else:
            self.missing.append((item, pattern))


def _included(place: Place | None) -> Iterator[tuple[Place, str | None]]:
    """Yield the items of an `include:` with the local files that they name, None where one comes from elsewhere."""
    if place is None:
        return
    for item in place.items or (place,):
        if component.is_ours(item) or item.get("template") is not None:
            continue  # GitLab's own templates publish nothing
        local = item.get("local") if item.is_mapping else item
        remote = local is None or not local.text or "://" in local.text or "$" in local.text
        yield item, None if local is None or remote else local.text


def _children(job: Job) -> Iterator[tuple[str, dict[str, Node]]]:
    for item, target in _triggered(job):
        if target is not None:
            yield target.lstrip("/"), inputs.given(item)


def _triggered(job: Job) -> Iterator[tuple[Place, str | None]]:
    trigger = job.get("trigger")
    return _included(trigger.get("include") if trigger is not None else None)


def _chain(name: str, blocks: dict[str, list[Place]]) -> Iterator[Place]:
    """Yield a job's own block and what it extends, the nearest first."""
    return (place for ancestor in _ancestors(name, blocks) for place in blocks.get(ancestor, []))


def _ancestors(name: str, blocks: dict[str, list[Place]]) -> list[str]:
    """Return a job's name and those that it extends, the nearest first; of several parents, the last counts most."""
    waiting, seen = [name], list[str]()
    while waiting:
        current = waiting.pop(0)
        if current in seen:
            continue
        seen.append(current)
        for place in blocks.get(current, []):
            parents = place.get("extends")
            waiting[:0] = reversed(parents.texts) if parents is not None else ()
    return seen


def _matching(root: Path, pattern: str) -> list[str]:
    """Return the files that a pattern with `*` names; `**` stands for folders as well.

    Source: https://docs.gitlab.com/ci/yaml/includes/#use-includelocal-with-wildcard-file-paths.
    """
    parts = ({"**": ".*", "*": "[^/]*"}.get(part) or re.escape(part) for part in re.split(r"(\*\*|\*)", pattern))
    matches = re.compile("".join(parts)).fullmatch
    found = []
    for folder, folders, names in os.walk(root / pattern.partition("*")[0].rpartition("/")[0]):
        folders[:] = [name for name in folders if name != ".git"]
        paths = ((Path(folder) / name).relative_to(root).as_posix() for name in names)
        found += [path for path in paths if matches(path) and holds(root, path)]
    return sorted(found)


def _is_inside(root: Path, path: str) -> bool:
    return ".." not in PurePosixPath(path).parts and holds(root, path)
