"""Every code has a page, and every page a code."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from support.codes import codes, said, typed
from support.world import tpub
from tpub.errors import ConfigError
from tpub.pages import page, pages, texts
from tpub.pages.page import Page, Topic
from tpub.preflight.catalogue import RULES

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "tpub"
# Their tables hold the words of metadata, of files and of the index; what they say to people, they say in news.
WORDY = {"preflight", "rehearsal", "report", "scaffold", "writing"}

WRITTEN = [topic for name in texts.FILES for topic in texts.topics(name)]

each_page = pytest.mark.parametrize("each", [pytest.param(each, id=each.code) for each in pages()])
each_written = pytest.mark.parametrize(
    "each", [pytest.param(each, id=each.code) for topic in WRITTEN for each in topic.pages]
)
each_diagnosis = pytest.mark.parametrize(
    "each", [pytest.param(each, id=each.code) for topic in texts.topics("diagnoses") for each in topic.pages]
)


def sayable() -> set[str]:
    """Return the codes of the whole source."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        is_wordy = bool(WORDY & set(path.relative_to(PACKAGE).parts))
        found |= set(codes(path)) if is_wordy else said(path)
    return found


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pages_script", ROOT / "scripts" / "pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@each_written
def test_a_module_that_is_named_as_the_source_has_the_code(each: Page) -> None:
    for name in re.findall(r"\btpub\.([a-z_.]*[a-z_])", each.source):
        place = PACKAGE.joinpath(*name.split("."))
        modules = list(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
        assert any(each.code in module.read_text("utf-8") for module in modules), name


def test_the_page_of_a_rule() -> None:
    assert page("summary-multiline") == Page(
        "summary-multiline",
        "Summary stands on one line.",
        "The summary is shown in lists and search results, where there is one line for it.",
        "Keep `description` in `[project]` to one line and move the rest to the readme.",
        "packaging.metadata, as called by warehouse.forklift.metadata; "
        "https://packaging.python.org/en/latest/specifications/core-metadata/#summary.",
        "Error: no index is sent the file.",
    )


def test_the_page_of_a_message() -> None:
    assert page("identity-given-twice").markdown == (
        "## `identity-given-twice`\n\n"
        "`--provider` and `--identity-token-file` are both given.\n\n"
        "Both say where the identity token comes from, and there is one.\n\n"
        "**Mend.** Leave one of them out.\n\n"
        "**Source.** tpub.config.identity_token.\n"
    )


def test_a_rule_as_markdown() -> None:
    assert page("sdist-second-in-release").markdown == (
        "## `sdist-second-in-release`\n\n"
        "A release has one sdist.\n\n"
        "Installers could not tell which of two sdists is the source of the release. "
        "If it is the index that has one, leave this one out, or raise the version.\n\n"
        "**Mend.** Send the `.tar.gz` alone.\n\n"
        "**Weight.** Error: PyPI refuses the file; other indexes are sent it. "
        "It concerns the files of one run together.\n\n"
        "**Source.** warehouse.forklift.legacy, `file_upload`; PEP 527.\n"
    )


@pytest.mark.parametrize(
    ("slip", "hint"),
    [
        pytest.param("sumary-multiline", "Use `summary-multiline`.", id="of-a-rule"),
        pytest.param("gh-id-token-mising", "Use `gh-id-token-missing`.", id="of-a-diagnosis"),
        pytest.param("index-uploads-of", "Use `index-uploads-off`.", id="of-a-message"),
        pytest.param("?", "Run `tpub explain` for all codes.", id="of-nothing"),
    ],
)
def test_a_slip_is_understood(slip: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        page(slip)
    assert (caught.value.diagnostic.code, caught.value.diagnostic.hint) == ("rule-unknown", hint)


def test_rules_come_first_in_their_order() -> None:
    assert [each.code for each in pages()][: len(RULES)] == [rule.code for rule in RULES]


def test_a_code_has_one_page() -> None:
    found = [each.code for each in pages()]
    assert sorted(found) == sorted(set(found))


def test_every_code_has_a_page() -> None:
    assert sorted(sayable() - {each.code for each in pages()}) == []


def test_every_page_has_a_code() -> None:
    assert sorted({each.code for each in pages()} - sayable()) == []


def test_every_file_of_texts_is_read() -> None:
    found = {(path.parent.name, path.stem) for path in (PACKAGE / "pages").rglob("*.toml")}
    assert found == {(document, name) for document, names in texts.FILES.items() for name in names}


@pytest.mark.parametrize("topic", [pytest.param(topic, id=topic.title) for topic in WRITTEN])
def test_a_topic_is_in_the_order_of_its_codes(topic: Topic) -> None:
    found = [each.code for each in topic.pages]
    assert found == sorted(found)


@each_page
def test_a_page_is_written_in_sentences(each: Page) -> None:
    found = {"what": each.what, "why": each.why, "mend": each.mend, "source": each.source}
    assert [name for name, text in found.items() if not re.fullmatch(r"[\w`].*[.?]", text, re.DOTALL)] == []


@each_written
def test_a_mend_begins_with_what_to_do(each: Page) -> None:
    verb = each.mend.partition(" ")[0]
    assert re.fullmatch(r"[A-Z][a-z]+", verb)
    assert verb not in {"The", "This", "It", "You", "There", "If", "To", "A", "An", "Its", "For", "In", "On", "With"}


@each_diagnosis
def test_a_diagnosis_says_how_grave_it_is_and_when_it_shows(each: Page) -> None:
    grave, _, when = each.weight.partition("; it shows ")
    assert re.fullmatch(r"(Error|Warning|Note)\b[^;]*", grave)
    assert when in {
        "before the job starts, or before its first step is done.",
        "when the job asks for its identity token.",
        "when the index is asked for its audience.",
        "when the index exchanges the identity token.",
        "when the files are sent.",
    }


def test_a_diagnosis_is_as_grave_as_the_doctor_makes_it() -> None:
    made = re.compile(r"\b(error|warning|note)\(\s*\"([a-z-]+)\"")
    found = {told for path in (PACKAGE / "doctor").rglob("*.py") for told in made.findall(path.read_text("utf-8"))}
    assert len(found) > 50
    assert {(grave, code) for grave, code in found if grave not in page(code).weight.lower()} == set()


@each_page
def test_a_source_of_our_own_is_there(each: Page) -> None:
    names = re.findall(r"\btpub(?:\.\w+)+", each.source)
    assert [name for name in names if importlib.util.find_spec(name) is None] == []


def test_a_page_has_what_its_messages_tell_to_type() -> None:
    known = {each.code: each.markdown for each in pages()}
    told = {pair for path in PACKAGE.rglob("*.py") for pair in typed(path) if pair[0] in known}
    assert len(told) > 100
    assert sorted((code, text) for code, text in told if text not in known[code]) == []


def test_explain_shows_a_page() -> None:
    ran = tpub("explain", "gh-id-token-missing")
    assert (ran.code, ran.out, ran.err) == (0, page("gh-id-token-missing").markdown, "")


@pytest.mark.parametrize(("name", "text"), [pytest.param(*item, id=item[0]) for item in script().documents().items()])
def test_the_documentation_is_up_to_date(name: str, text: str) -> None:
    assert (ROOT / "docs" / name).read_text("utf-8") == text, "run scripts/pages.py"
