"""A program: pypiserver on a free port (which it prints), taking uploads of one user."""

from __future__ import annotations

import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIServer, make_server

import pypiserver

USER, PASSWORD = "user", "s3cret-of-the-user"


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def main(folder: str) -> None:
    """Serve the packages in `folder` until the process is ended."""
    app = pypiserver.app(
        roots=[folder],
        authenticate=["update"],
        auther=lambda user, password: (user, password) == (USER, PASSWORD),
        disable_fallback=True,
    )
    with make_server("127.0.0.1", 0, app, _Threads) as server:
        sys.stdout.write(f"{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
