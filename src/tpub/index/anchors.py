"""A project's page as HTML (PEP 503), as indexes show it that have no JSON."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from tpub.index.simple import ListedFile


def files(page: str) -> list[ListedFile]:
    """Return the files that the page links to."""
    anchors = _Anchors()
    anchors.feed(page)
    return anchors.files


class _Anchors(HTMLParser):
    """Collects the links: the last part of the path is the file, the fragment its digest."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[ListedFile] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") if tag == "a" else None
        if not href:
            return
        try:
            parts = urlsplit(href)
        except ValueError:
            return  # (it leads nowhere)
        name, _, value = parts.fragment.partition("=")
        sha256 = value.partition("&")[0].lower() if name == "sha256" else None
        provenance = dict(attrs).get("data-provenance")
        self.files.append(ListedFile(unquote(parts.path.rpartition("/")[2]), sha256, provenance=provenance))
