from __future__ import annotations

from pathlib import Path

import pytest

from tpub.diagnostic import Severity
from tpub.dist import filename as names
from tpub.dist.model import CoreMetadata, Distribution
from tpub.index.model import PYPI, Index, find
from tpub.index.simple import ListedFile, ProjectPage
from tpub.publishing.standing import Standing, standing

GIB = 1024**3


def dist(filename: str, size: int = 1) -> Distribution:
    said = names.parse(filename)
    version = str(said.version)
    return Distribution(Path(filename), said.kind, "Sample", version, "py3", CoreMetadata({}), size, "")


def page(*filenames: str, status: str | None = None, size: int = 0, is_known: bool = True) -> ProjectPage:
    return ProjectPage({name: ListedFile(name, size=size) for name in filenames}, is_known, status)


@pytest.mark.parametrize(
    ("there", "here", "own", "found"),
    [
        pytest.param(page("sample-0.9.tar.gz"), [dist("sample-1.0.tar.gz")], False, [], id="as usual"),
        pytest.param(page(), [dist("sample-1.0.tar.gz")], False, [], id="project without files"),
        pytest.param(
            page(is_known=False), [dist("sample-1.0.tar.gz")], False, [("project-unknown", Severity.NOTE)], id="new"
        ),
        pytest.param(
            page(status="archived"),
            [dist("sample-1.0.tar.gz")],
            True,
            [("project-archived", Severity.ERROR)],
            id="archived",
        ),
        pytest.param(page(status="active"), [dist("sample-1.0.tar.gz")], True, [], id="active"),
        pytest.param(
            page(status="quarantined"),
            [dist("sample-1.0.tar.gz")],
            False,
            [("project-quarantined", Severity.ERROR)],
            id="quarantined, to an identity",
        ),
        pytest.param(
            page(status="quarantined"),
            [dist("sample-1.0.tar.gz")],
            True,
            [("project-quarantined", Severity.WARNING)],
            id="quarantined, to its owner",
        ),
        pytest.param(
            page("sample-2.0.tar.gz", "junk"),
            [dist("sample-1.0.tar.gz")],
            False,
            [("version-passed", Severity.WARNING)],
            id="older than what is there",
        ),
        pytest.param(page("sample-2.0rc1.tar.gz"), [dist("sample-1.0.tar.gz")], False, [], id="newer is a candidate"),
        pytest.param(page("sample-1.0.tar.gz"), [dist("sample-1.0.tar.gz")], False, [], id="the same again"),
        pytest.param(
            page("sample-0.9.tar.gz", size=9 * GIB),
            [dist("sample-1.0.tar.gz", GIB // 10)],
            False,
            [("project-too-large", Severity.WARNING)],
            id="nearly full",
        ),
        pytest.param(
            page("sample-1.0.tar.gz", size=9 * GIB), [dist("sample-1.0.tar.gz", 9 * GIB)], False, [], id="counted once"
        ),
    ],
)
def test_what_the_page_tells(
    *, there: ProjectPage, here: list[Distribution], own: bool, found: list[tuple[str, Severity]]
) -> None:
    told = standing(Standing(there, here, PYPI, has_own_credential=own))
    assert [(news.code, news.severity) for news in told] == found
    assert all(news.hint and news.file == here[0].filename for news in told)


@pytest.mark.parametrize("index", [pytest.param(find("https://packages.example.com/legacy/"), id="other index")])
def test_other_indexes_have_other_rules(index: Index) -> None:
    assert standing(Standing(page(status="archived"), [dist("sample-1.0.tar.gz")], index)) == []
