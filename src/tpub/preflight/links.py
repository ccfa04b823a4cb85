"""Links and images that lead nowhere on a project's page: addresses without a host."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#|\{|<", re.IGNORECASE)
_HTML = re.compile(r"<(?P<tag>a|img)\b[^<>]*?\b(?:href|src)=[\"'](?P<url>[^\"'<>]*)[\"']", re.IGNORECASE)
_INLINE = re.compile(r"(?P<bang>!?)\[[^\[\]\n]{0,200}\]\((?P<url>[^()<>\s]{1,500})[^()\n]{0,200}\)")
_DEFINED = re.compile(r"^ {0,3}\[[^\[\]\n^]{1,200}\]: {0,3}(?P<url>[^\s<>]{1,500})", re.MULTILINE)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"(`{1,3})[^`\n]{1,500}\1")

_LONGEST = 500_000  # characters: more than any readme has


class Links(NamedTuple):
    """Addresses without a host, each once, in order."""

    targets: tuple[str, ...]
    images: tuple[str, ...]


def in_html(html: str) -> Links:
    """Return the relative links and images of a page."""
    return _sort((match["tag"].lower() == "img", match["url"]) for match in _HTML.finditer(html[:_LONGEST]))


@lru_cache(maxsize=4)  # (the files of a release share their description)
def in_markdown(text: str) -> Links:
    """Return the relative links and images of a Markdown text, code aside.

    The text is not parsed: a parser's time could grow with the square of its length.
    """
    prose = _CODE.sub("", "\n".join(_outside_of_fences(text[:_LONGEST])))
    inline = ((bool(match["bang"]), match["url"]) for match in _INLINE.finditer(prose))
    defined = ((False, match["url"]) for match in _DEFINED.finditer(prose))
    html = ((match["tag"].lower() == "img", match["url"]) for match in _HTML.finditer(prose))
    return _sort([*inline, *defined, *html])


def _outside_of_fences(text: str) -> Iterator[str]:
    fence = ""
    for line in text.splitlines():
        match = _FENCE.match(line)
        if fence:
            fence = "" if match and match[1].startswith(fence) else fence
        elif match:
            fence = match[1]
        elif not line.startswith("    "):
            yield line


def _sort(found: Iterable[tuple[bool, str]]) -> Links:
    relative = dict.fromkeys((is_image, url) for is_image, url in found if url and not _ABSOLUTE.match(url))
    return Links(
        tuple(url for is_image, url in relative if not is_image), tuple(url for is_image, url in relative if is_image)
    )
