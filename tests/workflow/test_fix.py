from __future__ import annotations

import pytest

from tpub.workflow.document import Document, parse
from tpub.workflow.fix import (
    added,
    appended,
    applied,
    diff,
    exchanged,
    exchanged_once,
    moved,
    removed,
    renamed,
    replaced,
    rewritten,
    without,
)
from tpub.workflow.locate import Place, top
from tpub.workflow.values import scalar


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
        pytest.param(
            "p: &p\n  a: b\n", ("p",), "p: &p\n  a: b\n  permissions:\n    id-token: write\n", id="behind an anchor"
        ),
        pytest.param("p: &p {}\n", ("p",), "p: &p {permissions: {id-token: write}}\n", id="an anchor of nothing"),
        pytest.param(
            "a: &a {b: 'c d', e: 3.10}\np: *a\n",
            ("p",),
            "a: &a {b: 'c d', e: 3.10}\np: {b: 'c d', e: 3.10, permissions: {id-token: write}}\n",
            id="an alias of words makes way for them",
        ),
        pytest.param(
            "a: &a\n  b: {}\np: *a\n",
            ("p",),
            "a: &a\n  b: {}\n  permissions:\n    id-token: write\np: *a\n",
            id="what an alias stands for",
        ),
        pytest.param(
            "a: &a {b: c}\np: {<<: *a, }\n",
            ("p",),
            "a: &a {b: c}\np: {<<: *a, permissions: {id-token: write}, }\n",
            id="merged between braces, with a comma at the end",
        ),
        pytest.param(
            "p:\r\n  a: b\n", ("p",), "p:\r\n  a: b\n  permissions:\n    id-token: write\n", id="mixed line ends"
        ),
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
        pytest.param("x: &x [1]\na: {b: *x, c: d}\n", ("a", "b"), "x: &x [1]\na: {c: d}\n", id="an alias in braces"),
        pytest.param("a: {b: null, c: d}\n", ("a", "b"), "a: {c: d}\n", id="a null in braces"),
        pytest.param("a: {b: , c: d}\n", ("a", "b"), "a: {c: d}\n", id="a key without value in braces"),
        pytest.param("a:\n  b:\n  c: d\n", ("a", "b"), "a:\n  c: d\n", id="a key without value"),
        pytest.param("a:\n  env:\n    b: c\n  d: e\n", ("a", "env", "b"), "a:\n  d: e\n", id="the last of an `env:`"),
        pytest.param("a:\n  on:\n    b: c\n", ("a", "on", "b"), "a:\n  on:\n", id="the last of what has to be there"),
    ],
)
def test_an_entry_is_removed(text: str, route: tuple[str, ...], after: str) -> None:
    assert applied(text, [removed(at(text, *route))]) == after


def test_a_value_is_replaced() -> None:
    text = "a: 'b'  # c\n"
    assert applied(text, [replaced(at(text, "a"), "d")]) == "a: d  # c\n"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param("a:\nb: c\n", "a: d\nb: c\n", id="nothing"),
        pytest.param("b: {a: , c: e}\na: {a: }\n", "b: {a: , c: e}\na: d\n", id="braces"),
        pytest.param("b: &x e\na: *x # c\n", "b: &x e\na: d # c\n", id="an alias, and not what it stands for"),
        pytest.param("a: &x e\nb: *x\n", "a: &x d\nb: *x\n", id="what has an anchor"),
        pytest.param("a:  # c\n- e\n- f\nb: c\n", "a: d  # c\nb: c\n", id="a list at the column of its key"),
        pytest.param("a: &x # c\r\n  # g\r\n  e: f\r\nb: *x\r\n", "a: &x d # c\r\nb: *x\r\n", id="a block"),
    ],
)
def test_whatever_the_value_is_it_is_replaced(text: str, after: str) -> None:
    assert applied(text, [replaced(at(text, "a"), "d")]) == after


def test_a_key_is_renamed() -> None:
    text = "p:\n  id_token: write # x\n"
    assert applied(text, [renamed(at(text, "p", "id_token"), "id-token")]) == "p:\n  id-token: write # x\n"


def test_a_word_in_a_script_is_exchanged() -> None:
    text = "run: |\n  sudo a\n  sudo b\nother: sudo\n"
    assert applied(text, exchanged(at(text, "run"), "sudo ", "")) == "run: |\n  a\n  b\nother: sudo\n"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param("a: |\n  sudo x\n  sudo y\n", "a: |\n  sudo x\n  y\n", id="the one that is meant"),
        pytest.param('a: "sudo x; sudo\\ty"\n', 'a: "sudo x; sudo\\ty"\n', id="none, if it is typed otherwise"),
    ],
)
def test_a_word_is_exchanged_once(text: str, after: str) -> None:
    assert applied(text, exchanged_once(at(text, "a"), "sudo y", "sudo ", "")) == after


