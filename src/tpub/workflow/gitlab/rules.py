"""Whether a job runs in a pipeline: `rules:` of the job and of `workflow:`, `only:` and `except:`.

Source: https://docs.gitlab.com/ci/yaml/#rules, https://docs.gitlab.com/ci/yaml/workflow/ and
https://docs.gitlab.com/ci/yaml/deprecated_keywords/#only--except.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from tpub.workflow.gitlab import Pipeline
from tpub.workflow.gitlab.expression import UNKNOWN, Unknown, Value, evaluated, truth
from tpub.workflow.gitlab.model import Job
from tpub.workflow.gitlab.start import Start
from tpub.workflow.locate import Place

Held = bool | Unknown
_NEVER = "never"
_MOST = 100  # rules that are looked at, of one job
# What is no name of a branch or tag in `only:` and `except:`.
_KEYWORDS = frozenset(
    {"api", "branches", "chat", "external", "external_pull_requests", "merge_requests", "pipelines", "pushes"}
    | {"schedules", "tags", "triggers", "web"}
)
_NAMED = re.compile(r"\$\{?\w")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: where it stands, what comes of it, and whether it matches when a pipeline starts."""

    place: Place
    when: str
    matches: Callable[[Start], Held] = field(repr=False, compare=False)

    @property
    def condition(self) -> Place:
        """Return where its `if:` stands, or the rule, if it has none."""
        return self.place.get("if") or self.place

    @property
    def lets(self) -> bool:
        """Tell whether the job, or the pipeline, is made where it matches."""
        return self.when != _NEVER


@dataclass(frozen=True, slots=True)
class Gate:
    """Rules of which the first that matches counts; where none does, nothing is made.

    `place` is where they stand, or the job, if nothing is said.
    """

    place: Place
    rules: tuple[Rule, ...]

    @property
    def is_shut(self) -> bool:
        """Tell whether no rule lets anything be made, which nobody writes but on purpose."""
        return not any(rule.lets for rule in self.rules)

    def outcomes(self, start: Start) -> Iterator[Rule | None]:
        """Yield the rules that may be the first to match; None if it may be that none does."""
        for rule in self.rules:
            held = rule.matches(start)
            if held is not False:
                yield rule
            if held is True:
                return
        yield None

    def may_let(self, start: Start) -> bool:
        """Tell whether something may be made."""
        return any(rule is not None and rule.lets for rule in self.outcomes(start))

    def must_let(self, start: Start) -> bool:
        """Tell whether something is made for certain."""
        return all(rule is not None and rule.lets for rule in self.outcomes(start))


@dataclass(frozen=True, slots=True)
class Course:
    """What decides whether a job runs: the gate of its pipeline, and its own."""

    workflow: Gate
    job: Gate

    def may_run(self, start: Start) -> bool:
        """Tell whether the job may run in such a pipeline."""
        return self.workflow.may_let(start) and self.job.may_let(start)

    def must_run(self, start: Start) -> bool:
        """Tell whether it runs there for certain."""
        return self.workflow.must_let(start) and self.job.must_let(start)


def course(pipeline: Pipeline, job: Job) -> Course:
    """Return what decides whether a job of the pipeline runs."""
    return Course(_of_workflow(pipeline, job), _of_job(job))


def said(job: Job, key: str) -> Place | None:
    """Return what a job says under `rules`, `only` or `except`; a null undoes what a template says."""
    found = job.get(key)
    return found if found is not None and not found.is_null else None


def variables(job: Job) -> dict[str, Value]:
    """Return the variables that the files set for a job; those that the run decides, or others, are unknown.

    The project's settings, and whoever starts a pipeline, may set all of them otherwise.
    """
    found: dict[str, Value] = {}
    for scope in reversed((*_rules_variables(job), *job.scopes)):
        if isinstance(scope, Place):
            values = {name: (place.get("value") or place).text for name, place in scope.fields.items()}
            found |= {name: UNKNOWN if _NAMED.search(text) else text for name, text in values.items()}
        else:
            found |= dict.fromkeys(scope, UNKNOWN)
    return found


def _rules_variables(job: Job) -> Iterator[dict[str, str]]:
    rules = _workflow_rules(job)
    for item in islice(job.flat(rules), _MOST) if rules is not None else ():
        named = item.get("variables")
        yield dict.fromkeys(named.fields if named is not None else (), "")


def _workflow_rules(job: Job) -> Place | None:
    return next((found for each in job.shared.tops if (found := each.get("workflow", "rules")) is not None), None)


