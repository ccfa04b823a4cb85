from __future__ import annotations

import pytest

from tpub.workflow.document import Document, parse
from tpub.workflow.fix import Edit, added, applied, diff, exchanged, moved, removed, renamed, replaced
from tpub.workflow.locate import Place, top


def at(text: str, *route: str) -> Place:
    document = parse(text, "w.yml")
    assert isinstance(document, Document)
    place = top(document).get(*route)
    assert place is not None
    return place


GRANT = {"id-token": "write"}


@pytest.mark.parametrize(
    ("text", "route", "after"),
    [
        pytest.param(
            "jobs:\n  p:\n    runs-on: x  # y\n    steps: []\n",
            ("jobs", "p"),
            "jobs:\n  p:\n    runs-on: x  # y\n    permissions:\n      id-token: write\n    steps: []\n",
            id="a block, behind its neighbour",
        ),
        pytest.param(
            "jobs:\n  p:\n    steps:\n      - run: x\n",
            ("jobs", "p"),
            "jobs:\n  p:\n    permissions:\n      id-token: write\n    steps:\n      - run: x\n",
            id="before the steps",
        ),
        pytest.param("p: {}\n", ("p",), "p: {permissions: {id-token: write}}\n", id="empty braces"),
        pytest.param(
            "p: { a: b }  # c\n", ("p",), "p: { a: b, permissions: {id-token: write} }  # c\n", id="between braces"
        ),
        pytest.param("p:\n", ("p",), "p:\n  permissions:\n    id-token: write\n", id="a key without value"),
        pytest.param("p:\n  a: b", ("p",), "p:\n  a: b\n  permissions:\n    id-token: write\n", id="no final newline"),
        pytest.param(
            "p:\r\n  a: b\r\n", ("p",), "p:\r\n  a: b\r\n  permissions:\r\n    id-token: write\r\n", id="CR LF"
        ),
        pytest.param("p: read-all\n", ("p",), "p: {permissions: {id-token: write}}\n", id="a word makes way"),
    ],
)
def test_an_entry_is_added(text: str, route: tuple[str, ...], after: str) -> None:
    assert applied(text, [added(at(text, *route), "permissions", GRANT)]) == after


@pytest.mark.parametrize(
    ("text", "route", "after"),
    [
        pytest.param("a:\n  b: c  # d\n  # e\n  f: g\n", ("a", "b"), "a:\n  # e\n  f: g\n", id="a line"),
        pytest.param("a:\n  b:\n    c: d\n    e: f\n  g: h\n", ("a", "b"), "a:\n  g: h\n", id="a block"),
        pytest.param("a: {b: c, d: e}\n", ("a", "b"), "a: {d: e}\n", id="first between braces"),
        pytest.param("a: {b: c, d: e}\n", ("a", "d"), "a: {b: c}\n", id="last between braces"),
        pytest.param("a: {b: c}\n", ("a", "b"), "a: {}\n", id="alone between braces"),
        pytest.param("a:\n  b: |\n    x\n    y\n\n  c: d\n", ("a", "b"), "a:\n\n  c: d\n", id="a literal"),
    ],
)
def test_an_entry_is_removed(text: str, route: tuple[str, ...], after: str) -> None:
    assert applied(text, [removed(at(text, *route))]) == after


def test_a_value_is_replaced() -> None:
    text = "a: 'b'  # c\n"
    assert applied(text, [replaced(at(text, "a"), "d")]) == "a: d  # c\n"


def test_a_key_is_renamed() -> None:
    text = "p:\n  id_token: write # x\n"
    assert applied(text, [renamed(at(text, "p", "id_token"), "id-token")]) == "p:\n  id-token: write # x\n"


def test_a_word_in_a_script_is_exchanged() -> None:
    text = "run: |\n  sudo a\n  sudo b\nother: sudo\n"
    assert applied(text, exchanged(at(text, "run"), "sudo ", "")) == "run: |\n  a\n  b\nother: sudo\n"


def test_an_entry_is_moved() -> None:
    text = "a:\n  image: x\n  id_tokens:\n    T:\n      aud: y\nb:\n  stage: z\n"
    edits = moved(at(text, "a", "id_tokens"), at(text, "b"), {"T": {"aud": "y"}})
    assert applied(text, edits) == "a:\n  image: x\nb:\n  stage: z\n  id_tokens:\n    T:\n      aud: y\n"


def test_of_edits_that_overlap_the_first_is_made() -> None:
    edits = [Edit("w", 0, 3, "x"), Edit("w", 2, 4, "y"), Edit("w", 0, 3, "x"), Edit("w", 4, 4, "!")]
    assert applied("abcd", edits) == "xd!"


def test_a_diff_shows_the_lines() -> None:
    assert diff("w.yml", "a\nb", "a\nc") == (
        "--- a/w.yml\n+++ b/w.yml\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n"
        "+c\n\\ No newline at end of file\n"
    )


def test_what_an_input_fills_in_is_left_alone() -> None:
    text = "a: $[[ inputs.a ]]\nb: c\n"
    edits = (replaced(at(text, "a"), "x"), replaced(at(text, "b"), "d"))
    assert applied(text, edits) == "a: $[[ inputs.a ]]\nb: d\n"
