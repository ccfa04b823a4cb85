"""A distribution as it lies on disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from packaging.metadata import RawMetadata
from packaging.utils import NormalizedName, canonicalize_name


class Kind(StrEnum):
    """The two kinds of distribution (https://packaging.python.org/en/latest/glossary/)."""

    WHEEL = "wheel"
    SDIST = "sdist"


@dataclass(frozen=True, slots=True)
class CoreMetadata:
    """The core metadata of one file, as `packaging.metadata.parse_email` splits it, nothing judged.

    `raw` holds the fields that parse; `unparsed` (keys as in the file, lower case) those that are unknown, or
    stand twice where once is allowed, or are no UTF-8.
    """

    raw: RawMetadata
    unparsed: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Distribution:
    """A wheel or an sdist that can be sent: its name parses, its metadata is there.

    `project` is the Name and `version` the Version of the core metadata, unchanged; `python_tag` is the first
    tag of a wheel's file name and `source` for an sdist; `size` is in bytes, `sha256` in lower-case hex.
    """

    path: Path
    kind: Kind
    project: str
    version: str
    python_tag: str
    metadata: CoreMetadata
    size: int
    sha256: str

    @property
    def filename(self) -> str:
        """The file's name without its folder."""
        return self.path.name

    @property
    def normalized_project(self) -> NormalizedName:
        """The project's name as the index spells it in URLs (PEP 503)."""
        return canonicalize_name(self.project)
