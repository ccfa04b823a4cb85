"""Core metadata, split into fields: from bytes of unknown making, within bounds."""

from __future__ import annotations

import re

from tpub.dist.model import CoreMetadata

# The parser's time grows with the number of fields times the number of different names, the judges' with the length
# of what they judge: the largest files on PyPI have some thousand fields in 200 KB, and there are 33 names.
_MOST_FIELDS = 20_000
_MOST_NAMES = 200
_MOST_JUDGED = 400_000  # characters
_LONGEST = 3 * 1024 * 1024  # bytes, description included
_UNJUDGED = frozenset(["description", "keywords", "license"])
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n|\r\r")
_NAME = re.compile(rb"(?:\A|[\r\n])([!-9;-~]{1,200}):")
# Mail in mail, and texts that would have to be decoded: nothing that core metadata knows of.
_MAIL = re.compile(
    rb"(?:\A|[\r\n])content-(?:type:\s*(?:multipart|message)/|transfer-encoding:\s*(?![78]bit|binary))", re.IGNORECASE
)


def split(content: bytes) -> CoreMetadata | None:
    """Return the fields of core metadata; None if it cannot be read, or is larger than anybody would write it.

    What is not UTF-8 is replaced.
    """
    from tpub.dist.metadata import parse  # noqa: PLC0415  (not needed where no rule asks)

    if len(content) > _LONGEST or _is_absurd(content):
        return None
    try:
        raw, unparsed = parse(content if is_utf8(content) else content.decode("utf-8", "replace").encode())
    except Exception:  # noqa: BLE001  (foreign code on bytes from anywhere: whatever it raises, they cannot be read)
        return None
    # A body in several parts comes out as no text at all.
    is_text = all(isinstance(value, str) for values in unparsed.values() for value in values)
    length = sum(len(str(value)) for name, value in raw.items() if name not in _UNJUDGED)
    return CoreMetadata(raw, unparsed) if is_text and length <= _MOST_JUDGED else None


def is_utf8(content: bytes) -> bool:
    """Tell whether core metadata is encoded as it must be."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_absurd(content: bytes) -> bool:
    end = _END_OF_HEADERS.search(content)
    header = content[: end.start()] if end else content
    names = _NAME.findall(header)
    return (
        _MAIL.search(header) is not None
        or len(names) > _MOST_FIELDS
        or len({name.lower() for name in names}) > _MOST_NAMES
    )
