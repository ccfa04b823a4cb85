"""The pages of what neither a rule nor the doctor explains: one TOML file a topic, beside this module."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from tpub.pages.page import Page

# The files, in the order in which a release meets their topics.
TOPICS = ("command", "files", "identity", "exchange", "attestations", "upload", "release", "network")


@dataclass(frozen=True, slots=True)
class Topic:
    """Pages that belong together, by code."""

    title: str
    pages: tuple[Page, ...]


def topics() -> tuple[Topic, ...]:
    """Return the pages, topic by topic."""
    return tuple(map(_read, TOPICS))


def pages() -> tuple[Page, ...]:
    """Return the pages of all topics."""
    return tuple(page for topic in topics() for page in topic.pages)


def _read(name: str) -> Topic:
    document = tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))
    return Topic(document["title"], tuple(Page(code, **texts) for code, texts in document["pages"].items()))
