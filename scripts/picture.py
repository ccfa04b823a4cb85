"""Draw docs/images/run.svg and doctor.svg: what commands look like on a terminal, as they really ran.

Seconds, sizes and the port change from run to run; in the picture they stand still, so that it changes only when
what people see changes.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tpub.cli.app import App
from tpub.cli.main import connect, run
from tpub.clock import system

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from support import dists  # noqa: E402  (the tests' small distributions)
from support.checkouts import laid  # noqa: E402
from support.sandbox import UNPERMITTED  # noqa: E402

COLUMNS = 92
STILL = (
    (r"127\.0\.0\.1:\d+", "127.0.0.1:8765"),
    (r"\d+\.\d s", "0.1 s"),
    (r"\d+(\.\d+)? k?B", "1.2 kB"),
)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


def settled(text: str) -> list[str]:
    """Return the lines that stay on the screen when all bars have come and gone."""
    lines, row = [""], 0
    for piece in re.split(r"(\n|\r|\x1b\[\d*A|\x1b\[2K|\x1b\[\?25[hl])", text):
        if piece == "\n":
            row += 1
            lines += [""] * (row == len(lines))
        elif piece.endswith("A") and piece.startswith("\x1b"):
            row -= 1
        elif piece == "\x1b[2K":
            lines[row] = ""
        elif piece != "\r" and not piece.startswith("\x1b[?"):
            lines[row] += piece
    return lines


def transcript(*argv: str, shown: str) -> str:
    """Run a command line as on a terminal; return the line typed and what was seen."""
    screen = Terminal()
    env = {"TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "COLORTERM": "truecolor"}
    run(argv, App(env, screen, screen, system(), connect))
    text = "\n".join(settled(screen.getvalue()))
    for pattern, still in STILL:
        text = re.sub(pattern, still, text)
    return f"\x1b[1;32m$\x1b[0m {shown}\n{text.rstrip()}\n"


def pictures() -> dict[str, str]:
    """Return the pictures, by file name."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        good = [str(dists.wheel(folder)), str(dists.sdist(folder))]
        bad = str(dists.wheel(folder, tag="cp312-cp312-linux_x86_64"))
        checked = transcript("check", bad, shown="tpub check dist/*.whl")
        rehearsed = transcript("rehearse", *good, "--as", "github", shown="tpub rehearse --as github")
        broken = laid(folder / "checkout", {".github/workflows/release.yml": UNPERMITTED})
        seen = transcript(
            "doctor", "--offline", "--fix", "--yes", str(broken), shown="tpub doctor --offline --fix --yes"
        )
    return {"run.svg": drawn(f"{checked}\n{rehearsed}"), "doctor.svg": drawn(seen)}


def drawn(seen: str) -> str:
    """Return the picture of what was seen."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(seen))
    # Without rich's web fonts: a picture in a README asks no other host for anything.
    return re.sub(r"@font-face\s*{.*?}", "", console.export_svg(title="tpub", unique_id="tpub"), flags=re.DOTALL)


def main(folder: Path) -> None:
    """Write the pictures to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pictures().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
