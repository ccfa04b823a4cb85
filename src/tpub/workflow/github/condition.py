"""Whether a condition can be true at all when its workflow is started: by which events, on which refs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tpub.workflow.github.expression import UNKNOWN, Begins, Value, conjuncts, evaluated, inner, truth
from tpub.workflow.github.model import Workflow
from tpub.workflow.locate import Place

_WILD = re.compile(r"[*?+\[]")
_HEADS, _TAGS = "refs/heads/", "refs/tags/"
# What the event's own document holds for one kind of event alone.
_PARTS = {
    "release": ("release",),
    "pull_request": ("pull_request", "number"),
    "pull_request_target": ("pull_request", "number"),
    "workflow_dispatch": ("inputs",),
    "push": ("head_commit", "commits", "before", "after"),
    "schedule": ("schedule",),
}
_ALL_PARTS = {part for parts in _PARTS.values() for part in parts}


@dataclass(frozen=True, slots=True)
class _Start:
    """One way in which a workflow starts: the event, as people say it, and what its contexts hold."""

    event: str
    told: str
    refs: Mapping[str, Value]

    def value(self, name: str) -> Value:
        """Return what the context `name` holds."""
        if name == "github.event_name":
            return self.event
        if name in self.refs:
            return self.refs[name]
        root, _, rest = name.partition(".event.")
        part = rest.partition(".")[0]
        if root == "github" and self.event in _PARTS and part in _ALL_PARTS and part not in _PARTS[self.event]:
            return None
        return UNKNOWN


def impossible(condition: str, workflow: Workflow) -> str | None:
    """Return why an `if:` is never true, or None if it can be, as far as is understood here.

    A workflow that others call may be started by anything.
    """
    text = inner(condition)
    if not text or "workflow_call" in workflow.triggers:
        return None
    starts = [start for event, place in workflow.triggers.items() for start in _starts(event, place)]
    if not starts or not _is_never(text, starts):
        return None
    part = next((part for part in conjuncts(text) if _is_never(part, starts)), text)
    told = " or ".join(dict.fromkeys(start.told for start in starts))
    return f"`{part}` is false whenever {workflow.file} starts (on {told})"


def may_hold(condition: str, event: str, reference: str) -> bool:
    """Tell whether an `if:` can be true, as far as is understood here, when `event` starts its workflow.

    Of the reference, its kind alone counts: the name of the branch or tag is anybody's.
    """
    text = inner(condition)
    if not text or event == "workflow_call":
        return True
    refs: dict[str, Value] = {"github.ref": Begins("refs/pull/")}
    if not reference.startswith("refs/pull/"):
        refs = _ref(_TAGS if reference.startswith(_TAGS) else _HEADS, "")
    return not _is_never(text, [_Start(event, "", refs)])


def _is_never(text: str, starts: list[_Start]) -> bool:
    return all(truth(evaluated(text, start.value)) is False for start in starts)


def _starts(event: str, place: Place | None) -> Iterator[_Start]:
    match event:
        case "push":
            yield from _pushed(place)
        case "release":
            types = place.get("types") if place is not None else None
            for action in types.texts if types is not None else ("",):
                refs: dict[str, Value] = {"github.event.action": action.lower()} if action else {}
                yield _Start(event, "a release", _ref(_TAGS, "") | refs)
        case "schedule" | "workflow_run" | "pull_request_target":
            yield _Start(event, f"`{event}`", _ref(_HEADS, "") | _pulled(event))
        case "pull_request":
            yield _Start(event, "a pull request", {"github.ref": Begins("refs/pull/")})
        case "workflow_dispatch":
            yield from (_Start(event, f"`{event}`", _ref(kind, "")) for kind in (_HEADS, _TAGS))
        case _:
            yield _Start(event, f"`{event}`", {})


def _pushed(place: Place | None) -> Iterator[_Start]:
    named = {kind: _patterns(place, key) for kind, key in ((_HEADS, "branches"), (_TAGS, "tags"))}
    for kind, told in ((_HEADS, "a push to a branch"), (_TAGS, "a push of a tag")):
        patterns = named[kind]
        if patterns is None and any(each is not None for each in named.values()):
            continue
        for pattern in patterns if patterns is not None else ("*",):
            yield _Start("push", told, _ref(kind, pattern) | _pulled("push"))


def _patterns(place: Place | None, key: str) -> tuple[str, ...] | None:
    """Return the patterns of a filter; None if there is no such filter."""
    if place is None:
        return None
    named, ignored = place.get(key), place.get(f"{key}-ignore")
    if named is None:
        return ("*",) if ignored is not None else None
    return tuple(text for text in named.texts if not text.startswith("!")) or ("*",)


def _ref(kind: str, pattern: str) -> dict[str, Value]:
    """Return the contexts that tell of a ref; `pattern` narrows its name down."""
    wild = _WILD.search(pattern)
    name = (pattern[: wild.start()] if wild is not None else pattern).lower()
    if wild is not None and wild[0] in "?+":  # both are about the letter before
        name = name[:-1]
    is_exact = bool(pattern) and wild is None
    return {
        "github.ref": kind + name if is_exact else Begins(kind + name),
        "github.ref_name": name if is_exact else Begins(name, ("refs/",)),
        "github.ref_type": "branch" if kind == _HEADS else "tag",
    }


def _pulled(event: str) -> dict[str, Value]:
    """Return what is empty unless a pull request is concerned."""
    if event in ("pull_request_target", "workflow_run"):
        return {}
    return {"github.head_ref": "", "github.base_ref": ""} | ({"github.event.action": None} if event == "push" else {})
