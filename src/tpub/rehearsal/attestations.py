"""The attestations of an upload, judged as the index does. Source: warehouse.attestations.services."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from tpub.attest.compare import same_name
from tpub.attest.model import MOST, TYPES, Attestation
from tpub.attest.read import parse
from tpub.errors import AttestationError
from tpub.identity.publisher import (
    GITLAB_ISSUER,
    ActiveStatePublisher,
    GitHubPublisher,
    GitLabPublisher,
    GooglePublisher,
    Publisher,
)
from tpub.rehearsal.authorization import Identity
from tpub.rehearsal.form import Content, Form
from tpub.rehearsal.messages import RefusedError
from tpub.rehearsal.site import Site
from tpub.rehearsal.store import MintedToken


def provenance(site: Site, identity: Identity, form: Form, content: Content) -> Mapping[str, object] | None:
    """Return the provenance object of the file that is uploaded; None if it comes without attestations.

    Raises `RefusedError` if the index would take the attestations for none, or for another's.
    """
    if "attestations" not in form.fields:
        return None
    if not isinstance(identity, MintedToken):
        raise _refused("Attestations are only supported when using Trusted Publishing")
    publisher = identity.registration.publisher
    if isinstance(publisher, ActiveStatePublisher):
        raise _refused("Attestations are not currently supported with ActiveState publishers")
    attestations = _parsed(form.last("attestations"))
    seen: set[str] = set()
    for attestation in attestations:
        if (reason := _unverified(site, attestation, publisher, content)) is not None:
            words = "Could not verify the uploaded artifact using the included attestation"
            raise _refused(f"{words}: Verification failed: {reason}")
        if attestation.predicate_type in seen:
            kind = attestation.predicate_type
            raise _refused(
                f"Multiple attestations for the same file with the same predicate type ({kind}) are not supported"
            )
        seen.add(attestation.predicate_type)
    bundle = {"publisher": identified(publisher), "attestations": [a.document for a in attestations]}
    return {"version": 1, "attestation_bundles": [bundle]}


def identified(publisher: GitHubPublisher | GitLabPublisher | GooglePublisher) -> Mapping[str, object]:
    """Return a publisher as provenance objects name it. Source: `attestation_identity` in warehouse.oidc.models."""
    match publisher:
        case GitHubPublisher(owner, repository, file, environment):
            named = {"kind": "GitHub", "repository": f"{owner}/{repository}", "workflow": file}
            return {**named, "environment": environment or None}
        case GitLabPublisher(namespace, project, file, environment):
            named = {"kind": "GitLab", "repository": f"{namespace}/{project}", "workflow_filepath": file}
            return {**named, "environment": environment or None}
        case GooglePublisher(email):
            return {"kind": "Google", "email": email}


def _parsed(text: str) -> Sequence[Attestation]:
    try:
        documents = json.loads(text)
        if not isinstance(documents, list):
            raise _refused("Malformed attestations: Input should be a valid array")
        attestations = [parse(document) for document in documents]
    except (ValueError, RecursionError):
        raise _refused("Malformed attestations: Invalid JSON") from None
    except AttestationError as exc:
        raise _refused(f"Malformed attestations: {exc}") from None
    if not attestations:
        raise _refused("Malformed attestations: an empty attestation set is not permitted")
    if len(attestations) > MOST:
        raise _refused(f"A maximum of {MOST} attestations per file are supported")
    return attestations


def _unverified(site: Site, attestation: Attestation, publisher: Publisher, content: Content) -> str | None:
    """Say why an attestation does not verify, in the order in which the index looks."""
    if isinstance(publisher, GitLabPublisher) and publisher.issuer_url != GITLAB_ISSUER:
        return "Certificate's OIDCIssuerV2 does not match"
    if reason := site.vouch(attestation, publisher):
        return reason
    if not same_name(attestation.subject, content.filename):
        return f"subject does not match distribution name: {attestation.subject} != {content.filename}"
    if attestation.sha256 != content.digests.sha256:
        return "subject does not match distribution digest"
    if attestation.predicate_type not in TYPES:
        return f"unknown attestation type: {attestation.predicate_type}"
    return None


def _refused(reason: str) -> RefusedError:
    return RefusedError(400, f"Invalid attestations supplied during upload: {reason}")
