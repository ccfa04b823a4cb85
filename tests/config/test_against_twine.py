"""`.pypirc` as twine reads it, held against twine itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from twine.utils import get_config

from tpub.config.pypirc import read
from tpub.index.model import PYPI, TESTPYPI

COMPANY = "[company]\nrepository = https://packages.example.com/legacy/\nusername = me\npassword = a%b;c #d\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[pypi]\nusername = __token__\npassword = pypi-x\n", id="PyPI alone"),
        pytest.param(f"[distutils]\nindex-servers =\n    pypi\n    company\n{COMPANY}", id="two servers"),
        pytest.param(f"[distutils]\nindex-servers: company\n{COMPANY}", id="one server"),
        pytest.param(
            f"[distutils]\nindex-servers = pypi testpypi company\n{COMPANY}[testpypi]\npassword=x\n", id="three"
        ),
        pytest.param(f"[distutils]\nindex-servers = pypi\n{COMPANY}", id="a section that is not listed"),
        pytest.param("[server-login]\nusername = me\npassword = x\n[pypi]\nusername = you\n", id="the obsolete form"),
        pytest.param("# nothing\n", id="nothing"),
        pytest.param(f"[distutils]\n{COMPANY}", id="no list of servers"),
        pytest.param("[pypi]\npassword =\n  pypi-x\n", id="a value on the next line"),
        pytest.param("[pypi]\nrepository = https://packages.example.com/\nca_cert = ca.pem\n", id="another index"),
    ],
)
def test_what_the_file_says(tmp_path: Path, text: str) -> None:
    path = tmp_path / ".pypirc"
    path.write_text(text, encoding="utf-8")
    addresses = {"pypi": PYPI.upload_url, "testpypi": TESTPYPI.upload_url}
    ours = {
        section.name: {
            "repository": section.repository or addresses.get(section.name),
            "username": section.username,
            "password": section.password.reveal() if section.password is not None else None,
            "ca_cert": section.ca_cert,
        }
        for section in read(path).sections.values()
    }
    theirs = {
        name: {key: values.get(key) for key in ("repository", "username", "password", "ca_cert")}
        for name, values in get_config(str(path)).items()
    }
    # tpub knows TestPyPI whether the file lists it or not.
    assert ours == {"testpypi": ours["testpypi"]} | theirs
