"""How much of a file is looked at: under 10 MB, two seconds and 100 MB of memory at most, however hostile it is.

All bounds grow with the file, since a large file costs its maker the upload. They are far above what real
distributions need: the most fragmented ones known have one member for 640 bytes (the wheel of mkdocs-material) and
one for 425 bytes (the sdist of msgraph-sdk), and a member of a zip archive takes 76 bytes beside its name, twice.
"""

from __future__ import annotations

_MIB = 1024 * 1024

METADATA = 4 * _MIB  # of METADATA or PKG-INFO
METADATA_FIELDS = _MIB // 2  # of their part before the description
METADATA_LINES = 10_000  # of that part
RECORD = 8 * _MIB
SMALL_TEXT = _MIB // 2  # of WHEEL or entry_points.txt
TEXTS = 16 * _MIB  # of all members together that are kept for rules to read
EXTENDED_HEADER = 1 * _MIB  # of one extended header (long name, pax) of a tar archive
PRIVATE_KEY_HEAD = 64 * 1024  # how far into a member a private key is looked for
OBFUSCATED = 5 * _MIB  # the size above which the index does not look for obfuscated code


def most_members(size: int) -> int:
    """Return the number of members of a zip archive of `size` bytes to look at."""
    return max(40_000, size // 250)


def most_packed_members(size: int) -> int:
    """Return the number of members to look at in a tar archive of `size` bytes, which are packed all together."""
    return max(50_000, size // 200)


def most_headers(size: int) -> int:
    """Return the number of header blocks of a tar archive to look at: setuptools writes two a member."""
    return 2 * most_packed_members(size) + 10_000


def most_records(size: int) -> int:
    """Return the number of records of extended headers of a tar archive to look at; up to ten a member are usual."""
    return 5 * most_packed_members(size) + 50_000


def most_extra_fields(size: int) -> int:
    """Return the number of extra fields of a zip archive to look at; up to four a member are usual."""
    return 5 * most_members(size) + 50_000


def most_named(size: int) -> int:
    """Return the number of characters that the names of all members may have together."""
    return max(8 * _MIB, size // 2)


def most_unpacked(size: int) -> int:
    """Return the number of bytes to unpack of a file of `size` bytes."""
    return max(256 * _MIB, 30 * size)


def most_unasked(size: int) -> int:
    """Return the number of bytes to unpack of members that the index itself does not read."""
    return max(128 * _MIB, 20 * size)
