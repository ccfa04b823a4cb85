from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, strategies as st

from tpub.config.pyproject import Project, read
from tpub.config.settings import Flags, resolve
from tpub.diagnostic import Line, Setting
from tpub.errors import ConfigError
from tpub.identity.publisher import (
    ActiveStatePublisher,
    GitHubPublisher,
    GitLabPublisher,
    GooglePublisher,
    Publisher,
)
from tpub.index.model import PYPI, TESTPYPI, Index

COMPANY = Index("company", "https://packages.example.com/legacy/", "https://packages.example.com/simple/")
INDEX = '[tool.tpub.indexes.company]\nupload-url = "https://packages.example.com/legacy/"\n'


def written(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


def test_all_of_it(tmp_path: Path) -> None:
    text = f"""
[project]
name = "Sample.Project"
[tool.other]
index = 7
[tool.tpub]
index = "company"
ignore = ["license-missing"]
{INDEX}simple-url = "https://packages.example.com/pages"
rules = "pypi"
[tool.tpub.publisher]
provider = "github"
owner = "octo-org"
repository = "sampleproject"
workflow_filename = "release.yml"
environment = "pypi"
"""
    pages = "https://packages.example.com/pages/"
    assert read(written(tmp_path, text)) == Project(
        str(tmp_path / "pyproject.toml"),
        "Sample.Project",
        "company",
        {"company": Index("company", COMPANY.upload_url, pages, is_pypi=True)},
        ("license-missing",),
        GitHubPublisher("octo-org", "sampleproject", "release.yml", "pypi"),
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("[tool.ruff]\n", id="other tools"),
        pytest.param("[tool.tpub]\n", id="empty table"),
        pytest.param("[project]\ndynamic = ['name']\n", id="no name"),
    ],
)
def test_nothing_in_it(tmp_path: Path, text: str) -> None:
    assert read(written(tmp_path, text)) == Project(str(tmp_path / "pyproject.toml"))


def test_no_file(tmp_path: Path) -> None:
    assert read(tmp_path) == Project()


