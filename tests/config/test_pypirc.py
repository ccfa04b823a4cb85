from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, strategies as st

from tpub.config.pypirc import Section, locate, read
from tpub.diagnostic import Line
from tpub.errors import ConfigError
from tpub.index.model import PYPI, TESTPYPI, Index
from tpub.secret import Secret

COMPANY = Index("company", "https://packages.example.com/legacy/", "https://packages.example.com/simple/")
PASSWORD = "hunter2-hunter2"


def written(folder: Path, text: str) -> Path:
    path = folder / ".pypirc"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def test_the_format_of_the_specification(tmp_path: Path) -> None:
    text = (
        "[distutils]\nindex-servers =\n    pypi\n    company\n\n"
        "[pypi]\nusername = __token__\npassword = pypi-%(x)s;y\n\n"
        "[company]\nrepository: https://packages.example.com/legacy/\nusername: me\npassword: hunter2\n"
        "ca_cert = ca.pem\nclient_cert = me.pem\n[other]\npassword = x\n"
    )
    path = written(tmp_path, text)
    found = read(path)
    where = str(path)
    assert found.sections == {
        "pypi": Section("pypi", where, 6, None, "__token__", Secret("pypi-%(x)s;y")),
        "testpypi": Section("testpypi", where),
        "company": Section("company", where, 10, COMPANY.upload_url, "me", Secret("hunter2"), "ca.pem", "me.pem"),
    }
    assert (found.unlisted, found.diagnostics) == (("other",), ())
    assert found.sections["company"].index() == COMPANY


@pytest.mark.parametrize(
    ("text", "index", "password"),
    [
        pytest.param("[pypi]\npassword = a\n", PYPI, "a", id="PyPI without a list of servers"),
        pytest.param("[testpypi]\npassword = a\n", TESTPYPI, "a", id="TestPyPI without a list of servers"),
        pytest.param("[pypi]\npassword = a\n", TESTPYPI, None, id="not that of another index"),
        pytest.param(
            "[distutils]\nindex-servers = other\n[pypi]\npassword = a\n[other]\nrepository = https://other.example/\n",
            PYPI,
            None,
            id="a section that is not listed",
        ),
        pytest.param(
            f"[distutils]\nindex-servers = x\n[x]\nrepository = {COMPANY.upload_url}\npassword = a\n",
            COMPANY,
            "a",
            id="an index of another name at that address",
        ),
        pytest.param(
            "[distutils]\nindex-servers = company\n[company]\nrepository = https://evil.example/\npassword = a\n",
            COMPANY,
            None,
            id="an index of that name at another address",
        ),
        pytest.param(
            "[distutils]\nindex-servers = company\n[company]\npassword = a\n", COMPANY, None, id="no address at all"
        ),
        pytest.param(
            "[distutils]\nindex-servers = project\n"
            "[project]\nrepository = https://upload.pypi.org/legacy/\npassword = a\n",
            PYPI,
            "a",
            id="a token for one project",
        ),
        pytest.param("[server-login]\npassword = a\n", PYPI, "a", id="the obsolete form"),
        pytest.param("\ufeff[pypi]\r\npassword = a\r\n", PYPI, "a", id="as Notepad writes it"),
        pytest.param("", PYPI, None, id="empty"),
    ],
)
def test_whose_password_it_is(tmp_path: Path, text: str, index: Index, password: str | None) -> None:
    section = read(written(tmp_path, text)).section(index)
    found = section.password if section is not None else None
    assert (found.reveal() if found is not None else None) == password


@pytest.mark.parametrize(
    ("address", "index"),
    [
        pytest.param("https://upload.pypi.org/legacy/", PYPI, id="today's"),
        pytest.param("https://upload.pypi.org/legacy", PYPI, id="without the slash"),
        pytest.param("https://pypi.org/legacy/", PYPI, id="without the host for uploads"),
        pytest.param("https://pypi.python.org/pypi", PYPI, id="that of old"),
        pytest.param("http://pypi.python.org/pypi", PYPI, id="that of old, in the clear"),
        pytest.param("https://testpypi.python.org/pypi", TESTPYPI, id="TestPyPI's of old"),
        pytest.param("https://test.pypi.org/legacy/", TESTPYPI, id="TestPyPI's"),
    ],
)
def test_the_addresses_of_pypi(tmp_path: Path, address: str, index: Index) -> None:
    text = f"[distutils]\nindex-servers = mine\n[mine]\nrepository = {address}\n"
    assert read(written(tmp_path, text)).sections["mine"].index() == index


