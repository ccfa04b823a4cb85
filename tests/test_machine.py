from __future__ import annotations

import shlex

import pytest
from hypothesis import given, strategies as st

from tpub.machine import typed


@pytest.mark.parametrize(
    ("path", "system", "word"),
    [
        pytest.param("/home/me/checkout", "posix", "/home/me/checkout", id="nothing to quote"),
        pytest.param("/home/me/my work", "posix", "'/home/me/my work'", id="a blank"),
        pytest.param("it's", "posix", "'it'\"'\"'s'", id="an apostrophe"),
        pytest.param(r"C:\Users\me\checkout", "nt", r"C:\Users\me\checkout", id="nothing to quote on Windows"),
        pytest.param(r"C:\my work", "nt", r'"C:\my work"', id="a blank on Windows"),
        pytest.param(r"C:\this&that", "nt", r'"C:\this&that"', id="what begins another command there"),
    ],
)
def test_a_path_as_it_is_typed(path: str, system: str, word: str) -> None:
    assert typed(path, system) == word


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_a_shell_reads_the_path_that_was_meant(path: str) -> None:
    assert shlex.split(typed(path, "posix")) == [path]
