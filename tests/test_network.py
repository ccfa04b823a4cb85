"""Certificates, client certificates and proxies, with servers that speak TLS."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from support import dists, relays
from support.loopback import Answer, serving
from support.processes import start
from support.relays import Authority
from support.world import tpub
from tpub.errors import ConfigError, NetworkError
from tpub.http import Http
from tpub.rehearsal.index import RehearsalIndex
from tpub.tls import Tls


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("ALL_PROXY", "socks5://127.0.0.1:9", id="SOCKS"),
        pytest.param("HTTPS_PROXY", "ftp://secret@127.0.0.1:9", id="another scheme"),
    ],
)
def test_a_proxy_of_a_kind_that_leads_nowhere(tmp_path: Path, name: str, value: str) -> None:
    wheel = dists.wheel(tmp_path)
    with start("upload", str(wheel), env={name: value, "TPUB_TOKEN": "pypi-x", "HOME": str(tmp_path)}) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, "[proxy-unusable]" in err, f"${name} is set" in err) == (2, True, True)
    assert "secret" not in out + err


@pytest.mark.parametrize(
    ("env", "seen"),
    [
        pytest.param({"HTTPS_PROXY": "proxy.invalid"}, "HTTPS_PROXY", id="a name that nobody has"),
        pytest.param({"all_proxy": "http://user:secret@127.0.0.1:9"}, "all_proxy", id="nobody there"),
        pytest.param({"HTTPS_PROXY": "proxy.invalid", "NO_PROXY": "index.invalid"}, "", id="not on the way"),
    ],
)
def test_a_proxy_that_is_not_there(tmp_path: Path, env: dict[str, str], seen: str) -> None:
    index, wheel = "https://index.invalid/legacy/", dists.wheel(tmp_path)
    with start("upload", "--max-tries", "1", "--index", index, str(wheel), env=env | {"TPUB_TOKEN": "x"}) as process:
        out, err = process.communicate(timeout=120)
    proxy, direct = "the proxy on the way to index.invalid could not be reached", "error: index.invalid could not"
    assert (process.returncode, (f"{proxy}: " in err, f"${seen} is set" in err)) == (5, (bool(seen), bool(seen))), err
    assert (direct in err, "secret" in out + err, "Errno" in err) == (not seen, False, False)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def plain() -> Iterator[int]:
    with serving(lambda _: Answer(200, b"here")) as server:
        yield urlsplit(server.url).port or 0


@pytest.mark.parametrize(
    ("variable", "option"),
    [
        pytest.param("SSL_CERT_FILE", False, id="SSL_CERT_FILE"),
        pytest.param("REQUESTS_CA_BUNDLE", False, id="REQUESTS_CA_BUNDLE"),
        pytest.param("CURL_CA_BUNDLE", False, id="CURL_CA_BUNDLE"),
        pytest.param("", True, id="--cert"),
    ],
)
def test_an_authority_of_ones_own(authority: Authority, plain: int, variable: str, option: bool) -> None:  # noqa: FBT001
    env = {variable: authority.path} if variable else {}
    with relays.tls(plain, authority.server("localhost")) as server, Http(env) as http:
        http.believing(Tls(authority.path if option else None))
        assert http.get(f"https://localhost:{server.port}/").body == b"here"


def test_an_option_counts_before_the_environment(authority: Authority, plain: int, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    other.folder.mkdir()
    with relays.tls(plain, authority.server("localhost")) as server:
        with Http({"SSL_CERT_FILE": other.path}) as http:
            assert http.believing(Tls(authority.path)).get(f"https://localhost:{server.port}/").is_success
        with Http({"SSL_CERT_FILE": authority.path, "REQUESTS_CA_BUNDLE": other.path}) as http:
            assert http.get(f"https://localhost:{server.port}/").is_success


@pytest.mark.parametrize("name", ["localhost", "elsewhere.example"])
def test_a_server_that_nobody_vouches_for(authority: Authority, plain: int, name: str) -> None:
    env = {} if name == "localhost" else {"SSL_CERT_FILE": authority.path}
    with relays.tls(plain, authority.server(name)) as server, Http(env) as http, pytest.raises(NetworkError) as caught:
        http.get(f"https://localhost:{server.port}/")
    told = caught.value.diagnostic
    assert (told.code, "--cert" in told.hint) == ("certificate-untrusted", True)


@pytest.mark.parametrize("source", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "--cert"])
def test_authorities_that_are_not_there(tmp_path: Path, source: str) -> None:
    path = str(tmp_path / "none.pem")
    env = {} if source == "--cert" else {source: path}
    with Http(env) as http, pytest.raises(ConfigError) as caught:
        http.believing(Tls(path if source == "--cert" else None)).get("https://localhost:1/")
    told = caught.value.diagnostic
    assert (told.code, f"`{source}`" in told.hint) == ("certificates-unreadable", True)


def test_a_folder_of_authorities_that_is_not_there(tmp_path: Path) -> None:
    with Http({"SSL_CERT_DIR": str(tmp_path / "none")}) as http, pytest.raises(NetworkError) as caught:
        http.get("https://localhost:1/")
    assert caught.value.diagnostic.code == "index-unreachable"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        pytest.param(["upload", "WHEEL"], 2, "[certificates-unreadable]", id="upload"),
        pytest.param(["token"], 2, "[certificates-unreadable]", id="token"),
        pytest.param(["doctor", "FOLDER"], 0, "nothing wrong", id="doctor, who reads files without them, too"),
    ],
)
def test_authorities_that_cannot_be_read_are_no_fault_of_the_network(
    tmp_path: Path, words: list[str], code: int, told: str
) -> None:
    places = {"WHEEL": str(dists.wheel(tmp_path / "dist")), "FOLDER": str(tmp_path)}
    env = {
        "SSL_CERT_FILE": str(tmp_path / "none.pem"),
        "TPUB_INDEX": "https://localhost:1/legacy/",
        "GITHUB_ACTIONS": "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL": "https://localhost:1/",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x",
    }
    ran = tpub(*(places.get(word, word) for word in words), env=env)
    assert (ran.code, told in ran.out + ran.err) == (code, True), ran.out + ran.err


def test_a_client_that_shows_its_certificate(authority: Authority, plain: int) -> None:
    context = authority.server("localhost", wants_client=True)
    with relays.tls(plain, context) as server, Http({"SSL_CERT_FILE": authority.path}) as http:
        http.believing(Tls(None, authority.client()))
        assert http.get(f"https://localhost:{server.port}/").body == b"here"


def test_a_server_that_wants_a_certificate(authority: Authority, plain: int) -> None:
    context = authority.server("localhost", wants_client=True)
    env = {"SSL_CERT_FILE": authority.path}
    with relays.tls(plain, context) as server, Http(env) as http, pytest.raises(NetworkError) as caught:
        http.get(f"https://localhost:{server.port}/")
    told = caught.value.diagnostic
    assert (told.code, "--client-cert" in told.hint) == ("client-certificate-missing", True)


def locked(path: str) -> str:
    """Lock the key of a client's certificate with a passphrase."""
    pem = Path(path).read_bytes()
    key, certificate = pem[: pem.index(b"-----BEGIN CERT")], pem[pem.index(b"-----BEGIN CERT") :]
    made = load_pem_private_key(key, None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"hunter2")
    )
    Path(path).write_bytes(made + certificate)
    return path


