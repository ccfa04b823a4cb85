from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from tpub.workflow.github.expression import UNKNOWN, Begins, Value, conjuncts, evaluated, truth

CONTEXTS: dict[str, Value] = {
    "github.ref": Begins("refs/tags/v"),
    "github.ref_name": Begins("", ("refs/",)),
    "github.event_name": "push",
    "github.event.release": None,
    "inputs.x": "",
    "inputs.n": "2",
}


def lookup(name: str) -> Value:
    return CONTEXTS.get(name, UNKNOWN)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("github.event_name == 'PUSH'", True, id="letter case does not count"),
        pytest.param("GitHub['event_name'] != 'push'", False, id="an index"),
        pytest.param("github[inputs.x]", UNKNOWN, id="an index that is no name"),
        pytest.param("github.event.commits.*.id", UNKNOWN, id="a star"),
        pytest.param("github.event[needs.x]", UNKNOWN, id="an index that is not known"),
        pytest.param("startsWith(github.ref, 'refs/')", True, id="the beginning is known"),
        pytest.param("startsWith(github.ref, 'refs/tags/v1')", UNKNOWN, id="more than is known"),
        pytest.param("startsWith(github.ref, 'refs/tags/v*')", False, id="no ref has a star"),
        pytest.param("startsWith(github.ref, 'refs/heads/')", False, id="another beginning"),
        pytest.param("startsWith(github.ref_name, 'refs/tags/')", False, id="a name begins otherwise"),
        pytest.param("startsWith(github.ref_name, 'v')", UNKNOWN, id="a name may begin so"),
        pytest.param("contains(github.ref, 'tags')", True, id="a part that is known"),
        pytest.param("contains(github.ref, '-rc')", UNKNOWN, id="a part that may be there"),
        pytest.param("contains(github.ref, 'refs/heads')", False, id="a part that cannot be there"),
        pytest.param("github.ref == 'refs/tags/v1'", UNKNOWN, id="a ref that it may be"),
        pytest.param("'main' == github.ref", False, id="a ref that it is not"),
        pytest.param("github.ref == ''", False, id="a ref is not empty"),
        pytest.param("github.ref == github.ref_name", UNKNOWN, id="two that are known in part"),
        pytest.param("contains('abc', 'b') && endsWith('abc', 'c') && startsWith('abc', 'a')", True, id="texts"),
        pytest.param("contains(github.event.release, 'x')", False, id="nothing contains nothing"),
        pytest.param("fromJSON(x) || true", True, id="unknown or true"),
        pytest.param("x || false", UNKNOWN, id="unknown or false"),
        pytest.param("x && false", False, id="unknown and false"),
        pytest.param("x && true", UNKNOWN, id="unknown and true"),
        pytest.param("inputs.x || 'pypi'", "pypi", id="the first that is not empty"),
        pytest.param("true && 'yes' || 'no'", "yes", id="a choice"),
        pytest.param("!github.event.release", True, id="nothing is false"),
        pytest.param("!x", UNKNOWN, id="unknown, negated"),
        pytest.param("inputs.n == 2", True, id="a number in a text"),
        pytest.param("inputs.x == null && false == 0", True, id="nothing, and zero"),
        pytest.param("'a' == 0", False, id="no number"),
        pytest.param("inputs.n > 1", UNKNOWN, id="an order"),
        pytest.param("format('refs/heads/{0}', x) == github.ref", UNKNOWN, id="a format"),
        pytest.param("always()", UNKNOWN, id="a function of the run"),
        pytest.param("${{ false }}", False, id="marked as an expression"),
        pytest.param("${{ false }} && ${{ false }}", UNKNOWN, id="a text with two of them"),
        pytest.param("x ==", UNKNOWN, id="it breaks off"),
        pytest.param("(true", UNKNOWN, id="it is not closed"),
        pytest.param("contains('a' 'b')", UNKNOWN, id="no comma"),
        pytest.param("true false", UNKNOWN, id="more than one"),
        pytest.param("'a", UNKNOWN, id="a quote that does not end"),
        pytest.param(") true", UNKNOWN, id="a bracket too early"),
        pytest.param("(" * 100 + "true" + ")" * 100, UNKNOWN, id="too deep"),
    ],
)
def test_values(text: str, value: Value) -> None:
    assert evaluated(text, lookup) == value


@pytest.mark.parametrize(
    ("value", "counts"),
    [
        pytest.param("", False, id="the empty text"),
        pytest.param("false", True, id="a text that says false"),
        pytest.param(0.0, False, id="zero"),
        pytest.param(Begins("v"), True, id="a ref"),
        pytest.param(Begins(""), UNKNOWN, id="a ref of which nothing is known"),
    ],
)
def test_what_counts_as_true(value: Value, counts: Value) -> None:
    assert truth(value) == counts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("a && b(c && d) && 'x && y'", ["a", "b(c && d)", "'x && y'"], id="around each"),
        pytest.param("a && b || c", ["a && b || c"], id="not all have to be true"),
        pytest.param("(a || b) && c", ["(a || b)", "c"], id="a choice in brackets"),
    ],
)
def test_what_has_to_be_true_together(text: str, parts: list[str]) -> None:
    assert list(conjuncts(text)) == parts


@given(st.text(alphabet=st.sampled_from(list("ab'()[].,!=&|<*0 ${}")), max_size=60))
def test_no_expression_is_too_strange(text: str) -> None:
    evaluated(text, lookup)
