"""Platform tags of wheels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tpub.preflight import data
from tpub.preflight.context import Context
from tpub.preflight.quoting import quoted
from tpub.preflight.rule import Problem, rule

_ALLOWED = "https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/"
_HINT = f"Build the wheel for a platform that PyPI knows, with cibuildwheel for example; see {_ALLOWED}."
_WHY = "A tag is a promise of where a wheel runs; PyPI takes the tags whose promise is laid down somewhere."
# The begin of a tag that is often met, and its mend.
_MENDS = (
    ("linux_", "Build in a manylinux image and run `auditwheel repair` on the wheel (cibuildwheel does both)."),
    ("pyodide_", "Tag it `pyemscripten_<year>_<patch>_wasm32`, with pyodide-build 0.30 or newer."),
    ("emscripten_", "Tag it `pyemscripten_<year>_<patch>_wasm32`, with pyodide-build 0.30 or newer."),
    ("manylinux", "Build it for an architecture that this manylinux tag has, or for a newer `manylinux_2_*`."),
    ("musllinux", "Build it for an architecture that musllinux tags have."),
)


@rule("wheel-platform-tag", hint=_HINT, why=_WHY, is_pypi_only=True)
def platform_tag_is_known(file: Context) -> Iterator[Problem]:
    """The platform tag of a wheel is one that PyPI takes.

    Source: warehouse.forklift.legacy, `_valid_platform_tag`.
    """
    tags = _platform_tags(file)
    if len(tags) == 1:
        yield from _unknown(tags)


@rule("wheel-platform-tag-set", hint=_HINT, why=_WHY, is_pypi_only=True)
def each_platform_tag_is_known(file: Context) -> Iterator[Problem]:
    """Each of several platform tags of a wheel is one that PyPI takes.

    Source: warehouse.forklift.legacy, `_valid_platform_tag`.
    """
    tags = _platform_tags(file)
    if len(tags) > 1:
        yield from _unknown(tags)


def _platform_tags(file: Context) -> tuple[str, ...]:
    return file.wheel_name.platforms if file.wheel_name else ()


def _unknown(tags: tuple[str, ...]) -> Iterator[Problem]:
    for tag in tags:
        if not _is_known(tag):
            yield Problem(f"PyPI takes no wheels for the platform {quoted(tag)}", hint=_mend(tag))


def _is_known(tag: str) -> bool:
    sets = data.platform_tags()
    return tag in sets.exact or any(
        match["arch"] in family.architectures for family in sets.families if (match := re.match(family.pattern, tag))
    )


def _mend(tag: str) -> str:
    if match := re.fullmatch(r"macosx_(\d\d)_[1-9]\d*_(\w+)", tag):
        better = f"macosx_{match[1]}_0_{match[2]}"
        if _is_known(better):
            return f"Set `MACOSX_DEPLOYMENT_TARGET={match[1]}.0` and build anew: the tag becomes `{better}`."
    if tag.startswith("macosx_"):
        return "Set `MACOSX_DEPLOYMENT_TARGET` to a macOS version that PyPI knows, such as `11.0`, and build anew."
    return next((mend for begin, mend in _MENDS if tag.startswith(begin)), "")


RULES = (platform_tag_is_known, each_platform_tag_is_known)
