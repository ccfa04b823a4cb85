"""What may be asked of a URL before anything is sent there, and how it may be shown."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"https": 443, "http": 80}


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


def normalized(url: str) -> str:
    """Return `url` with scheme and host in lower case and without the scheme's own port, all else as it is.

    Source: RFC 3986, 6.2.2.1 and 6.2.3. A malformed one stays as it is.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    login, at, _ = parts.netloc.rpartition("@")
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    where = name if port in (None, _PORTS.get(parts.scheme)) else f"{name}:{port}"
    return urlunsplit((parts.scheme, f"{login}{at}{where}", *parts[2:]))


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
