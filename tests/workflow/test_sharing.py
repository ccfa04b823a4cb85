from __future__ import annotations

import pytest

from tpub.workflow.sharing import shared


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        pytest.param("a: &a {x: 1}\nb: *a\n", "a: &a {x: 2}\nb: *a\n", ("b (line 2)",), id="an alias"),
        pytest.param("a: &a {x: 1}\nb: *a\n", "a: &a {x: 1}\nb: {x: 2}\n", (), id="an alias that makes way"),
        pytest.param("a: &a {x: 1}\nb: {x: 1}\n", "a: &a {x: 2}\nb: {x: 1}\n", (), id="an anchor for nobody"),
        pytest.param(
            "a: &a {x: 1}\nb: {<<: *a, y: 1}\n", "a: &a {x: 2}\nb: {<<: *a, y: 1}\n", ("b (line 2)",), id="<<"
        ),
        pytest.param("a: &a {x: 1}\nb: {<<: *a, x: 1}\n", "a: &a {x: 2}\nb: {<<: *a, x: 1}\n", (), id="its own value"),
        pytest.param("a: &a {x: 1}\nb: {<<: *a}\n", "a: &a {x: 1}\nb: {<<: *a, x: 2}\n", (), id="its own from now on"),
        pytest.param("a: &a {x: 1}\nb: {<<: *a}\n", "a: &a {}\nb: {<<: *a}\n", ("b (line 2)",), id="a key less"),
        pytest.param("a: &a {}\nb:\n  <<: *a\n", "a: &a {x: 1}\nb:\n  <<: *a\n", ("b (line 2)",), id="a key more"),
        pytest.param("- &a {x: 1}\n- c: [*a]\n", "- &a {x: 2}\n- c: [*a]\n", ("[1].c (line 2)",), id="in a list"),
        pytest.param(
            "a: &a 1\nb: *a\nc: {d: *a}\n", "a: &a 2\nb: *a\nc: {d: *a}\n", ("b (line 2)", "c.d (line 3)"), id="several"
        ),
    ],
)
def test_what_changes_elsewhere(before: str, after: str, found: tuple[str, ...]) -> None:
    assert shared("w.yml", before, after) == found
