"""GitLab: jobs that run in no pipeline, or in the wrong ones, by their `rules:`, `only:` and `except:`.

What the project's settings, and whoever starts a pipeline, can decide otherwise is taken for unknown: all that is told
here is so in every pipeline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, error, warning
from tpub.doctor.pipeline_subject import PipelineSubject, publishing
from tpub.index.model import PYPI
from tpub.workflow.fix import Edit, exchanged, prepended, removed
from tpub.workflow.gitlab.expression import UNKNOWN, evaluated, truth
from tpub.workflow.gitlab.rules import Course, Gate, Rule, course, said, variables
from tpub.workflow.gitlab.start import SOURCES, Start, starts
from tpub.workflow.node import Sequence as Items

_PLURALS = {"tag": "tags", "branch": "branches", "merge request": "merge requests"}
_FOR_TAGS = "`- if: $CI_COMMIT_TAG`"
_AUTOMATIC = frozenset({"always", "on_success", "delayed"})
# A comparison of the branch, with the `&&` that joins it to what else is asked.
_BRANCH = re.compile(r"""\$CI_COMMIT_BRANCH\s*==\s*(?:\$\w+|"[^"]*"|'[^']*')""")
_JOINED = (re.compile(rf"\s*&&\s*{_BRANCH.pattern}"), re.compile(rf"{_BRANCH.pattern}\s*&&\s*"))
_COMPARED = re.compile(r"""\$CI_PIPELINE_SOURCE\s*==\s*["'](\w*)["']""")
# What lets a script decide for itself whether it publishes.
_DECIDES = re.compile(r"\bif\b|\bcase\b|\btest\b|\[|\|\||\bCI_(?:COMMIT_(?:TAG|BRANCH)|PIPELINE_SOURCE|MERGE_REQUEST)")


def rules_stand_beside_only(evidence: Evidence) -> Iterator[Finding]:
    """Look for `only:` or `except:` in a job that has rules, be they its own or a template's."""
    for subject in publishing(evidence):
        rules = said(subject.job, "rules")
        found = [(key, place) for key in ("only", "except") if (place := said(subject.job, key)) is not None]
        if rules is None or not rules.items:
            continue
        for key, place in found:
            is_own = place.route[:-1] == subject.job.place.route and place.entry is not None
            yield error(
                "gl-rules-beside-only",
                f"job `{subject.job.name}` has `rules:` and `{key}:`: GitLab makes no pipeline of such a file",
                f"Take `{key}:` out, and say what it says in `rules:`; what a template says, `{key}: null` undoes.",
                place.line,
                rules.line,
                edits=[removed(place)] if is_own else (),
            )


def job_never_runs(evidence: Evidence) -> Iterator[Finding]:
    """Ask the rules of the job and of its pipeline about every way in which a pipeline starts."""
    for subject in publishing(evidence):
        way, possible = course(subject.pipeline, subject.job), _starts(subject)
        if way.job.is_shut or way.workflow.is_shut:
            continue
        tags = [start for start in possible if start.kind == "tag"]
        for meant in (possible, tags if _asks_for_tags(way, possible) else ()):
            if not meant or any(way.may_run(start) for start in meant):
                continue
            wanted = [start for start in meant if way.job.may_let(start)]
            yield _stopped(subject, way, wanted) if wanted else _unmatched(subject, way, meant)
            break


def rule_counts_for_nothing(evidence: Evidence) -> Iterator[Finding]:
    """Look for rules that are true in no pipeline, and for those that come too late to change anything."""
    for subject in publishing(evidence):
        gate, possible = course(subject.pipeline, subject.job).job, _starts(subject)
        counting = {id(rule) for start in possible for rule in gate.outcomes(start)}
        for rule in gate.rules:
            if id(rule) in counting:
                continue
            own = [start for start in possible if rule.matches(start) is not False]
            earlier = _first(gate, own)
            if earlier and all(first.when != rule.when for first in earlier):
                yield warning(
                    "gl-rule-without-effect",
                    f"a rule of job `{subject.job.name}` comes too late: {_all_told(earlier)} before it matches "
                    f"whenever {_told(rule)} does, and says `when: {earlier[0].when}`, not `{rule.when}`",
                    "Move it before that rule.",
                    rule.place.line,
                    *(first.place.line for first in earlier),
                )
            elif not own and rule.lets:
                yield warning(
                    "gl-rule-without-effect",
                    f"a rule of job `{subject.job.name}` counts for nothing: {_told(rule)} is true in no "
                    f"pipeline{_why(rule)}",
                    f"Write {_FOR_TAGS} for tags, or take the rule out.",
                    rule.condition.line,
                    edits=_without_branch(subject, rule, possible),
                )


def merge_requests_publish(evidence: Evidence) -> Iterator[Finding]:
    """Look for jobs that publish to PyPI, by themselves, whenever a merge request is pushed to."""
    for subject in publishing(evidence):
        way = course(subject.pipeline, subject.job)
        for start in _starts(subject):
            found = [rule for rule in way.job.outcomes(start) if rule is not None]
            if start.kind != "merge request" or not way.must_run(start) or subject.audience != PYPI.name:
                continue
            if {rule.when for rule in found} <= _AUTOMATIC and not any(map(_DECIDES.search, subject.texts)):
                yield warning(
                    "gl-merge-request-publishes",
                    f"job `{subject.job.name}` runs in pipelines for merge requests, too: it publishes to PyPI what "
                    "nobody has merged yet",
                    f"Let it run for tags alone: `rules:` with {_FOR_TAGS}.",
                    found[0].place.line,
                )


