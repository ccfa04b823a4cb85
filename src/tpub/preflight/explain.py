"""The page of one rule, for whoever wants to know more than the hint says."""

from __future__ import annotations

from dataclasses import dataclass

from tpub.diagnostic import Severity
from tpub.preflight.catalogue import RULES, find
from tpub.preflight.rule import AnyRule, BatchRule


@dataclass(frozen=True, slots=True)
class Page:
    """What holds of a good file, why that matters, how to mend one where it does not hold, and who says so."""

    code: str
    severity: Severity
    what: str
    why: str
    mend: str
    source: str
    scope: str

    @property
    def markdown(self) -> str:
        """The page as Markdown, its heading on the second level."""
        return (
            f"## `{self.code}`\n\n{self.what}\n\n{self.why}\n\n**Mend.** {self.mend}\n\n"
            f"**Weight.** {self.severity.capitalize()}: {self.scope}\n\n**Source.** {self.source}\n"
        )


def page(code: str) -> Page:
    """Return the page of the rule with that code; raises `ConfigError` with the code that was probably meant."""
    return _page(find(code))


def pages() -> tuple[Page, ...]:
    """Return the pages of all rules, in the order in which the index would trip over them."""
    return tuple(map(_page, RULES))


def _page(rule: AnyRule) -> Page:
    return Page(rule.code, rule.severity, rule.what, rule.why, rule.hint, rule.source, _scope(rule))


def _scope(rule: AnyRule) -> str:
    whose = "PyPI" if rule.is_pypi_only else "an index that keeps to the specifications"
    deed = {
        Severity.ERROR: f"{whose} refuses the file.",
        Severity.WARNING: "every index takes the file, and somebody will regret it.",
        Severity.NOTE: "worth knowing.",
    }[rule.severity]
    return f"{deed} It concerns the files of one run together." if isinstance(rule, BatchRule) else deed
