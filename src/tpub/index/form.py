"""The upload form: core metadata under the index's own names.

Source: warehouse.forklift.forms and warehouse.forklift.metadata (`parse_form_metadata`). The index judges the
form and not the file, so everything is sent as it stands in the file, what looks wrong included.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from packaging.version import InvalidVersion, Version

from tpub.dist.model import CoreMetadata, Distribution, Kind

# The form's names where they are not those of `packaging.metadata.RawMetadata`. Other publishers send some of
# these in the plural, which the index ignores without a word.
_RENAMED = {
    "platforms": "platform",
    "supported_platforms": "supported_platform",
    "license_files": "license_file",
    "import_names": "import_name",
    "import_namespaces": "import_namespace",
}
_LICENSE_FILE_SINCE = Version("2.4")
_FILETYPE = {Kind.WHEEL: "bdist_wheel", Kind.SDIST: "sdist"}

Fields = list[tuple[str, str]]


def form(distribution: Distribution, attestations: Sequence[Mapping[str, object]] = ()) -> Fields:
    """Return the fields of the form for one file, in order, a field as often as it has values.

    `attestations` (PEP 740) travel as one JSON array, and not at all if there are none.
    """
    attested = [("attestations", json.dumps(list(attestations)))] if attestations else []
    return [
        (":action", "file_upload"),
        ("protocol_version", "1"),
        ("filetype", _FILETYPE[distribution.kind]),
        ("pyversion", distribution.python_tag),
        ("sha256_digest", distribution.sha256),
        *metadata_fields(distribution.metadata),
        *attested,
    ]


def metadata_fields(metadata: CoreMetadata) -> Fields:
    """Return the fields of the form that carry core metadata."""
    fields: Fields = []
    for name, value in metadata.raw.items():
        fields += [(_RENAMED.get(name, name), text) for text in _texts(name, value)]
    for header, values in metadata.unparsed.items():
        if (name := _form_name(header)) in _core_metadata():
            fields += [(name, text) for text in values]
    return [field for field in fields if field[0] != "license_file" or _takes_license_files(metadata)]


@cache
def _core_metadata() -> frozenset[str]:
    """Return the form's names of all fields of core metadata.

    The form has other fields, too: a header `Filetype` or `Protocol-Version` must not pass for one of them.
    """
    from packaging.metadata import RawMetadata  # noqa: PLC0415  (slow, and whoever calls this has read some already)

    return frozenset(_RENAMED.get(name, name) for name in RawMetadata.__annotations__)


def _texts(name: str, value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list() if name == "keywords":
            yield ",".join(value)  # one string on the form, which the index splits again
        case list():
            yield from value
        case Mapping():
            yield from (f"{label}, {url}" for label, url in value.items())
        case _:  # RawMetadata has no other types
            raise TypeError(name)


def _form_name(header: str) -> str:
    """Return the form's name of a header that did not parse: one that stands twice, or is unknown."""
    return {"classifier": "classifiers", "project-url": "project_urls"}.get(header, header.replace("-", "_"))


def _takes_license_files(metadata: CoreMetadata) -> bool:
    """Tell whether License-File may be sent: setuptools wrote it years before metadata 2.4 allowed it."""
    try:
        return Version(metadata.raw.get("metadata_version", "")) >= _LICENSE_FILE_SINCE
    except InvalidVersion:
        return True
