"""What `tpub doctor` and a failed `tpub upload` share: looking around."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tpub.errors import INTERRUPTED, OK

if TYPE_CHECKING:
    from tpub.cli.app import App
    from tpub.doctor.evidence import Evidence
    from tpub.doctor.joblog import JobLog
    from tpub.index.model import Index
    from tpub.outcome import Outcome


def gathered(
    app: App,
    root: Path,
    index: Index | None,
    *,
    offline: bool = False,
    project: str = "",
    log: JobLog | None = None,
) -> Evidence:
    """Return the evidence; without `offline`, the index and the CI are asked for theirs."""
    from tpub.doctor.gather import Sources, gather

    sources = Sources(root, app.env, app.clock.now(), machine=app.machine, log=log)
    if offline:
        return gather(sources, index, project)
    with app.connect(app.env) as http:
        return gather(replace(sources, http=http), index, project)


def with_causes(app: App, outcome: Outcome, index: Index) -> Outcome:
    """Return the report of a release, if it failed with the cause as far as the checkout and the run show it."""
    if outcome.exit_code in (OK, INTERRUPTED) or outcome.dry_run:
        return outcome
    from tpub.doctor.explain import explained

    try:
        return explained(outcome, lambda project: gathered(app, app.folder, index, project=project))
    except (Exception, KeyboardInterrupt):  # noqa: BLE001  (an explanation must not cost the report of what landed)
        return outcome
