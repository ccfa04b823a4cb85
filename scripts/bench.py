"""Time tpub beside twine on the same files, run by run in turn: only the ratio means something.

`make bench`, on a machine that does nothing else. Files lie in a folder that is removed afterwards; nothing is sent.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
TAGS = [f"cp3{minor}-cp3{minor}-{platform}" for minor in range(10, 15) for platform in (
    "macosx_11_0_arm64", "macosx_11_0_x86_64", "manylinux_2_17_aarch64", "manylinux_2_17_x86_64",
    "musllinux_1_2_aarch64", "musllinux_1_2_x86_64", "win_amd64", "win_arm64",
)]  # fmt: skip
METADATA = (
    "Metadata-Version: 2.4\nName: {project}\nVersion: 1.0\nSummary: Forty wheels\nLicense-Expression: MIT\n"
    "Requires-Python: >=3.10\nClassifier: Programming Language :: Python :: 3\nRequires-Dist: packaging>=24\n"
    "Project-URL: Source, https://example.org/sampleproject\nDescription-Content-Type: {kind}\n\n{description}"
)
MODULES, LINES = 40, 250  # a package of 400 KB
SECTION = """
{title}
{line}

`A link <https://example.org/{title}>`_, **strong** words, ``code``, and a list:

- one item of it
- another, with *emphasis*

.. code-block:: python

    import sampleproject

    sampleproject.run({title!r})
"""
README = {  # by content type; both are as long as the readmes of large projects are
    "text/markdown": (ROOT / "README.md").read_text(encoding="utf-8"),
    "text/x-rst": "".join(SECTION.format(title=f"Section {n}", line="=" * 10) for n in range(30)),
}


def main() -> int:
    """Print one line for each thing timed: medians in seconds, and tpub's in proportion to twine's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="runs of each command (default: 9)")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="tpub-bench-") as folder:
        jobs = {"--version": ["--version"], "upload --help": ["upload", "--help"]}
        for kind in README:
            files = [str(path) for path in build(Path(folder, kind), kind)]
            jobs |= {f"check, 1 wheel, {kind}": ["check", files[0]], f"check, {len(files)}, {kind}": ["check", *files]}
        files = [str(path) for path in mix(Path(folder, "mix"))]
        jobs[f"check, {len(files)} projects"] = ["check", *files]
        for title, words in jobs.items():
            tpub, twine = pair(["-m", "tpub", *words], ["-m", "twine", *words], rounds)
            print(f"{title:30} tpub {tpub:.3f} s, twine {twine:.3f} s: {tpub / twine:.2f} of its time")
        checkout = workflows(Path(folder, "checkout"))
        tpub, python = pair(["-m", "tpub", "doctor", "--offline", str(checkout)], ["-c", "pass"], rounds)
        print(
            f"{'doctor, 50 workflows':30} tpub {tpub:.3f} s, python -c pass {python:.3f} s: {tpub - python:.3f} s more"
        )
    return 0


def pair(own: Sequence[str], other: Sequence[str], rounds: int) -> tuple[float, float]:
    """Return the median seconds of two runs of Python over `rounds`, in which they take turns."""
    taken: list[list[float]] = [[], []]
    for _ in range(rounds):
        for words, seconds in zip((own, other), taken, strict=True):
            seconds.append(run([sys.executable, *words]))
    first, second = map(statistics.median, taken)
    return first, second


def run(command: Sequence[str]) -> float:
    """Return the seconds that a command takes, which must succeed."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    return time.perf_counter() - start


def build(folder: Path, kind: str) -> Iterator[Path]:
    """Write the wheels of one release, whose description has that content type, and yield them."""
    folder.mkdir(parents=True)
    metadata = METADATA.format(project="sampleproject", kind=kind, description=README[kind])
    for tag in TAGS:
        yield wheel(folder, "sampleproject", tag, metadata)


def mix(folder: Path) -> Iterator[Path]:
    """Write a wheel of each of as many projects, no two of which say the same of themselves, and yield them."""
    folder.mkdir(parents=True)
    for number, tag in enumerate(TAGS):
        project, kind = f"sampleproject{number}", list(README)[number % len(README)]
        description = f"The project {number}.\n\n{README[kind]}"
        yield wheel(folder, project, tag, METADATA.format(project=project, kind=kind, description=description))


def workflows(checkout: Path) -> Path:
    """Write a checkout in which fifty workflows publish, as tpub's own does, and return it."""
    folder = checkout / ".github" / "workflows"
    folder.mkdir(parents=True)
    for number in range(50):
        shutil.copy(ROOT / ".github" / "workflows" / "release.yml", folder / f"release-{number}.yml")
    return checkout


def wheel(folder: Path, project: str, tag: str, metadata: str) -> Path:
    """Write the wheel of a project for that tag, RECORD included."""
    info = f"{project}-1.0.dist-info"
    members = {
        f"{project}/m{n}.py": b"".join(b"value_%d = %d\n" % (i, n) for i in range(LINES)) for n in range(MODULES)
    }
    members |= {
        f"{project}/tag.py": f"TAG = {tag!r}\n".encode(),  # no two files of a release have the same bytes
        f"{info}/METADATA": metadata.encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: false\nTag: {tag}\n".encode(),
    }
    rows = [f"{name},sha256={digest(content)},{len(content)}\n" for name, content in members.items()]
    members[f"{info}/RECORD"] = "".join((*rows, f"{info}/RECORD,,\n")).encode()
    path = folder / f"{project}-1.0-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def digest(content: bytes) -> str:
    """Return the SHA-256 as RECORD has it."""
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


if __name__ == "__main__":
    sys.exit(main())
