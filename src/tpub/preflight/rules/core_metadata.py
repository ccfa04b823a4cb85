"""The core metadata as a whole: its version, its fields."""

from __future__ import annotations

from collections.abc import Iterator

from tpub.diagnostic import Severity
from tpub.preflight import data
from tpub.preflight.context import Context
from tpub.preflight.fields import is_utf8
from tpub.preflight.quoting import field, quoted
from tpub.preflight.rule import Problem, rule


@rule(
    "metadata-field-duplicate",
    hint="Leave one of them. A backend writes a field once: look for a hook or script that writes metadata itself.",
    why="With two values nobody can tell which is meant.",
)
def field_stands_once(file: Context) -> Iterator[Problem]:
    """A field that takes one value stands once.

    Source: warehouse.forklift.metadata, `parse_form_metadata`.
    """
    for name, values in sorted(file.received.broken.items()):
        if name != "project-url":
            told = field(name, values[0])
            yield Problem(f"{told.name} stands {len(values)} times, and once is allowed", (told,))


@rule(
    "metadata-version-unknown",
    hint="Build anew with a current backend.",
    why="The version says which fields there are. PyPI skips 2.0, which was never agreed upon, and takes a new version "
    "only when it can read it.",
)
def metadata_version_is_known(file: Context) -> Iterator[Problem]:
    """Metadata-Version is one that the index can read.

    Source: warehouse.forklift.metadata, SUPPORTED_METADATA_VERSIONS.
    """
    if file.metadata is None or "metadata-version" in file.received.broken:
        return
    version = file.received.one("metadata-version") or ""
    if version not in (known := data.core_metadata().versions):
        fault = f"has the version {quoted(version)}, which no index can read" if version else "does not say its version"
        yield Problem(
            f"the core metadata {fault}",
            (field("metadata-version", version),),
            hint=f"Build anew with a backend that writes one of {', '.join(known)}.",
        )


@rule(
    "metadata-field-too-new",
    hint="Build anew with a backend that writes the metadata version that brought the field.",
    why="A reader of that metadata version does not know the field.",
)
def field_belongs_to_the_metadata_version(file: Context) -> Iterator[Problem]:
    """No field is newer than Metadata-Version.

    Source: packaging.metadata, as called by warehouse.forklift.metadata.
    """
    sets = data.core_metadata()
    if (version := file.received.metadata_version) is None:
        return
    for name, values in file.received.values.items():
        if (since := sets.introduced[name]) > version:
            told = field(name, values[0])
            yield Problem(
                f"{told.name} came with metadata version {since}, and this is version {version}",
                (told,),
                hint=f"Build anew with a backend that writes metadata version {since} or newer"
                f" (it takes care of Metadata-Version), or leave {told.name} out.",
            )


@rule(
    "summary-multiline",
    hint="Keep `description` in `[project]` to one line and move the rest to the readme.",
    why="The summary is shown in lists and search results, where there is one line for it.",
)
def summary_is_one_line(file: Context) -> Iterator[Problem]:
    """Summary stands on one line.

    Source: packaging.metadata, as called by warehouse.forklift.metadata;
    https://packaging.python.org/en/latest/specifications/core-metadata/#summary.
    """
    summary = file.received.one("summary") or ""
    if "\n" in summary:
        yield Problem(f"Summary has {summary.count(chr(10)) + 1} lines, and may have one", (field("summary", summary),))


@rule(
    "summary-too-long",
    hint="Shorten `description` in `[project]` to 512 characters and move the rest to the readme.",
    why="The summary is shown in lists and search results; longer texts belong in the description.",
    is_pypi_only=True,
)
def summary_is_short(file: Context) -> Iterator[Problem]:
    """Summary has 512 characters or less.

    Source: warehouse.forklift.metadata, `_LENGTH_LIMITS`.
    """
    summary, limit = file.received.one("summary") or "", data.limits().summary_length
    if len(summary) > limit:
        yield Problem(f"Summary has {len(summary)} characters, and PyPI takes {limit}", (field("summary", summary),))


@rule(
    "metadata-not-utf8",
    hint="Save the files that the backend reads (readme, pyproject.toml, setup.cfg) as UTF-8 and build anew.",
    why="Core metadata is UTF-8. The index takes the file, and shows garbage where the other characters were.",
    severity=Severity.WARNING,
)
def metadata_is_utf8(file: Context) -> Iterator[Problem]:
    """The core metadata is encoded in UTF-8.

    Source: https://packaging.python.org/en/latest/specifications/core-metadata/.
    """
    if file.metadata_bytes is not None and not is_utf8(file.metadata_bytes):
        yield Problem("the core metadata is not UTF-8")


@rule(
    "metadata-unreadable",
    hint="Build anew with a current backend.",
    why="Without metadata there is nothing to tell the index.",
)
def metadata_can_be_parsed(file: Context) -> Iterator[Problem]:
    """The core metadata can be split into fields, not too many and not too long.

    Source: https://packaging.python.org/en/latest/specifications/core-metadata/.
    """
    if file.metadata_bytes is not None and file.metadata is None:
        yield Problem("the core metadata is no text made of fields, or absurdly large")


@rule(
    "metadata-field-unknown",
    hint="Correct the field's name, or leave it out: the index does not store it.",
    why="The index ignores fields that it does not know, without a word: a misspelt one is simply missing there.",
    severity=Severity.WARNING,
)
def field_is_known(file: Context) -> Iterator[Problem]:
    """The core metadata has specified fields only.

    Source: https://packaging.python.org/en/latest/specifications/core-metadata/.
    """
    unparsed = {} if file.metadata is None else file.metadata.unparsed
    for name, values in sorted(unparsed.items()):
        if name not in data.core_metadata().introduced:
            told = field(name, values[0])
            yield Problem(f"there is no field {told.name} in core metadata", (told,))


@rule(
    "license-file-not-sent",
    hint="Build anew with a backend that writes metadata version 2.4 or newer (setuptools 77, hatchling 1.27, ...).",
    why="setuptools wrote License-File years before metadata 2.4 allowed it. The index refuses the field there, so "
    "tpub leaves it out of what it sends, as other publishers do: the index will not know of the licence files.",
    severity=Severity.WARNING,
)
def license_files_are_sent(file: Context) -> Iterator[Problem]:
    """License-File stands in metadata of version 2.4 or newer.

    Source: packaging.metadata, as called by warehouse.forklift.metadata; PEP 639.
    """
    paths = [] if file.metadata is None else file.metadata.raw.get("license_files", [])
    if paths and not file.received.all("license-file"):
        version = file.received.one("metadata-version") or ""
        yield Problem(
            f"License-File is not allowed in metadata version {version}, and is left out of what is sent",
            tuple(field("license-file", path) for path in paths),
        )


UNPARSED = (field_stands_once,)
SPECIFIED = (metadata_version_is_known, field_belongs_to_the_metadata_version, summary_is_one_line)
OF_PYPI = (summary_is_short,)
READABLE = (metadata_can_be_parsed,)
BEYOND = (metadata_is_utf8, field_is_known, license_files_are_sent)
