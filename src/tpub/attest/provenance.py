"""The provenance object of a file: who published it, and the attestations that came with it. Source: PEP 740."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tpub.attest.model import Attestation
from tpub.attest.read import parse
from tpub.diagnostic import Field
from tpub.errors import AttestationError
from tpub.identity.publisher import GitHubPublisher, GitLabPublisher, GooglePublisher, Publisher


@dataclass(frozen=True, slots=True)
class Bundle:
    """The attestations that one publisher brought."""

    publisher: Publisher
    attestations: tuple[Attestation, ...]


def bundles(document: Mapping[str, object]) -> tuple[Bundle, ...]:
    """Return what a provenance object holds; raises `AttestationError` if it is none."""
    found = document.get("attestation_bundles")
    if document.get("version", 1) != 1 or not isinstance(found, list):
        raise _malformed("`attestation_bundles` is missing, or of another version")
    return tuple(_bundle(bundle) for bundle in found)


def _bundle(bundle: object) -> Bundle:
    members = bundle if isinstance(bundle, dict) else {}
    publisher, attestations = members.get("publisher"), members.get("attestations")
    if not isinstance(publisher, dict) or not isinstance(attestations, list):
        raise _malformed("a bundle lacks its publisher or its attestations")
    return Bundle(_publisher(publisher), tuple(parse(attestation) for attestation in attestations))


def _publisher(members: Mapping[str, object]) -> Publisher:
    def text(name: str) -> str:
        value = members.get(name)
        return value if isinstance(value, str) else ""

    head, _, tail = text("repository").rpartition("/")
    match text("kind"):
        case "GitHub":
            return GitHubPublisher(head, tail, text("workflow"), text("environment"))
        case "GitLab":
            return GitLabPublisher(head, tail, text("workflow_filepath"), text("environment"))
        case "Google":
            return GooglePublisher(text("email"))
        case kind:
            raise AttestationError(
                "attestation-publisher-unknown",
                f"the index names a publisher of a kind that tpub does not know: {kind!r}",
                Field("kind", kind),
                hint="Upgrade tpub.",
            )


def _malformed(message: str) -> AttestationError:
    return AttestationError("provenance-malformed", message, hint="Tell the operator of the index.")
