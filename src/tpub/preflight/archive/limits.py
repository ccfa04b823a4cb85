"""How much of a file is looked at: under 10 MB, two seconds and 100 MB of memory at most, however hostile it is.

All bounds grow with the file, since a large file costs its maker the upload. They are far above what real
distributions need: of the thousand most downloaded, none has a third of the members or a fifth of the ratio.
"""

from __future__ import annotations

_MIB = 1024 * 1024

METADATA = 4 * _MIB  # of METADATA or PKG-INFO
METADATA_FIELDS = _MIB // 2  # of their part before the description
METADATA_LINES = 10_000  # of that part
RECORD = 8 * _MIB
SMALL_TEXT = _MIB // 2  # of WHEEL or entry_points.txt
TEXTS = 16 * _MIB  # of all members together that are kept for rules to read
NAMES = 16 * _MIB  # of all names of members together
EXTENDED_HEADER = 1 * _MIB  # of one extended header (long name, pax) of a tar archive
PRIVATE_KEY_HEAD = 64 * 1024  # how far into a member a private key is looked for
OBFUSCATED = 5 * _MIB  # the size above which the index does not look for obfuscated code


def most_members(size: int) -> int:
    """Return the number of members to look at in a file of `size` bytes."""
    return max(50_000, size // 200)


def most_unpacked(size: int) -> int:
    """Return the number of bytes to unpack of a file of `size` bytes."""
    return max(256 * _MIB, 50 * size)


def most_unasked(size: int) -> int:
    """Return the number of bytes to unpack of members that the index itself does not read."""
    return max(128 * _MIB, 20 * size)
