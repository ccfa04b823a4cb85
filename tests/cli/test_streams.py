from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support import dists
from support.processes import environment
from tpub.cli.streams import fault, unbroken
from tpub.rehearsal.index import serve

TPUB = [sys.executable, "-m", "tpub"]


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        pytest.param("utf-8", "→ żół".encode(), id="all characters are there"),
        pytest.param("cp1252", b"\\u2192 \\u017c\xf3\\u0142", id="some are not"),
    ],
)
def test_characters_that_a_stream_does_not_have(encoding: str, written: bytes) -> None:
    there = io.BytesIO()
    console = io.TextIOWrapper(there, encoding=encoding)
    stream = unbroken(console)
    stream.write("→ żół")
    assert there.getvalue() == written


def test_a_stream_that_was_closed_before_the_start() -> None:
    with unbroken(None) as stream:
        assert stream.write("nobody hears") == len("nobody hears")


def test_a_reader_who_has_gone_is_written_to_no_more() -> None:
    reading, writing = os.pipe()
    with open(writing, "w", encoding="utf-8") as there:  # noqa: PTH123
        stream = unbroken(there)
        stream.write("heard\n")
        os.close(reading)
        stream.write("not heard\n")
        stream.write("nor this\n")
        assert fault(stream) is None


@pytest.mark.skipif(os.name == "nt", reason="pipes of Windows do not refuse")
@pytest.mark.parametrize("buffering", [pytest.param(-1, id="buffered"), pytest.param(0, id="python -u")])
def test_a_reader_who_is_slow_gets_all_of_it(buffering: int) -> None:
    lines = [f"line {number}" for number in range(50_000)]  # more than a pipe holds
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with (
        open(reading, encoding="utf-8") as reader,  # noqa: PTH123
        ThreadPoolExecutor() as pool,
        io.TextIOWrapper(open(writing, "wb", buffering), encoding="utf-8", write_through=True) as there,  # noqa: PTH123
    ):
        read = pool.submit(lambda: reader.read().splitlines())
        stream = unbroken(there)
        stream.write("\n".join(lines))
        there.close()
        assert (read.result(), fault(stream)) == (lines, None)


@pytest.mark.parametrize("gone", ["stdout", "stderr"])
def test_a_release_goes_on_when_its_log_ends(tmp_path: Path, gone: str) -> None:
    files = [str(dists.wheel(tmp_path, tag=f"cp31{number}-none-any")) for number in range(4)]
    with serve() as index:
        index.store.create_project("sampleproject")
        env = environment({}) | {"TPUB_TOKEN": index.user_token().reveal()}
        reading, writing = os.pipe()
        os.close(reading)
        command = [*TPUB, "upload", "--index", index.index.upload_url, *files]
        streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, gone: writing}
        done = subprocess.run(command, env=env, check=False, **streams)  # type: ignore[call-overload]  # noqa: S603
        os.close(writing)
        assert (done.returncode, len(index.store.files)) == (0, 4)


def test_the_exit_code_is_that_of_the_command_whoever_has_stopped_reading(tmp_path: Path) -> None:
    bad = dists.wheel(tmp_path, tag="cp312-cp312-linux_x86_64")
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(  # noqa: S603
        [*TPUB, "check", str(bad)], stdout=writing, stderr=subprocess.PIPE, env=environment({}), check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (3, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
@pytest.mark.parametrize("full", ["stdout", "stderr"])
def test_a_full_disk_below_the_report_costs_no_account_of_the_release(tmp_path: Path, full: str) -> None:
    wheel = dists.wheel(tmp_path)
    with serve() as index, open("/dev/full", "wb") as disk:  # noqa: PTH123
        index.store.create_project("sampleproject")
        env = environment({}) | {"TPUB_TOKEN": index.user_token().reveal()}
        command = [*TPUB, "upload", "--quiet", "--index", index.index.upload_url, str(wheel)]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, full: disk}
        done = subprocess.run(command, env=env, check=False, text=True, **streams)  # type: ignore[call-overload]  # noqa: S603
        assert list(index.store.files) == [wheel.name]
    if full == "stderr":
        assert (done.returncode, done.stdout.startswith("  uploaded  ")) == (0, True)
    else:
        where = index.index.upload_url.split("/")[2]
        told, _mend = done.stderr.removeprefix(f"done: 1 of 1 file on {where}\n").splitlines()
        cause = f"error: the report cannot be written to stdout: {os.strerror(errno.ENOSPC)} [report-unwritten]"
        assert (done.returncode, told) == (2, cause)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
@pytest.mark.parametrize("words", [[], ["--help"], ["check", "--help"], ["--version"], ["explain"]], ids=" ".join)
def test_what_has_no_room_is_told_whoever_writes_it(words: list[str]) -> None:
    with open("/dev/full", "wb") as disk:  # noqa: PTH123
        command = [*TPUB, *words]
        done = subprocess.run(command, stdout=disk, stderr=subprocess.PIPE, env=environment({}), check=False, text=True)  # noqa: S603
    cause = f"error: the report cannot be written to stdout: {os.strerror(errno.ENOSPC)} [report-unwritten]"
    assert (done.returncode, done.stderr.splitlines()[:1]) == (2, [cause])
