"""The sets and limits that PyPI judges by; each file says where it is from and of which day."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

# importlib.resources would read from a zip as well, and takes longer to import than the files to read.
_HERE = Path(__file__).parent


class Family(NamedTuple):
    """Platform tags that begin like `pattern`, whose group `arch` is one of `architectures`."""

    name: str
    pattern: str
    architectures: frozenset[str]


class PlatformTags(NamedTuple):
    """The platform tags that PyPI takes."""

    exact: frozenset[str]
    families: tuple[Family, ...]


class CoreMetadataSets(NamedTuple):
    """Versions, fields and values of core metadata that PyPI takes; field names as in files, in lower case."""

    versions: tuple[str, ...]
    introduced: Mapping[str, str]
    repeatable: frozenset[str]
    dynamic: frozenset[str]
    never_dynamic: frozenset[str]
    content_types: tuple[str, ...]
    markdown_variants: tuple[str, ...]


class Limits(NamedTuple):
    """Sizes in bytes (`file_size` without special leave, `file_size_cap` with it), lengths in characters."""

    file_size: int
    file_size_cap: int
    summary_length: int
    url_label_length: int
    filename_length: int


@cache
def platform_tags() -> PlatformTags:
    """Return the contents of platform-tags.toml."""
    table = _load("platform-tags.toml")
    families = tuple(
        Family(each["name"], each["pattern"], frozenset(each["architectures"])) for each in table["family"]
    )
    return PlatformTags(frozenset(table["exact"]), families)


@cache
def core_metadata() -> CoreMetadataSets:
    """Return the contents of core-metadata.toml."""
    table = _load("core-metadata.toml")
    return CoreMetadataSets(
        tuple(table["versions"]),
        table["introduced"],
        frozenset(table["repeatable"]),
        frozenset(table["dynamic"]),
        frozenset(table["never-dynamic"]),
        tuple(table["content-types"]),
        tuple(table["markdown-variants"]),
    )


@cache
def limits() -> Limits:
    """Return the contents of limits.toml."""
    table = _load("limits.toml")
    return Limits(
        table["file-size"],
        table["file-size-cap"],
        table["summary-length"],
        table["url-label-length"],
        table["filename-length"],
    )


@cache
def stdlib_names() -> frozenset[str]:
    """Return the names in stdlib-names.txt."""
    text = (_HERE / "stdlib-names.txt").read_text("ascii")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / name).read_text("utf-8"))
