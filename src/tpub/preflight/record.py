"""A wheel's RECORD, read as the index reads it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import NamedTuple

# What `str.splitlines` takes for the end of a line; one line at a time, for a hostile RECORD has millions.
_LINE = re.compile(r"([^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*)(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|\Z)")
_LONGEST_LINE = 300_000  # characters: more than twice what a field may have


class Row(NamedTuple):  # (a tuple: wheels have many)
    """A file as RECORD tells it; `digest` and `size` stand as they are written there."""

    path: str
    digest: str = ""
    size: str = ""


class Record(NamedTuple):
    """What RECORD says. `fault` tells why it cannot be read to its end; `is_cut`: it was too long to be read."""

    rows: tuple[Row, ...] = ()
    fault: str = ""
    has_blank_line: bool = False
    is_cut: bool = False


def read_record(content: bytes, *, most: int) -> Record:
    """Return what a RECORD says, up to `most` rows.

    Source: warehouse.utils.wheel, `_validate_record`;
    https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError as exc:
        return Record(fault=f"it is no UTF-8 (byte {exc.start})")
    rows: list[Row] = []
    try:
        for fields in csv.reader(_split(text)):
            if not fields:
                return Record(tuple(rows), has_blank_line=True)
            if len(rows) == most:
                return Record(tuple(rows), is_cut=True)
            path, digest, size = (*fields, "", "")[:3]
            rows.append(Row(path.replace("\\", "/"), digest, size))
    except csv.Error as exc:
        return Record(tuple(rows), fault=f"it is no CSV ({exc})")
    return Record(tuple(rows))


def _split(text: str) -> Iterator[str]:
    """Yield the lines of `text`, like `str.splitlines`."""
    for match in _LINE.finditer(text):
        if match.start() < len(text):
            yield match[1][:_LONGEST_LINE]
