"""Attestations as tests need them: real ones of real releases, and ones signed on the spot."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import time
from pathlib import Path
from typing import Any

from support.sigstore import Sigstore
from tpub.attest.model import Attestation
from tpub.attest.sign import Signer
from tpub.rehearsal import JobDescription
from tpub.rehearsal.claims import github_claims, gitlab_claims
from tpub.rehearsal.issuer import Issuer

PUBLISHED = Path(__file__).parents[1] / "attest" / "published"
GITLAB_SDIST = "gitlab_oidc_project-0.0.3.tar.gz"
GITHUB_SDIST = "pypi_attestations-0.0.19.tar.gz"
STAGED_WHEEL = "rfc8785-0.1.2-py3-none-any.whl"


def digests() -> dict[str, str]:
    """Return the SHA-256 of the distributions that the published attestations are about."""
    lines = (PUBLISHED / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def published(filename: str, kind: str = "publish") -> dict[str, Any]:
    """Return a real attestation as JSON."""
    found = json.loads((PUBLISHED / f"{filename}.{kind}.attestation").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def changed(document: dict[str, Any], *path: str | int, to: object) -> dict[str, Any]:
    """Return a copy with the member at `path` replaced; `...` takes it out."""
    found = copy.deepcopy(document)
    place: Any = found
    for key in path[:-1]:
        place = place[key]
    if to is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return found


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def statement(**changes: object) -> str:
    """Return a statement in base64; `changes` replace members, None takes one out."""
    good = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": GITLAB_SDIST, "digest": {"sha256": digests()[GITLAB_SDIST]}}],
        "predicateType": "https://docs.pypi.org/attestations/publish/v1",
        "predicate": None,
    }
    return encoded(json.dumps({k: v for k, v in {**good, **changes}.items() if v is not ...}).encode())


def signer(stand_in: Sigstore, description: JobDescription, issuer: Issuer | None = None) -> Signer:
    """Return what signs in the name of a job."""
    key = issuer or Issuer()
    claims = gitlab_claims if description.provider == "gitlab" else github_claims
    return Signer(lambda: key.sign(claims(description, "sigstore", time.time())), stand_in.config, time.time)


def attest(path: Path, signed_by: Signer, kind: str = "publish") -> Attestation:
    """Write the attestation of a file beside it."""
    attestation = signed_by.sign(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
    sidecar = path.with_name(f"{path.name}.{kind}.attestation")
    sidecar.write_text(json.dumps(attestation.document), encoding="utf-8")
    return attestation
