"""tpub as a process of its own: memory, signals, pipes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from support import dists
from support.processes import environment, start
from tpub.rehearsal.ci import JobDescription
from tpub.rehearsal.effects import Throttle
from tpub.rehearsal.faults import ALWAYS, Fault
from tpub.rehearsal.index import RehearsalIndex, serve

ROOT = Path(__file__).parents[2]
# Tells the peak of its memory (bytes) when it ends: what the process itself held, its libraries included.
MEASURED = """
import resource, sys
from tpub.cli.main import main
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, file=sys.stderr)
"""


def big_wheel(folder: Path, size: int) -> Path:
    """Write a wheel with one stored member of `size` bytes: valid, and large without holding it in memory."""
    path = dists.wheel(folder, files={"sampleproject/empty.bin": b""})
    large = folder / "large" / path.name
    large.parent.mkdir()
    info = zipfile.ZipInfo("sampleproject/large.bin", (2023, 11, 14, 22, 13, 20))
    block = bytes(range(256)) * 4096
    with zipfile.ZipFile(path) as small, zipfile.ZipFile(large, "w") as archive:
        info.file_size = size
        with archive.open(info, "w") as member:
            for _ in range(size // len(block)):
                member.write(block)
        for item in small.infolist():
            if item.filename.endswith("RECORD"):
                continue
            archive.writestr(item, small.read(item))
        archive.writestr("sampleproject-1.0.dist-info/RECORD", b"")
    return large


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is counted in other units elsewhere")
def test_memory_stays_flat_whatever_the_size(index: RehearsalIndex, tmp_path: Path) -> None:
    peaks = []
    for name, path in (("small", dists.wheel(tmp_path)), ("large", big_wheel(tmp_path, 300 * 1024 * 1024))):
        index.store.files.clear()
        env = {"TPUB_TOKEN": index.user_token().reveal()}
        with start("upload", "--index", index.index.upload_url, str(path), "-q", env=env, program=MEASURED) as process:
            out, err = process.communicate(timeout=120)
        assert process.returncode == 0, (name, out, err)
        assert index.store.files[path.name].size == path.stat().st_size
        peaks.append(int(err.splitlines()[-1]))
    assert peaks[1] - peaks[0] < 16 * 1024 * 1024


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_an_interrupted_release_gives_its_token_back(tmp_path: Path, number: signal.Signals) -> None:
    path = big_wheel(tmp_path, 32 * 1024 * 1024)
    with serve(faults=[Fault(Throttle(1e6), times=ALWAYS)]) as index:
        job = index.job(JobDescription("github"))
        index.expect(job.publisher, "sampleproject")
        argv = ("upload", "--no-check", "--index", index.index.upload_url, "--format", "json", str(path))
        with start(*argv, env=job.env) as process:
            while not index.store.minted and process.poll() is None:
                time.sleep(0.01)
            time.sleep(0.05)
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
        report = json.loads(out)
        assert (process.returncode, report["exit_code"]) == (130, 130)
        assert report["uploads"][0]["status"] in ("failed", "unsent")
        assert "Traceback" not in err
        assert index.store.live(time.time()) == [], (err, index.store.requests)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
def test_an_index_that_stays_says_what_to_type_to_install_from_it(tmp_path: Path) -> None:
    wheel, into = dists.wheel(tmp_path), tmp_path / "fetched"
    with start("rehearse", "--serve", "--quiet", str(wheel), env={}) as process:
        assert process.stderr is not None
        line = next(line for line in process.stderr if line.startswith("  pip install "))
        words = line.replace("pip install", "pip download --no-deps --no-cache-dir --quiet --dest").split()
        place = words.index("--dest") + 1
        fetched = subprocess.run(  # noqa: S603
            [sys.executable, "-m", *words[:place], str(into), *words[place:]],
            env=environment({"PIP_CONFIG_FILE": os.devnull}),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert (fetched.returncode, [path.name for path in into.iterdir()]) == (0, [wheel.name]), fetched.stderr
    assert process.returncode == 0


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    argv = ["check", *(str(dists.wheel(tmp_path, version=f"1.{n}")) for n in range(30)), "--format", "json"]
    with start(*argv, env={}) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
    assert "Traceback" not in err
    assert "BrokenPipe" not in err


HEAVY = {"httpx", "rich", "requests", "requests_toolbelt", "packaging", "pydantic", "yaml", "jwt", "sigstore"}


@pytest.mark.parametrize(
    ("argv", "absent"),
    [
        pytest.param(["--version"], {*HEAVY, "tpub.cli.upload", "tpub.diagnostic"}, id="--version"),
        pytest.param(["--help"], HEAVY, id="--help"),
        pytest.param(["upload", "--help"], {*HEAVY, "tpub.cli.check", "tpub.diagnostic"}, id="upload --help"),
        pytest.param(["rehearse", "--help"], HEAVY, id="rehearse --help"),
        pytest.param(["check", "nothing"], HEAVY - {"packaging"}, id="check, nothing"),
        pytest.param(["check", str(ROOT / "README.md")], HEAVY - {"packaging"}, id="check"),
        pytest.param(["explain", "zip-crc-mismatch"], HEAVY - {"packaging"}, id="explain"),
        pytest.param(["doctor", "--offline", str(ROOT)], HEAVY - {"packaging", "yaml"}, id="doctor, offline"),
    ],
)
def test_a_command_imports_only_what_it_needs(argv: list[str], absent: set[str]) -> None:
    program = (
        "import sys\nfrom tpub.cli.main import main\ntry:\n    main()\nfinally:\n"
        "    print(*sys.modules, file=sys.stderr)"
    )
    with start(*argv, env={}, program=program) as process:
        _, err = process.communicate(timeout=60)
    assert absent & set(err.splitlines()[-1].split()) == set()