@pytest.mark.parametrize(
    ("text", "publisher"),
    [
        pytest.param(
            'provider = "gitlab"\nnamespace = "a/b"\nproject = "c"\nworkflow_filepath = "x.yml"\n',
            GitLabPublisher("a/b", "c", "x.yml"),
            id="GitLab",
        ),
        pytest.param(
            'provider = "gitlab"\nnamespace = "a"\nproject = "c"\nworkflow_filepath = "x.yml"\n'
            'issuer_url = "https://git.example"\n',
            GitLabPublisher("a", "c", "x.yml", issuer_url="https://git.example"),
            id="GitLab of one's own",
        ),
        pytest.param('provider = "google"\nemail = "a@b"\n', GooglePublisher("a@b"), id="Google"),
        pytest.param(
            'provider = "activestate"\norganization = "o"\nproject = "p"\nactor = "a"\n',
            ActiveStatePublisher("o", "p", "a"),
            id="ActiveState",
        ),
        pytest.param(
            'provider = "github"\nowner = "o"\nrepository = "r "\nworkflow_filename = "w.yml"\n',
            GitHubPublisher("o", "r ", "w.yml"),
            id="blanks as they were typed",
        ),
    ],
)
def test_the_publishers(tmp_path: Path, text: str, publisher: Publisher) -> None:
    assert read(written(tmp_path, f"[tool.tpub.publisher]\n{text}")).publisher == publisher


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        pytest.param("tool = 1", "tool", "1", id="tool is no table"),
        pytest.param("[tool]\ntpub = 1", "tool.tpub", "1", id="our table is none"),
        pytest.param("[tool.tpub]\nindx = 'x'", "tool.tpub.indx", "", id="misspelt"),
        pytest.param("[tool.tpub]\nindex = 1", "tool.tpub.index", "1", id="index is no text"),
        pytest.param("[tool.tpub]\nignore = 'x'", "tool.tpub.ignore", "x", id="ignore is no list"),
        pytest.param("[tool.tpub]\nignore = [1]", "tool.tpub.ignore", "1", id="ignore lists no text"),
        pytest.param("[tool.tpub.indexes]\nx = 1", "tool.tpub.indexes.x", "1", id="an index is no table"),
        pytest.param("[tool.tpub.indexes.x]", "tool.tpub.indexes.x.upload-url", "", id="no upload URL"),
        pytest.param(f"{INDEX}upload_url = 'x'", "tool.tpub.indexes.company.upload_url", "", id="misspelt in an index"),
        pytest.param(f"{INDEX}rules = 'x'", "tool.tpub.indexes.company.rules", "x", id="unknown rules"),
        pytest.param(
            f"{INDEX}simple-url = 'http://packages.example.com/'",
            "tool.tpub.indexes.company.simple-url",
            "http://packages.example.com/",
            id="pages in the clear",
        ),
        pytest.param(
            INDEX.replace("company", "pypi"), "tool.tpub.indexes.pypi", "pypi", id="a name that means another"
        ),
        pytest.param("[tool.tpub.publisher]\n", "tool.tpub.publisher.provider", "", id="no provider"),
        pytest.param(
            "[tool.tpub.publisher]\nprovider = 'x'", "tool.tpub.publisher.provider", "x", id="unknown provider"
        ),
        pytest.param(
            "[tool.tpub.publisher]\nprovider = 'google'", "tool.tpub.publisher.email", "", id="a field is missing"
        ),
        pytest.param(
            "[tool.tpub.publisher]\nprovider = 'google'\nemail = 'a'\nowner = 'b'",
            "tool.tpub.publisher.owner",
            "",
            id="a field of another platform",
        ),
    ],
)
def test_what_makes_no_sense(tmp_path: Path, text: str, key: str, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(written(tmp_path, text))
    told = caught.value.diagnostic
    path = str(tmp_path / "pyproject.toml")
    assert (told.code, told.evidence) == ("setting-invalid", (Setting(key, value, path),))
    assert path in told.message
    assert key in told.message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(INDEX.replace("https:", "http:"), "index-url-insecure", id="in the clear"),
        pytest.param(INDEX.replace("https://packages.example.com/legacy/", "x"), "index-unknown", id="no URL"),
        pytest.param(
            INDEX.replace("https://packages.example.com/legacy/", PYPI.simple_url), "index-url-unknown", id="for pip"
        ),
    ],
)
def test_an_index_to_which_nothing_can_be_sent(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(written(tmp_path, text))
    (place,) = caught.value.diagnostic.evidence
    assert (caught.value.diagnostic.code, isinstance(place, Setting) and place.name) == (
        code,
        "tool.tpub.indexes.company.upload-url",
    )


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        pytest.param("[tool.tpub]\nindx = 'x'", "Write `index` instead of `indx`.", id="misspelt"),
        pytest.param(
            f"{INDEX}upload_url = 'x'", "Write `upload-url` instead of `upload_url`.", id="with the wrong hyphen"
        ),
        pytest.param("[tool.tpub]\nverbose = true", "Take `verbose` out.", id="none"),
        pytest.param(
            "[tool.tpub.publisher]\n", "Add `provider` to `[tool.tpub.publisher]` in {path}.", id="what is missing"
        ),
    ],
)
def test_how_a_setting_is_mended(tmp_path: Path, text: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(written(tmp_path, text))
    assert caught.value.diagnostic.hint == hint.format(path=tmp_path / "pyproject.toml")


def test_where_a_file_is_no_toml(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read(written(tmp_path, "[tool]\na = 1\na = 2\n"))
    assert caught.value.diagnostic.evidence == (Line(str(tmp_path / "pyproject.toml"), 3, 6),)


def test_another_name_for_pypi_is_pypi(tmp_path: Path) -> None:
    text = INDEX.replace("https://packages.example.com/legacy/", PYPI.upload_url)
    assert read(written(tmp_path, text)).indexes == {"company": PYPI}


@given(st.binary())
def test_whatever_the_file_holds(content: bytes) -> None:
    with TemporaryDirectory() as folder, suppress(ConfigError):
        (Path(folder) / "pyproject.toml").write_bytes(content)
        read(Path(folder))


@pytest.mark.parametrize(
    ("flag", "variable", "setting", "index", "source"),
    [
        pytest.param("testpypi", "pypi", "company", TESTPYPI, "--index", id="command line"),
        pytest.param(None, "testpypi", "company", TESTPYPI, "$TPUB_INDEX", id="environment"),
        pytest.param(None, "", "company", COMPANY, "pyproject.toml", id="pyproject.toml"),
        pytest.param(None, "", None, PYPI, "default", id="default"),
        pytest.param("company", "", None, COMPANY, "--index", id="a configured name"),
        pytest.param(COMPANY.upload_url, "", None, COMPANY, "--index", id="a configured address"),
    ],
)
def test_what_counts(flag: str | None, variable: str, setting: str | None, index: Index, source: str) -> None:
    project = Project(index=setting, indexes={"company": COMPANY})
    found = resolve(Flags(flag), {"TPUB_INDEX": variable}, project)
    assert (found.index, found.sources[0]) == (index, Setting("index", index.upload_url, source))


@pytest.mark.parametrize(
    ("name", "known"),
    [
        pytest.param("other", "`pypi`, `testpypi`, `company`", id="like none"),
        pytest.param("compny", "`company`", id="like a configured one"),
        pytest.param("PyPI", "`pypi`", id="in capitals"),
    ],
)
def test_an_unknown_name_is_told_with_the_known_ones(name: str, known: str) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve(Flags(name), {}, Project(indexes={"company": COMPANY}))
    told = caught.value.diagnostic
    mend = f"Use {known} or the URL of an index's upload API; or name one in `[tool.tpub.indexes.NAME]`."
    assert (told.hint, told.evidence) == (mend, ())


@pytest.mark.parametrize(
    ("env", "project", "place"),
    [
        pytest.param({"TPUB_INDEX": "other"}, Project(), ("other", "$TPUB_INDEX"), id="a variable"),
        pytest.param({"TWINE_REPOSITORY": "other"}, Project(), ("other", "$TWINE_REPOSITORY"), id="twine's"),
        pytest.param({}, Project(index="other"), ("other", "pyproject.toml"), id="a file"),
        pytest.param(
            {"TPUB_INDEX": "http://me:secret@a.example/"},
            Project(),
            ("http://a.example/", "$TPUB_INDEX"),
            id="a password in an address",
        ),
    ],
)
def test_where_an_index_is_named_to_which_nothing_can_be_sent(
    env: dict[str, str], project: Project, place: tuple[str, str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve(Flags(), env, project)
    assert caught.value.diagnostic.evidence == (Setting("index", *place),)
