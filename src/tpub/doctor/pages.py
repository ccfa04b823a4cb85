"""What each diagnosis means, at length: the texts of `tpub explain` and of docs/diagnoses.md."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from tpub.diagnostic import Severity

_STAGES = {
    "not-started": "before the job starts, or before its first step is done",
    "token-request": "when the job asks for its identity token",
    "audience": "when the index is asked for its audience",
    "exchange": "when the index exchanges the identity token",
    "upload": "when the files are sent",
}
_PREAMBLE = """\
# Diagnoses

What stops trusted publishing, where, and how to mend it. `tpub doctor` finds these causes, a failed `tpub upload` ends
with them, and `tpub explain CODE` shows one. This page is made of the same texts, by `scripts/diagnoses.py`.
"""


@dataclass(frozen=True, slots=True)
class Page:
    """One diagnosis: how grave it is, where the release stops, why, and what to do."""

    code: str
    severity: Severity
    stage: str
    cause: str
    mend: str

    @property
    def markdown(self) -> str:
        """The page as Markdown, its heading on the second level."""
        return self.under("##")

    def under(self, heading: str) -> str:
        """Return the page as Markdown with such a heading."""
        return (
            f"{heading} `{self.code}`\n\n{self.cause}\n\n**Mend.** {self.mend}\n\n"
            f"**Weight.** {self.severity.capitalize()}; it shows {_STAGES[self.stage]}.\n"
        )


def groups() -> dict[str, tuple[Page, ...]]:
    """Return all pages under the titles that they belong to."""
    text = files("tpub.doctor").joinpath("diagnoses.toml").read_text("utf-8")
    return {
        group["title"]: tuple(Page(**{**page, "severity": Severity(page["severity"])}) for page in group["pages"])
        for group in tomllib.loads(text)["group"]
    }


def find(code: str) -> Page | None:
    """Return the page of one diagnosis; None if there is no such."""
    return next((page for pages in groups().values() for page in pages if page.code == code), None)


def document() -> str:
    """Return docs/diagnoses.md."""
    parts = [_PREAMBLE]
    for title, pages in groups().items():
        parts.append(f"## {title}\n")
        parts += [page.under("###") for page in pages]
    return "\n".join(parts)
