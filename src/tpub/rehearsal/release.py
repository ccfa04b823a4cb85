"""A whole release against the embedded index, under the identity of a simulated CI job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tpub.dist.collect import collect
from tpub.dist.filename import projects_of
from tpub.events import Noted
from tpub.outcome import Outcome
from tpub.publishing.publish import Check, Order, publish
from tpub.publishing.runner import Pace
from tpub.publishing.world import World
from tpub.rehearsal.diagnosis import diagnosed
from tpub.rehearsal.index import RehearsalIndex
from tpub.rehearsal.role import Role


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What is rehearsed, and how; the fields are those of an `Order`."""

    patterns: Sequence[str]
    pace: Pace = field(default_factory=Pace)
    wait: float | None = None
    check: Check = field(default_factory=Check)


def rehearse(rehearsal: Rehearsal, index: RehearsalIndex, role: Role, world: World) -> Outcome:
    """Publish to `index` as the job of that role would, and return the account of it.

    A single project is new there, and a pending publisher creates it at the exchange; several are there already,
    as one exchange creates one. Raises `ConfigError` if there is nothing to publish.
    """
    description = role.description
    if description.provider == "gitlab" and description.issuer:
        index.add_issuer(description.issuer)
    job = index.job(description)
    trusted = role.trusted or (job.publisher,)
    projects = projects_of(path.name for path in collect(rehearsal.patterns))
    for publisher in trusted:
        if len(projects) == 1:
            index.expect(publisher, projects[0])
        else:
            index.trust(publisher, *projects)
    world.listener(Noted(_begun(role, index)))
    order = Order(
        rehearsal.patterns,
        index.index,
        pace=rehearsal.pace,
        wait=rehearsal.wait,
        check=rehearsal.check,
        declared=role.declared,
    )
    outcome = publish(order, replace(world, env=job.env), command="rehearse")
    # The pending publisher that a new project needs was registered above: no reason to remind anybody of it.
    told = tuple(diagnostic for diagnostic in outcome.diagnostics if diagnostic.code != "project-unknown")
    outcome = replace(outcome, diagnostics=told)
    return diagnosed(outcome, role, job.env, index.claims(description), world.clock.now()) if role.title else outcome


def _begun(role: Role, index: RehearsalIndex) -> str:
    job = role.description
    what = role.title or f"a job of {job.repository}"
    started = f" ({job.event} of {job.ref_name})" if role.title and job.provider in ("github", "gitlab") else ""
    return f"rehearsing as {what} on {job.provider}{started}, at {index.url}"
