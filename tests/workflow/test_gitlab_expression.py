from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from tpub.workflow.gitlab.expression import TEXT, UNKNOWN, Value, evaluated, truth

VARIABLES: dict[str, Value] = {
    "CI_COMMIT_TAG": "v1.2",
    "CI_COMMIT_BRANCH": None,
    "CI_DEFAULT_BRANCH": TEXT,
    "EMPTY": "",
    "BLANK": " ",
    "VERSION": r"/^v\d+/",
    "ONE": "1",
}


def lookup(name: str) -> Value:
    return VARIABLES.get(name, UNKNOWN)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        pytest.param("$CI_COMMIT_TAG", True, id="set"),
        pytest.param("$CI_COMMIT_BRANCH", False, id="not set"),
        pytest.param("$EMPTY", False, id="empty"),
        pytest.param("$BLANK", False, id="blank"),
        pytest.param("$CI_DEFAULT_BRANCH", True, id="set to something"),
        pytest.param("$OTHER", UNKNOWN, id="not known"),
        pytest.param('$CI_COMMIT_TAG == "v1.2"', True, id="equal"),
        pytest.param("$CI_COMMIT_TAG == 'V1.2'", False, id="letter case counts"),
        pytest.param("'v1.2' == $CI_COMMIT_TAG", True, id="turned round"),
        pytest.param('$CI_COMMIT_TAG != "v1.2"', False, id="not equal"),
        pytest.param("$CI_COMMIT_BRANCH == null", True, id="null"),
        pytest.param("$EMPTY == null", False, id="empty is not null"),
        pytest.param("$EMPTY == ''", True, id="empty is empty"),
        pytest.param("$CI_COMMIT_BRANCH == ''", False, id="null is not empty"),
        pytest.param("$CI_DEFAULT_BRANCH == null", False, id="something is not null"),
        pytest.param("$CI_DEFAULT_BRANCH != ''", True, id="something is not empty"),
        pytest.param("$CI_DEFAULT_BRANCH == 'main'", UNKNOWN, id="something may be it"),
        pytest.param("$CI_DEFAULT_BRANCH == $CI_DEFAULT_BRANCH", UNKNOWN, id="something and something"),
        pytest.param("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", False, id="null and something"),
        pytest.param("$CI_COMMIT_BRANCH != $CI_DEFAULT_BRANCH", True, id="null is not something"),
        pytest.param("$OTHER == 'x'", UNKNOWN, id="unknown, compared"),
        pytest.param("$OTHER != 'x'", UNKNOWN, id="unknown, compared for difference"),
        pytest.param(r"$CI_COMMIT_TAG =~ /^v\d+\.\d+$/", True, id="a pattern"),
        pytest.param("$CI_COMMIT_TAG !~ /^v/", False, id="not a pattern"),
        pytest.param("$CI_COMMIT_TAG =~ /^V/", False, id="a pattern, letter case"),
        pytest.param("$CI_COMMIT_TAG =~ /^V/i", True, id="a pattern with a flag"),
        pytest.param("$CI_COMMIT_TAG =~ /1.2/", True, id="a pattern is searched for"),
        pytest.param("$CI_COMMIT_BRANCH =~ /^v/", False, id="nothing matches no letter"),
        pytest.param("$CI_COMMIT_BRANCH =~ /^v*/", True, id="nothing matches what may be empty"),
        pytest.param("$CI_COMMIT_BRANCH !~ /^v/", True, id="nothing is no match"),
        pytest.param("$CI_COMMIT_TAG == /^v/", False, id="a pattern is no text"),
        pytest.param("$OTHER != /^v/", True, id="whatever the text"),
        pytest.param("/^v/ == $CI_COMMIT_TAG", UNKNOWN, id="a pattern, turned round"),
        pytest.param("$CI_DEFAULT_BRANCH == 'refs/heads/main'", False, id="names have no folder"),
        pytest.param(r"$CI_DEFAULT_BRANCH =~ /^refs\/heads/", False, id="names begin with no folder"),
        pytest.param("$CI_COMMIT_TAG =~ $VERSION", True, id="a pattern in a variable"),
        pytest.param("$CI_COMMIT_TAG =~ $CI_COMMIT_BRANCH", False, id="no pattern"),
        pytest.param("$CI_COMMIT_TAG !~ $CI_COMMIT_BRANCH", True, id="no pattern is no match"),
        pytest.param("$CI_COMMIT_TAG =~ $OTHER", UNKNOWN, id="a pattern that is not known"),
        pytest.param("$CI_DEFAULT_BRANCH =~ /^main$/", UNKNOWN, id="something may match"),
        pytest.param('$ONE =~ "1234"', True, id="a text is looked through"),
        pytest.param('"23" =~ /1234/', False, id="a pattern is not"),
        pytest.param(r"'a/b' =~ /a\/b/", True, id="an escaped slash"),
        pytest.param("'a' =~ /./", UNKNOWN, id="GitLab takes no pattern of one letter"),
        pytest.param("$CI_COMMIT_TAG =~ /^(?=v)/", UNKNOWN, id="not in RE2"),
        pytest.param("$CI_COMMIT_TAG =~ /^[[:alpha:]]/", UNKNOWN, id="not in Python"),
        pytest.param("$CI_COMMIT_TAG =~ /^(v/", UNKNOWN, id="no pattern at all"),
        pytest.param("$CI_COMMIT_TAG && $ONE", True, id="and"),
        pytest.param("$CI_COMMIT_TAG && $CI_COMMIT_BRANCH", False, id="and, one is null"),
        pytest.param("$OTHER && $CI_COMMIT_BRANCH", False, id="unknown and false"),
        pytest.param("$CI_COMMIT_BRANCH && $OTHER", False, id="false and unknown"),
        pytest.param("$CI_COMMIT_TAG && $OTHER", UNKNOWN, id="true and unknown"),
        pytest.param("$CI_COMMIT_TAG || $OTHER", True, id="true or unknown"),
        pytest.param("$CI_COMMIT_BRANCH || $ONE", True, id="null or true"),
        pytest.param("$CI_COMMIT_BRANCH || $OTHER", UNKNOWN, id="null or unknown"),
        pytest.param("$OTHER || $CI_COMMIT_BRANCH", UNKNOWN, id="unknown or null"),
        pytest.param("$EMPTY && $ONE", UNKNOWN, id="releases differ: empty and true"),
        pytest.param("$EMPTY || $ONE", UNKNOWN, id="releases differ: empty or true"),
        pytest.param("$EMPTY && $CI_COMMIT_BRANCH", False, id="empty and null"),
        pytest.param("$EMPTY || $CI_COMMIT_BRANCH", False, id="empty or null"),
        pytest.param("$ONE || $ONE && $CI_COMMIT_BRANCH", True, id="and binds before or"),
        pytest.param("($ONE || $ONE) && $CI_COMMIT_BRANCH", False, id="brackets bind before both"),
        pytest.param("!$CI_COMMIT_BRANCH && !($CI_COMMIT_TAG == 'x')", True, id="negated"),
        pytest.param("!$OTHER", UNKNOWN, id="unknown, negated"),
        pytest.param("$CI_COMMIT_TAG\n  && $ONE\n", True, id="over lines"),
        pytest.param("($ONE == '1') == 'true'", UNKNOWN, id="releases differ: a comparison, compared"),
        pytest.param("", UNKNOWN, id="nothing"),
        pytest.param("$ONE &&", UNKNOWN, id="half of one"),
        pytest.param("$ONE $ONE", UNKNOWN, id="two of them"),
        pytest.param("($ONE", UNKNOWN, id="a bracket left open"),
        pytest.param("CI_COMMIT_TAG", UNKNOWN, id="no variable"),
        pytest.param("${ONE}", UNKNOWN, id="braces, which GitLab does not take here"),
        pytest.param(" && ".join(["$ONE"] * 51), UNKNOWN, id="more than GitLab reads"),
        pytest.param("(" * 60 + "$ONE" + ")" * 60, UNKNOWN, id="too deep"),
    ],
)
def test_what_an_expression_comes_to(text: str, held: object) -> None:
    assert truth(evaluated(text, lookup)) is held


