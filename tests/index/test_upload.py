"""One file on its way, while somebody else writes to it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from support import dists
from support.loopback import Answer, serving
from tpub.dist.model import Distribution
from tpub.dist.read import read
from tpub.errors import DistributionError
from tpub.http import Http
from tpub.index.credential import token_credential
from tpub.index.model import find
from tpub.index.upload import send
from tpub.multipart import Escort
from tpub.secret import Secret

SIZE = 2**20
MIDDLE = SIZE // 2


class Writer(Escort):
    """Somebody who writes to a file when a part of it has left."""

    def __init__(self, path: Path, write: Callable[[Path], None]) -> None:
        self._path, self._write, self._is_done = path, write, False

    def advanced(self, sent: int) -> None:
        if not self._is_done and sent > SIZE // 4:
            self._is_done = True
            self._write(self._path)


def at(place: int, text: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(place, os.SEEK_END if place < 0 else os.SEEK_SET)
            file.write(text)

    return write


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(bytes(SIZE))


def shrink(path: Path) -> None:
    os.truncate(path, MIDDLE)


def replace(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(b"another file")
    other.replace(path)


def nothing(_: Path) -> None:
    """Leave it as it is."""


def a_wheel(folder: Path) -> Distribution:
    return read(dists.wheel(folder, files={"sampleproject/data": os.urandom(SIZE)}))


def attempt(file: Distribution, before: Callable[[Path], None], meanwhile: Callable[[Path], None]) -> tuple[str, bool]:
    """Return what sending comes to, and whether the index got what was judged, whole."""
    judged = file.path.read_bytes()
    before(file.path)
    with serving(lambda _: Answer()) as server, Http({}) as http:
        index, escort = find(f"{server.url}/legacy/"), Writer(file.path, meanwhile)
        try:
            ended = str(send(index, file, token_credential(Secret("pypi-x")), http, escort).status)
        except DistributionError as exc:
            ended = exc.diagnostic.code
    return ended, any(judged in asked.body for asked in server.asked)


@pytest.mark.parametrize(
    ("before", "meanwhile", "ended"),
    [
        pytest.param(nothing, nothing, ("200", True), id="left alone"),
        pytest.param(grow, nothing, ("200", True), id="longer: what was judged is sent"),
        pytest.param(at(9, b"x"), nothing, ("file-changed", False), id="other bytes at the beginning"),
        pytest.param(at(-1, b"x"), nothing, ("file-changed", False), id="another last byte"),
        pytest.param(shrink, nothing, ("file-changed", False), id="shorter"),
        pytest.param(lambda path: path.write_bytes(b""), nothing, ("file-changed", False), id="empty"),
        pytest.param(replace, nothing, ("file-changed", False), id="replaced"),
        pytest.param(Path.unlink, nothing, ("file-unreadable", False), id="gone"),
        pytest.param(nothing, grow, ("200", True), id="longer meanwhile"),
        pytest.param(nothing, at(-1, b"x"), ("file-changed", False), id="another last byte meanwhile"),
        pytest.param(nothing, at(9, b"x"), ("200", True), id="other bytes where they have left already"),
        pytest.param(nothing, shrink, ("file-changed", False), id="shorter meanwhile"),
    ],
)
def test_what_was_judged_is_sent_or_nothing(
    tmp_path: Path, before: Callable[[Path], None], meanwhile: Callable[[Path], None], ended: tuple[str, bool]
) -> None:
    assert attempt(a_wheel(tmp_path), before, meanwhile) == ended


@pytest.mark.skipif(os.name == "nt", reason="a file that is open cannot be replaced there")
@pytest.mark.parametrize("meanwhile", [replace, Path.unlink], ids=["replaced", "gone"])
def test_a_file_that_is_open_stays_what_it_was(tmp_path: Path, meanwhile: Callable[[Path], None]) -> None:
    assert attempt(a_wheel(tmp_path), nothing, meanwhile) == ("200", True)
