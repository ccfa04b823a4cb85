"""A page for each code that tpub can say.

Rules are explained where they are written, in `tpub.preflight.rules`; what stops trusted publishing, and all else, in
the TOML files of this room.
"""

from __future__ import annotations

from tpub.pages import rules, texts
from tpub.pages.page import Page, Topic
from tpub.preflight.catalogue import unknown


def page(code: str) -> Page:
    """Return the page of that code; raises `ConfigError` with the codes that were probably meant."""
    known = {each.code: each for each in pages()}
    if code not in known:
        raise unknown("code", code, known)
    return known[code]


def pages() -> tuple[Page, ...]:
    """Return all pages: those of the rules first, then what stops trusted publishing, then all else."""
    return tuple(each for topics in documents().values() for topic in topics for each in topic.pages)


def documents() -> dict[str, tuple[Topic, ...]]:
    """Return all pages topic by topic, under the documents of the site that list them."""
    return {"rules": rules.topics()} | {name: texts.topics(name) for name in texts.FILES}
