"""File names, as far as they can be judged without looking inside."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tpub.dist.model import Kind
from tpub.preflight import data
from tpub.preflight.context import Context
from tpub.preflight.quoting import quoted
from tpub.preflight.rule import Problem, rule

_CONTROL = frozenset(map(chr, [*range(32), 127]))
_EXTENSION = re.compile(r".+?(\.(?:tar\.gz|zip|whl))$", re.IGNORECASE)
_STORED_BESIDE = ".metadata"


@rule(
    "filename-control-character",
    hint="Build the file anew, or give it its name back: letters, digits, `.`, `_`, `-` and `+` are enough.",
    why="The index's file storage takes no such name, and no terminal shows it as it is.",
    is_pypi_only=True,
)
def name_is_printable(file: Context) -> Iterator[Problem]:
    """The file's name holds no control character.

    Source: warehouse.forklift.legacy, `_validate_filename`.
    """
    if bad := [char for char in file.filename if char in _CONTROL]:
        yield Problem(f"the file name {quoted(file.filename)} holds the control character {quoted(bad[0])}")


@rule(
    "filename-path-separator",
    hint="Give the file a name without `/` and `\\`.",
    why="To a server with another system it would be a path.",
    is_pypi_only=True,
)
def name_is_no_path(file: Context) -> Iterator[Problem]:
    """The file's name holds neither `/` nor a back slash.

    Source: warehouse.forklift.legacy, `_validate_filename`.
    """
    if "/" in file.filename or "\\" in file.filename:
        yield Problem(f"the file name {quoted(file.filename)} holds a path separator")


@rule(
    "filename-extension-unsupported",
    hint="Give `.whl` and `.tar.gz` files only, for example `tpub upload dist/*.whl dist/*.tar.gz`; build with "
    "`python -m build`.",
    why="Wheels and gzipped tar files are what installers understand.",
)
def extension_is_known(file: Context) -> Iterator[Problem]:
    """The file's name ends in .whl or .tar.gz.

    Source: warehouse.forklift.legacy, `_validate_filename`; PEP 527, PEP 625.
    """
    if _EXTENSION.match(file.filename) is None:
        yield Problem(f"{quoted(file.filename)} is neither a wheel nor an sdist")


@rule(
    "filename-extension-wrong-kind",
    hint="Write the extension in lower case.",
    why="The index compares the extension letter by letter.",
)
def extension_is_lower_case(file: Context) -> Iterator[Problem]:
    """The extension is written in lower case.

    Source: warehouse.forklift.legacy, `_validate_filename`.
    """
    match = _EXTENSION.match(file.filename)
    if match is not None and file.kind is None:
        better = file.filename.removesuffix(match[1]) + match[1].lower()
        yield Problem(f"the extension {match[1]} is not written in lower case", hint=f"Rename the file to `{better}`.")


@rule(
    "filename-too-long",
    hint="Shorten the project's name or version, or the list of tags.",
    why="The index stores a wheel's metadata beside it, under its name with `.metadata` at the end, and no file system "
    "takes longer names.",
    is_pypi_only=True,
)
def name_is_short(file: Context) -> Iterator[Problem]:
    """A wheel's name has 246 bytes or less.

    Source: warehouse.forklift.legacy, `file_upload`.
    """
    limit = data.limits().filename_length - len(_STORED_BESIDE)
    length = len(file.filename.encode("utf-8", "surrogateescape"))
    if file.kind is Kind.WHEEL and length > limit:
        yield Problem(f"the file name has {length} bytes, and PyPI takes {limit}")


AT_FIRST_SIGHT = (name_is_printable, name_is_no_path, extension_is_lower_case, extension_is_known)
AT_LAST = (name_is_short,)
