"""What a signing certificate says, read without believing it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from tpub.attest.model import Certified

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, Extensions

# Source: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
_ARC = "1.3.6.1.4.1.57264.1."
_EXTENSIONS = {
    "issuer": "8",
    "source_repository_uri": "12",
    "source_repository_digest": "13",
    "source_repository_ref": "14",
    "build_config_uri": "18",
}
_UTF8_STRING = 0x0C
_LONG = 0x80  # DER: a length of 128 or more is preceded by the number of bytes that it takes


def certified(der: bytes) -> tuple[Certified, float]:
    """Return whom a certificate names, and the second since the epoch at which it expires.

    Raises `ValueError` if the bytes are no certificate.
    """
    from cryptography import x509  # noqa: PLC0415  (slow to import)

    certificate = _loaded(der)
    try:
        extensions = certificate.extensions
    except x509.DuplicateExtension as exc:
        raise ValueError(str(exc)) from exc
    values = {
        extension.oid.dotted_string.removeprefix(_ARC): _text(extension.value.value)
        for extension in extensions
        if isinstance(extension.value, x509.UnrecognizedExtension)
    }
    named = {name: values.get(number, "") for name, number in _EXTENSIONS.items()}
    return Certified(subject=_subject(extensions), **named), _end(certificate)


def _loaded(der: bytes) -> Certificate:
    """Return a certificate; one whose serial number RFC 5280 (4.1.2.2) forbids is none, and the library only warns."""
    from cryptography.utils import CryptographyDeprecationWarning  # noqa: PLC0415  (slow to import)
    from cryptography.x509 import load_der_x509_certificate  # noqa: PLC0415  (the same)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        certificate = load_der_x509_certificate(der)
        if certificate.serial_number <= 0:
            raise ValueError("the serial number is not positive")
    return certificate


def _subject(extensions: Extensions) -> str:
    from cryptography import x509  # noqa: PLC0415  (slow to import)

    try:
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ""
    return next((n.value for n in names if isinstance(n, (x509.RFC822Name, x509.UniformResourceIdentifier))), "")


def _end(certificate: Certificate) -> float:
    return certificate.not_valid_after_utc.timestamp()


def _text(der: bytes) -> str:
    """Return the string in a DER-encoded UTF8String; empty if it is something else."""
    if len(der) < 2 or der[0] != _UTF8_STRING:  # noqa: PLR2004  (tag and length)
        return ""
    start = 2 + (der[1] - _LONG if der[1] >= _LONG else 0)
    length = int.from_bytes(der[2:start]) if der[1] >= _LONG else der[1]
    return der[start : start + length].decode("utf-8", "replace")
