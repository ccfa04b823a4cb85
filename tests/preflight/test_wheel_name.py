from __future__ import annotations

import pytest

from tpub.preflight.wheel_name import WheelName, expand, split


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        pytest.param("a-1.0-py3-none-any.whl", WheelName("a", "1.0", None, "py3", "none", "any"), id="without build"),
        pytest.param("a-1.0-2x-py3-none-any.whl", WheelName("a", "1.0", "2x", "py3", "none", "any"), id="with build"),
        pytest.param("a-1.0-py3-none.whl", None, id="too few parts"),
        pytest.param("a-1.0-1-2-py3-none-any.whl", None, id="too many parts"),
        pytest.param("a-1.0-py3-none-any.zip", None, id="no wheel"),
    ],
)
def test_the_parts_of_a_name(filename: str, name: WheelName | None) -> None:
    assert split(filename) == name


@pytest.mark.parametrize(
    ("tags", "combinations"),
    [
        pytest.param("py3-none-any", {"py3-none-any"}, id="one tag"),
        pytest.param("PY2.py3-none-any", {"py2-none-any", "py3-none-any"}, id="two, in lower case"),
        pytest.param("a-" + "x." * 9000 + "y-" + "x." * 9000 + "y", None, id="absurdly many"),
    ],
)
def test_the_combinations_of_tags(tags: str, combinations: set[str] | None) -> None:
    assert expand(tags) == (combinations or {tags})
