"""What one page says, and which pages belong together."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """What one code stands for.

    `what` says what holds of a good file (of a rule) or what happened, `why` why that matters or how
    it comes about, `mend` what to do, `source` who says so. `weight` is what it does to a release, and where;
    of messages it is left out, for what they stop depends on where they are met.
    """

    code: str
    what: str
    why: str
    mend: str
    source: str
    weight: str = ""

    @property
    def markdown(self) -> str:
        """The page as Markdown, its heading on the second level."""
        weight = f"**Weight.** {self.weight}\n\n" if self.weight else ""
        return (
            f"## `{self.code}`\n\n{self.what}\n\n{self.why}\n\n**Mend.** {self.mend}\n\n"
            f"{weight}**Source.** {self.source}\n"
        )


@dataclass(frozen=True, slots=True)
class Topic:
    """Pages that belong together."""

    title: str
    pages: tuple[Page, ...]
