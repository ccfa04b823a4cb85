"""How pipelines start, and what their variables then are.

Source: https://docs.gitlab.com/ci/jobs/job_rules/#ci_pipeline_source-predefined-variable and
https://docs.gitlab.com/ci/variables/predefined_variables/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tpub.workflow.gitlab.expression import TEXT, UNKNOWN, Value

Kind = Literal["branch", "tag", "merge request"]
MERGE_REQUEST, CHILD = "merge_request_event", "parent_pipeline"
# All other sources, those of GitLab's own scans and policies among them.
_SOURCES = (
    *("push", "web", "schedule", "api", "trigger", "pipeline", "chat", "webide", "external"),
    *("external_pull_request_event", "ondemand_dast_scan", "ondemand_dast_validation", "container_registry_push"),
    *("security_orchestration_policy", "pipeline_execution_policy_schedule", "duo_workflow"),
)
SOURCES = frozenset({*_SOURCES, MERGE_REQUEST, CHILD})


@dataclass(frozen=True, slots=True)
class Start:
    """One way in which a pipeline starts: from a source, for a kind of reference.

    `reference` is the name of the branch or tag, empty if it may be any; `known` are variables of which more is known
    than that tells, or less.
    """

    source: str
    kind: Kind
    reference: str = ""
    known: Mapping[str, Value] = field(default_factory=dict)

    def value(self, name: str) -> Value:
        """Return what a variable holds when the pipeline is made; None if it is not set."""
        if name in self.known:
            return self.known[name]
        if name.startswith("CI_MERGE_REQUEST_") and self.kind != "merge request":
            return None
        return self._predefined.get(name, UNKNOWN)

    @property
    def _predefined(self) -> dict[str, Value]:
        named = self.reference or TEXT
        found: dict[str, Value] = {
            "CI": "true",
            "GITLAB_CI": "true",
            "CI_PIPELINE_SOURCE": self.source,
            "CI_COMMIT_REF_NAME": named,
            "CI_COMMIT_BRANCH": None,
            "CI_COMMIT_TAG": None,
            "CI_DEFAULT_BRANCH": TEXT,
        }
        match self.kind:
            case "branch":
                return found | {"CI_COMMIT_BRANCH": named, "CI_COMMIT_TAG_MESSAGE": None}
            case "tag":
                return found | {"CI_COMMIT_TAG": named, "CI_OPEN_MERGE_REQUESTS": None}
            case "merge request":
                return found | {"CI_MERGE_REQUEST_IID": TEXT, "CI_MERGE_REQUEST_ID": TEXT}


def starts(known: Mapping[str, Value], *, is_child: bool) -> tuple[Start, ...]:
    """Return all the ways in which a pipeline starts; a child is started by another pipeline, and by nothing else."""
    kinds: tuple[Kind, ...] = ("tag", "branch", "merge request")
    children = tuple(Start(CHILD, kind, known=known) for kind in kinds)
    if is_child:
        return children
    return (
        *(Start(source, kind, known=known) for source in _SOURCES for kind in kinds[:2]),
        Start(MERGE_REQUEST, "merge request", known=known),
        *children,
    )
