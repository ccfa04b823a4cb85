"""In which pipeline of GitLab's a job is played: one in which its rules let it run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tpub.rehearsal.ci import DEFAULT_BRANCH, JobDescription, gitlab_env
from tpub.workflow.gitlab import Pipeline
from tpub.workflow.gitlab.model import Job
from tpub.workflow.gitlab.rules import Course, course, variables
from tpub.workflow.gitlab.start import CHILD, MERGE_REQUEST, Kind, Start, starts

# Names of tags, of which one fits most of the patterns that people write.
_TAGS = ("v1.0", "v1.0.0", "1.0", "1.0.0", "v1.0.0rc1", "1.0.0rc1", "v1.0.0-rc1")
_TOPIC = "topic"
_NAMED = re.compile(r"""\$CI_COMMIT_(?:TAG|BRANCH|REF_NAME)\s*==\s*["']([\w./-]+)["']""")
_NAME = re.compile(r"[\w.-][\w./-]*")


def started(description: JobDescription, pipeline: Pipeline, job: Job) -> JobDescription:
    """Return the job in a pipeline in which it runs: for certain if there is one, else perhaps, else in the likeliest.

    That it runs in none is for doctor to tell.
    """
    way, own = course(pipeline, job), variables(job)
    first, possible = None, None
    for start in _likely(way, is_child=pipeline.is_child):
        folder, example = ("tags", _TAGS[0]) if start.kind == "tag" else ("heads", _TOPIC)
        path = f"refs/{folder}/{start.reference or example}"
        there = replace(description, event=start.source, reference=path)
        # Of one that may have any name, no more is known.
        known = {**gitlab_env(there), **own} if start.reference else own
        if way.must_run(replace(start, known=known)):
            return there
        first = first or there
        possible = possible or (there if way.may_run(replace(start, known=known)) else None)
    return possible or first or description


def _likely(way: Course, *, is_child: bool) -> Iterator[Start]:
    """Yield the ways in which the pipeline starts, the likeliest to publish first."""
    pushed, merged = (CHILD, CHILD) if is_child else ("push", MERGE_REQUEST)
    kinds: tuple[Kind, ...] = ("branch", "tag")
    named = list(_names(way))
    yield from (Start(pushed, "tag", name) for name in _TAGS)
    yield Start(pushed, "branch", DEFAULT_BRANCH)
    yield from (Start(pushed, kind, name) for name in named for kind in kinds)
    for kind, name in (("branch", DEFAULT_BRANCH), ("tag", _TAGS[0])):
        others = (each for each in starts({}, is_child=is_child) if each.kind == kind)
        yield from (replace(each, reference=name) for each in others)
    yield Start(merged, "merge request")
    yield from (Start(pushed, kind) for kind in kinds)


def _names(way: Course) -> Iterator[str]:
    """Yield the names of branches and tags that the rules mention."""
    for gate in (way.workflow, way.job):
        yield from (name for rule in gate.rules for name in _NAMED.findall(rule.condition.text))
    only = way.job.place
    for text in (only.get("refs") or only).texts if only.route[-1] == "only" else ():
        name = text.partition("@")[0]
        yield from [name] if _NAME.fullmatch(name) else []
