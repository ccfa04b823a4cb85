"""What the bytes of a member say."""

from __future__ import annotations

import posixpath
import re

from tpub.preflight.archive import limits

# Source: the rules in warehouse/utils/scanner_rules (pyarmor.yar: any of these; sourcedefender.yar: both).
# Put together here: the index looks for them in this file, too.
_HOOK = b"__pyarmor" + b"_"
_PYARMOR = (
    _HOOK + b"_(__name__, __file__,",
    _HOOK + b"enter__",
    _HOOK + b"exit__",
    _HOOK + b"assert__",
    _HOOK + b"bcc__",
)
_SOURCEDEFENDER = (b"---BEGIN " + b"PYE FILE---", b"---END " + b"PYE FILE---")

_BLANK_LINE = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_KEY_FILES = frozenset({"", ".pem", ".key", ".p8", ".pk8", ".priv", ".rsa", ".crt", ".cer", ".cert"})
_EXAMPLES = re.compile(
    r"(?:^|[/_.-])(?:tests?|testing|testdata|test_?\w*|fixtures?|examples?|samples?|demos?|docs?|mocks?|dummy\w*|stubs?|templates?)"
    r"(?:[_.-][^/]*)?/",
    re.IGNORECASE,
)
_BEGIN = b"-----BEGIN "  # of a certificate or public key, where it is not of a private one
_KEY = re.compile(
    rb"^-----BEGIN (?:[A-Z0-9]{1,12} ){0,2}PRIVATE KEY-----\s*\n"  # RSA, EC, ENCRYPTED, OPENSSH, ...
    rb"(?:[A-Za-z-]{1,30}: .{1,100}\n|\s*\n){0,6}"  # Proc-Type, DEK-Info, a blank line
    rb"[A-Za-z0-9+/=]{16,}\s*$",
    re.MULTILINE,
)


def obfuscator(source: bytes | bytearray) -> str | None:
    """Return the name of the tool that has made `source` unreadable, of those that the index refuses."""
    if _HOOK in source and any(mark in source for mark in _PYARMOR):
        return "PyArmor"
    if _SOURCEDEFENDER[0] in source and _SOURCEDEFENDER[1] in source:
        return "SourceDefender"
    return None


def is_key(name: str, head: bytes) -> bool:
    """Tell whether a member whose content begins so is a private key, and not one made for tests or examples."""
    is_armoured = _BEGIN in head
    if not is_armoured and not (head and name[-4:].lower() == ".pem"):
        return False  # (as nearly all are)
    suffix = posixpath.splitext(name)[1].lower()
    if suffix not in _KEY_FILES or is_example(name):
        return False
    return _KEY.search(head) is not None if is_armoured else suffix == ".pem"


def is_example(name: str) -> bool:
    """Tell whether a member lies where tests, examples and documentation are kept."""
    return _EXAMPLES.search(name) is not None


def has_too_many_fields(name: str, metadata: bytes) -> bool:
    """Tell whether a member is core metadata whose part before the description is too long to be read."""
    if posixpath.basename(name) not in ("METADATA", "PKG-INFO"):
        return False
    end = _BLANK_LINE.search(metadata)
    fields = metadata[: end.start()] if end else metadata
    lines = fields.count(b"\n") + fields.count(b"\r")
    return len(fields) > limits.METADATA_FIELDS or lines > limits.METADATA_LINES
