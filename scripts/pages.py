"""Write docs/rules.md, docs/diagnoses.md and docs/messages.md from the pages that `tpub explain` shows.

The tables of docs/coming-from.md are written from those by which other tools' command lines and variables are read.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from tpub import pages
from tpub.config.switching import NEEDLESS_VARIABLES, OPTIONS, VARIABLES, Fate
from tpub.pages.page import Topic

DOCS = Path(__file__).parents[1] / "docs"
_MADE = "<!-- Written by scripts/pages.py: change the texts in src/tpub and run it again. -->"
_HEADS = {
    "rules": ("Rules", "What `tpub check` and `tpub upload` look for in the files, in the order in which PyPI does."),
    "diagnoses": (
        "Diagnoses",
        "What stops trusted publishing: `tpub doctor` finds it, a failed `tpub upload` ends with it.",
    ),
    "messages": (
        "Other messages",
        "What is neither [a rule](rules.md) nor [what stops trusted publishing](diagnoses.md).",
    ),
}


def documents() -> dict[str, str]:
    """Return the files of the documentation, by name."""
    written = {f"{name}.md": _document(name, topics) for name, topics in pages.documents().items()}
    return written | {"coming-from.md": _coming_from()}


def _document(name: str, topics: tuple[Topic, ...]) -> str:
    title, head = _HEADS[name]
    parts = [f"# {title}\n", f"{_MADE}\n", f"{head} `tpub explain CODE` shows the same.\n"]
    for topic in topics:
        parts += [f"## {topic.title}\n", *(f"#{page.markdown}" for page in topic.pages)]
    return "\n".join(parts)


def _coming_from() -> str:
    """Return the page with its tables as the code has them: each stands between its mark and the next blank line."""
    text = (DOCS / "coming-from.md").read_text("utf-8")
    return re.sub(r"(<!-- table: (\w+) (\w+) -->\n).*?(?=\n\n|\Z)", _marked, text, flags=re.DOTALL)


def _marked(mark: re.Match[str]) -> str:
    tool, what = mark[2], mark[3]
    rows = _options(tool) if what == "options" else _variables(tool)
    return "\n".join([mark[1] + f"| {tool}'s {what[:-1]} | with tpub |", "|---|---|", *rows])


def _options(tool: str) -> Iterable[str]:
    for option in OPTIONS:
        if option.tool == tool:
            value = f" {option.metavar}".rstrip().replace("|", r"\|")
            names = ", ".join(f"`{name}{value}`" for name in option.names)
            yield f"| {names} | {_WITHOUT[option.fate]}{option.instead} |"


def _variables(tool: str) -> Iterable[str]:
    for variable in (*VARIABLES, *NEEDLESS_VARIABLES):
        if variable.tool == tool:
            yield f"| `{variable.name}` | {'' if variable.option else 'nothing: '}{variable.instead} |"


_WITHOUT = {Fate.SAME: "", Fate.TAKEN: "", Fate.NEEDLESS: "nothing: ", Fate.IGNORED: "ignored, with a warning: "}


def main() -> int:
    """Write the files; return 0."""
    for name, text in documents().items():
        (DOCS / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
