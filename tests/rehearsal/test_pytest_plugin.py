"""The embedded index in other people's suites."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

CLIENT = """
import urllib.request
from pathlib import Path

def fetch(index, name):
    with urllib.request.urlopen(f"{index.index.simple_url}{name}/") as reply:
        return reply.status

def test_one(tpub_index):
    tpub_index.store.create_project("sampleproject")
    assert fetch(tpub_index, "sampleproject") == 200

def test_each_test_has_an_index_of_its_own(tpub_index):
    assert tpub_index.store.projects == {}
"""
BYSTANDER = """
import sys

def test_nothing_was_imported():
    heavy = {"httpx", "jwt", "cryptography", "packaging.metadata", "rich", "typer", "tpub.rehearsal.index"}
    assert sorted(heavy & set(sys.modules)) == []
"""


@pytest.mark.parametrize(
    ("text", "passed"), [pytest.param(CLIENT, 2, id="client"), pytest.param(BYSTANDER, 1, id="bystander")]
)
def test_a_suite_of_somebody_else(pytester: pytest.Pytester, text: str, passed: int) -> None:
    pytester.makepyfile(text)
    done = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error")
    done.assert_outcomes(passed=passed)


def test_the_fixture_is_listed_with_what_it_is(pytester: pytest.Pytester) -> None:
    done = pytester.runpytest_subprocess("--fixtures", "-q")
    done.stdout.fnmatch_lines(["tpub_index -- *", "    Yield an empty index on loopback that answers as PyPI does*"])


def test_it_can_be_left_out(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CLIENT)
    done = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:tpub")
    done.assert_outcomes(errors=2)
