from __future__ import annotations

import re

import pytest

from tpub.diagnostic import Severity
from tpub.errors import ConfigError
from tpub.preflight.catalogue import RULES
from tpub.preflight.explain import Page, page, pages


def test_the_page_of_a_rule() -> None:
    assert page("summary-multiline") == Page(
        "summary-multiline",
        Severity.ERROR,
        "Summary stands on one line.",
        "The summary is shown in lists and search results, where there is one line for it.",
        "Keep `description` in `[project]` to one line and move the rest to the readme.",
        "packaging.metadata, as called by warehouse.forklift.metadata; "
        "https://packaging.python.org/en/latest/specifications/core-metadata/#summary.",
        "an index that keeps to the specifications refuses the file.",
    )


def test_a_page_as_markdown() -> None:
    assert page("sdist-second-in-release").markdown == (
        "## `sdist-second-in-release`\n\n"
        "A release has one sdist.\n\n"
        "Installers could not tell which of two sdists is the source of the release.\n\n"
        "**Mend.** Send the `.tar.gz` alone.\n\n"
        "**Weight.** Error: PyPI refuses the file. It concerns the files of one run together.\n\n"
        "**Source.** warehouse.forklift.legacy, `file_upload`; PEP 527.\n"
    )


def test_a_slip_is_understood() -> None:
    with pytest.raises(ConfigError) as caught:
        page("sumary-multiline")
    assert caught.value.diagnostic.hint == "Use `summary-multiline`."


def test_every_rule_has_a_page() -> None:
    assert [each.code for each in pages()] == [rule.code for rule in RULES]


@pytest.mark.parametrize("each", [pytest.param(each, id=each.code) for each in pages()])
def test_a_page_is_written_in_sentences(each: Page) -> None:
    texts = {"what": each.what, "why": each.why, "mend": each.mend, "source": each.source}
    assert [name for name, text in texts.items() if not re.fullmatch(r"[\w`].*[.?]", text, re.DOTALL)] == []
    assert each.severity in Severity
