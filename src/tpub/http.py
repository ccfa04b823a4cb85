"""The only module that knows which HTTP library tpub uses."""

from __future__ import annotations

import json
import re
import ssl
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from types import MappingProxyType
from typing import Protocol, Self

from tpub import __version__, proxies, tls
from tpub.diagnostic import Answer
from tpub.errors import NetworkError
from tpub.secret import Secret
from tpub.tls import Tls
from tpub.urls import host, is_loopback, is_secure, shown

# Where click happens to be installed, httpx imports its own command line, and with it rich and pygments: longer
# than all the rest of it takes. None makes that import fail, as it does where click is not installed.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # (None is what the import system documents)
import httpx  # noqa: E402, TID251

# Seconds of silence, not of work: a slow server is fine as long as something moves.
_TIMEOUT = httpx.Timeout(connect=10, read=120, write=60, pool=None)
_LARGEST_REPLY = 32 * 1024 * 1024  # bytes; a page of the largest project is a tenth of it

_NETWORK_HINT = "Check the network, the proxy settings and the index's status page, then run the same command again."
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


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered: any status, read to the end, never an exception."""

    url: str
    status: int
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def is_success(self) -> bool:
        """Tell whether the status is a 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004

    @property
    def is_redirect(self) -> bool:
        """Tell whether the server points elsewhere."""
        return 300 <= self.status < 400  # noqa: PLR2004

    @property
    def is_overload(self) -> bool:
        """Tell whether the answer means "not now": 408, 429 and every 5xx.

        500 too: the index answers so when uploads collide, and nothing is lost then.
        """
        return self.status in (408, 429) or self.status >= 500  # noqa: PLR2004

    @property
    def text(self) -> str:
        """The body as text, whatever it is."""
        return self.body.decode("utf-8", "replace")

    def members(self) -> Mapping[str, object]:
        """Return the JSON object in the body; empty if there is none."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    def unless_overloaded(self) -> Self:
        """Return this reply; raises `OverloadError` if the server is not up to answering now."""
        if self.is_overload:
            raise OverloadError(self)
        return self

    def string(self, key: str) -> str:
        """Return a string member of the JSON body, or blame the server that left it out."""
        value = self.members().get(key)
        if not isinstance(value, str) or not value:
            raise NetworkError(
                "reply-malformed",
                f"{self.url} answered {self.status} without `{key}`",
                hint="Check that the URL is that of an index's upload API; else the server is at fault.",
            )
        return value


class OverloadError(NetworkError):
    """A server answered that it cannot answer now; `reply` may say when it can."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        super().__init__(
            "index-unavailable",
            f"{host(reply.url)} cannot answer at the moment: {reply.status} {reply.reason}".rstrip(),
            Answer(reply.url, reply.status, reply.reason),
            hint=_NETWORK_HINT,
        )


class Http:
    """A pool of connections: secure or on this machine, and no redirects, which carry secrets away.

    `env` and `believing` say which certificate authorities to believe, else the system's: see `tpub.tls`. Proxies
    are httpx's business (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), but for this machine there is none. One object may
    serve many threads.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env, self._tls = env, tls.NOTHING
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
            request = httpx.Request("GET", target, headers=_with(headers or {}, authorization))
        return self._send(request)

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
        return self._exchange(request, self._client(is_direct=True, is_encrypted=False))

    def post_json(
        self, url: str, document: Mapping[str, Secret | str | bool], *, authorization: Secret | None = None
    ) -> Reply:
        """Send a POST whose body is a JSON object."""
        members = {k: v.reveal() if isinstance(v, Secret) else v for k, v in document.items()}
        headers = _with({"Accept": "application/json"}, authorization)
        with translated(url):
            request = httpx.Request("POST", url, json=members, headers=headers)
        return self._send(request)

    def post_body(self, url: str, body: Body, *, headers: Mapping[str, str], authorization: Secret) -> Reply:
        """Send a POST that streams `body`, with its length: httpx would go chunked without."""
        framing = {"Content-Type": body.content_type, "Content-Length": str(body.length)}
        sent = _with({**headers, **framing}, authorization)
        with translated(url):
            request = httpx.Request("POST", url, content=iter(body), headers=sent)
        return self._send(request)

    def _send(self, request: httpx.Request) -> Reply:
        url = str(request.url)
        if not is_secure(url):
            raise NetworkError(
                "url-insecure",
                f"{shown(url)} would be asked without encryption",
                hint="Use the `https://` address: plain HTTP is for this machine alone.",
            )
        client = self._client(is_direct=is_loopback(url), is_encrypted=request.url.scheme == "https")
        return self._exchange(request, client)

    def _exchange(self, request: httpx.Request, client: httpx.Client) -> Reply:
        url = str(request.url)
        with translated(url, self._env if client.trust_env else {}):
            request.headers.setdefault("User-Agent", f"tpub/{__version__}")
            response = client.send(request, stream=True)
            try:
                body = _read(response)
            finally:
                response.close()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(shown(url), response.status_code, response.reason_phrase, headers, body)

    def _client(self, *, is_direct: bool, is_encrypted: bool) -> httpx.Client:
        """Return the connections for one kind of way: past every proxy or not, over TLS or not."""
        key = (is_direct, is_encrypted)
        with self._lock:
            if key not in self._clients:
                # Loading the authorities takes longer than a small upload: not for what stays unencrypted.
                context = tls.context(self._env, self._tls) if is_encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                try:
                    self._clients[key] = httpx.Client(
                        verify=context,
                        timeout=_TIMEOUT,
                        limits=httpx.Limits(max_connections=None, max_keepalive_connections=32),
                        follow_redirects=False,
                        trust_env=not is_direct,
                    )
                except (ImportError, ValueError, httpx.InvalidURL) as exc:
                    raise proxies.unusable(self._env) from exc
            return self._clients[key]


def _with(headers: Mapping[str, str], authorization: Secret | None) -> dict[str, str]:
    return {**headers, **({} if authorization is None else {"Authorization": authorization.reveal()})}


def _read(response: httpx.Response) -> bytes:
    chunks, size = [], 0
    for chunk in response.iter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if size > _LARGEST_REPLY:
            raise NetworkError(
                "reply-too-large", f"{shown(str(response.url))} answered with more than 32 MiB", hint=_NETWORK_HINT
            )
    return b"".join(chunks)


@contextmanager
def translated(url: str, env: Mapping[str, str] = _NO_PROXIES) -> Iterator[None]:
    """Turn every exception of the HTTP library into a `NetworkError` about `url`; `env` may name proxies."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as exc:
        code, message = _silence(url, exc)
        way = proxies.before(url, env) if code == "index-unreachable" else ()
        message = f"the proxy on the way to {message}" if way else message
        raise NetworkError(code, message, *way, hint=_PROXY_HINT if way else _HINTS.get(code, _NETWORK_HINT)) from exc
    except httpx.TransportError as exc:
        code, message = _silence(url, exc)
        raise NetworkError(code, message, hint=_HINTS.get(code, _NETWORK_HINT)) from exc
    except (httpx.InvalidURL, httpx.HTTPError) as exc:
        raise NetworkError(
            "reply-malformed", f"{shown(url)} could not be talked to: {exc}", hint=_NETWORK_HINT
        ) from exc


def _silence(url: str, exc: httpx.TransportError) -> tuple[str, str]:  # noqa: PLR0911  (one for each kind)
    """Name the kind of silence. httpx's own words never hold headers or bodies."""
    match exc:
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return "index-unreachable", f"{host(url)} did not answer the phone within 10 s"
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
