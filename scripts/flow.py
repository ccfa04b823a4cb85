"""Draw docs/images/flow.svg: who says what to whom in a release by trusted publishing."""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
WIDTH, TOP, STEP = 880, 84, 46
COLUMNS = {"ci": (130, "the CI's token service"), "job": (440, "tpub, in your job"), "index": (750, "the index")}
STEPS = (
    ("job", "index", "1  for whom is an identity token to be made out?"),
    ("index", "job", "audience: pypi"),
    ("job", "ci", "2  vouch for me, to that audience"),
    ("ci", "job", "identity token: repository, workflow, environment"),
    ("job", "index", "3  exchange it"),
    ("index", "job", "API token, good for 15 minutes and these projects"),
    ("job", "index", "4  the files, one wheel first, the sdist last"),
    ("index", "job", "what is listed: name and SHA-256 of each"),
    ("job", "index", "5  forget the API token"),
)


def drawn() -> str:
    """Return the picture."""
    height = TOP + STEP * len(STEPS) + 16
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
            'aria-label="The steps of a release by trusted publishing" font-family="sans-serif" font-size="13">'
        ),
        "<title>The steps of a release by trusted publishing</title>",
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#ffffff"/>',
        (
            '<marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
            '<path d="M0 0L8 4L0 8z" fill="#303f9f"/></marker>'
        ),
    ]
    for x, title in COLUMNS.values():
        parts.append(f'<line x1="{x}" y1="48" x2="{x}" y2="{height - 12}" stroke="#9fa8da" stroke-dasharray="4 4"/>')
        parts.append(f'<rect x="{x - 100}" y="14" width="200" height="34" rx="6" fill="#303f9f"/>')
        parts.append(f'<text x="{x}" y="36" text-anchor="middle" fill="#ffffff">{escape(title)}</text>')
    for number, (source, target, text) in enumerate(STEPS):
        start, end, y = COLUMNS[source][0], COLUMNS[target][0], TOP + STEP * number
        away = 4 if end > start else -4
        dashes = "" if text[0].isdigit() else ' stroke-dasharray="6 3"'
        parts.append(
            f'<line x1="{start + away}" y1="{y + 6}" x2="{end - away}" y2="{y + 6}" stroke="#303f9f"{dashes} '
            'marker-end="url(#head)"/>'
        )
        parts.append(
            f'<text x="{(start + end) // 2}" y="{y - 2}" text-anchor="middle" font-size="10">{escape(text)}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def main(target: Path) -> None:
    """Write the picture to `target`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(drawn(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images" / "flow.svg")
