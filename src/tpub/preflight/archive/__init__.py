"""What is inside a distribution, without ever unpacking it to disk.

`scan_zip` and `scan_tar` read a file once, within bounds that hold for hostile files too, and say what the index
would find: the members, the few texts that rules read, and every flaw of the archive itself.
"""

from tpub.preflight.archive.content import is_example
from tpub.preflight.archive.model import Defect, Flaw, Member, TarScan, ZipScan, shown

__all__ = [
    "Defect",
    "Flaw",
    "Member",
    "TarScan",
    "ZipScan",
    "is_example",
    "shown",
]
