"""Trees of YAML are the same, whichever of the library's scanners reads the text."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, strategies as st

from tpub.workflow.composing import LOADER, UnreadableError, composed
from tpub.workflow.node import Entry, Mapping, Node, Scalar, Sequence, Span

ROOT = Path(__file__).parents[2]


def scalar(text: str, start: int, line: int, column: int, *, style: str = "", end: int | None = None) -> Scalar:
    return Scalar(text, Span(start, end or start + len(text), line, column), style=style)


def null(at: int, line: int, column: int) -> Scalar:
    return Scalar("", Span(at, at, line, column), is_null=True)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        pytest.param("", Scalar("", Span(0, 0, 1, 1), is_null=True), id="nothing"),
        pytest.param("# a remark\n", Scalar("", Span(0, 0, 1, 1), is_null=True), id="a remark alone"),
        pytest.param(
            "on: yes\n",
            Mapping((Entry(scalar("on", 0, 1, 1), scalar("yes", 4, 1, 5)),), Span(0, 7, 1, 1)),
            id="words that once were booleans",
        ),
        pytest.param(
            "a:\n  - b\n  # far\n\n",
            Mapping(
                (Entry(scalar("a", 0, 1, 1), Sequence((scalar("b", 7, 2, 5),), Span(5, 8, 2, 3))),), Span(0, 8, 1, 1)
            ),
            id="blocks end where their last part does",
        ),
        pytest.param(
            "a: [b, c]  # d\n",
            Mapping(
                (
                    Entry(
                        scalar("a", 0, 1, 1),
                        Sequence((scalar("b", 4, 1, 5), scalar("c", 7, 1, 8)), Span(3, 9, 1, 4), is_flow=True),
                    ),
                ),
                Span(0, 9, 1, 1),
            ),
            id="brackets",
        ),
        pytest.param(
            "- &x 'b'\n- *x\n",
            Sequence(
                (scalar("b", 5, 1, 6, style="'", end=8), scalar("b", 5, 1, 6, style="'", end=8)), Span(0, 13, 1, 1)
            ),
            id="a block that ends with an alias",
        ),
        pytest.param(
            "r: |\n  make\n\nn:\n",
            Mapping(
                (
                    Entry(scalar("r", 0, 1, 1), scalar("make\n", 3, 1, 4, style="|", end=11)),
                    Entry(scalar("n", 13, 4, 1), null(15, 4, 3)),
                ),
                Span(0, 15, 1, 1),
            ),
            id="a script, and a key without value",
        ),
        pytest.param(
            "- !reference [.a]\n- !!null x\n- !!str null\n",
            Sequence(
                (
                    Sequence((scalar(".a", 14, 1, 15),), Span(2, 17, 1, 3), is_flow=True, tag="!reference"),
                    Scalar("x", Span(20, 28, 2, 3), is_null=True),
                    Scalar("null", Span(31, 41, 3, 3)),
                ),
                Span(0, 41, 1, 1),
            ),
            id="tags",
        ),
        pytest.param(
            "'\U0001f40d': é\n",
            Mapping((Entry(scalar("\U0001f40d", 0, 1, 1, style="'", end=3), scalar("é", 5, 1, 6)),), Span(0, 6, 1, 1)),
            id="places count characters",
        ),
        pytest.param(
            "a: b\t# c\n",
            Mapping((Entry(scalar("a", 0, 1, 1), scalar("b", 3, 1, 4)),), Span(0, 4, 1, 1)),
            id="a tab before a remark",
        ),
    ],
)
@pytest.mark.parametrize("loader", [pytest.param(LOADER, id="libyaml"), pytest.param(yaml.SafeLoader, id="Python")])
def test_a_text_and_its_tree(text: str, tree: Node, loader: type) -> None:
    assert composed(text, loader) == (tree, [])


def test_the_scanner_is_libyaml_s_where_it_is_at_hand() -> None:
    assert yaml.__with_libyaml__ == (LOADER is not yaml.SafeLoader)


def test_real_files_are_read_alike() -> None:
    paths = [*ROOT.glob(".github/**/*.yml"), *ROOT.glob("templates/*.yml"), ROOT / ".gitlab-ci.yml"]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    assert [composed(text, LOADER) for text in texts] == [composed(text, yaml.SafeLoader) for text in texts]


WORDS = ["a", "b: ", "- ", "? ", ": ", "&x ", "*x", "<<: ", "~", "null", "'q'", '"\\n"', "|\n", ">-\n", "# c", "!t "]
LINE = st.builds(
    lambda indent, words: " " * indent + "".join(words),
    st.integers(0, 6),
    st.lists(st.sampled_from([*WORDS, "x y", "[", "]", "{", "}", ", "]), max_size=5),
)


@given(st.lists(LINE.map("{}\n".format), max_size=6).map("".join))
@example("a:\r\n  - b\r\n  - c: d\r\n")
@example("a: 'b''c'\nd: \"e\\n\"\nf: >-\n  g\n\n  h\n? i\n: j\n")
def test_whatever_both_scanners_read_they_read_alike(text: str) -> None:
    try:
        trees = [composed(text, loader) for loader in (LOADER, yaml.SafeLoader)]
    except UnreadableError:
        return
    assert trees[0] == trees[1]
