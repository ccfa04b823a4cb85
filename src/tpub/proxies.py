"""The proxies that the environment names, as far as bad news has to speak of them; never with their addresses."""

from __future__ import annotations

from collections.abc import Mapping

from tpub.diagnostic import Variable
from tpub.errors import ConfigError
from tpub.urls import host

_NAMES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


def unusable(env: Mapping[str, str]) -> ConfigError:
    """Return what is to be said where httpx knows no way through the proxies that the environment names."""
    names = [name for name in _NAMES if env.get(name)]
    odd = [name for name in names if not env[name].startswith(("http://", "https://"))] or names
    return ConfigError(
        "proxy-unusable",
        "the proxy that the environment names is of a kind that tpub cannot go through",
        *(Variable(name, "set") for name in odd),
        hint="Name a proxy by `http://` or `https://` (SOCKS is none), or let `NO_PROXY` name the index's host.",
    )


def before(url: str, env: Mapping[str, str]) -> tuple[Variable, ...]:
    """Return the variable that names the proxy through which `url` is asked; nothing if it is asked directly.

    Source: https://www.python-httpx.org/environment_variables/.
    """
    # Failures alone need it, and typeshed does not know it.
    from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # noqa: PLC0415

    spared = env.get("no_proxy") or env.get("NO_PROXY") or ""
    if proxy_bypass_environment(host(url), {"no": spared}):
        return ()
    kinds = (f"{url.partition(':')[0]}_proxy", "all_proxy")
    names = [name for kind in kinds for name in (kind, kind.upper()) if env.get(name)]
    return tuple(Variable(name, "set") for name in names[:1])
