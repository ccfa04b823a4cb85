from __future__ import annotations

from collections.abc import Iterator

import pytest
from packaging.utils import canonicalize_name

from support.world import a_world
from tpub.errors import NetworkError
from tpub.http import Http
from tpub.publishing.pages import Pages
from tpub.rehearsal.effects import Fail
from tpub.rehearsal.faults import ALWAYS, Fault
from tpub.rehearsal.index import RehearsalIndex, serve

NAMED, OTHER = canonicalize_name("Sample.Project"), canonicalize_name("other")
FILES = ["sample_project-1.0-py3-none-any.whl", "sample_project-1.0.tar.gz", "not-a-distribution.txt"]


@pytest.fixture
def index() -> Iterator[RehearsalIndex]:
    with serve() as running:
        running.store.create_project("sample-project")
        yield running


def test_projects_of_file_names_are_asked_for_once_and_others_when_they_are_wanted(index: RehearsalIndex) -> None:
    with Http({}) as http, Pages(index.index, FILES, a_world({}, http), None) as pages:
        assert [pages.of(NAMED).is_known, pages.of(NAMED).is_known, pages.of(OTHER).is_known] == [True, True, False]
    assert [seen.path for seen in index.store.requests] == ["/simple/sample-project/", "/simple/other/"]


def test_what_goes_wrong_is_told_where_the_page_is_wanted() -> None:
    with (
        serve(faults=[Fault(Fail(503), "pages", ALWAYS)]) as index,
        Http({}) as http,
        Pages(index.index, FILES, a_world({}, http), None) as pages,
        pytest.raises(NetworkError) as caught,
    ):
        pages.of(NAMED)
    assert caught.value.diagnostic.code == "index-unavailable"
