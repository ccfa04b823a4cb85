"""The core metadata as the index receives it: the upload form, read like the index reads it.

The index judges the form and not the file. Source: warehouse.forklift.decorators, `sanitize`, and
warehouse.forklift.metadata, `parse_form_metadata`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from tpub.preflight import data

_NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_HEADERS = {"classifiers": "classifier", "project_urls": "project-url"}


class Received(NamedTuple):
    """The fields that came through, by the name that they have in files, in lower case.

    `broken` holds those that the index cannot read: given twice where once is allowed, or two project URLs
    under one label.
    """

    values: Mapping[str, tuple[str, ...]] = _NOTHING
    broken: Mapping[str, tuple[str, ...]] = _NOTHING

    def one(self, name: str) -> str | None:
        """Return the value of a field that stands once, None if it is not there."""
        return next(iter(self.values.get(name, ())), None)

    def all(self, name: str) -> tuple[str, ...]:
        """Return the values of a field."""
        return self.values.get(name, ())

    @property
    def project_urls(self) -> tuple[tuple[str, str], ...]:
        """The project URLs as pairs of label and URL."""
        return tuple(_label_and_url(text) for text in self.all("project-url"))

    @property
    def metadata_version(self) -> str | None:
        """The version of the metadata, None if it is none that the index knows."""
        version = self.one("metadata-version")
        return version if version in data.core_metadata().versions else None


def receive(fields: Iterable[tuple[str, str]]) -> Received:
    """Return what the index makes of the form's fields."""
    form: dict[str, list[str]] = {}
    for name, value in fields:
        form.setdefault(name, []).append(value.replace("\0", "\\x00"))
    known, repeatable = data.core_metadata().introduced, data.core_metadata().repeatable
    values: dict[str, tuple[str, ...]] = {}
    broken: dict[str, tuple[str, ...]] = {}
    for name, texts in form.items():
        header = _HEADERS.get(name, name.replace("_", "-"))
        # distutils wrote UNKNOWN where it knew nothing: the index drops a field that ends so.
        if header not in known or texts == [""] or texts[-1].strip() == "UNKNOWN":
            continue
        is_broken = (header not in repeatable and len(texts) > 1) or (
            header == "project-url" and _has_label_twice(texts)
        )
        (broken if is_broken else values)[header] = tuple(texts)
    return Received(values, broken)


def _has_label_twice(texts: Sequence[str]) -> bool:
    return len({_label_and_url(text)[0] for text in texts}) < len(texts)


def _label_and_url(text: str) -> tuple[str, str]:
    label, _, url = text.partition(",")
    return label.strip(), url.strip()