def test_a_section_called_pypi_that_is_another_index_stops_the_run(tmp_path: Path) -> None:
    path = written(tmp_path, f"[pypi]\nrepository = {COMPANY.upload_url}\npassword = {PASSWORD}\n")
    with pytest.raises(ConfigError) as caught:
        read(path).section(PYPI)
    told = caught.value.diagnostic
    assert (told.code, told.evidence) == ("pypirc-index-renamed", (Line(str(path), 1, key="pypi"),))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(f"password = {PASSWORD}\n", 1, id="before every section"),
        pytest.param(f"[pypi]\n{PASSWORD}\n", 2, id="no assignment"),
        pytest.param(f"[pypi]\npassword = {PASSWORD}\npassword = x\n", 3, id="an option twice"),
        pytest.param(f"[pypi]\npassword = {PASSWORD}\n\n[pypi]\n", 4, id="a section twice"),
    ],
)
def test_a_broken_file_is_told_with_its_line_and_without_what_stands_there(
    tmp_path: Path, text: str, line: int
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        read(path)
    told = caught.value.diagnostic
    assert (told.code, told.evidence) == ("pypirc-unreadable", (Line(str(path), line),))
    assert told.message.startswith(f"{path}:{line} cannot be read: ")
    assert PASSWORD not in repr(told)
    assert caught.value.__cause__ is None


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / ".pypirc"
    path.write_bytes(b"[pypi]\npassword = \xfc\n")
    with pytest.raises(ConfigError) as caught:
        read(path)
    assert caught.value.diagnostic.evidence == (Line(str(path), 2),)


@pytest.mark.parametrize(
    ("section", "code"),
    [
        pytest.param("[mine]\nusername = me\n", "pypirc-section-incomplete", id="no address"),
        pytest.param("[mine]\nrepository = http://packages.example.com/\n", "index-url-insecure", id="in the clear"),
        pytest.param("[mine]\nrepository = packages\n", "index-unknown", id="no address, a word"),
    ],
)
def test_a_section_to_which_nothing_can_be_sent(tmp_path: Path, section: str, code: str) -> None:
    found = read(written(tmp_path, f"[distutils]\nindex-servers = mine\n{section}"))
    with pytest.raises(ConfigError) as caught:
        found.sections["mine"].index()
    assert caught.value.diagnostic.code == code


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps others out by the folder")
@pytest.mark.parametrize(
    ("mode", "text", "codes"),
    [
        pytest.param(0o600, "[pypi]\npassword = x\n", [], id="mine alone"),
        pytest.param(0o644, "[pypi]\npassword = x\n", ["pypirc-exposed"], id="everybody's"),
        pytest.param(0o640, "[pypi]\npassword = x\n", ["pypirc-exposed"], id="the group's"),
        pytest.param(0o644, "[pypi]\nusername = x\n", [], id="nothing to hide"),
    ],
)
def test_a_password_that_others_can_read(tmp_path: Path, mode: int, text: str, codes: list[str]) -> None:
    (folder := tmp_path / "my home").mkdir()
    path = written(folder, text)
    path.chmod(mode)
    told = read(path).diagnostics
    assert [each.code for each in told] == codes
    assert all(each.hint == f"Run `chmod 600 '{path}'`." for each in told)


def test_no_file(tmp_path: Path) -> None:
    assert read(tmp_path / ".pypirc").sections == {}
    assert read(None).sections == {}


def test_no_file_where_one_was_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path / "x", must_exist=True)
    assert (caught.value.diagnostic.code, caught.value.diagnostic.evidence) == ("pypirc-unreadable", ())


@pytest.mark.parametrize(
    ("env", "given", "path"),
    [
        pytest.param({}, None, None, id="no home"),
        pytest.param({"HOME": "/home/me"}, None, Path("/home/me/.pypirc"), id="home"),
        pytest.param({"HOME": "/home/me"}, "~/other", Path("/home/me/other"), id="named, in the home"),
        pytest.param({"HOME": "/home/me"}, "/etc/pypirc", Path("/etc/pypirc"), id="named"),
    ],
)
def test_where_it_is(env: dict[str, str], given: str | None, path: Path | None) -> None:
    home = {"USERPROFILE" if os.name == "nt" else name: value for name, value in env.items()}
    assert locate(home, given) == path


@given(st.binary() | st.text(alphabet="[]=: \nab%pypi", max_size=60).map(str.encode))
def test_whatever_the_file_holds(content: bytes) -> None:
    with TemporaryDirectory() as folder, suppress(ConfigError):
        path = Path(folder) / ".pypirc"
        path.write_bytes(content)
        for index in (PYPI, TESTPYPI, COMPANY):
            read(path).section(index)
