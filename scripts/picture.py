"""Draw docs/images/run.svg: what a rehearsal looks like on a terminal, as it really ran.

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


def main(target: Path) -> None:
    """Write the picture to `target`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        good = [str(dists.wheel(folder)), str(dists.sdist(folder))]
        bad = str(dists.wheel(folder, tag="cp312-cp312-linux_x86_64"))
        seen = transcript("check", bad, shown="tpub check dist/*.whl")
        seen += "\n" + transcript("rehearse", *good, "--as", "github", shown="tpub rehearse --as github")
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(seen))
    target.parent.mkdir(parents=True, exist_ok=True)
    # Without rich's web fonts: a picture in a README asks no other host for anything.
    svg = re.sub(r"@font-face\s*{.*?}", "", console.export_svg(title="tpub", unique_id="tpub"), flags=re.DOTALL)
    target.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images" / "run.svg")
