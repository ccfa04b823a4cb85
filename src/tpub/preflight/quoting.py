"""Values from files of unknown making, cut to a length that can be shown."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tpub.diagnostic import Field

_IN_A_SENTENCE = 100  # characters
_REPEATED = 300  # characters
_AS_EVIDENCE = 500  # characters
_ODD_HEADERS: Mapping[str, str] = MappingProxyType(
    {name.lower(): name for name in ("Home-page", "Download-URL", "Author-email", "Maintainer-email", "Project-URL")}
)


def quoted(text: str) -> str:
    """Return `text` in quotes, control characters escaped, on one line of a message."""
    return repr(_cut(text, _IN_A_SENTENCE))


def plain(text: str) -> str:
    """Return `text` without quotes, control characters escaped: what another program said, repeated in a message."""
    text = _cut(text, _REPEATED)
    return text if text.isprintable() else repr(text)[1:-1]


def header(name: str) -> str:
    """Return the name of a field of the core metadata, given in lower case, as files write it.

    Source: https://packaging.python.org/en/latest/specifications/core-metadata/.
    """
    return _ODD_HEADERS.get(name) or "-".join(part.capitalize() for part in name.split("-"))


def field(name: str, value: str) -> Field:
    """Return a field of the core metadata as evidence, under the name that files give it."""
    return Field(header(name), _cut(value, _AS_EVIDENCE))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
