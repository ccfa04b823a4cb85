"""One pass over a zip archive."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from tpub.preflight.archive.kinds import is_tar
from tpub.preflight.archive.limits import METADATA, RECORD, SMALL_TEXT
from tpub.preflight.archive.model import Broken, Defect, Ledger, Member, ZipScan
from tpub.preflight.archive.zip_content import DEFLATED, STORED, Contents, Wishes, read_contents
from tpub.preflight.archive.zip_directory import Entry, find_directory, read_entries
from tpub.preflight.archive.zip_framing import check_framing
from tpub.preflight.wheel_name import info_directory

_RATIO = 50
_RATIO_FLOOR = 64 * 1024 * 1024  # bytes unpacked, up to which any ratio is fine
_TEXTS = {"METADATA": METADATA, "RECORD": RECORD, "WHEEL": SMALL_TEXT, "entry_points.txt": SMALL_TEXT}


def scan_zip(path: Path) -> ZipScan:
    """Return what the wheel (or zip sdist) at `path` holds and every flaw of the archive; raises `OSError` only.

    Source: warehouse.forklift.legacy, `_is_valid_dist_file`, in its order.
    """
    ledger = Ledger()
    size = path.stat().st_size
    with path.open("rb") as file:
        try:
            directory = find_directory(file, size)
            entries = read_entries(file, directory, size)
        except Broken as broken:
            ledger.close(broken)
            return ZipScan(flaws=ledger.flaws, is_readable=False)
        if is_tar(file):
            ledger.note(Defect.POLYGLOT, "it is a zip and a tar archive at once")
        _check_sizes(entries, size, ledger)
        contents = _read(file, directory.start, entries, _wishes(path.name, entries), ledger)
        check_framing(file, size, entries, ledger)
    for later in contents.later:
        ledger.close(later)
    return ZipScan(tuple(contents.members), contents.texts, ledger.flaws)


def _check_sizes(entries: Sequence[Entry], size: int, ledger: Ledger) -> None:
    unpacked = sum(entry.size for entry in entries)
    if unpacked > _RATIO_FLOOR and unpacked > _RATIO * size:
        ledger.note(Defect.COMPRESSION_RATIO, f"{size} bytes unpack to {unpacked}, {unpacked // size} times as much")
    for entry in entries:
        if entry.method not in (STORED, DEFLATED):
            ledger.note(Defect.COMPRESSION_METHOD, f"a member is packed by method {entry.method}", entry.name)


def _read(file: BinaryIO, end: int, entries: Sequence[Entry], wishes: Wishes, ledger: Ledger) -> Contents:
    if Defect.COMPRESSION_RATIO in ledger:  # a bomb is not unpacked
        return Contents(Member(entry.name, entry.size, is_file=not entry.is_directory) for entry in entries)
    return read_contents(file, end, entries, wishes, ledger)


def _wishes(filename: str, entries: Sequence[Entry]) -> Wishes:
    """Return what is wanted of a wheel of that name; of a zip sdist, its PKG-INFO."""
    if not filename.endswith(".whl"):
        names = {entry.name for entry in entries if posixpath.basename(entry.name) == "PKG-INFO"}
        return Wishes(dict.fromkeys(names, METADATA), names.__contains__, min(names, key=len, default=""))
    info = info_directory(filename)
    longest = {f"{info}/{name}": most for name, most in _TEXTS.items()}
    return Wishes(longest, lambda name: name in longest or name.startswith(f"{info}/licenses/"), f"{info}/WHEEL")
