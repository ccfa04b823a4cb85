"""Source distributions as tar files."""

from __future__ import annotations

from collections.abc import Iterator

from tpub.diagnostic import Severity
from tpub.preflight.archive import Defect
from tpub.preflight.context import Context
from tpub.preflight.rule import Problem, rule
from tpub.preflight.rules.flaws import REBUILD, found


@rule(
    "tar-not-a-tar",
    hint=REBUILD,
    why="Installers unpack it as one. Most often the file is only a part of a download, or a server's page.",
)
def sdist_is_a_tar(file: Context) -> Iterator[Problem]:
    """An sdist is a tar archive.

    Source: warehouse.forklift.legacy, `_is_valid_dist_file`; PEP 625.
    """
    yield from found(file, Defect.NOT_A_TAR)


@rule(
    "tar-not-gzip",
    hint="Build the sdist anew (`python -m build --sdist`), or compress it: `gzip FILE.tar`.",
    why="Other compressions, and none, are refused whatever the name says.",
)
def sdist_is_gzipped(file: Context) -> Iterator[Problem]:
    """An sdist is compressed with gzip.

    Source: warehouse.forklift.legacy, `_is_valid_dist_file`; PEP 625.
    """
    yield from found(file, Defect.NOT_GZIP)


@rule("tar-truncated", hint=REBUILD, why="A part of it is missing or damaged, so that nobody can build from it.")
def sdist_can_be_unpacked(file: Context) -> Iterator[Problem]:
    """An sdist can be unpacked to its end.

    Source: warehouse.forklift.legacy, `_is_valid_dist_file`; tarfile and gzip of CPython 3.14.
    """
    yield from found(file, Defect.TAR_TRUNCATED)


@rule(
    "tar-mixed-member-paths",
    hint="Build the sdist anew with relative paths only, all below one folder.",
    why="The index looks for the folder that holds everything, and fails over such a mixture.",
)
def paths_are_alike(file: Context) -> Iterator[Problem]:
    """The members' paths are all relative.

    Source: warehouse.forklift.legacy, `_commonpath`.
    """
    yield from found(file, Defect.MIXED_PATHS)


@rule(
    "tar-sparse-member",
    hint="Build the sdist anew without `--sparse`.",
    why="Sparse members are an extension of GNU tar that an sdist may not use.",
    is_pypi_only=True,
)
def members_are_not_sparse(file: Context) -> Iterator[Problem]:
    """No member of an sdist is stored as a sparse file.

    Source: warehouse.forklift.legacy, `_is_valid_dist_file`.
    """
    yield from found(file, Defect.SPARSE)


@rule(
    "tar-checksum-mismatch",
    hint=REBUILD,
    why="The index does not look at the checksum, but it tells that the file was damaged after it was built.",
    severity=Severity.WARNING,
)
def checksum_matches(file: Context) -> Iterator[Problem]:
    """What gzip packed matches its checksum, and nothing else follows.

    Source: RFC 1952.
    """
    yield from found(file, Defect.GZIP_DAMAGED)


@rule(
    "tar-data-after-end",
    hint=REBUILD,
    why="The index and installers stop there: what follows is lost, or is seen by other programs only.",
    severity=Severity.WARNING,
)
def nothing_follows_the_end(file: Context) -> Iterator[Problem]:
    """After the last member nothing follows but zeros.

    Source: tarfile of CPython, which installers unpack with.
    """
    yield from found(file, Defect.ENDS_EARLY)


OPENING = (sdist_is_a_tar, sdist_is_gzipped, sdist_can_be_unpacked, paths_are_alike, members_are_not_sparse)
BEYOND = (checksum_matches, nothing_follows_the_end)
