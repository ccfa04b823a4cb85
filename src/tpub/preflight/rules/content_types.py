"""What the description says that it is written in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tpub.preflight import content_types, data
from tpub.preflight.context import Context
from tpub.preflight.quoting import field, quoted
from tpub.preflight.rule import Problem, rule

_NAME = "description-content-type"
_SOURCE_HINT = "Set `readme = {file = 'README.md', content-type = 'text/markdown'}` in `[project]`"


@rule(
    "description-content-type-unknown",
    hint=f"{_SOURCE_HINT}, or `text/x-rst` or `text/plain`.",
    why="The index must know how to render the description.",
)
def content_type_is_known(file: Context) -> Iterator[Problem]:
    """Description-Content-Type is text/markdown, text/x-rst or text/plain.

    Source: packaging.metadata, as called by warehouse.forklift.metadata;
    https://packaging.python.org/en/latest/specifications/core-metadata/#description-content-type.
    """
    text = file.received.one(_NAME)
    if text is not None and _parse(text) is None:
        yield Problem(
            f"{quoted(text)} is none of {', '.join(data.core_metadata().content_types)}",
            (field(_NAME, text),),
            hint=_better_type(text),
        )


@rule(
    "description-charset-not-utf8",
    hint=f"{_SOURCE_HINT} without `charset`, or spell it `charset=UTF-8`, in capitals.",
    why="Descriptions are UTF-8, and PyPI compares the word letter by letter.",
)
def charset_is_utf8(file: Context) -> Iterator[Problem]:
    """The charset of Description-Content-Type, if there is one, is spelt `UTF-8`.

    Source: packaging.metadata 26.2, as called by warehouse.forklift.metadata (newer ones take `utf-8` too).
    """
    yield from _bad_parameter(file, "charset", "UTF-8", ("UTF-8",))


@rule(
    "description-variant-unknown",
    hint="Use `text/markdown; variant=GFM` or `text/markdown; variant=CommonMark`, or leave the variant out.",
    why="The index must know how to render the description.",
)
def markdown_variant_is_known(file: Context) -> Iterator[Problem]:
    """The variant of a Markdown description, if there is one, is GFM or CommonMark.

    Source: packaging.metadata, as called by warehouse.forklift.metadata.
    """
    parsed = _parse(file.received.one(_NAME) or "")
    if parsed is not None and parsed[0] == "text/markdown":
        yield from _bad_parameter(file, "variant", "GFM", data.core_metadata().markdown_variants)


def _bad_parameter(file: Context, name: str, default: str, allowed: tuple[str, ...]) -> Iterator[Problem]:
    text = file.received.one(_NAME) or ""
    parsed = _parse(text)
    if parsed is not None and (value := parsed[1].get(name, default)) not in allowed:
        yield Problem(
            f"the {name} of Description-Content-Type is {quoted(value)}, and not {' or '.join(allowed)}",
            (field(_NAME, text),),
        )


def _parse(text: str) -> tuple[str, Mapping[str, str]] | None:
    """Return content type and parameters, None if the type is none that the index knows."""
    parsed = content_types.parse(text)
    # What cannot be read counts as text/plain: then the words are not there.
    if parsed is None or parsed[0] not in data.core_metadata().content_types or parsed[0] not in text.lower():
        return None
    return parsed


def _better_type(text: str) -> str:
    """Return the mend with the exact content type where it can be told."""
    word = text.partition(";")[0].strip().lower()
    meant = "text/markdown" if "markdown" in word or word.endswith("md") else ""
    meant = "text/x-rst" if "rst" in word or "restructured" in word else meant
    return f"Write `{meant}`." if meant else ""


SPECIFIED = (content_type_is_known, charset_is_utf8, markdown_variant_is_known)
