"""Every rule, in the order in which the index would trip over them.

Source: warehouse.forklift.legacy, `file_upload`, read from top to bottom.
"""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from itertools import chain
from typing import NamedTuple

from tpub.errors import ConfigError
from tpub.preflight.rule import AnyRule
from tpub.preflight.rules import (
    archive_framing,
    archive_tar,
    archive_zip,
    belongings,
    braces,
    classifiers,
    content_types,
    core_metadata,
    dependencies,
    description,
    dynamic,
    emails,
    filenames,
    import_names,
    licenses,
    obfuscation,
    platform_tags,
    project_names,
    recommended,
    releases,
    sdist,
    sdist_names,
    sizes,
    urls,
    versions,
    wheel,
    wheel_names,
    wheel_record,
    wheel_tags,
)


class Stage(NamedTuple):
    """Rules that the index applies together.

    What it says first is decided by the field (`is_by_field`: those in `first`, then the others from A to Z) or by
    where in the archive a flaw is met (`is_by_place`), else by the order of the rules.
    """

    name: str
    rules: tuple[AnyRule, ...]
    is_by_field: bool = False
    is_by_place: bool = False
    first: tuple[str, ...] = ("metadata-version", "name", "version")


STAGES = (
    Stage("Form", (*core_metadata.READABLE, *project_names.AT_FIRST_SIGHT)),
    Stage(
        "Fields that cannot be read",
        (*core_metadata.UNPARSED, *urls.UNPARSED),
        is_by_field=True,
        first=("name", "version"),  # (the index looks for `metadata-version`, and it is `metadata_version` here)
    ),
    Stage("Values on which the index fails", braces.RULES, is_by_field=True),
    Stage(
        "Metadata as specified",
        (
            *core_metadata.SPECIFIED,
            *versions.SPECIFIED,
            *content_types.SPECIFIED,
            *dynamic.SPECIFIED,
            *import_names.SPECIFIED,
            *licenses.SPECIFIED,
            *dependencies.SPECIFIED,
        ),
        is_by_field=True,
    ),
    Stage(
        "Metadata as PyPI wants it",
        (
            *versions.OF_PYPI,
            *core_metadata.OF_PYPI,
            *emails.OF_PYPI,
            *classifiers.OF_PYPI,
            *urls.OF_PYPI,
            *dependencies.OF_PYPI,
            *dynamic.OF_PYPI,
            *licenses.OF_PYPI,
        ),
        is_by_field=True,
    ),
    Stage("The name of a new project", project_names.FOR_NEW_PROJECTS),
    Stage("Description", description.OF_PYPI),
    Stage("File name", filenames.AT_FIRST_SIGHT),
    Stage("Size", sizes.RULES),
    Stage("What is there already", releases.CONTENTS),
    Stage("Archive", (*archive_zip.OPENING, *archive_tar.OPENING)),
    Stage("What the archive must hold", (*wheel.IN_THE_ARCHIVE, *sdist.IN_THE_ARCHIVE)),
    Stage(
        "Content and records",
        (*archive_zip.CONTENT, *obfuscation.RULES, *archive_framing.RULES),
        is_by_place=True,
    ),
    Stage("The sdist's name", sdist_names.RULES),
    Stage("The wheel's name", (*wheel_names.PARSED, *platform_tags.RULES, *wheel_names.AGAINST_METADATA)),
    Stage("The wheel's and the sdist's files", (*wheel.AFTERWARDS, *sdist.AFTERWARDS)),
    Stage("Storage", filenames.AT_LAST),
    Stage(
        "Beyond the index",
        (
            *core_metadata.BEYOND,
            *licenses.BEYOND,
            *recommended.RULES,
            *wheel_tags.RULES,
            *description.BEYOND,
            *releases.BEYOND,
            *archive_zip.BEYOND,
            *archive_tar.BEYOND,
            *sdist.BEYOND,
            *wheel_record.RULES,
            *belongings.RULES,
        ),
    ),
)

_FEW = 5  # codes that are worth naming

RULES: tuple[AnyRule, ...] = tuple(chain.from_iterable(stage.rules for stage in STAGES))


def find(code: str) -> AnyRule:
    """Return the rule of that code; raises `ConfigError` with the code that was probably meant."""
    for rule in RULES:
        if rule.code == code:
            return rule
    raise unknown("rule", code, [rule.code for rule in RULES])


def unknown(what: str, code: str, codes: Collection[str]) -> ConfigError:
    """Return the error that there is no such `what`, with those of `codes` that were probably meant."""
    word = code.strip("[]`").lower()
    near = [each for each in codes if word in each] or get_close_matches(word, codes, n=1)
    hint = "Run `tpub explain` for all codes."
    if 0 < len(near) <= _FEW:
        hint = f"Use {' or '.join(f'`{each}`' for each in near)}."
    return ConfigError("rule-unknown", f"there is no {what} {code!r}", hint=hint)


def known(codes: Collection[str]) -> frozenset[str]:
    """Return `codes`, each of which is that of a rule; raises `ConfigError` like `find`."""
    return frozenset(find(code).code for code in codes)
