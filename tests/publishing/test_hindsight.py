from __future__ import annotations

import pytest

from support.tokens import GITHUB
from tpub.diagnostic import Diagnostic
from tpub.index.known import Release
from tpub.index.model import PYPI
from tpub.outcome import IdentitySummary
from tpub.publishing.hindsight import in_hindsight

CREATES = Diagnostic("project-name-mismatch", "pypi refused the file: Non-user identities ...", "Make them agree.")
WHO = IdentitySummary("github", GITHUB["iss"], GITHUB)


@pytest.mark.parametrize(
    ("project", "absent", "identity", "code"),
    [
        pytest.param("sampleproject-extra", ["sampleproject-extra"], WHO, "project-not-registered", id="a second one"),
        pytest.param("python-sampleproject", ["python-sampleproject"], WHO, "project-name-mismatch", id="a prefix"),
        pytest.param("SampleProject.py", ["SampleProject.py"], WHO, "project-name-mismatch", id="a suffix"),
        pytest.param("sampleproject", ["sampleproject"], WHO, "project-not-registered", id="the repository's name"),
        pytest.param("a", ["a", "b"], WHO, "pending-publisher-ambiguous", id="several new ones"),
        pytest.param("a", ["a"], None, "project-name-mismatch", id="nobody knows who"),
    ],
)
def test_a_project_that_does_not_exist(
    project: str, absent: list[str], identity: IdentitySummary | None, code: str
) -> None:
    found = in_hindsight(CREATES, project, PYPI, release=Release((project,), frozenset(absent)), identity=identity)
    assert (found.code, CREATES.message in found.message) == (code, True)


def test_both_names_are_told() -> None:
    absent = Release(("python-sampleproject",), frozenset({"python-sampleproject"}))
    found = in_hindsight(CREATES, "python-sampleproject", PYPI, release=absent, identity=WHO)
    assert found.message == (
        "the file says that its project is python-sampleproject, and the token is for another, sampleproject most "
        "likely: pypi refused the file: Non-user identities ..."
    )
    assert found.hint == (
        "Make them agree. Add a pending publisher for python-sampleproject, or write sampleproject into the metadata."
    )


def test_what_to_register() -> None:
    found = in_hindsight(CREATES, "extra", PYPI, release=Release(("extra",), frozenset({"extra"})), identity=WHO)
    assert found.hint == (
        "Add a pending publisher for extra, under just that name. Register this publisher: owner `octo-org`, "
        "repository `sampleproject`, workflow_filename `release.yml`, environment empty. With the project name extra: "
        f"{PYPI.site_url}/manage/account/publishing/"
    )


def test_other_news_stay_as_they_are() -> None:
    told = Diagnostic("file-exists", "there")
    assert in_hindsight(told, "a", PYPI, release=Release(("a",), frozenset({"a", "b"})), identity=WHO) is told
