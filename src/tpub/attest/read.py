"""From JSON to an attestation. Source: PEP 740, "Attestation objects", and the in-toto Statement v1."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from pathlib import Path

from tpub.attest.certificate import certified
from tpub.attest.model import Attestation
from tpub.errors import AttestationError

_LARGEST = 1024 * 1024  # bytes; real ones have ten thousand


def read(path: Path) -> Attestation:
    """Return the attestation in a file; raises `AttestationError` if there is none."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= _LARGEST else b""
    except OSError as exc:
        raise _malformed(f"{path.name} cannot be read: {exc.strerror}") from exc
    if size > _LARGEST:
        raise _malformed(f"{path.name} is larger than any attestation")
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise _malformed(f"{path.name} is no JSON") from None
    try:
        return parse(document)
    except AttestationError as exc:
        raise _malformed(f"{path.name} is no attestation: {exc}") from exc


def parse(document: object) -> Attestation:
    """Return the attestation that a JSON value is; raises `AttestationError` with the member that is wrong."""
    if not isinstance(document, dict):
        raise _malformed("it is no JSON object")
    if document.get("version") != 1:
        raise _malformed("`version` is not 1")
    material, envelope = _members(document, "verification_material"), _members(document, "envelope")
    entries = material.get("transparency_entries")
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise _malformed("`transparency_entries` names no entry of a transparency log")
    _bytes(envelope, "signature")
    try:
        named, ends = certified(_bytes(material, "certificate"))
    except ValueError:
        raise _malformed("`certificate` is no X.509 certificate") from None
    subject, sha256, predicate_type = _statement(_bytes(envelope, "statement"))
    return Attestation(document, subject, sha256, predicate_type, named, ends, str(entries[0].get("logIndex", "")))


def _statement(payload: bytes) -> tuple[str, str, str]:
    """Return file name, digest and predicate type of an in-toto statement about one file."""
    try:
        statement = json.loads(payload)
    except (ValueError, RecursionError):
        raise _malformed("`statement` is no JSON") from None
    try:
        (subject,) = statement["subject"]
        found = subject["name"], subject["digest"]["sha256"], statement["predicateType"]
    except (LookupError, TypeError, ValueError):
        raise _malformed("`statement` does not speak of one file with its SHA-256") from None
    if not all(isinstance(text, str) and text for text in found):
        raise _malformed("`statement` does not speak of one file with its SHA-256")
    name, sha256, predicate_type = map(str, found)
    return name, sha256, predicate_type


def _members(value: dict[str, object], name: str) -> dict[str, object]:
    found = value.get(name)
    if not isinstance(found, dict):
        raise _malformed(f"`{name}` is missing")
    return found


def _bytes(value: dict[str, object], name: str) -> bytes:
    """Return what a member in base64 stands for; line breaks in it are common, and fine."""
    text = value.get(name)
    try:
        if isinstance(text, str) and (content := b64decode(text)):
            return content
    except (binascii.Error, ValueError):
        pass
    raise _malformed(f"`{name}` is missing, or no base64")


def _malformed(message: str) -> AttestationError:
    return AttestationError(
        "attestation-malformed", message, hint="Delete the file, or let the tool that wrote it write it again."
    )