def _of_workflow(pipeline: Pipeline, job: Job) -> Gate:
    """Return what decides whether a pipeline is made at all; a template of GitLab's may say so as well."""
    rules = _workflow_rules(job)
    if rules is not None:
        return _gate(job, rules, "always")
    included = [include for each in job.shared.tops if (include := each.get("include")) is not None]
    items = [item for include in included for item in include.items or (include,)]
    if not pipeline.is_whole or any(item.get("template") is not None for item in items):
        return _unread(job.place, "always")
    return Gate(job.place, (Rule(job.place, "always", lambda _: True),))


def _of_job(job: Job) -> Gate:
    """Return what decides whether a job runs; one that has neither rules nor `only:` runs for branches and tags."""
    default = job.get("when")
    when = default.text if default is not None and default.text else "on_success"
    rules, only, omitted = (said(job, key) for key in ("rules", "only", "except"))
    if not job.is_known and (rules is None or rules not in job.place.fields.values()):
        return _unread(job.place, when)
    if rules is not None:
        return _gate(job, rules, when)
    excepted = [Rule(omitted, _NEVER, _excepted(job, omitted))] if omitted is not None else []
    return Gate(only or omitted or job.place, (*excepted, Rule(only or job.place, when, _only(job, only))))


def _gate(job: Job, place: Place, when: str) -> Gate:
    found = tuple(islice(_rules(job, place, when), _MOST + 1))
    return Gate(place, found) if 0 < len(found) <= _MOST else _unread(place, when)


def _unread(place: Place, when: str) -> Gate:
    return Gate(place, (Rule(place, when, lambda _: UNKNOWN),))


def _rules(job: Job, place: Place, when: str) -> Iterator[Rule]:
    for item in job.flat(place):
        if not item.is_mapping:  # a reference that leads nowhere
            yield Rule(item, when, lambda _: UNKNOWN)
            continue
        own = item.get("when")
        yield Rule(item, own.text if own is not None and own.text else when, _clauses(job, item))


def _clauses(job: Job, item: Place) -> Callable[[Start], Held]:
    condition = item.get("if")
    text = " ".join(line.text for line in islice(job.flat(condition), 2)) if condition is not None else ""
    is_open = item.get("changes") is not None or item.get("exists") is not None

    def matches(start: Start) -> Held:
        held = truth(evaluated(text, start.value)) if condition is not None else True
        return UNKNOWN if held is True and is_open else held

    return matches


def _only(job: Job, place: Place | None) -> Callable[[Start], Held]:
    """Return whether all that `only:` names is given; without references, it is for branches and tags."""
    refs = place.get("refs") if place is not None and place.is_mapping else place

    def matches(start: Start) -> Held:
        named = [refs.texts] if refs is not None else []
        held = [_of_refs(start, texts) for texts in named] or [start.kind != "merge request"]
        return _all([*held, *_others(job, place, start)])

    return matches


def _excepted(job: Job, place: Place) -> Callable[[Start], Held]:
    refs = place.get("refs") if place.is_mapping else place

    def matches(start: Start) -> Held:
        held = [_of_refs(start, refs.texts)] if refs is not None else []
        return _any([*held, *_others(job, place, start)])

    return matches


def _others(job: Job, place: Place | None, start: Start) -> Iterator[Held]:
    if place is None or not place.is_mapping:
        return
    variables = place.get("variables")
    if variables is not None:
        yield _any(truth(evaluated(line.text, start.value)) for line in islice(job.flat(variables), _MOST))
    if place.get("changes") is not None or place.get("kubernetes") is not None:
        yield UNKNOWN


def _of_refs(start: Start, patterns: Sequence[str]) -> Held:
    return _any(_of_ref(start, pattern) for pattern in patterns)


def _of_ref(start: Start, pattern: str) -> Held:
    name, _, path = pattern.partition("@")
    source = start.source.removesuffix("_event")
    if name in _KEYWORDS:
        kind = {"branch": "branches", "tag": "tags"}.get(start.kind, "merge_requests")
        held: Held = name in (kind, start.source, f"{source}s", f"{source}es")
    elif start.kind == "merge request":
        held = False
    else:
        compared = f"=~ {name}" if name.startswith("/") else f"== '{name}'"
        held = truth(evaluated(f"$CI_COMMIT_REF_NAME {compared}", start.value))
    if path and held is True:
        project = start.value("CI_PROJECT_PATH")
        return project == path if isinstance(project, str) else UNKNOWN
    return held


def _any(held: Iterable[Held]) -> Held:
    found = set(held)
    return True if True in found else UNKNOWN if UNKNOWN in found else False


def _all(held: Iterable[Held]) -> Held:
    found = set(held)
    return False if False in found else UNKNOWN if UNKNOWN in found else True
