"""What a key of a job's matrix can be, and what else is known of the run in which it is that.

Source: https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tpub.workflow.github.expression import Value
from tpub.workflow.github.model import Job
from tpub.workflow.locate import Place

_WORDS: Mapping[str, Value] = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Variant:
    """A value that a key can have; `known` are the values of the matrix that go with it, as `matrix.KEY`."""

    text: str
    known: Mapping[str, Value] = field(default_factory=dict)


def variants(job: Job, key: str) -> tuple[Variant, ...]:
    """Return what `matrix.KEY` can be; nothing if that is not told before the run. `key` may lead further in (`a.b`).

    A row under `include:` adds to the combinations that it agrees with, or is one of its own.
    """
    matrix = job.place.get("strategy", "matrix")
    if matrix is None:
        return ()
    name, *inner = key.split(".")
    included = matrix.get("include")
    rows = [row for row in included.items if row.is_mapping] if included is not None else []
    axis = matrix.get(name)
    values = [found for each in (axis.items if axis is not None else ()) if (found := each.get(*inner)) is not None]
    texts = {value.text for value in values}
    added = {each for row in rows for each in _flat(row) if each.partition(".")[0] not in matrix.fields}
    of_axis = [
        Variant(value.text, _known([{key: value}, *(_flat(row) for row in rows if _agrees(row, key, value))], added))
        for value in values
    ]
    own = [(row, value) for row in rows if (value := row.get(name, *inner)) is not None and value.text not in texts]
    return (*of_axis, *(Variant(value.text, _known([_flat(row)], added)) for row, value in own))


def _known(parts: list[dict[str, Place]], added: set[str]) -> Mapping[str, Value]:
    """Return the values that `parts` hold; what other rows have `added` to theirs is nothing here."""
    found: dict[str, Value] = {f"matrix.{key.lower()}": None for key in added}
    for part in parts:
        found |= {f"matrix.{key.lower()}": _WORDS.get(place.text, place.text.lower()) for key, place in part.items()}
    return found


def _agrees(row: Place, key: str, value: Place) -> bool:
    own = _flat(row).get(key)
    return own is None or own.text == value.text


def _flat(place: Place, prefix: str = "") -> dict[str, Place]:
    """Return the values in a row by their keys, those further in as `a.b`."""
    found: dict[str, Place] = {}
    for key, below in place.fields.items():
        found |= _flat(below, f"{prefix}{key}.") if below.is_mapping else {f"{prefix}{key}": below}
    return found
