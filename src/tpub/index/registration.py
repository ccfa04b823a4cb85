"""Where and how a publisher is registered at the index.

Source: warehouse.manage.views.oidc_publishers (the form of an existing project takes its values from the query;
those for pending publishers do not).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from urllib.parse import quote, urlencode

from tpub.identity.publisher import Publisher, form_values
from tpub.index.model import Index


def registration_hint(
    index: Index, publisher: Publisher, projects: Sequence[str] = (), absent: Collection[str] = ()
) -> str:
    """Return what to register at `index` so that it trusts `publisher`, and where.

    `projects` are those that it is for, `absent` those among them that the index does not have yet.
    """
    typed = ", ".join(f"{name} `{value}`" for name, value in form_values(publisher).items() if value)
    empty = [name for name, value in form_values(publisher).items() if not value]
    rest = f", {' and '.join(empty)} empty" if empty else ""
    return f"Register this publisher: {typed}{rest}. {_where(index, publisher, projects, absent)}".rstrip()


def prefilled_url(index: Index, project: str, publisher: Publisher) -> str | None:
    """Return the page of an existing project with the form filled in; None if the index's site is not known."""
    if index.site_url is None:
        return None
    query = urlencode({"provider": publisher.provider, **form_values(publisher)})
    return f"{index.site_url}/manage/project/{quote(project, safe='')}/settings/publishing/?{query}"


def pending_url(index: Index) -> str | None:
    """Return the page on which a publisher for a project that does not exist yet is registered."""
    return None if index.site_url is None else f"{index.site_url}/manage/account/publishing/"


def organization_url(index: Index, organization: str) -> str | None:
    """Return the page on which an organization registers a publisher for a project that will be its own."""
    if index.site_url is None:
        return None
    return f"{index.site_url}/manage/organization/{quote(organization, safe='')}/publishing/"


def _where(index: Index, publisher: Publisher, projects: Sequence[str], absent: Collection[str]) -> str:
    if index.site_url is None:
        return ""
    there = [name for name in projects if name not in absent]
    pages = [str(prefilled_url(index, name, publisher)) for name in there or ([] if absent else ["PROJECT"])]
    if absent or not there:
        new = f"the project name {', '.join(absent)}" if absent else "the name of a new project"
        pages.append(f"{'or with' if pages else 'With'} {new}: {pending_url(index)}")
    return " ".join(pages)
