from __future__ import annotations

import pytest

from tpub.errors import ConfigError
from tpub.index.model import PYPI, TESTPYPI, Index, find


@pytest.mark.parametrize(
    ("text", "index"),
    [
        pytest.param("pypi", PYPI, id="name"),
        pytest.param(PYPI.upload_url, PYPI, id="upload URL"),
        pytest.param(TESTPYPI.upload_url, TESTPYPI, id="TestPyPI's upload URL"),
        pytest.param(
            "https://packages.example.com/legacy/",
            Index(
                "packages.example.com", "https://packages.example.com/legacy/", "https://packages.example.com/simple/"
            ),
            id="like Warehouse",
        ),
        pytest.param(
            "https://packages.example.com/team/upload",
            Index(
                "packages.example.com",
                "https://packages.example.com/team/upload",
                "https://packages.example.com/team/upload/simple/",
            ),
            id="other layout",
        ),
        pytest.param(
            "http://127.0.0.1:8080/",
            Index("127.0.0.1:8080", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/simple/"),
            id="this machine",
        ),
        pytest.param(PYPI.upload_url.replace("upload.pypi", "Upload.PyPI"), PYPI, id="a host in capitals"),
        pytest.param(TESTPYPI.upload_url.replace("https", "HTTPS"), TESTPYPI, id="a scheme in capitals"),
        pytest.param(PYPI.upload_url.replace(".org", ".org:443"), PYPI, id="the port that HTTPS has anyway"),
        pytest.param(
            "https://[::1]:8080/legacy/",
            Index("[::1]:8080", "https://[::1]:8080/legacy/", "https://[::1]:8080/simple/"),
            id="a number for a host",
        ),
        pytest.param(
            "https://user:secret@packages.example.com/",
            Index("packages.example.com", "https://packages.example.com/", "https://packages.example.com/simple/"),
            id="a password in the URL goes no further",
        ),
    ],
)
def test_an_index(text: str, index: Index) -> None:
    assert find(text) == index


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        pytest.param("pipy", "index-unknown", "`pypi`", id="misspelt"),
        pytest.param(PYPI.upload_url[:-1], "index-url-slash", PYPI.upload_url, id="no slash"),
        pytest.param(PYPI.upload_url[:-1].upper(), "index-url-unknown", PYPI.upload_url, id="a path in capitals"),
        pytest.param(
            PYPI.upload_url[:-1].replace("upload", "UPLOAD"),
            "index-url-slash",
            PYPI.upload_url,
            id="capitals, no slash",
        ),
        pytest.param(PYPI.upload_url.replace(".org", ".org:444"), "index-url-unknown", PYPI.upload_url, id="a port"),
        pytest.param(PYPI.simple_url, "index-url-unknown", "--index pypi", id="simple pages"),
        pytest.param(TESTPYPI.simple_url, "index-url-unknown", "--index testpypi", id="TestPyPI's simple pages"),
        pytest.param(f"{PYPI.site_url}/legacy/", "index-url-unknown", "--index pypi", id="the site's host"),
        pytest.param("http://packages.example.com/", "index-url-insecure", "https://", id="plain HTTP"),
        pytest.param("ftp://packages.example.com/", "index-url-insecure", "https://", id="other scheme"),
        pytest.param("http://localhost.example.com/", "index-url-insecure", "https://", id="not really this machine"),
        pytest.param("https://", "index-url-insecure", "https://", id="no host"),
        pytest.param("https://[::1", "index-url-malformed", "https://", id="broken URL"),
    ],
)
def test_what_is_no_index(text: str, code: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        find(text)
    assert caught.value.diagnostic.code == code
    assert hint in caught.value.diagnostic.hint
    assert caught.value.exit_code == 2


def test_where_people_look() -> None:
    assert PYPI.release_url("Sample.Project", "1.0") == f"{PYPI.site_url}/project/sample-project/1.0/"
    other = find("https://packages.example.com/legacy/")
    assert other.release_url("Sample.Project", "1.0") == "https://packages.example.com/simple/sample-project/"
