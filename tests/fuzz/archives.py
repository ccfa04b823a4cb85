"""Throw broken distributions at the preflight for a while.

    PYTHONPATH=tests python tests/fuzz/archives.py [SECONDS] [SEED]

What is thrown is made of good and hostile archives by cutting, flipping, copying and filling. Where atheris is
installed, coverage guides it; else chance does. Stops at the first input that makes a rule fail, costs more than two
seconds, or makes a message that cannot be shown, and leaves it in the working directory.
"""

from __future__ import annotations

import faulthandler
import importlib
import importlib.util
import random
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from support.dists import metadata
from support.hostile import (
    DEFLATED,
    INFO,
    SDIST_NAME,
    WHEEL_NAME,
    Block,
    Part,
    Zip,
    deflate,
    end64,
    extra_field,
    long_name,
    packed,
    pax,
    sdist_blocks,
    tar,
    wheel_files,
    wheel_parts,
)

if TYPE_CHECKING:
    from tpub.preflight.run import CheckResult

SECONDS = 600
LIMIT = 2.0  # processor seconds an input
PATIENCE = 30.0  # seconds after which an input is taken to hang
LONGEST = 20_000  # bytes an input
# What metadata is made of; bytes changed by chance seldom make a new field.
WORDS = [
    *(
        b"\nRequires-Dist: a[b]>=1,<2; python_version<'3'",
        b"\nRequires-Python: >=3.9",
        b"\nProvides-Extra: b",
        b"\nDynamic: ",
    ),
    *(b"\nProject-URL: a, https://a.example/", b"\nHome-page: https://[::1]:80/%20?a#b", b"\nClassifier: Private :: a"),
    *(b'\nAuthor-email: "A, B" <a@example.org>, (c) d@e.f', b"\nLicense-Expression: MIT OR (BSD-2-Clause)"),
    *(
        b"\nLicense-File: ../*",
        b"\nDescription: a\n       |b",
        b"\nImport-Name: a.b; private",
        b"\nKeywords: a,b",
        b"\nName: ",
    ),
    *(
        b"\nDescription-Content-Type: text/x-rst; charset=UTF-8; variant=GFM",
        b"\nMetadata-Version: 2.5",
        b"\nVersion: 1!2.0rc1+a",
    ),
    *(
        b"\n.. |a| replace:: |b| |a|\n",
        b"\n.. image:: a\n   :alt: b\n",
        b"\n> - [a](b)\n",
        b"\n====\n",
        b"\n+-+-+\n",
        b"`a <b_>`_",
    ),
    *(b"\xc2\xa0", "\u2028".encode(), b"\xff", b"=?utf-8?q?a?=", b"(" * 50, b"[" * 50, b"a." * 50, b"\n\n"),
]
EDGES = [0, 1, 2, 8, 0x20, 0x7F, 0x80, 0xFF]
Make = Callable[[bytes], bytes]


def member(name: str) -> Make:
    """Return what makes a wheel of the content of one of its members."""
    return lambda content: bytes(
        Zip([Part(path.encode(), content if path == name else old) for path, old in FILES.items()])
    )


FILES = wheel_files(**{"entry_points.txt": b"[console_scripts]\na = b:c\n"})
LARGE = Part(b"sampleproject/a.py", bytes(600_000), DEFLATED, data=deflate(bytes(600_000)) + b"more")
X = Part(b"sampleproject/x.txt", b"x" * 99, DEFLATED, local_extra=extra_field(0x7075, b"\1abcdx"))
KINDS: tuple[tuple[str, Make, tuple[bytes, ...]], ...] = (
    (WHEEL_NAME, bytes, (bytes(Zip(wheel_parts(X, LARGE))), bytes(Zip(wheel_parts(), end64=end64(500, 400, 5))))),
    (
        SDIST_NAME,
        bytes,
        (packed(tar(sdist_blocks(Block(b"x", bytes(600_000))))), packed(tar(sdist_blocks()), 0) + packed(b"")),
    ),
    (
        SDIST_NAME,
        packed,
        (
            tar(sdist_blocks(pax(b"path=sampleproject-1.0/x", b"size=5"), Block(b"x", b"x" * 5))),
            tar(sdist_blocks(long_name(b"sampleproject-1.0/x"), Block(b"x", type=b"S", fields={482: b"\1"}))),
            tar(sdist_blocks(pax(b"GNU.sparse.major=1", b"GNU.sparse.minor=0", type=b"g"), Block(b"x"))),
        ),
    ),
    (
        WHEEL_NAME,
        member(f"{INFO}/METADATA"),
        (metadata(), metadata(description_content_type="text/x-rst", extra="Requires-Dist: a[b]>=1; extra == 'c'\n")),
    ),
    (WHEEL_NAME, member(f"{INFO}/RECORD"), (FILES[f"{INFO}/RECORD"],)),
    (WHEEL_NAME, member(f"{INFO}/WHEEL"), (FILES[f"{INFO}/WHEEL"],)),
    (WHEEL_NAME, member(f"{INFO}/entry_points.txt"), (FILES[f"{INFO}/entry_points.txt"],)),
)


