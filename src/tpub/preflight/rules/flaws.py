"""The flaws that a scan of the archive found, as problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tpub.diagnostic import Member
from tpub.preflight.archive import Defect, Flaw, shown
from tpub.preflight.context import Context
from tpub.preflight.rule import Problem

_SHOWN = 5  # members

REPACK = "Repack it: `python -m wheel unpack FILE`, then `python -m wheel pack FOLDER`; or build it anew."
REBUILD = "Build it anew; if it was copied or downloaded, copy it again and compare its SHA-256."


def found(file: Context, defect: Defect) -> Iterator[Problem]:
    """Yield the problem if the archive has that defect."""
    for flaw in file.archive.flaws if file.archive else ():
        if flaw.defect is defect:
            yield Problem(_sentence(flaw), tuple(Member(name) for name in flaw.members))


def naming(sentence: str, names: Iterable[str]) -> Iterator[Problem]:
    """Yield one problem about the members of those names, if there are any."""
    if members := sorted(set(names)):
        evidence = tuple(Member(shown(name)) for name in members[:_SHOWN])
        yield Problem(f"{sentence}: {_listed(evidence[0].name, len(members))}", evidence)


def _sentence(flaw: Flaw) -> str:
    return f"{flaw.detail}: {_listed(flaw.members[0], flaw.count)}" if flaw.members else flaw.detail


def _listed(first: str, count: int) -> str:
    return f"`{first}`" if count == 1 else f"`{first}` and {count - 1} more"
