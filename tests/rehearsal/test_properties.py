"""What holds whatever is sent."""

from __future__ import annotations

import io
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings, strategies as st
from packaging.metadata import RawMetadata

from support.rehearsals import BOUNDARY, encoded
from tpub.dist.model import CoreMetadata
from tpub.index.form import metadata_fields
from tpub.rehearsal import form_rules
from tpub.rehearsal.accept import best
from tpub.rehearsal.form import read
from tpub.rehearsal.wire import body_of

OFFERS = ("text/html", "application/json")
# What fields of metadata are made of: no control characters, no separators, no blanks at the ends.
WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1).filter(
    lambda text: "," not in text and text != "UNKNOWN"
)
LINES = st.lists(WORDS, min_size=1).map(" ".join)


@st.composite
def core_metadata(draw: st.DrawFn) -> RawMetadata:
    return {
        "metadata_version": "2.4",
        "name": "sampleproject",
        "version": "1.0",
        "summary": draw(LINES),
        "description": draw(st.lists(LINES, min_size=1).map("\r\n".join)),
        "keywords": draw(st.lists(WORDS, min_size=1)),
        "classifiers": draw(st.lists(LINES, min_size=1)),
        "platforms": draw(st.lists(LINES, min_size=1)),
        "license_files": ["LICENSE", "licenses/third-party.txt"],
        "project_urls": draw(st.dictionaries(WORDS, WORDS, min_size=1)),
    }


@settings(deadline=None)  # (it writes to a disk that others use)
@given(core_metadata())
def test_metadata_survives_the_form(raw: RawMetadata) -> None:
    fields = sorted(metadata_fields(CoreMetadata(raw)), key=lambda field: field[0])
    body = encoded({name: [value for _, value in values] for name, values in groupby(fields, lambda field: field[0])})
    stream = body_of({"content-length": str(len(body))}, io.BytesIO(body))
    with TemporaryDirectory() as folder:
        form = read(stream, f"multipart/form-data; boundary={BOUNDARY}", Path(folder))
    form_rules.clean(form)
    assert form_rules.metadata(form)[0] == raw


@given(st.text())
def test_any_accept_header_gets_an_answer(accept: str) -> None:
    assert best(accept, OFFERS, "text/plain") in (*OFFERS, "text/plain")


@given(st.lists(st.binary(min_size=1)), st.integers(1, 64))
def test_chunks_add_up(blocks: list[bytes], size: int) -> None:
    chunked = b"".join(b"%x;ext=1\r\n%s\r\n" % (len(block), block) for block in [*blocks, b""])
    body = body_of({"transfer-encoding": "Chunked"}, io.BytesIO(chunked))
    assert b"".join(iter(lambda: body.read(size), b"")) == b"".join(blocks)
