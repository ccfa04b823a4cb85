"""The description as PyPI renders it. Files of one release share a description: it is rendered once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import EmailMessage
from functools import lru_cache
from io import StringIO

_COMPLAINT = re.compile(r"^<string>:(?P<line>\d+): \([A-Z]+/\d\) (?P<text>.+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rendering:
    """A page, or None with the reason: the renderer's complaint and the line that it is about.

    An empty complaint means that there was nothing to show.
    """

    html: str | None
    complaint: str = ""
    line: int | None = None


def render(description: str, content_type: str | None) -> Rendering | None:
    """Return the page that the index makes of a description; None if it shows the text as it is.

    Source: warehouse.forklift.legacy, `file_upload`, and warehouse.utils.readme, `render`.
    """
    match _media_type(content_type or "text/x-rst"):
        case "text/x-rst":
            return _render_rst(description)
        case "text/markdown":
            return _render_markdown(description)
        case _:
            return None


def _media_type(content_type: str) -> str:
    message = EmailMessage()
    try:
        message["content-type"] = content_type
    except (ValueError, IndexError):
        return ""
    return message.get_content_type()


@lru_cache(maxsize=64)
def _render_rst(text: str) -> Rendering:
    from readme_renderer import rst  # noqa: PLC0415  (slow, and most descriptions are Markdown)

    warnings = StringIO()
    try:
        html = rst.render(text, stream=warnings)
    except Exception as exc:  # noqa: BLE001  (docutils on texts from anywhere; the index would fail likewise)
        return Rendering(None, f"the renderer fails on it ({type(exc).__name__})")
    if html is not None:
        return Rendering(html)
    if match := _COMPLAINT.search(warnings.getvalue()):
        return Rendering(None, match["text"].rstrip("."), int(match["line"]))
    return Rendering(None)


@lru_cache(maxsize=64)
def _render_markdown(text: str) -> Rendering:
    from readme_renderer import markdown  # noqa: PLC0415  (slow)

    # Without the highlighting of code, which takes long and never fails.
    return Rendering(markdown.variants["GFM"](text) or None)
