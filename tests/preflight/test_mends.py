"""What is told of a defect: the cause with its value, and the exact text to type where that can be known."""

from __future__ import annotations

from pathlib import Path

import pytest

from preflight.cases.model import Make, renamed, sdist, tagged, together, wheel
from tpub.preflight.quoting import header
from tpub.preflight.run import check

_TABLE = [
    pytest.param(
        sdist(Requires_Dist="foo=1.0"),
        "requirement-invalid",
        "Write `foo==1.0`: one `=` compares nothing.",
        id="one equals sign",
    ),
    pytest.param(sdist(Requires_Python="^3.9"), "requires-python-invalid", "Write `>=3.9`.", id="a caret"),
    pytest.param(sdist(Requires_Python="3.8"), "requires-python-invalid", "Write `>=3.8`.", id="no operator"),
    pytest.param(
        sdist(Requires_Python=">=3.8.*"),
        "requires-python-invalid",
        "Write `>=3.8`: `.*` goes with `==` and `!=` alone.",
        id="a star too many",
    ),
    pytest.param(
        sdist(License_Expression="Apache 2.0"),
        "license-expression-invalid",
        "Write `license = 'Apache-2.0'` in `[project]`.",
        id="a licence by its usual name",
    ),
    pytest.param(
        sdist(Description_Content_Type="markdown"),
        "description-content-type-unknown",
        "Write `text/markdown`.",
        id="half a content type",
    ),
    pytest.param(
        sdist(Description_Content_Type="text/rst"),
        "description-content-type-unknown",
        "Write `text/x-rst`.",
        id="reStructuredText, almost",
    ),
    pytest.param(
        sdist(Classifier="programming language :: python :: 3"),
        "classifier-unknown",
        "Write `Programming Language :: Python :: 3`.",
        id="a classifier in lower case",
    ),
    pytest.param(
        sdist(Classifier="Programming Language :: Pyhton :: 3"),
        "classifier-unknown",
        "Write `Programming Language :: Python :: 3`.",
        id="a classifier with a slip",
    ),
    pytest.param(
        sdist(Classifier="Private :: Do Not Upload"),
        "classifier-unknown",
        "If the project may be published, leave this classifier out: it is there to prevent that.",
        id="a guard against publishing",
    ),
    pytest.param(
        sdist(Classifier="Natural Language :: Ukranian"),
        "classifier-deprecated",
        "Use `Natural Language :: Ukrainian` instead.",
        id="a deprecated classifier",
    ),
    pytest.param(
        sdist(Project_Url="Source, git@github.com:octo/sample.git"),
        "project-url-invalid",
        "Write `https://github.com/octo/sample`.",
        id="an address for git",
    ),
    pytest.param(
        sdist(Home_Page="www.example.org"), "home-page-invalid", "Write `https://www.example.org`.", id="no scheme"
    ),
    pytest.param(
        wheel(version="1.0+local"),
        "version-local",
        "Publish it as `1.0`, or build from a clean tag. setuptools-scm: `local_scheme = 'no-local-version'`.",
        id="a local version",
    ),
    pytest.param(
        tagged("cp312-cp312-linux_x86_64"),
        "wheel-platform-tag",
        "Build in a manylinux image and run `auditwheel repair` on the wheel (cibuildwheel does both).",
        id="plain Linux",
    ),
    pytest.param(
        tagged("cp312-cp312-macosx_11_3_arm64"),
        "wheel-platform-tag",
        "Set `MACOSX_DEPLOYMENT_TARGET=11.0` and build anew: the tag becomes `macosx_11_0_arm64`.",
        id="a minor version of macOS",
    ),
    pytest.param(
        tagged("cp312-cp312-macosx_27_0_arm64"),
        "wheel-platform-tag",
        "Set `MACOSX_DEPLOYMENT_TARGET` to a macOS version that PyPI knows, such as `11.0`, and build anew.",
        id="a macOS from the future",
    ),
    pytest.param(
        renamed("sampleproject-1.0.TAR.GZ"),
        "filename-extension-wrong-kind",
        "Rename the file to `sampleproject-1.0.tar.gz`.",
        id="an extension in capitals",
    ),
    pytest.param(
        renamed("sampleproject.tar.gz"),
        "sdist-filename-invalid",
        "Rename it to `sampleproject-1.0.tar.gz`.",
        id="no version in the name",
    ),
    pytest.param(
        renamed("sampleproject-1.00.tar.gz"),
        "sdist-filename-version-mismatch",
        "Build anew with a backend that follows PEP 625, so that the file is called `sampleproject-1.0.tar.gz`.",
        id="a version with zeros",
    ),
]


