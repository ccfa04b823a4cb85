from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.world import tpub
from tpub.doctor.pages import Page, document, find, groups

ROOT = Path(__file__).parents[2]
PAGES = [page for pages in groups().values() for page in pages]
# Codes of the doctor's own sources: the first argument of whatever makes a finding.
MADE = re.compile(r"(?:error|warning|note|make|Diagnostic)\(\s*\"([a-z]+(?:-[a-z0-9]+)+)\"", re.DOTALL)
INTERNAL = {"issuer-unreachable"}  # never shown: it becomes part of another


def test_every_code_has_one_page() -> None:
    assert len({page.code for page in PAGES}) == len(PAGES)


def test_every_diagnosis_that_is_made_has_a_page() -> None:
    sources = [*(ROOT / "src/tpub/doctor").rglob("*.py"), ROOT / "src/tpub/workflow/document.py"]
    made = {code for path in sources for code in MADE.findall(path.read_text())}
    assert made - {page.code for page in PAGES} - INTERNAL == set()


@pytest.mark.parametrize("page", [pytest.param(page, id=page.code) for page in PAGES])
def test_pages_are_sentences(page: Page) -> None:
    assert page.cause[0].isupper() or page.cause[0] == "`"
    assert page.cause.endswith(".")
    assert page.mend.endswith(".")


def test_the_documentation_is_up_to_date() -> None:
    assert (ROOT / "docs/diagnoses.md").read_text(encoding="utf-8") == document()


def test_explain_shows_a_diagnosis() -> None:
    page = find("gh-id-token-missing")
    assert page is not None
    ran = tpub("explain", page.code)
    assert (ran.code, ran.out, ran.err) == (0, page.markdown, "")
