"""The description as PyPI renders it, within bounds. Files of one release share a description: it is rendered once."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import islice

from tpub.preflight import content_types
from tpub.preflight.renderer import Renderer
from tpub.preflight.rst import Rendering

# Characters. comrak's time grows with the square of some texts: so much is harmless, whatever it is.
_CHUNK = 4_000
_MOST_CHUNKS = 200  # without anything in them that is shown
# A text that begins with a word or a heading shows at least that.
BEGINS_WITH_PROSE = re.compile(r"(?:#{1,6} {1,3})?[A-Za-z]")


def begin(description: str, content_type: str | None, renderer: Renderer) -> Callable[[], Rendering]:
    """Begin with the page that the index makes of a description; return what waits for it, or for why there is none.

    Source: warehouse.forklift.legacy, `file_upload`, and warehouse.utils.readme, `render`.
    """
    match media_type(content_type or "text/x-rst"):
        case "text/x-rst" if description:
            return renderer.begin(description)
        case "text/markdown" if description:
            return partial(_render_markdown, description)
        case _:
            return partial(Rendering, "")  # shown as it is


def media_type(content_type: str) -> str:
    """Return the main and subtype of a content type, as the index reads it; empty if it cannot be read."""
    parsed = content_types.parse(content_type)
    return "" if parsed is None else parsed[0]


@lru_cache(maxsize=64)
def _render_markdown(text: str) -> Rendering:
    """Return whether anything is shown; the page itself is not made, for nothing can fail in it.

    A text is shown if any of its parts is, so that the first few lines of most decide.
    """
    if BEGINS_WITH_PROSE.match(text):
        return Rendering("")
    with warnings.catch_warnings():
        # PyPI's renderer calls newer releases of comrak by an old name, which they still know.
        warnings.simplefilter("ignore", FutureWarning)
        from readme_renderer.markdown import variants  # noqa: PLC0415  (slow)
    chunks = _chunks(text)
    if any(map(variants["GFM"], islice(chunks, _MOST_CHUNKS))):
        return Rendering("")
    return Rendering(None, is_unfinished=next(chunks, None) is not None)


def _chunks(text: str) -> Iterator[str]:
    """Split a text between lines where that can be done."""
    begin = 0
    while begin < len(text):
        end = begin + _CHUNK
        end = end if end >= len(text) else (text.rfind("\n", begin, end) + 1 or end)
        yield text[begin:end]
        begin = end
