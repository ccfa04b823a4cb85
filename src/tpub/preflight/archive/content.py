"""What the bytes of a member say."""

from __future__ import annotations

import re

# Source: the rules in warehouse/utils/scanner_rules (pyarmor.yar: any of these; sourcedefender.yar: both).
_PYARMOR = (
    b"__pyarmor__(__name__, __file__,",
    b"__pyarmor_enter__",
    b"__pyarmor_exit__",
    b"__pyarmor_assert__",
    b"__pyarmor_bcc__",
)
_SOURCEDEFENDER = (b"---BEGIN PYE FILE---", b"---END PYE FILE---")

_KEY_MARK = b"PRIVATE KEY-----"
_KEY = re.compile(
    rb"^-----BEGIN (?:[A-Z0-9]{1,12} ){0,2}PRIVATE KEY-----\s*\n"  # RSA, EC, ENCRYPTED, OPENSSH, ...
    rb"(?:[A-Za-z-]{1,30}: .{1,100}\n|\s*\n){0,6}"  # Proc-Type, DEK-Info, a blank line
    rb"[A-Za-z0-9+/=]{16,}\s*$",
    re.MULTILINE,
)


def obfuscator(source: bytes | bytearray) -> str | None:
    """Return the name of the tool that has made `source` unreadable, of those that the index refuses."""
    if b"__pyarmor_" in source and any(mark in source for mark in _PYARMOR):
        return "PyArmor"
    if all(mark in source for mark in _SOURCEDEFENDER):
        return "SourceDefender"
    return None


def holds_private_key(head: bytes) -> bool:
    """Tell whether a PEM private key, and not only the word for it, stands in the first bytes of a member."""
    return _KEY_MARK in head and _KEY.search(head) is not None
