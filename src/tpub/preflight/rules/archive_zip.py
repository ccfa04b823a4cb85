"""Wheels as zip files: whether they open, what they unpack to, whether their content is whole."""

from __future__ import annotations

from collections.abc import Iterator

from tpub.diagnostic import Severity
from tpub.preflight.archive import Defect
from tpub.preflight.context import Context
from tpub.preflight.rule import Problem, rule
from tpub.preflight.rules.flaws import REBUILD, REPACK, found


@rule(
    "zip-not-a-zip",
    hint=REBUILD,
    why="Installers unpack it as one. Most often the file is only a part of a download, or a server's page.",
)
def wheel_is_a_zip(file: Context) -> Iterator[Problem]:
    """A wheel is a zip archive.

    Source: warehouse.forklift.legacy, `_is_valid_dist_file`; the binary distribution format.
    """
    yield from found(file, Defect.NOT_A_ZIP)


@rule("zip-truncated", hint=REBUILD, why="A zip archive is read from its end; without it nothing can be installed.")
def zip_is_whole(file: Context) -> Iterator[Problem]:
    """A zip archive reaches to its end record, and no record is cut off.

    Source: warehouse.forklift.legacy, `_is_valid_dist_file`; warehouse.utils.zipfiles, `_read_check`.
    """
    yield from found(file, Defect.ZIP_TRUNCATED)


@rule(
    "zip-second-directory-end",
    hint=REPACK,
    why="Programs disagree about which of two end records counts, and so about what is in the archive.",
)
def zip_ends_once(file: Context) -> Iterator[Problem]:
    """A zip archive has one end record.

    Source: warehouse.forklift.legacy, `_is_valid_dist_file`.
    """
    yield from found(file, Defect.SECOND_END)


@rule(
    "zip-directory-damaged",
    hint=REBUILD,
    why="The central directory says what is in the archive; if it contradicts itself, each program guesses.",
)
def zip_directory_is_sound(file: Context) -> Iterator[Problem]:
    """The central directory stands where the end records say, and can be read.

    Source: warehouse.forklift.legacy, `_is_valid_dist_file`; warehouse.utils.zipfiles; zipfile of CPython 3.14.
    """
    yield from found(file, Defect.DIRECTORY_DAMAGED)


@rule(
    "archive-too-costly",
    hint="Build it anew; if it is meant to be so, split the project or leave generated data out of it.",
    why="tpub reads no further than any real distribution needs, so that a hostile one cannot keep it busy.",
)
def archive_is_cheap_to_read(file: Context) -> Iterator[Problem]:
    """An archive has no absurd number of members, and does not unpack to an absurd size.

    Source: tpub's own bounds, `tpub.preflight.archive.limits`.
    """
    yield from found(file, Defect.TOO_COSTLY)


@rule(
    "tar-zip-polyglot",
    hint=REBUILD,
    why="Such a file holds one thing for one program and another for the next.",
    is_pypi_only=True,
)
def archive_is_of_one_kind(file: Context) -> Iterator[Problem]:
    """No file is a zip and a tar archive at once.

    Source: warehouse.forklift.legacy, `_is_valid_dist_file`.
    """
    yield from found(file, Defect.POLYGLOT)


@rule(
    "zip-compression-ratio",
    hint="Leave out the data that packs so well: generate it when it is needed, or store it in a denser format.",
    why="Above 64 MiB, the index takes a wheel that unpacks to 50 times its size for a bomb.",
    is_pypi_only=True,
)
def wheel_is_no_bomb(file: Context) -> Iterator[Problem]:
    """A wheel that unpacks to more than 64 MiB unpacks to 50 times its size at most.

    Source: warehouse.forklift.legacy, `_is_valid_dist_file`.
    """
    yield from found(file, Defect.COMPRESSION_RATIO)


@rule(
    "zip-compression-method",
    hint=f"Pack with deflate (`zipfile.ZIP_DEFLATED`). {REPACK}",
    why="Installers need not know bzip2, lzma or zstandard: wheels are stored or deflated.",
    is_pypi_only=True,
)
def members_are_deflated(file: Context) -> Iterator[Problem]:
    """The members of a wheel are stored or deflated.

    Source: warehouse.forklift.legacy, `_is_valid_dist_file`.
    """
    yield from found(file, Defect.COMPRESSION_METHOD)


@rule("zip-crc-mismatch", hint=REBUILD, why="The file was damaged after it was built, or was put together wrongly.")
def content_is_whole(file: Context) -> Iterator[Problem]:
    """What the index reads of a wheel (its .dist-info, its Python files) matches its checksums.

    Source: warehouse.forklift.legacy, `_is_valid_dist_file`; warehouse.utils.scanner; zipfile of CPython 3.14.
    """
    yield from found(file, Defect.CRC)


@rule("zip-member-encrypted", hint=REPACK, why="Nobody who installs it has the password.")
def members_are_not_encrypted(file: Context) -> Iterator[Problem]:
    """No member is encrypted.

    Source: zipfile of CPython 3.14, which the index reads with.
    """
    yield from found(file, Defect.ENCRYPTED)


@rule("zip-members-overlap", hint=REBUILD, why="Members that share their bytes are the mark of a zip bomb.")
def members_lie_apart(file: Context) -> Iterator[Problem]:
    """No member's data reaches into the next member.

    Source: zipfile of CPython 3.14, which the index reads with.
    """
    yield from found(file, Defect.OVERLAP)


@rule(
    "zip-member-damaged",
    hint=REBUILD,
    why="The index does not look at them, and everyone who installs the wheel gets an error.",
    severity=Severity.WARNING,
)
def other_content_is_whole(file: Context) -> Iterator[Problem]:
    """The other members of a wheel can be unpacked and match their checksums, too.

    Source: zipfile of CPython, which installers unpack with.
    """
    yield from found(file, Defect.UNREAD)


OPENING = (
    archive_is_of_one_kind,
    wheel_is_a_zip,
    zip_is_whole,
    zip_ends_once,
    zip_directory_is_sound,
    archive_is_cheap_to_read,
    wheel_is_no_bomb,
    members_are_deflated,
)
CONTENT = (content_is_whole, members_are_not_encrypted, members_lie_apart)
BEYOND = (other_content_is_whole,)
