"""Values from files of unknown making, cut to a length that can be shown."""

from __future__ import annotations

from tpub.diagnostic import Field

_IN_A_SENTENCE = 100  # characters
_REPEATED = 300  # characters
_AS_EVIDENCE = 500  # characters


def quoted(text: str) -> str:
    """Return `text` in quotes, control characters escaped, on one line of a message."""
    return repr(_cut(text, _IN_A_SENTENCE))


def plain(text: str) -> str:
    """Return `text` without quotes, control characters escaped: what another program said, repeated in a message."""
    text = _cut(text, _REPEATED)
    return text if text.isprintable() else repr(text)[1:-1]


def field(name: str, value: str) -> Field:
    """Return a field of the core metadata as evidence, under the name that files give it."""
    return Field("-".join(part.capitalize() for part in name.split("-")), _cut(value, _AS_EVIDENCE))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
