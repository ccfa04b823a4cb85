from __future__ import annotations

import pytest

from tpub.dist.metadata import split
from tpub.index.form import metadata_fields


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        pytest.param("Summary: a\nSummary: b", [("summary", "a"), ("summary", "b")], id="twice where once is allowed"),
        pytest.param("Classifier: a", [("classifiers", "a")], id="another name"),
        pytest.param("Platform: a\nPlatform: b", [("platform", "a"), ("platform", "b")], id="often"),
        pytest.param(
            "Project-URL: a, b\nProject-URL: a, c",
            [("project_urls", "a, b"), ("project_urls", "a, c")],
            id="a label twice",
        ),
        pytest.param("Keywords: a,b", [("keywords", "a,b")], id="one string"),
        pytest.param("Foo: x", [], id="no field at all"),
        pytest.param("Filetype: sdist", [], id="a field of the form itself"),
        pytest.param("Protocol-Version: 2\nSha256-Digest: x\nContent: x", [], id="more of them"),
    ],
)
def test_the_form_has_the_fields_of_core_metadata_and_no_others(header: str, fields: list[tuple[str, str]]) -> None:
    told = metadata_fields(split(f"Metadata-Version: 2.4\nName: a\nVersion: 1\n{header}\n".encode()))
    assert sorted(told) == sorted([("metadata_version", "2.4"), ("name", "a"), ("version", "1"), *fields])
