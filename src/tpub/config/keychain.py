"""The system's keyring, where `tpub[keyring]` is installed: the only door to the library of that name.

Entries are found as twine finds them: the service is the upload URL, the user name of an API token `__token__`.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Thread

from tpub.diagnostic import Diagnostic, Setting, Severity
from tpub.index.credential import TOKEN_USER, Credential
from tpub.secret import Secret

_MEND = "Give the credential in `TPUB_TOKEN`, or mend the keyring: `keyring diagnose` says which one it is."
_WHERE = Setting("credential", "unknown", "keyring")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the keyring had to say: a credential, a problem, or neither."""

    credential: Credential | None = None
    problem: Diagnostic | None = None


def kept(url: str, username: str | None, *, patience: float | None) -> Kept:
    """Return what the keyring keeps for the index at `url`, and for that user name if there is one.

    It may ask its owner to unlock it. Without a terminal nobody would answer: after `patience` seconds it is given
    up (None: never). Without the extra, or a keyring, nothing is kept.
    """
    found: list[Kept] = []
    asking = Thread(target=lambda: found.append(_asked(url, username)), name="keyring", daemon=True)
    asking.start()
    if patience is None:
        while asking.is_alive():
            asking.join(1.0)  # an unbounded wait would not hear Ctrl-C on Windows
    else:
        asking.join(patience)
    if found:
        return found[0]
    message = f"the keyring gave no answer within {patience:g} s"
    return Kept(problem=Diagnostic("keyring-silent", message, _MEND, (_WHERE,), Severity.WARNING))


def _asked(url: str, username: str | None) -> Kept:
    try:
        import keyring  # noqa: PLC0415  (an extra, and slow)
        from keyring.errors import NoKeyringError  # noqa: PLC0415
    except ImportError:
        return Kept()
    try:
        if username is not None:
            return _credential(username, keyring.get_password(url, username))
        entry = keyring.get_credential(url, None)
        if entry is not None:
            return _credential(entry.username, entry.password)
        return _credential(TOKEN_USER, keyring.get_password(url, TOKEN_USER))
    except NoKeyringError:
        return Kept()
    except Exception as exc:  # noqa: BLE001  (backends are other people's, and raise what they like)
        # What they say may hold anything: the kind of failure is told alone.
        message = f"the keyring failed ({type(exc).__name__})"
        return Kept(problem=Diagnostic("keyring-failed", message, _MEND, (_WHERE,), Severity.WARNING))


def _credential(username: str, password: str | None) -> Kept:
    return Kept(Credential(username, Secret(password)) if password else None)
