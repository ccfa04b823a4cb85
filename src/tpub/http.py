"""The only module that knows which HTTP library tpub uses."""

from __future__ import annotations

import re
import ssl
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from types import MappingProxyType
from typing import NamedTuple, Protocol, Self

from tpub import __version__, proxies, tls
from tpub.errors import ConfigError, NetworkError
from tpub.reply import NETWORK_HINT, Reply
from tpub.secret import Secret
from tpub.tls import Tls
from tpub.urls import host, is_loopback, is_secure, shown

# Where click happens to be installed, httpx imports its own command line, and with it rich and pygments: longer
# than all the rest of it takes. None makes that import fail, as it does where click is not installed.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # (None is what the import system documents)
import httpx  # noqa: E402, TID251

_LARGEST_REPLY = 32 * 1024 * 1024  # bytes; a page of the largest project is a tenth of it
_PIECE = 1024 * 1024  # bytes that a packed answer may become at once
_HEADER = re.compile(r"[\x20-\x7e]*")

_PROXY_HINT = "Mend the address in the variable or let `NO_PROXY` name the host, then run the same command again."
_NO_PROXIES: Mapping[str, str] = MappingProxyType({})
_ERRNO = re.compile(r"\[(?:Errno|WinError) -?\d+\] ")
_HINTS = {
    "certificate-untrusted": "Let `--cert` or `SSL_CERT_FILE` name the authority that vouches for it, if you trust it.",
    "client-certificate-missing": "Let `--client-cert` name a PEM file with yours and its private key.",
    "proxy-refused": "Write the login that it wants into `HTTPS_PROXY` (`http://USER:PASSWORD@HOST:PORT`), have it "
    "allow the host, or name the host in `NO_PROXY`.",
}


class Body(Protocol):
    """A request body that can be sent once; `length` in bytes."""

    content_type: str
    length: int

    def __iter__(self) -> Iterator[bytes]: ...


class Patience(NamedTuple):
    """Seconds of silence, not of work: a slow server is fine as long as something moves. `answer` is for all of one."""

    connect: float = 10
    read: float = 120
    write: float = 60
    answer: float = 300


_PATIENCE = Patience()


