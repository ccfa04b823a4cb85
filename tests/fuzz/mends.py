"""Mend workflow files with slips in them for a while.

    PYTHONPATH=tests python tests/fuzz/mends.py [SECONDS] [SEED] [FOLDER...]

The files are the suite's, and those of the checkouts in each FOLDER. Stops at the first that makes a mend fail, that
no round of mends leaves in peace, or that takes more than five seconds, and says with which seed it was made.
"""

from __future__ import annotations

import faulthandler
import random
import sys
import tempfile
import time
from pathlib import Path

from support.mending import BROKEN, TANGLED, marred, mended, typed

SECONDS = 600
LIMIT = 5.0  # processor seconds a checkout
PATIENCE = 60.0  # seconds after which a checkout is taken to hang
LARGEST = 200_000  # bytes a file
Checkout = dict[str, bytes]


def checkouts(folders: list[Path]) -> list[Checkout]:
    found: list[Checkout] = [{path: text.encode()} for path, text in (*BROKEN, *TANGLED)]
    for root in sorted(each for folder in folders for each in folder.iterdir() if each.is_dir()):
        files = (path for path in root.rglob("*") if path.is_file() and path.stat().st_size <= LARGEST)
        found.append({path.relative_to(root).as_posix(): path.read_bytes() for path in files})
    return found


def lay(root: Path, checkout: Checkout, chance: random.Random) -> None:
    """Write a checkout, with slips in some of its YAML files."""
    for name, content in checkout.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        is_marred = path.suffix in (".yml", ".yaml") and chance.random() < 0.5
        text = content.decode("utf-8", "replace")
        path.write_bytes(marred(typed(text, chance), chance).encode() if is_marred else content)


def main() -> None:
    """Fuzz, and say how much was tried."""
    end = time.monotonic() + (float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    pool = checkouts([Path(name) for name in sys.argv[3:]])
    tried = changed = 0
    slowest = 0.0
    while time.monotonic() < end:
        chance = random.Random(seed + tried)  # noqa: S311  (no secret)
        with tempfile.TemporaryDirectory() as folder:
            lay(Path(folder), chance.choice(pool), chance)
            faulthandler.dump_traceback_later(PATIENCE, exit=True)
            begin = time.process_time()
            try:
                changed += bool(mended(Path(folder)))
            except Exception as exc:
                raise SystemExit(f"seed {seed + tried}: {exc!r}") from exc
            slowest = max(slowest, time.process_time() - begin)
        if slowest > LIMIT:
            raise SystemExit(f"seed {seed + tried}: {slowest:.1f} s")
        tried += 1
    print(f"{tried} checkouts, {changed} of them mended, the slowest in {slowest:.2f} s")  # noqa: T201


if __name__ == "__main__":
    main()
