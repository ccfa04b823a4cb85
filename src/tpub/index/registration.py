"""Where and how a publisher is registered at the index.

Source: warehouse.manage.views.oidc_publishers (the form of an existing project takes its values from the query;
those for pending publishers do not).
"""

from __future__ import annotations

from urllib.parse import urlencode

from tpub.identity.publisher import Publisher, form_values
from tpub.index.model import Index


def registration_hint(index: Index, publisher: Publisher) -> str:
    """Return what to register at `index` so that it trusts `publisher`, and where."""
    typed = ", ".join(f"{name} `{value}`" for name, value in form_values(publisher).items() if value)
    empty = [name for name, value in form_values(publisher).items() if not value]
    rest = f", {' and '.join(empty)} empty" if empty else ""
    return f"Register this publisher: {typed}{rest}. {_where(index, publisher)}".rstrip()


def prefilled_url(index: Index, project: str, publisher: Publisher) -> str | None:
    """Return the page of an existing project with the form filled in; None if the index's site is not known."""
    if index.site_url is None:
        return None
    query = urlencode({"provider": publisher.provider, **form_values(publisher)})
    return f"{index.site_url}/manage/project/{project}/settings/publishing/?{query}"


def pending_url(index: Index) -> str | None:
    """Return the page on which a publisher for a project that does not exist yet is registered."""
    return None if index.site_url is None else f"{index.site_url}/manage/account/publishing/"


def _where(index: Index, publisher: Publisher) -> str:
    filled = prefilled_url(index, "PROJECT", publisher)
    return f"An existing project: {filled} - a new one: {pending_url(index)}" if filled else ""
