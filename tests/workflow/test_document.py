from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, strategies as st

from tpub.diagnostic import Diagnostic, Line
from tpub.workflow.document import Document, parse, read
from tpub.workflow.locate import Place, top


def place_of(text: str) -> Place:
    document = parse(text, "w.yml")
    assert isinstance(document, Document)
    return top(document)


def wrong_with(text: str) -> tuple[str, tuple[object, ...]]:
    diagnostic = parse(text, "w.yml")
    assert isinstance(diagnostic, Diagnostic)
    return diagnostic.code, diagnostic.evidence


SAMPLE = """\
on: push
jobs:
  publish:
    permissions: &p {id-token: write}   # least
    steps:
      - run: |
          make
          twine upload dist/*

      # a comment
      - run: "second"
  other:
    <<: {timeout: 5, if: always}
    if: never
    permissions: *p
    empty:
"""


@pytest.mark.parametrize(
    ("route", "text", "line"),
    [
        pytest.param(("on",), "push", Line("w.yml", 1, 1, "on"), id="top level, not a boolean"),
        pytest.param(
            ("jobs", "publish", "permissions", "id-token"),
            "write",
            Line("w.yml", 4, 22, "jobs.publish.permissions.id-token"),
            id="between braces, behind an anchor",
        ),
        pytest.param(("jobs", "other", "if"), "never", Line("w.yml", 14, 5, "jobs.other.if"), id="own"),
        pytest.param(
            ("jobs", "other", "timeout"),
            "5",
            Line("w.yml", 13, 10, "jobs.other.timeout"),
            id="<<",
        ),
    ],
)
def test_a_place_knows_where_it_is(route: tuple[str, ...], text: str, line: Line) -> None:
    place = place_of(SAMPLE).get(*route)
    assert place is not None
    assert (place.text, place.line, place.key) == (text, line, line.key)


def test_a_fragment_of_a_script_has_its_own_line() -> None:
    steps = place_of(SAMPLE).get("jobs", "publish", "steps")
    assert steps is not None
    run = steps.items[0].get("run")
    assert run is not None
    assert run.at("twine upload") == Line("w.yml", 8, 11, "jobs.publish.steps[0].run")
    assert run.at("second") == Line("w.yml", 6, 9, "jobs.publish.steps[0].run")


def test_an_alias_is_what_its_anchor_is() -> None:
    alias = place_of(SAMPLE).get("jobs", "other", "permissions")
    assert alias is not None
    assert alias.words("id-token") == {}
    assert {name: place.text for name, place in alias.fields.items()} == {"id-token": "write"}


def test_null_is_not_text() -> None:
    place = place_of(SAMPLE).get("jobs", "other", "empty")
    assert place is not None
    assert (place.is_null, place.text, place.texts) == (True, "", ())


def test_a_quoted_null_is_text() -> None:
    place = place_of("a: 'null'").get("a")
    assert place is not None
    assert (place.is_null, place.text) == (False, "null")


def test_a_block_ends_before_the_comment_behind_it() -> None:
    publish = place_of("a:\n  b: c  # near\n\n# far\nd: e\n").get("a")
    assert publish is not None
    span = publish.node.span
    assert publish.document.text[span.start : span.end] == "b: c"


def test_a_reference_keeps_its_tag() -> None:
    node = place_of("s: !reference [.a, script]").fields["s"]
    assert (node.texts, getattr(node.node, "tag", "")) == ((".a", "script"), "!reference")


def test_keys_given_twice_are_told_and_the_last_counts() -> None:
    document = parse("a: 1\nb: 2\na: 3\n", "w.yml")
    assert isinstance(document, Document)
    assert [(key.text, key.span.line) for key in document.duplicates] == [("a", 3)]
    assert top(document).fields["a"].text == "3"


def test_of_several_documents_the_last_counts() -> None:
    assert place_of("spec: {inputs: {}}\n---\njob: {script: x}\n").fields.keys() == {"job"}


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        pytest.param("a: [b\n", 1, 4, id="a bracket that nothing closes"),
        pytest.param('a: "b\nc: d\n', 1, 4, id="a quote that nothing closes"),
        pytest.param("a: b: c", 1, 5, id="two colons"),
        pytest.param("ok: 1\n\tx: 2\n", 2, 1, id="tab"),
        pytest.param("a: *nobody", 1, 4, id="no such anchor"),
        pytest.param("a: &a [*a]", 1, 8, id="an anchor in itself"),
        pytest.param("a: b\nc: \x00", 2, 4, id="NUL"),
        pytest.param("x" * 1_000_001, 1, 1, id="too large"),
        pytest.param("[" * 500, 1, 101, id="too deep"),
    ],
)
def test_what_is_broken_is_told(text: str, line: int, column: int) -> None:
    assert wrong_with(text) == ("workflow-unreadable", (Line("w.yml", line, column),))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"a: " + b"x" * 4_000_000, "it has more than 1000000 characters", id="too large to be read"),
        pytest.param(b"a: " + b"x" * 1_000_000, "it has 1000003 characters", id="too large"),
        pytest.param(b"a: \xff", "it is not UTF-8", id="of another encoding"),
        pytest.param(None, "it cannot be read: No such file or directory", id="not there"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(content: bytes | None, said: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "w.yml").write_bytes(content)
    told = read(tmp_path, "w.yml")
    assert isinstance(told, Diagnostic)
    assert (told.code, told.message) == ("workflow-unreadable", f"w.yml cannot be understood: {said}")


def test_a_bomb_of_aliases_is_refused() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    assert wrong_with(bomb)[0] == "workflow-unreadable"


YAMLISH = st.text(alphabet=st.sampled_from(list("ab:-[]{}&*!|>#'\"\\ \n\t%@`,?~<=0x")), max_size=120)


@given(st.one_of(YAMLISH, st.text(max_size=60)))
@example('"\\UFFFFFFFF"')
@example("? &a [*a]\n: 1")
@example("!!python/object:x y")
@example("<<: [1, {a: b}]\n<<: 3")
@example("[" * 5000)
def test_whatever_is_in_a_file_it_is_read_or_refused(text: str) -> None:
    match parse(text, "w.yml"):
        case Document() as document:
            for place in top(document).walk():
                span = place.node.span
                assert 0 <= span.start <= span.end <= len(text)
        case Diagnostic() as diagnostic:
            assert diagnostic.code == "workflow-unreadable"
