"""Writes docs/diagnoses.md from the texts that `tpub explain` shows."""

from __future__ import annotations

from pathlib import Path

from tpub.doctor.pages import document

if __name__ == "__main__":
    path = Path(__file__).resolve().parent.parent / "docs" / "diagnoses.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(document(), encoding="utf-8")
    print(f"wrote {path.name}")
