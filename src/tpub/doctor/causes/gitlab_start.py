"""GitLab: no pipeline at all, and why."""

from __future__ import annotations

from collections.abc import Iterator

from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, error


def included_file_is_missing(evidence: Evidence) -> Iterator[Finding]:
    """Look for included files that the checkout does not have; a job that runs shows that its pipeline has them."""
    for pipeline in evidence.pipelines if not evidence.is_run else ():
        for item, path in pipeline.missing:
            yield error(
                "gl-include-missing",
                f"{item.document.path} includes {path}, which is not there: GitLab makes no pipeline of it",
                f"Commit {path}, or take it out of the `include:`.",
                item.line,
            )
