"""A whole release against the embedded index, under the identity of a simulated CI job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from packaging.utils import NormalizedName

from tpub.dist import filename as names
from tpub.dist.collect import collect
from tpub.errors import DistributionError
from tpub.events import Noted
from tpub.outcome import Outcome
from tpub.publishing.publish import Check, Order, publish
from tpub.publishing.runner import Pace
from tpub.publishing.world import World
from tpub.rehearsal.ci import JobDescription
from tpub.rehearsal.index import RehearsalIndex


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What is rehearsed, and how; the fields are those of an `Order`."""

    patterns: Sequence[str]
    pace: Pace = field(default_factory=Pace)
    wait: float | None = None
    check: Check = field(default_factory=Check)


def rehearse(rehearsal: Rehearsal, index: RehearsalIndex, description: JobDescription, world: World) -> Outcome:
    """Publish to `index` as the described job would, and return the account of it.

    A single project is new there, and a pending publisher creates it at the exchange; several are there already,
    as one exchange creates one. Raises `ConfigError` if there is nothing to publish.
    """
    job = index.job(description)
    projects = _projects(rehearsal.patterns)
    if len(projects) == 1:
        index.expect(job.publisher, projects[0])
    else:
        index.trust(job.publisher, *projects)
    world.listener(Noted(f"rehearsing as a job of {description.repository} on {description.provider}, at {index.url}"))
    order = Order(rehearsal.patterns, index.index, pace=rehearsal.pace, wait=rehearsal.wait, check=rehearsal.check)
    outcome = publish(order, replace(world, env=job.env), command="rehearse")
    # The pending publisher that a new project needs was registered above: no reason to remind anybody of it.
    told = tuple(diagnostic for diagnostic in outcome.diagnostics if diagnostic.code != "project-unknown")
    return replace(outcome, diagnostics=told)


def _projects(patterns: Sequence[str]) -> list[NormalizedName]:
    """Return the projects that the file names speak of; what they don't tell, the preflight will complain of."""
    found: dict[NormalizedName, None] = {}
    for path in collect(patterns):
        try:
            found[names.parse(path.name).project] = None
        except DistributionError:
            continue
    return list(found)