def without_key(path: str) -> str:
    pem = Path(path).read_bytes()
    Path(path).write_bytes(pem[pem.index(b"-----BEGIN CERT") :])
    return path


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        pytest.param(locked, "its key is locked by a passphrase", id="locked"),
        pytest.param(without_key, "it holds no certificate with its private key", id="no key"),
        pytest.param(lambda path: path + "x", "it holds no certificate with its private key", id="not there"),
    ],
)
def test_a_certificate_that_cannot_be_shown(authority: Authority, spoil: object, why: str) -> None:
    path = spoil(authority.client())  # type: ignore[operator]
    with Http({"SSL_CERT_FILE": authority.path}) as http, pytest.raises(ConfigError) as caught:
        http.believing(Tls(None, path)).get("https://localhost:1/")
    told = caught.value.diagnostic
    assert (told.code, told.message) == (
        "client-certificate-unusable",
        f"the client certificate in {path!r} cannot be used: {why}",
    )


def test_a_release_over_tls_on_both_sides(authority: Authority, index: RehearsalIndex, tmp_path: Path) -> None:
    context = authority.server("localhost", wants_client=True)
    wheel = dists.wheel(tmp_path)
    with relays.tls(urlsplit(index.url).port or 0, context) as server:
        words = ["--cert", authority.path, "--client-cert", authority.client(), str(wheel)]
        env = {"TPUB_TOKEN": index.user_token().reveal()}
        ran = tpub("upload", "--index", f"https://localhost:{server.port}/legacy/", *words, env=env)
    assert (ran.code, set(index.store.files)) == (0, {wheel.name}), ran.err