def test_an_entry_is_moved() -> None:
    text = "a:\n  image: x\n  id_tokens:\n    T:\n      aud: y\nb:\n  stage: z\n"
    edits = moved(at(text, "a", "id_tokens"), at(text, "b"), {"T": {"aud": "y"}})
    assert applied(text, edits) == "a:\n  image: x\nb:\n  stage: z\n  id_tokens:\n    T:\n      aud: y\n"


def test_what_has_an_anchor_stays_beside() -> None:
    text = "a:\n  image: x\n  id_tokens: &t\n    T: {aud: y}\nb:\n  stage: z\nc: {id_tokens: *t}\n"
    edits = moved(at(text, "a", "id_tokens"), at(text, "b"), {"T": {"aud": "y"}})
    assert applied(text, edits) == text.replace("  stage: z\n", "  stage: z\n  id_tokens:\n    T:\n      aud: y\n")


def test_a_diff_shows_the_lines() -> None:
    assert diff("w.yml", "a\nb", "a\nc") == (
        "--- a/w.yml\n+++ b/w.yml\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n"
        "+c\n\\ No newline at end of file\n"
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("release", "release", id="a word"),
        pytest.param("it's", "'it''s'", id="a quote"),
        pytest.param("prod #2", "'prod #2'", id="what would be a remark"),
        pytest.param("*x", "'*x'", id="what would be an alias"),
        pytest.param("On", "'On'", id="what YAML 1.1 takes for true"),
        pytest.param("123", "'123'", id="a number"),
        pytest.param("", "''", id="nothing"),
    ],
)
def test_a_text_is_read_back_as_it_was(text: str, written: str) -> None:
    assert scalar(text) == written
    assert at(f"a: {scalar(text)}\n", "a").text == text


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param("a:\n  - b # c\nd: e\n", "a:\n  - b # c\n  - x\nd: e\n", id="a block"),
        pytest.param("a: [b]\n", "a: [b, x]\n", id="brackets"),
        pytest.param("a: [ b, ]\n", "a: [ b, x, ]\n", id="a comma at the end"),
        pytest.param("a: [b # c\n]\n", "a: [b, x # c\n]\n", id="a remark at the end"),
        pytest.param("a: []\n", "a: [x]\n", id="nothing yet"),
        pytest.param("z: &z b\na: [*z]\n", "z: &z b\na: [*z, x]\n", id="an alias"),
    ],
)
def test_an_item_is_appended(text: str, after: str) -> None:
    assert applied(text, [appended(at(text, "a"), "x")]) == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param("on: a # c\n", "on:\n  push: x # c\n", id="a word"),
        pytest.param("'on': a\n", "'on':\n  push: x\n", id="a key in quotes"),
        pytest.param("on:\nb: c\n", "on:\n  push: x\nb: c\n", id="nothing"),
        pytest.param("on: &e\n  a: b # c\nd: *e\n", "on: &e\n  push: x # c\nd: *e\n", id="an anchor"),
        pytest.param("e: &e a\non: *e\n", "e: &e a\non: {push: x}\n", id="an alias"),
    ],
)
def test_an_entry_is_rewritten(text: str, after: str) -> None:
    assert applied(text, [rewritten(at(text, "on"), {"push": "x"})]) == after


@pytest.mark.parametrize(
    ("text", "keys", "after"),
    [
        pytest.param("a: {b: c, d: e, f: *x}\n", ("b", "d"), "a: {f: *x}\n", id="between braces"),
        pytest.param("a: {b: c, d: e, f: g}\n", ("d", "f"), "a: {b: c}\n", id="the last between braces"),
        pytest.param("a:\n  b: c\n  d: e\n  f: g\n", ("b", "f"), "a:\n  d: e\n", id="lines"),
        pytest.param("z: y\na: {b: c}\n", ("b",), "z: y\n", id="all"),
    ],
)
def test_several_entries_are_removed(text: str, keys: tuple[str, ...], after: str) -> None:
    text = f"x: &x {{}}\n{text}"
    assert applied(text, without(at(text, "a"), keys)) == f"x: &x {{}}\n{after}"