def _starts(subject: PipelineSubject) -> tuple[Start, ...]:
    known = dict.fromkeys(variables(subject.job), UNKNOWN)
    return starts(known, is_child=subject.pipeline.is_child)


def _asks_for_tags(way: Course, possible: Sequence[Start]) -> bool:
    """Tell whether a rule of the job is about tags alone."""
    for rule in way.job.rules:
        kinds = {start.kind for start in possible if rule.matches(start) is not False}
        if rule.lets and kinds == {"tag"}:
            return True
    return False


def _stopped(subject: PipelineSubject, way: Course, wanted: Sequence[Start]) -> Finding:
    kinds = list(dict.fromkeys(_PLURALS[start.kind] for start in wanted))
    place = way.workflow.place
    is_for_tags = "tags" in kinds
    is_listed = isinstance(place.node, Items) and not place.node.tag and place.entry is not None
    return warning(
        "gl-job-never-runs",
        f"job `{subject.job.name}` is for pipelines of {' or '.join(kinds)}, and the rules of `workflow:` let none of "
        "these be made: it never runs there",
        f"Write {_FOR_TAGS} before the other rules of `workflow:`."
        if is_for_tags
        else "Let `workflow:` make such pipelines, or let the job run in others.",
        place.line,
        way.job.place.line,
        edits=[prepended(place, "if: $CI_COMMIT_TAG")] if is_for_tags and is_listed else (),
    )


def _unmatched(subject: PipelineSubject, way: Course, meant: Sequence[Start]) -> Finding:
    name = subject.job.name
    rule = next(rule for rule in way.job.rules if rule.lets)
    own = [start for start in meant if rule.matches(start) is not False]
    earlier = _first(way.job, own)
    if earlier and earlier[0].place.route[-1] == "except":
        return warning(
            "gl-job-never-runs",
            f"job `{name}` never runs: its `except:` keeps out all that `only:` lets in",
            "Take one of the two out: `only: [tags]` alone is for tags.",
            earlier[0].place.line,
        )
    if earlier:
        return warning(
            "gl-job-never-runs",
            f"job `{name}` never runs: {_all_told(earlier)} before it matches whenever {_told(rule)} does, and says "
            "`when: never`",
            "Make that rule narrower, or move it behind the other.",
            *(first.place.line for first in earlier),
            rule.place.line,
        )
    return warning(
        "gl-job-never-runs",
        f"job `{name}` never runs: {_told(rule)} is true in no pipeline{_why(rule)}",
        f"Write {_FOR_TAGS} for tags; who may push them is set under Settings, Repository, Protected tags.",
        rule.condition.line,
        edits=_without_branch(subject, rule, meant),
    )


def _first(gate: Gate, possible: Sequence[Start]) -> list[Rule]:
    """Return the rules that match first, where that is certain."""
    last = {id(rule): rule for start in possible for rule in tuple(gate.outcomes(start))[-1:] if rule is not None}
    return list(last.values())


def _all_told(rules: Sequence[Rule]) -> str:
    return " or ".join(map(_told, rules))


def _told(rule: Rule) -> str:
    """Return a rule as people write it."""
    text = rule.condition.text
    return f"`if: {' '.join(text.split())}`" if text else f"`{rule.place.key}`"


def _why(rule: Rule) -> str:
    text = rule.condition.text
    for source in _COMPARED.findall(text):
        if source not in SOURCES:
            return f", for CI_PIPELINE_SOURCE is never `{source}`: pushes, those of tags too, are `push`"
    if re.search(r"[=!]=\s*/", text):
        return ", for `==` compares texts: patterns want `=~`"
    if "refs/" in text.replace("\\", ""):
        return ", for names of branches and tags come without `refs/heads/` and `refs/tags/`"
    if "CI_COMMIT_TAG" in text and "CI_COMMIT_BRANCH" in text:
        return ", for those of a tag have no CI_COMMIT_BRANCH, and those of a branch no CI_COMMIT_TAG"
    if "merge_request_event" in text and re.search("CI_COMMIT_(?:TAG|BRANCH)", text):
        return ", for those of a merge request have neither CI_COMMIT_BRANCH nor CI_COMMIT_TAG"
    return ""


def _without_branch(subject: PipelineSubject, rule: Rule, possible: Sequence[Start]) -> tuple[Edit, ...]:
    """Return the edits that take a comparison of the branch out, where that lets the rule match for tags."""
    place = rule.condition
    if place.route[0] != subject.job.name or place.entry is None or place.entry.is_merged:
        return ()
    for pattern in _JOINED:
        found = pattern.search(place.text)
        rest = pattern.sub("", place.text) if found is not None else ""
        if found is not None and any(truth(evaluated(rest, start.value)) is True for start in possible):
            return exchanged(place, found[0], "")
    return ()
