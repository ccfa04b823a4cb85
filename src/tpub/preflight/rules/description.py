"""The description, which the index renders before it takes a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tpub.diagnostic import Field, Severity
from tpub.preflight.context import Context
from tpub.preflight.links import in_html, in_markdown
from tpub.preflight.quoting import plain, quoted
from tpub.preflight.rendering import media_type
from tpub.preflight.rst import Rendering
from tpub.preflight.rule import Problem, rule

_MARKDOWN = re.compile(r"^(?:#{1,6} \S|```|\* \[|- \[)|\]\(https?://", re.MULTILINE)
_SHOWN_LINKS = 5


@rule(
    "description-rst-broken",
    hint="Mend the line in the readme, and look at it with `python -m readme_renderer README.rst`. PyPI takes no "
    "directives of Sphinx and no `raw` or `include`.",
    why="PyPI refuses reStructuredText that docutils has a warning for, so that no project's page shows raw markup.",
    is_pypi_only=True,
)
def rst_renders(file: Context) -> Iterator[Problem]:
    """A reStructuredText description renders without a warning.

    Source: warehouse.forklift.legacy, `file_upload`; warehouse.utils.readme.
    """
    if file.received.one("description-content-type") and (rendering := _failure(file)) and rendering.complaint:
        yield Problem(f"the description is broken reStructuredText{_what(rendering)}", _where(rendering))


@rule(
    "description-default-rst-broken",
    hint="Say what it is: `readme = 'README.md'` in `[project]`, or `long_description_content_type='text/markdown'` "
    "in setup.py; for reStructuredText, mend the line.",
    why="Without Description-Content-Type the index takes the description for reStructuredText.",
    is_pypi_only=True,
)
def default_rst_renders(file: Context) -> Iterator[Problem]:
    """A description without content type renders as reStructuredText, without a warning.

    Source: warehouse.forklift.legacy, `file_upload`; warehouse.utils.readme.
    """
    if not file.received.one("description-content-type") and (rendering := _failure(file)) and rendering.complaint:
        looks = " (it looks like Markdown)" if _MARKDOWN.search(_description(file)) else ""
        yield Problem(
            f"the description has no content type and is broken reStructuredText{looks}{_what(rendering)}",
            _where(rendering),
        )


@rule(
    "description-rst-empty",
    hint="Write something into the readme, or leave `readme` out of `[project]`.",
    why="PyPI cannot tell an empty page from a description that failed to render.",
    is_pypi_only=True,
)
def rst_is_not_empty(file: Context) -> Iterator[Problem]:
    """A reStructuredText description shows something when it is rendered.

    Source: warehouse.forklift.legacy, `file_upload`; readme_renderer.rst, `render`.
    """
    if not _is_markdown(file) and (rendering := _failure(file)) and not rendering.complaint:
        yield Problem("the description renders to nothing: it holds only comments or white space")


@rule(
    "description-markdown-empty",
    hint="Write something into the readme, or leave `readme` out of `[project]`.",
    why="PyPI cannot tell an empty page from a description that failed to render.",
    is_pypi_only=True,
)
def markdown_is_not_empty(file: Context) -> Iterator[Problem]:
    """A Markdown description shows something when it is rendered.

    Source: warehouse.forklift.legacy, `file_upload`; readme_renderer.markdown, `render`.
    """
    if _is_markdown(file) and _failure(file):
        yield Problem("the description renders to nothing: it holds only link definitions or white space")


@rule(
    "description-relative-link",
    hint="Write whole addresses (`https://...`) in the readme, or let the backend rewrite them "
    "(hatch-fancy-pypi-readme).",
    why="On the project's page a relative link leads nowhere, and a relative image is not shown.",
    severity=Severity.WARNING,
)
def links_are_absolute(file: Context) -> Iterator[Problem]:
    """The links and images of the description are whole addresses.

    Source: https://packaging.python.org/en/latest/guides/making-a-pypi-friendly-readme/.
    """
    found = in_markdown(_description(file)) if _is_markdown(file) else in_html(file.rendering.html or "")
    for what, urls in (("link", found.targets), ("image", found.images)):
        if urls:
            shown = ", ".join(map(quoted, urls[:_SHOWN_LINKS])) + (", ..." if len(urls) > _SHOWN_LINKS else "")
            yield Problem(f"{len(urls)} relative {what}{'s' * (len(urls) > 1)} in the description: {shown}")


@rule(
    "description-not-rendered",
    hint="Shorten the description, or look at it with `python -m readme_renderer README.rst`.",
    why="Whether PyPI takes the description is not known: rendering it took longer than a check may.",
    severity=Severity.NOTE,
    is_pypi_only=True,
)
def description_renders_in_time(file: Context) -> Iterator[Problem]:
    """The description renders within the time and memory that a check may take.

    Source: experience; PyPI is more patient.
    """
    if file.rendering.is_unfinished:
        yield Problem("the description takes too long to render, so that nobody can tell whether PyPI takes it")


@rule(
    "description-missing",
    hint="Set `readme = 'README.md'` in `[project]`.",
    why="The project's page will be empty.",
    severity=Severity.WARNING,
)
def description_is_there(file: Context) -> Iterator[Problem]:
    """The core metadata has a description.

    Source: https://packaging.python.org/en/latest/guides/making-a-pypi-friendly-readme/.
    """
    if file.metadata is not None and not _description(file).strip():
        yield Problem("the core metadata has no description, so the project's page will be empty")


def _description(file: Context) -> str:
    return file.received.one("description") or ""


def _failure(file: Context) -> Rendering | None:
    rendering = file.rendering
    return rendering if rendering.html is None and not rendering.is_unfinished else None


def _is_markdown(file: Context) -> bool:
    return media_type(file.received.one("description-content-type") or "") == "text/markdown"


def _what(rendering: Rendering) -> str:
    line = f" at line {rendering.line}" if rendering.line else ""
    return f"{line}: {plain(rendering.complaint)}"


def _where(rendering: Rendering) -> tuple[Field, ...]:
    return (Field("Description", f"line {rendering.line}"),) if rendering.line else ()


OF_PYPI = (rst_renders, default_rst_renders, rst_is_not_empty, markdown_is_not_empty)
BEYOND = (description_is_there, links_are_absolute, description_renders_in_time)