@pytest.mark.parametrize(("make", "code", "hint"), _TABLE)
def test_the_mend(make: Make, code: str, hint: str, tmp_path: Path) -> None:
    told = check(make(tmp_path)).diagnostics
    assert [news.hint for news in told if news.code == code] == [hint]


@pytest.mark.parametrize(
    ("make", "first"),
    [
        pytest.param(sdist(Name="a b", Version=""), "name-invalid", id="the name before everything"),
        pytest.param(
            sdist(Metadata_Version="9", Classifier="x"), "metadata-version-unknown", id="the metadata version first"
        ),
        pytest.param(
            sdist(Version="x", Dynamic="Name"), "version-invalid", id="the version before what comes first in ABC"
        ),
        pytest.param(
            sdist(Requires_Python="3", Author_Email="x", Dynamic="y"), "dynamic-field-invalid", id="then from A to Z"
        ),
        pytest.param(
            sdist(Requires_Python="3", Author_Email="x"),
            "requires-python-invalid",
            id="the specification before PyPI's own",
        ),
        pytest.param(
            sdist(Home_Page="x", Classifier="y", Author_Email="z"), "email-invalid", id="PyPI's own from A to Z"
        ),
        pytest.param(
            sdist(Home_Page="x", Description_Content_Type="text/x-rst", body="a_"),
            "home-page-invalid",
            id="metadata before the description",
        ),
        pytest.param(
            renamed("other-1.0.tar.gz", sdist(Description_Content_Type="text/x-rst", body="a_")),
            "description-rst-broken",
            id="the description before the file's name",
        ),
        pytest.param(
            sdist(extra="Summary: two\n", Metadata_Version="9"),
            "metadata-field-duplicate",
            id="fields that cannot be read before those that are bad",
        ),
    ],
)
def test_the_first_error_is_the_one_that_the_index_names(make: Make, first: str, tmp_path: Path) -> None:
    told = check(make(tmp_path)).diagnostics
    assert next(news.code for news in told if news.is_error) == first


def test_a_line_of_the_description_is_named(tmp_path: Path) -> None:
    path = sdist(Description_Content_Type="text/x-rst", body="One\n\n.. foo::\n")(tmp_path)
    told = [news.message for news in check(path).diagnostics if news.code == "description-rst-broken"]
    assert told == ['the description is broken reStructuredText at line 3: Unknown directive type "foo"']


def test_files_are_told_of_one_by_one(tmp_path: Path) -> None:
    files = together(wheel(Home_Page="x"), sdist(Requires_Python=""))(tmp_path)
    names = [path.name for path in files]
    places = [names.index(news.file or "") for news in check(files).diagnostics]
    assert (places, set(places)) == (sorted(places), {0, 1})


@pytest.mark.parametrize(
    ("name", "written"),
    [
        pytest.param("project-url", "Project-URL", id="an abbreviation"),
        pytest.param("author-email", "Author-email", id="small within"),
        pytest.param("requires-dist", "Requires-Dist", id="as most"),
    ],
)
def test_fields_are_named_as_files_name_them(name: str, written: str) -> None:
    assert header(name) == written
