"""Write docs/rules.md and docs/messages.md from the pages that `tpub explain` shows."""

from __future__ import annotations

import sys
from pathlib import Path

from tpub.pages import messages, rules

DOCS = Path(__file__).parents[1] / "docs"
_MADE = "<!-- Written by scripts/pages.py: change the texts in src/tpub and run it again. -->"
_RULES = (
    "What `tpub check` and `tpub upload` look for in the files, in the order in which the index would trip over it. "
    "`tpub explain CODE` shows the same."
)
_MESSAGES = (
    "What tpub can say that is neither [a rule](rules.md) nor [a cause that stops trusted publishing](diagnoses.md). "
    "`tpub explain CODE` shows the same."
)


def documents() -> dict[str, str]:
    """Return the files of the documentation, by name."""
    return {"rules.md": _rules(), "messages.md": _messages()}


def _rules() -> str:
    return "\n".join(["# Rules\n", f"{_MADE}\n", f"{_RULES}\n", *(page.markdown for page in rules.pages())])


def _messages() -> str:
    parts = ["# Other messages\n", f"{_MADE}\n", f"{_MESSAGES}\n"]
    for topic in messages.topics():
        parts += [f"## {topic.title}\n", *(f"#{page.markdown}" for page in topic.pages)]
    return "\n".join(parts)


def main() -> int:
    """Write the files; return 0."""
    for name, text in documents().items():
        (DOCS / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
