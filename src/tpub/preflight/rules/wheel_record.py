"""A wheel's RECORD against the wheel. The index compares file names only, and writes the owner an e-mail."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from tpub.diagnostic import Severity
from tpub.preflight.archive import Member
from tpub.preflight.context import Context
from tpub.preflight.record import Row
from tpub.preflight.rule import Problem, rule
from tpub.preflight.rules.flaws import naming

_REPACK = (
    "Build the wheel anew, or let RECORD be written: `python -m wheel unpack FILE`, `python -m wheel pack FOLDER`."
)
_SIGNATURES = ("RECORD.jws", "RECORD.p7s")  # which RECORD does not list


@rule(
    "wheel-record-file-unlisted",
    hint=_REPACK,
    why="An installer does not know that the file belongs to the project, and leaves it behind on removal. PyPI takes "
    "the wheel, and tells the project's owners by e-mail.",
    severity=Severity.WARNING,
)
def every_file_is_recorded(file: Context) -> Iterator[Problem]:
    """RECORD lists every file of the wheel.

    Source: warehouse.utils.wheel, `_validate_record`; the binary distribution format.
    """
    if file.record is None or file.record.is_cut or file.record.has_blank_line or file.record.fault:
        return
    unlisted = file.files.keys() - {row.path for row in file.record.rows}
    yield from naming("RECORD leaves out", unlisted - {f"{file.info_directory}/{name}" for name in _SIGNATURES})


@rule(
    "wheel-record-file-absent",
    hint=_REPACK,
    why="An installer looks for the file and may stop there. PyPI takes the wheel, and tells the project's owners by "
    "e-mail.",
    severity=Severity.WARNING,
)
def every_recorded_file_is_there(file: Context) -> Iterator[Problem]:
    """Every file that RECORD lists is in the wheel.

    Source: warehouse.utils.wheel, `_validate_record`; the binary distribution format.
    """
    yield from naming("RECORD lists what is not in the wheel", {row.path for row in _rows(file)} - file.files.keys())


@rule(
    "wheel-record-hash-mismatch",
    hint=_REPACK,
    why="The file was changed after RECORD was written; installers that check refuse the wheel.",
    severity=Severity.WARNING,
)
def hashes_match(file: Context) -> Iterator[Problem]:
    """The hashes in RECORD are those of the files.

    Source: the binary distribution format ("Signed wheel files").
    """
    yield from naming(
        "the hash in RECORD is not that of", (row.path for row, m in _pairs(file) if _has_other_hash(row, m))
    )


@rule(
    "wheel-record-hash-missing",
    hint=_REPACK,
    why="Every file but RECORD itself and its signatures needs one.",
    severity=Severity.WARNING,
)
def hashes_are_there(file: Context) -> Iterator[Problem]:
    """RECORD has a hash for every file but itself.

    Source: the binary distribution format ("The .dist-info directory").
    """
    free = {f"{file.info_directory}/{name}" for name in ("RECORD", *_SIGNATURES)}
    yield from naming("RECORD has no hash for", {row.path for row, _ in _pairs(file) if not row.digest} - free)


@rule(
    "wheel-record-size-mismatch",
    hint=_REPACK,
    why="The file was changed after RECORD was written.",
    severity=Severity.WARNING,
)
def sizes_match(file: Context) -> Iterator[Problem]:
    """The sizes in RECORD are those of the files.

    Source: https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file.
    """
    yield from naming(
        "the size in RECORD is not that of",
        (row.path for row, m in _pairs(file) if row.size and row.size != str(m.size)),
    )


def _rows(file: Context) -> tuple[Row, ...]:
    return file.record.rows if file.record else ()


def _pairs(file: Context) -> Iterator[tuple[Row, Member]]:
    """Yield the rows of RECORD with the files that they are about."""
    return ((row, file.files[row.path]) for row in _rows(file) if row.path in file.files)


def _has_other_hash(row: Row, member: Member) -> bool:
    """Compare SHA-256 hashes; others, and content that was not read, are not compared."""
    algorithm, _, digest = row.digest.partition("=")
    if algorithm.lower() != "sha256" or member.sha256 is None:
        return False
    if digest == base64.urlsafe_b64encode(member.sha256)[:-1].decode():
        return False  # (as every backend writes it)
    try:
        return base64.urlsafe_b64decode(digest.encode() + b"=" * (-len(digest) % 4)) != member.sha256
    except (binascii.Error, ValueError):
        return True


RULES = (every_file_is_recorded, every_recorded_file_is_there, hashes_match, hashes_are_there, sizes_match)
