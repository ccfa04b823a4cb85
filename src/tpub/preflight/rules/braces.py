"""Braces in bad values, on which the index's own error message breaks."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter
from typing import cast

from tpub.preflight import data
from tpub.preflight.context import Context
from tpub.preflight.quoting import field, quoted
from tpub.preflight.rule import Problem, rule

# The fields whose bad values are part of the message, and what packaging.metadata calls them.
_ATTRIBUTES = {
    "description-content-type": "description_content_type",
    "dynamic": "dynamic",
    "import-name": "import_names",
    "import-namespace": "import_namespaces",
    "license-expression": "license_expression",
    "license-file": "license_files",
    "metadata-version": "metadata_version",
    "provides-extra": "provides_extra",
    "requires-dist": "requires_dist",
    "requires-python": "requires_python",
    "version": "version",
}
_LISTS = frozenset(["dynamic", "import_names", "import_namespaces", "license_files", "provides_extra", "requires_dist"])


@rule(
    "metadata-value-braces",
    hint="Fill in the template: a placeholder such as `{{ name }}` was left in pyproject.toml or setup.py.",
    why="PyPI means to refuse the value, and fails on saying why: its answer is status 500 without a word.",
    is_pypi_only=True,
)
def bad_values_have_no_braces(file: Context) -> Iterator[Problem]:
    """A value that is wrong anyway holds no braces.

    Source: packaging.metadata 26.2, `_invalid_metadata`, which takes the value for a part of a format string.
    """
    for name, attribute in _ATTRIBUTES.items():
        value = _first_refused(file, name, attribute)
        if value is not None and _breaks_a_format_string(value):
            told = field(name, value)
            yield Problem(
                f"{told.name} has the bad value {quoted(value)}, on whose braces PyPI's error message breaks", (told,)
            )


def _first_refused(file: Context, name: str, attribute: str) -> str | None:
    """Return the value at which the index stops to read a field; it reads none that is too new."""
    version = file.received.metadata_version
    if version is not None and data.core_metadata().introduced[name] > version:
        return None
    values = file.received.all(name)
    # Judging is slow, and without braces there is nothing to judge.
    if not any("{" in value or "}" in value for value in values):
        return None
    return next((value for value in values if _is_refused(attribute, value)), None)


def _breaks_a_format_string(value: str) -> bool:
    """Tell whether a format string that holds `value` in quotes asks for anything but the field's name."""
    try:
        names = [name for _, name, _, _ in Formatter().parse(repr(value)) if name is not None]
    except ValueError:  # a brace without its partner
        return True
    return any(name != "field" for name in names)


def _is_refused(attribute: str, value: str) -> bool:
    from packaging.metadata import InvalidMetadata, Metadata, RawMetadata  # noqa: PLC0415  (for rare values only)

    raw = cast("RawMetadata", {attribute: [value] if attribute in _LISTS else value})
    try:
        getattr(Metadata.from_raw(raw, validate=False), attribute)
    # Up to 26.2 the library breaks on the braces itself, as at the index.
    except (InvalidMetadata, ValueError, RecursionError, LookupError, AttributeError):
        return True
    return False


RULES = (bad_values_have_no_braces,)
