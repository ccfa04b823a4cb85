"""The pages of the rules: what a rule says of itself, where it is written."""

from __future__ import annotations

from tpub.diagnostic import Severity
from tpub.pages.page import Page, Topic
from tpub.preflight.catalogue import STAGES
from tpub.preflight.rule import AnyRule, BatchRule


def topics() -> tuple[Topic, ...]:
    """Return the pages of all rules, stage by stage, in the order in which the index would trip over them."""
    return tuple(Topic(stage.name, tuple(map(_page, stage.rules))) for stage in STAGES)


def _page(rule: AnyRule) -> Page:
    return Page(rule.code, rule.what, rule.why, rule.hint, rule.source, _weight(rule))


def _weight(rule: AnyRule) -> str:
    refused = "PyPI refuses the file; other indexes are sent it." if rule.is_pypi_only else "no index is sent the file."
    deed = {
        Severity.ERROR: refused,
        Severity.WARNING: "every index takes the file, and somebody will regret it.",
        Severity.NOTE: "worth knowing.",
    }[rule.severity]
    together = " It concerns the files of one run together." if isinstance(rule, BatchRule) else ""
    return f"{rule.severity.capitalize()}: {deed}{together}"
