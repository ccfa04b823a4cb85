"""Indexes: where files are sent and looked up. The only place with the addresses of PyPI and TestPyPI."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from packaging.utils import canonicalize_name

from tpub.errors import ConfigError
from tpub.urls import host, is_secure, is_wellformed, normalized, origin, shown


@dataclass(frozen=True, slots=True)
class Index:
    """An index that speaks the legacy upload API.

    `site_url` is where people look at projects, None if that is not known. `is_pypi` says that PyPI's own rules
    apply; other indexes are held to the specifications alone.
    """

    name: str
    upload_url: str
    simple_url: str
    site_url: str | None = None
    is_pypi: bool = False

    @property
    def title(self) -> str:
        """What people call it."""
        return {"pypi": "PyPI", "testpypi": "TestPyPI"}.get(self.name, self.name)

    @property
    def oidc_url(self) -> str:
        """Where trusted publishing is spoken, without trailing slash."""
        return f"{origin(self.upload_url)}/_/oidc"

    def project_page(self, project: str) -> str:
        """Return the URL of a project's page in the simple API (PEP 503, PEP 691)."""
        return f"{self.simple_url}{canonicalize_name(project)}/"

    def release_url(self, project: str, version: str) -> str:
        """Return the URL at which people find a release."""
        if self.site_url is None:
            return self.project_page(project)
        return f"{self.site_url}/project/{canonicalize_name(project)}/{quote(version)}/"


PYPI = Index("pypi", "https://upload.pypi.org/legacy/", "https://pypi.org/simple/", "https://pypi.org", is_pypi=True)
TESTPYPI = Index(
    "testpypi",
    "https://test.pypi.org/legacy/",
    "https://test.pypi.org/simple/",
    "https://test.pypi.org",
    is_pypi=True,
)
KNOWN = (PYPI, TESTPYPI)
_NONE: Mapping[str, Index] = MappingProxyType({})

# The audiences that name these two: nobody else may ask for an identity token with them.
AUDIENCES = {"pypi": PYPI, "testpypi": TESTPYPI}

# Who registers the issuer of an organization's own GitLab.
ORGANIZATION_SUPPORT = "support+orgs@pypi.org"

_SIMILAR = 0.5  # names are short: one slip changes much of them
_FAMILY = re.compile(r"(?:.+\.)?pypi\.org|(?:test)?pypi\.python\.org")


def find(name_or_url: str, configured: Mapping[str, Index] = _NONE) -> Index:
    """Return the index of that name, a configured one too, or the one behind that upload URL.

    Raises `ConfigError` if it is neither, if it is PyPI's or TestPyPI's host with another path than that of
    uploads, or if secrets would travel there without encryption.
    """
    plain = normalized(name_or_url) if "://" in name_or_url else name_or_url
    for index in (*KNOWN, *configured.values()):
        if name_or_url in (index.name, index.upload_url) or plain == index.upload_url:
            return index
    if "://" not in name_or_url:
        raise unknown(name_or_url, [index.name for index in (*KNOWN, *configured.values())])
    if not is_wellformed(name_or_url):
        raise ConfigError(
            "index-url-malformed",
            f"{shown(name_or_url)} is no address",
            hint="Write it as `https://HOST/legacy/`, with a number as the port if there is one.",
        )
    if (ours := family(name_or_url)) is not None:
        raise _not_the_upload_url(name_or_url, ours)
    if not is_secure(name_or_url):
        raise ConfigError(
            "index-url-insecure",
            f"{shown(name_or_url)} would get the credentials without encryption",
            hint="Use the index's `https://` address: plain HTTP is for this machine alone.",
        )
    return at(name_or_url)


def unknown(name: str, names: Sequence[str]) -> ConfigError:
    """Return what is to be said of a name that is none of the indexes' `names`."""
    from difflib import get_close_matches  # noqa: PLC0415  (most names are known)

    near = get_close_matches(name.lower(), [each.lower() for each in names], n=1, cutoff=_SIMILAR)
    known = ", ".join(f"`{each}`" for each in names if not near or each.lower() == near[0])
    return ConfigError(
        "index-unknown",
        f"there is no index named {name!r}",
        hint=f"Use {known} or the URL of an index's upload API; or name one in `[tool.tpub.indexes.NAME]`.",
    )


def family(url: str) -> Index | None:
    """Return PyPI or TestPyPI if `url` is an address of theirs, right or wrong for uploads; None for all others."""
    name = host(url)
    return None if _FAMILY.fullmatch(name) is None else TESTPYPI if "test" in name else PYPI


def at(upload_url: str) -> Index:
    """Return the index behind an upload URL, its simple pages beside it, as Warehouse and its kin lay them out."""
    bare = shown(upload_url)
    folder = bare.removesuffix("legacy/") if bare.endswith("/legacy/") else bare.rstrip("/") + "/"
    return Index(urlsplit(bare).netloc, bare, f"{folder}simple/")


def _not_the_upload_url(url: str, ours: Index) -> ConfigError:
    if normalized(url) + "/" == ours.upload_url:
        return ConfigError(
            "index-url-slash",
            f"{url} lacks the slash at its end",
            hint=f"Use `--index {ours.name}`, or `{ours.upload_url}`.",
        )
    what = "is for installing, not for uploading" if "/simple" in url else "is not where files are uploaded"
    return ConfigError(
        "index-url-unknown",
        f"{shown(url)} {what}",
        hint=f"Use `--index {ours.name}`, or `{ours.upload_url}`.",
    )