class Finding(Exception):  # noqa: N818  (nobody raises it but the target)
    """An input that the preflight does not bear."""


class Target:
    """Judges inputs; the first byte of each says what it is."""

    def __init__(self, folder: Path, check: Callable[[list[Path]], CheckResult]) -> None:
        self._folder, self._check = folder, check
        self.tried = 0
        self.slowest = 0.0

    def __call__(self, data: bytes) -> None:
        name, make, _ = KINDS[data[0] % len(KINDS)] if data else KINDS[0]
        path = self._folder / name
        path.write_bytes(make(data[1:]))
        faulthandler.dump_traceback_later(PATIENCE, exit=True)  # (the input is left in the temporary folder)
        begin = time.process_time()
        result = self._check([path])
        cost = time.process_time() - begin
        self.tried += 1
        self.slowest = max(self.slowest, cost)
        odd = [each for each in result.diagnostics if each.code == "rule-failed" or not each.message.isprintable()]
        if odd or cost > LIMIT:
            found = Path(f"finding-{self.tried}.bin")
            found.write_bytes(data)
            raise Finding(f"{found}: {cost:.1f} s, {odd}")


def seeds() -> list[bytes]:
    return [bytes([number]) + content for number, (_, _, contents) in enumerate(KINDS) for content in contents]


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Return `data` with a few places changed."""
    content = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 3, 5, 9])):
        at, length = chance.randrange(1, len(content) + 1), chance.choice([1, 2, 4, 8, 30, 200])
        match chance.randrange(8):
            case 0:
                content[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                content[at : at + 1] = bytes([chance.choice(EDGES)])
            case 2:
                content[at : at + length] = bytes([chance.choice(EDGES)]) * length
            case 3:
                del content[at : at + length]
            case 4:
                content[at:at] = chance.randbytes(length)
            case 5:
                content[at:at] = chance.choice(WORDS)
            case 6:
                start = chance.randrange(len(content))
                content[at : at + length] = content[start : start + length]
            case _:
                del content[max(at, len(content) // 4) :]
    return bytes(content[:LONGEST])


def by_chance(target: Target, seconds: float, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  (no secret)
    pool = seeds()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        data = mutate(chance.choice(pool), chance)
        target(data)
        if chance.random() < 0.02:  # some become the parents of others
            pool[len(seeds()) :] = [*pool[len(seeds()) :], data][-500:]


def by_coverage(target: Target, seconds: float, seed: int, corpus: Path) -> None:
    for number, content in enumerate(seeds()):
        (corpus / str(number)).write_bytes(content)
    options = [f"-max_total_time={seconds:.0f}", f"-seed={seed}", f"-max_len={LONGEST}", "-print_final_stats=1"]
    atheris = importlib.import_module("atheris")
    atheris.Setup([sys.argv[0], *options, str(corpus)], target)
    atheris.Fuzz()


def main() -> None:
    """Fuzz, and say how much was tried."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    is_guided = importlib.util.find_spec("atheris") is not None
    with importlib.import_module("atheris").instrument_imports(include=["tpub"]) if is_guided else nullcontext():
        check = importlib.import_module("tpub.preflight.run").check
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as corpus:
        target = Target(Path(folder), check)
        if is_guided:
            by_coverage(target, seconds, seed, Path(corpus))
        else:
            by_chance(target, seconds, seed)
        print(f"{target.tried} inputs, the slowest {target.slowest:.2f} s")  # noqa: T201


if __name__ == "__main__":
    main()
