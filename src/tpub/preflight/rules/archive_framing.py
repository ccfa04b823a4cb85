"""Wheels as zip files: whether every program sees the same members in them."""

from __future__ import annotations

from collections.abc import Iterator

from tpub.preflight.archive import Defect
from tpub.preflight.context import Context
from tpub.preflight.rule import Problem, rule
from tpub.preflight.rules.flaws import REBUILD, REPACK, found

_TWO_READERS = (
    "A program that reads the archive from the front and one that goes by its directory must see the same; "
    "where they do not, a scanner can be shown other code than is installed."
)


@rule(
    "zip-leading-data",
    hint=f"Give the archive alone, without the script or loader in front of it. {REPACK}",
    why=_TWO_READERS,
    is_pypi_only=True,
)
def nothing_precedes(file: Context) -> Iterator[Problem]:
    """A zip archive begins with its first member.

    Source: warehouse.utils.zipfiles, `_validate_zipfile`.
    """
    yield from found(file, Defect.LEADING_DATA)


@rule("zip-data-between-members", hint=REPACK, why=_TWO_READERS, is_pypi_only=True)
def nothing_lies_between(file: Context) -> Iterator[Problem]:
    """Between the records of a zip archive lies nothing else.

    Source: warehouse.utils.zipfiles, `_validate_zipfile`.
    """
    yield from found(file, Defect.DATA_BETWEEN)


@rule(
    "zip-member-name-control-character",
    hint="Rename the file in the project to something that can be typed, and build anew.",
    why="Such a name is cut off by one program and kept by the next, and no terminal shows it.",
    is_pypi_only=True,
)
def names_are_printable(file: Context) -> Iterator[Problem]:
    """No member's name holds a control character.

    Source: warehouse.utils.zipfiles, `_contains_unprintable_chars`.
    """
    yield from found(file, Defect.NAME_CONTROL)


@rule(
    "zip-member-name-encoding",
    hint=f"Write names as UTF-8 and set flag bit 11, as Python's zipfile does. {REPACK}",
    why="Without the flag a name is read in an old code page, and the member lands under another name.",
    is_pypi_only=True,
)
def names_are_utf8(file: Context) -> Iterator[Problem]:
    """Members' names are UTF-8, and their flag says so.

    Source: warehouse.utils.zipfiles, `_handle_local_file_header`; zipfile of CPython 3.14.
    """
    yield from found(file, Defect.NAME_ENCODING)


@rule(
    "zip-extra-field-malformed",
    hint=f"Do not run `zipalign` or the like over the wheel. {REPACK}",
    why="The sizes of members can stand in these fields; read differently, they move the members.",
    is_pypi_only=True,
)
def extra_fields_are_sound(file: Context) -> Iterator[Problem]:
    """The extra fields of members fill their place exactly and hold what they should.

    Source: warehouse.utils.zipfiles, `_handle_local_file_header`; zipfile of CPython 3.14.
    """
    yield from found(file, Defect.EXTRA_MALFORMED)


@rule("zip-extra-field-duplicate", hint=REPACK, why=_TWO_READERS, is_pypi_only=True)
def extra_fields_stand_once(file: Context) -> Iterator[Problem]:
    """A member has at most one ZIP64 field and one Unicode path.

    Source: warehouse.utils.zipfiles, `_handle_local_file_header`.
    """
    yield from found(file, Defect.EXTRA_DUPLICATE)


@rule(
    "zip-data-descriptor",
    hint=f"Write the wheel to a file and not to a pipe or stream. {REPACK}",
    why="With the sizes behind the data, where a member ends is guesswork.",
    is_pypi_only=True,
)
def sizes_stand_in_front(file: Context) -> Iterator[Problem]:
    """A member's sizes stand in its header, not in a data descriptor behind it.

    Source: warehouse.utils.zipfiles, `_handle_local_file_header`.
    """
    yield from found(file, Defect.DATA_DESCRIPTOR)


@rule("zip-hidden-member", hint=REPACK, why=_TWO_READERS, is_pypi_only=True)
def members_are_listed(file: Context) -> Iterator[Problem]:
    """Every member of the archive is in the central directory.

    Source: warehouse.utils.zipfiles, `_handle_local_file_header`.
    """
    yield from found(file, Defect.HIDDEN)


@rule("zip-member-without-data", hint=REBUILD, why=_TWO_READERS)
def listed_members_are_there(file: Context) -> Iterator[Problem]:
    """Every member in the central directory is in the archive, where it says and under its name.

    Source: warehouse.utils.zipfiles, `_validate_zipfile`; zipfile of CPython 3.14.
    """
    yield from found(file, Defect.GHOST)


@rule("zip-size-mismatch", hint=REPACK, why=_TWO_READERS, is_pypi_only=True)
def sizes_agree(file: Context) -> Iterator[Problem]:
    """A member's sizes are the same in its header and in the central directory.

    Source: warehouse.utils.zipfiles, `_handle_local_file_header`.
    """
    yield from found(file, Defect.SIZE)


@rule(
    "zip-duplicate-member",
    hint="Find what adds the file twice (often two rules of the build backend for one file), and build anew.",
    why="Of two members with one name, programs take the first or the last, as it comes.",
    is_pypi_only=True,
)
def names_stand_once(file: Context) -> Iterator[Problem]:
    """No two members have the same name.

    Source: warehouse.utils.zipfiles, `_validate_zipfile`.
    """
    yield from found(file, Defect.DUPLICATE)


@rule("zip-member-comment", hint=REPACK, why=_TWO_READERS, is_pypi_only=True)
def members_have_no_comments(file: Context) -> Iterator[Problem]:
    """No member has a comment (one on the whole archive is fine).

    Source: warehouse.utils.zipfiles, `_handle_central_directory_header`.
    """
    yield from found(file, Defect.MEMBER_COMMENT)


@rule("zip-zip64-extensible-data", hint=REPACK, why=_TWO_READERS, is_pypi_only=True)
def zip64_end_is_plain(file: Context) -> Iterator[Problem]:
    """The ZIP64 end record carries no extensible data.

    Source: warehouse.utils.zipfiles, `_handle_eocd64`.
    """
    yield from found(file, Defect.ZIP64_DATA)


@rule("zip-member-count-mismatch", hint=REPACK, why=_TWO_READERS, is_pypi_only=True)
def members_are_counted(file: Context) -> Iterator[Problem]:
    """The end record counts as many members as the central directory lists.

    Source: warehouse.utils.zipfiles, `_handle_eocd`.
    """
    yield from found(file, Defect.MEMBER_COUNT)


@rule(
    "zip-trailing-data",
    hint=f"Give the archive alone, without what was appended to it. {REPACK}",
    why=_TWO_READERS,
    is_pypi_only=True,
)
def nothing_follows(file: Context) -> Iterator[Problem]:
    """A zip archive ends with its end record and the comment that this announces.

    Source: warehouse.utils.zipfiles, `_validate_zipfile`.
    """
    yield from found(file, Defect.TRAILING_DATA)


RULES = (
    nothing_precedes,
    nothing_lies_between,
    names_are_printable,
    extra_fields_are_sound,
    extra_fields_stand_once,
    sizes_stand_in_front,
    names_are_utf8,
    members_are_listed,
    sizes_agree,
    names_stand_once,
    members_have_no_comments,
    listed_members_are_there,
    zip64_end_is_plain,
    members_are_counted,
    nothing_follows,
)