NAMES = st.sampled_from(["A", "B", "C", "D"])
ATOMS = st.one_of(
    st.tuples(st.just("set"), NAMES),
    st.tuples(st.sampled_from(["==", "!="]), NAMES, st.sampled_from(["x", "y", "xy"]) | st.none()),
    st.tuples(st.sampled_from(["=~", "!~"]), NAMES, st.sampled_from(["^xy", "y$", "x|z", "x?y"])),
)
TREES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["&&", "||"]), inner, inner),
        st.tuples(st.just("!"), inner),
    ),
    max_leaves=8,
)
Tree = tuple[object, ...]
SETTINGS = st.fixed_dictionaries({name: st.sampled_from(["x", "y", "xy", None]) for name in "ABCD"})


def written(tree: object) -> str:
    match tree:
        case ("set", name):
            return f"${name}"
        case ("==" | "!=" as sign, name, text):
            return f"${name} {sign} " + ("null" if text is None else f'"{text}"')
        case ("=~" | "!~" as sign, name, text):
            return f"${name} {sign} /{text}/"
        case ("!", inner):
            return f"!({written(inner)})"
        case (sign, left, right):
            return f"({written(left)}) {sign} ({written(right)})"
        case _:
            raise AssertionError(tree)


def meant(tree: object, values: dict[str, str | None]) -> bool:
    """Return what a tree comes to, by the words of GitLab's documentation."""
    found = {"^xy": {"xy"}, "y$": {"y", "xy"}, "x|z": {"x", "xy"}, "x?y": {"y", "xy"}}
    match tree:
        case ("set", str() as name):
            return values[name] is not None
        case ("==" | "!=" as sign, str() as name, text):
            return (values[name] == text) is (sign == "==")
        case ("=~" | "!~" as sign, str() as name, str() as text):
            return (values[name] in found[text]) is (sign == "=~")
        case ("!", inner):
            return not meant(inner, values)
        case ("&&", left, right):
            return meant(left, values) and meant(right, values)
        case (_, left, right):
            return meant(left, values) or meant(right, values)
        case _:
            raise AssertionError(tree)


