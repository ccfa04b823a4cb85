from __future__ import annotations

from pathlib import Path

import pytest

from support.dists import wheel
from support.hostile import TOP, Block, Part, Zip, packed, sdist_blocks, tar, wheel_parts
from support.judging import judge, judge_sdist, judge_wheel
from tpub.diagnostic import Diagnostic

KEY = b"-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAwJ5Nf3Q2\nabc=\n-----END RSA PRIVATE KEY-----\n"
OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUA\n-----END OPENSSH PRIVATE KEY-----\n"
LOCKED = (
    b"-----BEGIN EC PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info: AES-128-CBC,0123\r\n\r\n"
    b"MIIEowIBAAKCAQEAwJ5Nf3Q2\r\n-----END EC PRIVATE KEY-----\r\n"
)
CERTIFICATE = b"# Issuer: somebody\n-----BEGIN CERTIFICATE-----\nMIIEowIBAAKCAQEAwJ5Nf3Q2\n-----END CERTIFICATE-----\n"
PRIVATE = "private-file-inside"
SECRET = "private-key-inside"
LITTER = "litter-inside"
LEFTOVERS = "build-leftovers-inside"
TOP_LEVEL = "wheel-top-level-leftovers"
OUTSIDE = "archive-path-outside"


def of_wheel(name: str, content: bytes, folder: Path) -> list[Diagnostic]:
    return judge_wheel(bytes(Zip(wheel_parts(Part(name.encode(), content)))), folder)


def of_sdist(name: str, content: bytes, folder: Path) -> list[Diagnostic]:
    return judge_sdist(packed(tar(sdist_blocks(Block(f"{TOP}/{name}".encode(), content)))), folder)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param(name, code, id=name)
        for code, names in {
            PRIVATE: [
                ".env",
                "app/.env.production",
                ".pypirc",
                "home/.netrc",
                ".git/config",
                ".git-credentials",
                "keys/id_rsa",
                ".ssh/config",
                "store.kdbx",
                "cert.P12",
                ".bash_history",
                ".aws/credentials",
            ],
            LITTER: [
                ".DS_Store",
                "app/._icon.png",
                "__MACOSX/app/x",
                "Thumbs.db",
                "app/.x.py.swp",
                "app/x.py~",
                "#x.py#",
                "x.py.orig",
                "x.py.rej",
                ".idea/workspace.xml",
                ".vscode/settings.json",
            ],
            LEFTOVERS: [
                "app/__pycache__/x.cpython-312.pyc",
                ".pytest_cache/README.md",
                ".tox/py/log.txt",
                ".coverage",
                ".coverage.host.1",
                "node_modules/x/index.js",
                ".venv/pyvenv.cfg",
                "htmlcov/index.html",
            ],
        }.items()
        for name in names
    ],
)
def test_what_does_not_belong(name: str, code: str, tmp_path: Path) -> None:
    in_sdist, in_wheel = of_sdist(name, b"x", tmp_path), of_wheel(f"sampleproject/{name}", b"x", tmp_path)
    assert [(each.code, str(each.severity)) for each in in_sdist + in_wheel] == [(code, "warning")] * 2


@pytest.mark.parametrize(
    "name",
    [
        ".env.example",
        "environment.py",
        ".envoy/config.yaml",
        "tests/.env",
        "examples/app/.pypirc",
        "docs/id_rsa",
        "unit_tests/keys/id_rsa",
        "id_rsa.pub",
        ".gitignore",
        ".github/workflows/ci.yml",
        ".gitattributes",
        "app/tilde~x",
        "app/x.swift",
        "app/original",
        "app/_.py",
        ".coveragerc",
        "coverage.py",
        "app/pycache.py",
        "venv.py",
        "notebook.ipynb",
    ],
)
def test_what_belongs(name: str, tmp_path: Path) -> None:
    assert of_sdist(name, b"x", tmp_path) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("server.key", KEY, id="RSA"),
        pytest.param("deploy", OPENSSH, id="OpenSSH, no suffix"),
        pytest.param("locked.pem", LOCKED, id="encrypted"),
        pytest.param("both.crt", CERTIFICATE + KEY, id="behind a certificate"),
        pytest.param("binary.pem", b"\x30\x82\x01\x02", id="a .pem file that is none"),
    ],
)
def test_a_private_key(name: str, content: bytes, tmp_path: Path) -> None:
    told = of_sdist(name, content, tmp_path) + of_wheel(f"sampleproject/{name}", content, tmp_path)
    assert [each.message for each in told] == [
        f"a private key: `{TOP}/{name}`",
        f"a private key: `sampleproject/{name}`",
    ]
    assert {each.code for each in told} == {SECRET}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("cacert.pem", CERTIFICATE, id="certificates"),
        pytest.param("empty.pem", b"", id="empty"),
        pytest.param("tests/server.key", KEY, id="made for tests"),
        pytest.param("test_tls/server.key", KEY, id="made for other tests"),
        pytest.param("dummyserver/certs/server.key", KEY, id="of a server for tests"),
        pytest.param("keys.py", b'KEY = """\n' + KEY + b'"""\n', id="in Python code"),
        pytest.param("README.md", b"```\n" + KEY + b"```\n", id="in a text"),
        pytest.param("mentions.key", b"put -----BEGIN PRIVATE KEY----- here", id="only mentioned"),
        pytest.param(
            "placeholder.key", b"-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----", id="placeholder"
        ),
    ],
)
def test_no_private_key(name: str, content: bytes, tmp_path: Path) -> None:
    assert of_sdist(name, content, tmp_path) == []


@pytest.mark.parametrize(
    ("name", "top"),
    [
        pytest.param("tests/test_x.py", "tests/", id="tests"),
        pytest.param("test/x.py", "test/", id="test"),
        pytest.param("docs/index.md", "docs/", id="documentation"),
        pytest.param("src/sampleproject/x.py", "src/", id="the folder around the package"),
        pytest.param("setup.py", "setup.py", id="build script"),
        pytest.param("pyproject.toml", "pyproject.toml", id="configuration"),
        pytest.param("requirements-dev.txt", "requirements-dev.txt", id="requirements"),
        pytest.param("LICENSE", "LICENSE", id="licence"),
        pytest.param("README.md", "README.md", id="readme"),
    ],
)
def test_what_a_wheel_puts_beside_all_others(name: str, top: str, tmp_path: Path) -> None:
    (told,) = of_wheel(name, b"x", tmp_path)
    assert (told.code, told.message) == (TOP_LEVEL, f"the wheel installs into everyone's site-packages: `{top}`")


@pytest.mark.parametrize("name", ["other/__init__.py", "six.py", "testsuite/x.py", "sampleproject/tests/x.py", "x.pth"])
def test_what_a_wheel_may_install(name: str, tmp_path: Path) -> None:
    assert of_wheel(name, b"x", tmp_path) == []


def test_a_project_may_be_called_like_a_leftover(tmp_path: Path) -> None:
    assert judge(wheel(tmp_path, "benchmarks")) == []


@pytest.mark.parametrize("name", ["../x.py", "sampleproject/../../x.py", "/etc/x.py"])
def test_paths_that_lead_out(name: str, tmp_path: Path) -> None:
    assert [each.code for each in of_wheel(name, b"x", tmp_path)] == [OUTSIDE]


def test_paths_with_dots_that_stay(tmp_path: Path) -> None:
    assert of_wheel("sampleproject/..x/a...py", b"x", tmp_path) == []
