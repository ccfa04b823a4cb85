"""An upload's form, read as it comes: fields to memory, the file to disk, digests on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tpub.rehearsal.messages import Body
from tpub.rehearsal.store import Digests

_BLOCK = 256 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Content:
    """The file of an upload; `content_type` is None if its part names none, `size` in bytes."""

    filename: str
    content_type: str | None
    path: Path
    size: int
    digests: Digests


@dataclass(slots=True)
class Form:
    """What an upload says; `files` names the fields that came as files, of which only `content` should."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    content: Content | None = None

    def last(self, name: str, default: str = "") -> str:
        """Return a field's value, the last if it stands several times."""
        return self.fields.get(name, [default])[-1]

    def first(self, name: str) -> str:
        """Return a field's value, the first if it stands several times; empty if it does not stand there."""
        return self.fields.get(name, [""])[0]


def read(body: Body, content_type: str, folder: Path) -> Form:
    """Return the form in a multipart `body`, its file stored in `folder`.

    What cannot be parsed ends the form, as it does for the index: a cut body shows as a wrong digest. Raises
    `ConnectionError` if the body breaks off.
    """
    from multipart import MultipartError, PushMultipartParser, parse_options_header  # noqa: PLC0415  (for uploads only)

    form = Form()
    kind, options = parse_options_header(content_type)
    blocks = iter(lambda: body.read(_BLOCK), b"")
    if kind == "multipart/form-data" and options.get("boundary"):
        with suppress(MultipartError):
            parser = PushMultipartParser(options["boundary"])
            _collect(form, (event for block in blocks for event in parser.parse(block)), folder)
    for _ in blocks:
        pass  # what follows the form, or is none
    return form


def _collect(form: Form, events: Iterator[object], folder: Path) -> None:
    for segment in events:
        name, filename = str(getattr(segment, "name", "")), getattr(segment, "filename", None)
        if filename is None:
            text = b"".join(_payload(events)).decode("utf-8", "replace")
            form.fields.setdefault(name, []).append(text)
        elif name == "content":
            form.content = _store(str(filename), _type(segment), _payload(events), folder / "content")
        else:
            form.files.add(name)
            for _ in _payload(events):
                pass


def _payload(events: Iterator[object]) -> Iterator[bytes]:
    for event in events:
        if not isinstance(event, (bytes, bytearray)):
            return
        yield bytes(event)


def _type(segment: object) -> str | None:
    headers: list[tuple[str, str]] = getattr(segment, "headerlist", [])
    return next((value for name, value in headers if name == "Content-Type"), None)


def _store(filename: str, content_type: str | None, payload: Iterator[bytes], path: Path) -> Content:
    with path.open("wb") as file:
        digests, size = _copy(payload, file)
    return Content(filename, content_type, path, size, digests)


def _copy(payload: Iterator[bytes], file: BinaryIO) -> tuple[Digests, int]:
    sha256, blake2, size = hashlib.sha256(), hashlib.blake2b(digest_size=32), 0
    for block in payload:
        file.write(block)
        sha256.update(block)
        blake2.update(block)
        size += len(block)
    return Digests(sha256.hexdigest(), blake2.hexdigest()), size