@given(TREES, SETTINGS)
def test_what_is_written_is_what_is_read(tree: Tree, values: dict[str, str | None]) -> None:
    assert truth(evaluated(written(tree), values.__getitem__)) is meant(tree, values)


@given(TREES, SETTINGS, st.sets(st.sampled_from("ABCD")))
def test_what_is_certain_stays_true_however_the_rest_turns_out(
    tree: Tree, values: dict[str, str | None], hidden: set[str]
) -> None:
    told = truth(evaluated(written(tree), lambda name: UNKNOWN if name in hidden else values[name]))
    assert told is UNKNOWN or told is meant(tree, values)


@given(st.text("$AB\"'/\\ =!~&|()nul[*+?{9}", max_size=40))
def test_no_text_is_too_odd(text: str) -> None:
    value = evaluated(text, lambda _: "v1.0.0")
    assert truth(value) in (True, False, UNKNOWN)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("(a|a)*" * 5 + "x", id="repeated choices"),
        pytest.param("(.*)*x", id="repeats of repeats"),
        pytest.param(".*" * 100 + "x", id="many repeats"),
        pytest.param("(|){99999}x", id="counted"),
        pytest.param("a" * 300, id="long"),
    ],
)
def test_patterns_that_may_take_long_are_not_tried(pattern: str) -> None:
    assert evaluated(f"'aaaaaaaaaa' =~ /{pattern}/", lookup) is UNKNOWN