class Http:
    """A pool of connections: secure or on this machine, and no redirects, which carry secrets away.

    `env` and `believing` say which certificate authorities to believe, else the system's: see `tpub.tls`. Proxies
    are httpx's business (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), but for this machine there is none. One object may
    serve many threads.
    """

    def __init__(self, env: Mapping[str, str], patience: Patience = _PATIENCE) -> None:
        self._env, self._tls, self._patience = env, tls.NOTHING, patience
        self._clients: dict[tuple[bool, bool], httpx.Client] = {}
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def believing(self, certificates: Tls) -> Self:
        """Return this pool, which from now on opens its connections with these certificates."""
        self._tls = certificates
        return self

    def close(self) -> None:
        """Drop all connections, those in use included."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        authorization: Secret | None = None,
    ) -> Reply:
        """Send a GET: a refusal is a `Reply`, silence is a `NetworkError`. `params` join the query of `url`."""
        with translated(url):
            target = httpx.URL(url).copy_merge_params(params or {})
            request = httpx.Request("GET", target, headers=_with(url, headers or {}, authorization))
        return self._send(request, [authorization])

    def ask_metadata(self, authority: str, path: str, params: Mapping[str, str]) -> Reply:
        """Ask the metadata server, at `authority`, of the machine in Google's cloud that this runs on.

        It speaks plain HTTP and stands behind no proxy, on the same machine or nowhere; nothing secret ever goes there.
        Source: https://docs.cloud.google.com/compute/docs/metadata/querying-metadata.
        """
        url = f"http://{authority}{path}"
        with translated(url):
            target = httpx.URL(url).copy_merge_params(params)
            limits = {"timeout": httpx.Timeout(connect=3, read=30, write=3, pool=None).as_dict()}
            request = httpx.Request("GET", target, headers={"Metadata-Flavor": "Google"}, extensions=limits)
        return self._exchange(request, self._client(is_direct=True, is_encrypted=False), ())

    def post_json(
        self, url: str, document: Mapping[str, Secret | str | bool], *, authorization: Secret | None = None
    ) -> Reply:
        """Send a POST whose body is a JSON object."""
        members = {k: v.reveal() if isinstance(v, Secret) else v for k, v in document.items()}
        headers = _with(url, {"Accept": "application/json"}, authorization)
        with translated(url):
            request = httpx.Request("POST", url, json=members, headers=headers)
        return self._send(request, [authorization, *document.values()])

    def post_body(self, url: str, body: Body, *, headers: Mapping[str, str], authorization: Secret) -> Reply:
        """Send a POST that streams `body`, with its length: httpx would go chunked without."""
        framing = {"Content-Type": body.content_type, "Content-Length": str(body.length)}
        sent = _with(url, {**headers, **framing}, authorization)
        with translated(url):
            request = httpx.Request("POST", url, content=iter(body), headers=sent)
        return self._send(request, [authorization])

    def _send(self, request: httpx.Request, sent: Sequence[object]) -> Reply:
        """Send a request with all that was put into it, of which what is secret stays out of every answer shown."""
        url = str(request.url)
        if not is_secure(url):
            raise NetworkError(
                "url-insecure",
                f"{shown(url)} would be asked without encryption",
                hint="Use the `https://` address: plain HTTP is for this machine alone.",
            )
        client = self._client(is_direct=is_loopback(url), is_encrypted=request.url.scheme == "https")
        return self._exchange(request, client, [each for each in sent if isinstance(each, Secret)])

    def _exchange(self, request: httpx.Request, client: httpx.Client, secrets: Sequence[Secret]) -> Reply:
        url = str(request.url)
        with translated(url, self._env if client.trust_env else {}, secrets):
            request.headers.setdefault("User-Agent", f"tpub/{__version__}")
            request.headers["Accept-Encoding"] = "gzip"  # what `_unpacked` can unpack
            response = client.send(request, stream=True)
            try:
                body = _read(response, self._patience.answer)
            finally:
                response.close()
        headers = {name.lower(): value for name, value in response.headers.items()}
        reply = Reply(shown(url), response.status_code, response.reason_phrase, headers, body)
        return reply if reply.is_success or not secrets else reply.without(secrets)

    def _client(self, *, is_direct: bool, is_encrypted: bool) -> httpx.Client:
        """Return the connections for one kind of way: past every proxy or not, over TLS or not."""
        key, wait = (is_direct, is_encrypted), self._patience
        with self._lock:
            if key not in self._clients:
                # Loading the authorities takes longer than a small upload: not for what stays unencrypted.
                context = tls.context(self._env, self._tls) if is_encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                try:
                    self._clients[key] = httpx.Client(
                        verify=context,
                        timeout=httpx.Timeout(connect=wait.connect, read=wait.read, write=wait.write, pool=None),
                        limits=httpx.Limits(max_connections=None, max_keepalive_connections=32),
                        follow_redirects=False,
                        trust_env=not is_direct,
                    )
                except (ImportError, ValueError, httpx.InvalidURL) as exc:
                    raise proxies.unusable(self._env) from exc
            return self._clients[key]


def _with(url: str, headers: Mapping[str, str], authorization: Secret | None) -> dict[str, str]:
    if authorization is None:
        return dict(headers)
    if not _HEADER.fullmatch(authorization.reveal()):  # (the library would say so by showing it)
        raise ConfigError(
            "credential-malformed",
            f"the credential for {host(url)} has a line break in it, or another character that no header takes",
            hint="Set it anew, as one line of plain ASCII.",
        )
    return {**headers, "Authorization": authorization.reveal()}


def _read(response: httpx.Response, patience: float) -> bytes:
    chunks, size, end = [], 0, monotonic() + patience
    url = str(response.url)
    for chunk in _unpacked(response):
        chunks.append(chunk)
        size += len(chunk)
        if size > _LARGEST_REPLY:
            raise NetworkError("reply-too-large", f"{shown(url)} answered with more than 32 MiB", hint=NETWORK_HINT)
        if monotonic() > end:
            message = f"the answer of {host(url)} drips: it has not ended after {patience:g} s"
            raise NetworkError("connection-idle", message, hint=NETWORK_HINT)
    return b"".join(chunks)


def _unpacked(response: httpx.Response) -> Iterator[bytes]:
    """Yield the body in pieces of bounded size: httpx would unpack all that it got, and again if it is packed twice."""
    packing = response.headers.get("Content-Encoding", "identity").strip().lower()
    if packing == "identity":
        yield from response.iter_raw()
        return
    if packing != "gzip":
        raise httpx.DecodingError(f"the answer is packed as `{packing}`, which was not asked for")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        for rest in response.iter_raw():
            while rest and not unpacker.eof:
                yield unpacker.decompress(rest, _PIECE)
                rest = unpacker.unconsumed_tail  # noqa: PLW2901  (it is what is left of the chunk)
        yield unpacker.flush()
    except zlib.error as exc:
        raise httpx.DecodingError(f"the answer is no gzip: {exc}") from exc
    if response.num_bytes_downloaded and not unpacker.eof:
        raise httpx.DecodingError("the answer is cut")


@contextmanager
def translated(url: str, env: Mapping[str, str] = _NO_PROXIES, secrets: Sequence[Secret] = ()) -> Iterator[None]:
    """Turn every exception of the HTTP library into a `NetworkError` about `url`.

    `env` may name proxies; what a server said of `secrets` is struck.
    """
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as exc:
        code, message = _silence(url, exc)
        way = proxies.before(url, env) if code == "index-unreachable" else ()
        message = f"the proxy on the way to {message}" if way else message
        raise NetworkError(code, message, *way, hint=_PROXY_HINT if way else _HINTS.get(code, NETWORK_HINT)) from exc
    except httpx.TransportError as exc:
        code, message = _silence(url, exc)
        raise NetworkError(code, _without(secrets, message), hint=_HINTS.get(code, NETWORK_HINT)) from exc
    except (httpx.InvalidURL, httpx.HTTPError) as exc:
        message = f"{shown(url)} could not be talked to: {exc}"
        raise NetworkError("reply-malformed", _without(secrets, message), hint=NETWORK_HINT) from exc


def _without(secrets: Sequence[Secret], text: str) -> str:
    from tpub.redaction import struck  # noqa: PLC0415  (failures alone need it)

    return struck(text, secrets)


def _silence(url: str, exc: httpx.TransportError) -> tuple[str, str]:  # noqa: PLR0911  (one for each kind)
    """Name the kind of silence. The words are the library's, which may quote what the server sent."""
    match exc:
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return "index-unreachable", f"{host(url)} did not answer within 10 s"
        case httpx.TimeoutException():
            return "connection-idle", f"{host(url)} fell silent: nothing moved for too long"
        case httpx.ProxyError() if not str(exc).startswith("4"):  # the status that it answered
            return "index-unreachable", f"the proxy did not reach {host(url)}: {exc}"
        case httpx.ProxyError():
            return "proxy-refused", f"the proxy did not let the request to {host(url)} through: {exc}"
        case httpx.ConnectError() if "CERTIFICATE_VERIFY_FAILED" in str(exc):
            return "certificate-untrusted", f"the certificate of {host(url)} is not trusted here: {exc}"
        case _ if "CERTIFICATE_REQUIRED" in str(exc):
            return "client-certificate-missing", f"{host(url)} wants to see a client certificate"
        case httpx.ConnectError():
            return "index-unreachable", f"{host(url)} could not be reached: {_ERRNO.sub('', str(exc))}"
        case _:
            return "connection-lost", f"the connection to {host(url)} broke: {str(exc) or type(exc).__name__}"
