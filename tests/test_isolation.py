from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable

import pytest

from support.isolation import is_local, leaks


def connect(host: str) -> None:
    with socket.socket() as stream:
        stream.connect((host, 443))


def send(host: str) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        datagrams.sendto(b"?", (host, 53))


def ask(host: str) -> None:
    socket.create_connection((host, 443))


@pytest.mark.parametrize(
    ("leave", "host"),
    [
        pytest.param(connect, "192.0.2.1", id="connection"),
        pytest.param(send, "192.0.2.1", id="datagram"),
        pytest.param(ask, "index.example", id="name to look up"),
    ],
)
def test_nothing_leaves_this_machine(leave: Callable[[str], None], host: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(AssertionError) as caught:
        leave(host)
    assert str(caught.value) == f"{request.node.nodeid} would leave this machine for {host!r}"


def test_this_machine_may_be_talked_to() -> None:
    with socket.create_server(("localhost", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("127.0.0.1", True, id="loopback"),
        pytest.param("::1", True, id="loopback, version 6"),
        pytest.param(b"localhost", True, id="bytes"),
        pytest.param(None, True, id="any of our own"),
        pytest.param("0.0.0.0", True, id="unspecified"),  # noqa: S104  (nothing listens there)
        pytest.param("10.0.0.1", False, id="private"),
        pytest.param("localhost.example", False, id="a name that starts like ours"),
    ],
)
def test_what_is_this_machine(host: object, expected: bool) -> None:  # noqa: FBT001  (a column of the table)
    assert is_local(host) is expected


def test_variables_that_leak() -> None:
    kept = ["PATH", "HOME", "PIP_FIND_LINKS", "CIVIL", "PYTHONPATH"]
    dropped = [
        "ACTIONS_ID_TOKEN_REQUEST_URL",
        "CI",
        "GITLAB_CI",
        "HTTPS_PROXY",
        "NO_COLOR",
        "PYPI_ID_TOKEN",
        "no_proxy",
    ]
    assert leaks([*kept, *dropped]) == dropped


def test_none_of_them_is_here_nor_in_programs_that_are_started() -> None:
    started = subprocess.run(
        [sys.executable, "-c", "import os; print(*os.environ, sep='\\n')"], check=True, capture_output=True, text=True
    )
    assert (leaks(os.environ), leaks(started.stdout.splitlines())) == ([], [])  # noqa: TID251  (what is tested)
