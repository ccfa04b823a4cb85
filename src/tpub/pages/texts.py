"""The pages that are written as such: one TOML file a topic, in a folder for each document of the site."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from tpub.pages.page import Page, Topic

# The documents and their files, each in the order in which a release meets their topics.
FILES = {
    "diagnoses": (
        "machines",
        "github-start",
        "github-identity",
        "github-publisher",
        "gitlab",
        "google-activestate",
        "exchange",
        "upload",
        "advice",
    ),
    "messages": ("command", "files", "identity", "exchange", "attestations", "upload", "release", "network"),
}


def topics(document: str) -> tuple[Topic, ...]:
    """Return the pages of a document, topic by topic."""
    return tuple(_read(document, name) for name in FILES[document])


def _read(document: str, name: str) -> Topic:
    read = tomllib.loads(files("tpub.pages").joinpath(document, f"{name}.toml").read_text("utf-8"))
    return Topic(read["title"], tuple(Page(code, **texts) for code, texts in read["pages"].items()))
