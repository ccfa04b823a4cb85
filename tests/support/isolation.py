"""Keeps the suite on this machine, and this machine's settings out of the suite."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address

_LEAKS = re.compile(
    r"(https?|all|no)_proxy|ssl_cert_(file|dir)|ssl_client_cert|(requests|curl)_ca_bundle|ci|(force|no|py)_color|forced_columns|"
    r"(actions|github|runner|gitlab|ci|circle|circleci|buildkite|tpub|twine|uv)_.*|.*_id_token|buildkite|circleci|gitlab",
    re.IGNORECASE,
)


def leaks(names: Iterable[str]) -> list[str]:
    """Return the variables that would change what a test sees: proxies, authorities, colours, and a CI's own."""
    return sorted(name for name in names if _LEAKS.fullmatch(name))


class NetworkGuard:
    """An audit hook that refuses every connection and every look-up but to this machine.

    It raises `AssertionError`, which no code under test mistakes for a network that is down. Programs that a test
    starts are not seen.
    """

    def __init__(self) -> None:
        self.test = "collecting tests"

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Remember whom to name; pytest calls this."""
        self.test = nodeid

    def audit(self, event: str, args: tuple[object, ...]) -> None:
        """Refuse what leaves the machine; Python calls this for everything that it audits."""
        match event, args:
            case (("socket.connect" | "socket.sendto"), (_, (host, *_))):
                self._demand_local(host)
            case (("socket.getaddrinfo" | "socket.gethostbyname" | "socket.gethostbyaddr"), (host, *_)):
                self._demand_local(host)
            case _:
                pass

    def _demand_local(self, host: object) -> None:
        if not is_local(host):
            raise AssertionError(f"{self.test} would leave this machine for {host!r}")


def is_local(host: object) -> bool:
    """Tell whether a host, as sockets take it, is this machine. None and empty are any of its own addresses."""
    if isinstance(host, bytes | bytearray):
        host = host.decode("ascii", "replace")
    if host in {None, "", "localhost"}:
        return True
    try:
        address = ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
