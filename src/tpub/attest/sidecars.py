"""The attestation files beside a distribution: `<file>.publish.attestation` and its kin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tpub.attest.compare import check_file
from tpub.attest.model import TYPES, Attestation
from tpub.attest.read import read
from tpub.diagnostic import Diagnostic, Field
from tpub.errors import AttestationError

_SUFFIX = ".attestation"


@dataclass(frozen=True, slots=True)
class Found:
    """What lay beside one distribution: attestations of it, and what is wrong with the others."""

    attestations: tuple[Attestation, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def beside(path: Path) -> tuple[Path, ...]:
    """Return the attestation files of the distribution at `path`, by name."""
    prefix = f"{path.name}."
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return ()
    # Not a pattern: file names may hold brackets.
    return tuple(path.parent / name for name in sorted(names) if name.startswith(prefix) and name.endswith(_SUFFIX))


def collect(path: Path, sha256: str) -> Found:
    """Read the attestation files of the distribution at `path` and compare them with its name and digest."""
    good: dict[str, Attestation] = {}
    problems: list[Diagnostic] = []
    for sidecar in beside(path):
        try:
            attestation = read(sidecar)
            check_file(attestation, path.name, sha256)
            _check_type(attestation, sidecar, good)
        except AttestationError as exc:
            problems.append(exc.diagnostic.about(path.name))
        else:
            good[attestation.predicate_type] = attestation
    return Found(tuple(good.values()), tuple(problems))


def _check_type(attestation: Attestation, sidecar: Path, others: Iterable[str]) -> None:
    kind = attestation.predicate_type
    if kind not in TYPES:
        raise AttestationError(
            "attestation-type-unsupported",
            f"{sidecar.name} says something of the file that the index has no use for",
            Field("predicateType", kind),
            hint=f"Delete it: the index takes {' and '.join(TYPES)}.",
        )
    if kind in others:
        raise AttestationError(
            "attestation-type-twice",
            f"{sidecar.name} says what another attestation of the file says",
            Field("predicateType", kind),
            hint="Delete one of the two: the index takes one of each kind.",
        )
