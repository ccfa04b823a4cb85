from __future__ import annotations

import pytest
from packaging.utils import NormalizedName

from tpub.publishing.similar import confusable, lookalikes, too_similar


@pytest.mark.parametrize(
    ("project", "names"),
    [
        pytest.param("sampleproject", [], id="nothing to guess"),
        pytest.param("sample-project", ["sampleproject"], id="a separator"),
        pytest.param("a-b-c", ["abc", "ab-c", "a-bc"], id="two separators"),
        pytest.param("samp1e", ["sample", "sampie"], id="a digit like a letter"),
        pytest.param("z00", ["zoo"], id="digits like a letter"),
        pytest.param("a-1", ["a1", "a-l", "al", "a-i", "ai"], id="both"),
    ],
)
def test_names_that_look_alike(project: str, names: list[str]) -> None:
    assert list(lookalikes(NormalizedName(project))) == names
    assert {confusable(name) for name in names} <= {confusable(project)}


@pytest.mark.parametrize(
    ("known", "told"),
    [
        pytest.param("sampleproject", ["project-name-too-similar"], id="there"),
        pytest.param("other", [], id="not there"),
    ],
)
def test_a_name_that_looks_like_a_known_one(known: str, told: list[str]) -> None:
    found = list(too_similar(NormalizedName("sample-project"), lambda name: name == known))
    assert [each.code for each in found] == told


def test_an_index_is_not_asked_for_ever() -> None:
    asked: list[str] = []

    def is_known(name: NormalizedName) -> bool:
        asked.append(name)
        return False

    assert list(too_similar(NormalizedName("-".join("abcdefghijk")), is_known)) == []
    assert len(asked) == 6
