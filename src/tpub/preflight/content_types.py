"""Content types, read as the index reads them."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from functools import lru_cache

_LONGEST = 1_000  # characters: the reader's time grows with their square


@lru_cache(maxsize=256)
def parse(text: str) -> tuple[str, Mapping[str, str]] | None:
    """Return the type in lower case and its parameters; None if the text cannot be read at all.

    What looks like no type at all comes out as `text/plain` (RFC 2045).
    """
    if len(text) > _LONGEST:
        return None
    message = EmailMessage()
    try:
        message["content-type"] = text
        return message.get_content_type().lower(), message["content-type"].params
    except (ValueError, IndexError, RecursionError):  # a line feed; a malformed parameter; brackets in brackets
        return None
