"""The project's addresses on the web."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tpub.preflight import data
from tpub.preflight.context import Context
from tpub.preflight.quoting import field, quoted
from tpub.preflight.rule import Problem, rule

_URL_HINT = "Write a whole address with `https://` in front, as a browser takes it."
_LONGEST = 10_000  # characters of an address; what follows is path, in which nothing can be wrong
# Addresses that are good whatever the library says, so that it need not be loaded for the usual ones.
PLAIN = re.compile(r"https?://(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[\w.~+-]*)*(?:#[\w.-]*)?", re.IGNORECASE | re.ASCII)
_LABEL_HINT = "Write `label = 'https://...'` under `[project.urls]`."


@rule(
    "home-page-invalid",
    hint=_URL_HINT,
    why="PyPI shows it as a link.",
    is_pypi_only=True,
)
def home_page_is_a_url(file: Context) -> Iterator[Problem]:
    """Home-page is an http or https URL.

    Source: warehouse.forklift.metadata, `_validate_metadata`; warehouse.utils.http, `is_valid_uri`.
    """
    yield from _bad_url(file, "home-page")


@rule(
    "download-url-invalid",
    hint=_URL_HINT,
    why="PyPI shows it as a link.",
    is_pypi_only=True,
)
def download_url_is_a_url(file: Context) -> Iterator[Problem]:
    """Download-URL is an http or https URL.

    Source: warehouse.forklift.metadata, `_validate_metadata`; warehouse.utils.http, `is_valid_uri`.
    """
    yield from _bad_url(file, "download-url")


@rule(
    "project-url-label-missing",
    hint=_LABEL_HINT,
    why="PyPI shows the label as the link's text.",
    is_pypi_only=True,
)
def project_url_has_a_label(file: Context) -> Iterator[Problem]:
    """Each Project-URL has a label before the comma.

    Source: warehouse.forklift.metadata, `_validate_metadata`.
    """
    for label, url in file.received.project_urls:
        if not label:
            yield Problem(f"the Project-URL {quoted(url)} has no label", (field("project-url", f"{label}, {url}"),))


@rule(
    "project-url-label-too-long",
    hint="Shorten the label under `[project.urls]` to 32 characters.",
    why="PyPI shows the label as the link's text, in a narrow column.",
    is_pypi_only=True,
)
def project_url_label_is_short(file: Context) -> Iterator[Problem]:
    """Each label of a Project-URL has 32 characters or less.

    Source: warehouse.forklift.metadata, `_validate_metadata`.
    """
    limit = data.limits().url_label_length
    for label, url in file.received.project_urls:
        if len(label) > limit:
            yield Problem(
                f"the label {quoted(label)} of a Project-URL has {len(label)} characters, and PyPI takes {limit}",
                (field("project-url", f"{label}, {url}"),),
            )


@rule(
    "project-url-empty",
    hint=_LABEL_HINT,
    why="A label that leads nowhere is of no use.",
    is_pypi_only=True,
)
def project_url_has_a_url(file: Context) -> Iterator[Problem]:
    """Each Project-URL has a URL after the comma.

    Source: warehouse.forklift.metadata, `_validate_metadata`.
    """
    for label, url in file.received.project_urls:
        if label and not url:
            yield Problem(f"the Project-URL labelled {quoted(label)} has no URL", (field("project-url", label),))


@rule(
    "project-url-invalid",
    hint=_URL_HINT,
    why="PyPI shows it as a link.",
    is_pypi_only=True,
)
def project_url_is_a_url(file: Context) -> Iterator[Problem]:
    """Each Project-URL is an http or https URL.

    Source: warehouse.forklift.metadata, `_validate_metadata`; warehouse.utils.http, `is_valid_uri`.
    """
    for label, url in file.received.project_urls:
        if label and url and not _is_web_address(url):
            yield Problem(
                f"the Project-URL labelled {quoted(label)} is no web address: {quoted(url)}",
                (field("project-url", f"{label}, {url}"),),
                hint=_better_url(url),
            )


@rule(
    "project-url-label-duplicate",
    hint="Give each address under `[project.urls]` a label of its own.",
    why="The index keeps the addresses by their labels.",
)
def project_url_labels_differ(file: Context) -> Iterator[Problem]:
    """No two Project-URLs have the same label.

    Source: warehouse.forklift.metadata, `parse_form_metadata`, with packaging.metadata.
    """
    if pairs := file.received.broken.get("project-url"):
        yield Problem("two Project-URLs have the same label", tuple(field("project-url", pair) for pair in pairs))


def _bad_url(file: Context, name: str) -> Iterator[Problem]:
    if (url := file.received.one(name)) is not None and not _is_web_address(url):
        told = field(name, url)
        yield Problem(f"{told.name} is no web address: {quoted(url)}", (told,), hint=_better_url(url))


def _is_web_address(url: str) -> bool:
    if len(url) <= _LONGEST and PLAIN.fullmatch(url):
        return True
    from rfc3986 import uri_reference, validators  # noqa: PLC0415  (slow, not always needed)
    from rfc3986.exceptions import RFC3986Exception  # noqa: PLC0415  (as above)

    validator = validators.Validator().allow_schemes("http", "https").require_presence_of("scheme")
    validator.check_validity_of("scheme", "host", "port", "path", "query")
    try:
        validator.validate(uri_reference(url[:_LONGEST]).normalize())
    except (RFC3986Exception, ValueError):
        return False
    return True


def _better_url(url: str) -> str:
    """Return the mend with the exact address where it can be told."""
    if url.startswith("git@") and ":" in url:
        host, _, path = url.removeprefix("git@").partition(":")
        return f"Write `https://{host}/{path.removesuffix('.git')}`."
    bare = url.strip()
    if bare.startswith(("www.", "github.com/", "gitlab.com/")) and " " not in bare:
        return f"Write `https://{bare}`."
    return ""


UNPARSED = (project_url_labels_differ,)
OF_PYPI = (
    home_page_is_a_url,
    download_url_is_a_url,
    project_url_has_a_label,
    project_url_label_is_short,
    project_url_has_a_url,
    project_url_is_a_url,
)
