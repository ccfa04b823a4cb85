"""Why an expression names nothing in any run: it reads what nobody declares.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts: what is not there is empty.
"""

from __future__ import annotations

from tpub.workflow.github.expression import UNKNOWN, Value, evaluated
from tpub.workflow.github.model import Job, Workflow


def why_empty(workflow: Workflow, job: Job, expression: str) -> str:
    """Return what `expression`, in a key of `job`, reads in vain so that it comes to nothing; empty if it can name."""
    missing: list[str] = []

    def lookup(name: str) -> Value:
        why = _undeclared(workflow, job, name)
        missing.extend([why] if why else [])
        return None if why else UNKNOWN

    value = evaluated(expression, lookup)
    return missing[0] if missing and (value is None or value == "") else ""


def _undeclared(workflow: Workflow, job: Job, name: str) -> str:
    """Return why a context holds nothing under `name` (in lower case); empty if it may hold something."""
    found = ""
    match name.split("."):
        case "needs", id_, "outputs", output:
            found = _no_output(workflow, job, id_, output)
        case ("inputs", key) | ("github", "event", "inputs", key):
            found = f"no event declares an input `{key}`" if key not in _inputs(workflow) else ""
        case "matrix", key, *_:
            found = f"{job.name} has no matrix with `{key}`" if key not in (_matrix(job) or {key}) else ""
        case _:
            pass
    return found


def _no_output(workflow: Workflow, job: Job, id_: str, output: str) -> str:
    other = next((each for each in workflow.jobs if each.id.lower() == id_), None)
    if other is not None and id_ not in {each.lower() for each in job.needs}:
        return f"{job.name} does not name {other.id} under `needs:`"
    if other is None or other.calls is not None:
        return ""
    outputs = other.place.get("outputs")
    declared = {key.lower() for key in outputs.fields} if outputs is not None else set()
    return f"needs.{other.id} has no output `{output}`" if output not in declared else ""


def _inputs(workflow: Workflow) -> set[str]:
    """Return the inputs that the events of a workflow declare."""
    found: set[str] = set()
    for event in ("workflow_dispatch", "workflow_call"):
        place = workflow.triggers.get(event)
        inputs = place.get("inputs") if place is not None else None
        found |= {key.lower() for key in inputs.fields} if inputs is not None else set()
    return found


def _matrix(job: Job) -> set[str]:
    """Return the keys of a job's matrix; empty if they are not known before the run."""
    matrix = job.place.get("strategy", "matrix")
    included = matrix.get("include") if matrix is not None else None
    if job.place.get("strategy") is None:
        return {""}
    if matrix is None or not matrix.is_mapping or (included is not None and included.text):
        return set()
    rows = [matrix, *(included.items if included is not None else ())]
    return {key.lower() for row in rows for key in row.fields}