@pytest.mark.parametrize(
    ("variable", "answer", "code", "told"),
    [
        pytest.param("HTTPS_PROXY", "", 0, "", id="HTTPS_PROXY"),
        pytest.param("ALL_PROXY", "", 0, "", id="ALL_PROXY"),
        pytest.param("HTTPS_PROXY", "407 Proxy Authentication Required", 5, "proxy-refused", id="another login"),
        pytest.param("HTTPS_PROXY", "502 Bad Gateway", 5, "index-unreachable", id="a host that it does not reach"),
    ],
)
def test_a_release_through_a_proxy(
    authority: Authority,
    index: RehearsalIndex,
    tmp_path: Path,
    *,
    variable: str,
    answer: str,
    code: int,
    told: str,
) -> None:
    wheel = dists.wheel(tmp_path)
    name = "index.invalid"  # nobody but the proxy knows where that is
    with (
        relays.tls(urlsplit(index.url).port or 0, authority.server(name)) as server,
        relays.proxy(server.port, answer=answer) as way,
    ):
        env = {
            "TPUB_TOKEN": index.user_token().reveal(),
            "SSL_CERT_FILE": authority.path,
            variable: f"http://user:s3cret-of-the-proxy@127.0.0.1:{way.port}",
        }
        with start("upload", "--index", f"https://{name}/legacy/", str(wheel), env=env) as process:
            out, err = process.communicate(timeout=120)
    assert (process.returncode, set(index.store.files)) == (code, {wheel.name} if not code else set()), err
    assert set(way.asked) == {f"CONNECT {name}:443 HTTP/1.1"}
    assert "s3cret-of-the-proxy" not in out + err
    assert (f"[{told}]" in err, answer in err) == (bool(told), True)
    if answer:
        assert (len(way.asked) > 1) is (told == "index-unreachable"), "what is refused once is not asked for again"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have one address for themselves")
def test_a_host_that_is_not_reached_through_the_proxy(
    authority: Authority, index: RehearsalIndex, tmp_path: Path
) -> None:
    wheel = dists.wheel(tmp_path)
    with (
        relays.tls(urlsplit(index.url).port or 0, authority.server("127.0.0.2"), host="127.0.0.2") as server,
        relays.proxy(server.port, answer="403 Forbidden") as way,
    ):
        env = {
            "TPUB_TOKEN": index.user_token().reveal(),
            "SSL_CERT_FILE": authority.path,
            "HTTPS_PROXY": f"http://127.0.0.1:{way.port}",
            "NO_PROXY": "127.0.0.2",
        }
        words = ["upload", "--index", f"https://127.0.0.2:{server.port}/legacy/", str(wheel)]
        with start(*words, env=env) as process:
            _, err = process.communicate(timeout=120)
    assert (process.returncode, way.asked) == (0, []), err
