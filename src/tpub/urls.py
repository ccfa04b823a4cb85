"""What may be asked of a URL before anything is sent there, and how it may be shown."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def host(url: str) -> str:
    """Return the host of `url` in lower case, without port; empty if there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_wellformed(url: str) -> bool:
    """Tell whether `url` can be taken apart, down to a port that is a number."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def origin(url: str) -> str:
    """Return scheme, host and port of `url`: `https://packages.example.com:8443`; empty if it is malformed."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "", "", ""))


def is_loopback(url: str) -> bool:
    """Tell whether `url` stays on this machine."""
    return host(url) in _LOOPBACK


def is_secure(url: str) -> bool:
    """Tell whether a secret may travel to `url`: over https, or over http on this machine."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return False
    return bool(host(url)) and (scheme == "https" or (scheme == "http" and is_loopback(url)))


def shown(url: str) -> str:
    """Return `url` without what may be a secret: user, password, query and fragment."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(malformed URL)"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
