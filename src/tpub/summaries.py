"""What an account says of publishers and attestations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class AttestationSummary(NamedTuple):
    """An attestation of a file: whether it is true, and who says what about where the file comes from.

    `publisher` is the workflow or account that the index names; `commit` and `ref` are the certificate's, `entry` is
    the place in the transparency log. All of them mean nothing unless it is verified.
    """

    file: str
    predicate_type: str
    verified: bool
    publisher: str
    commit: str
    ref: str
    entry: str


class PublisherSummary(NamedTuple):
    """Whom an index has to trust: the fields of its form, for which job, and the pages on which to register.

    `project_page` is the filled-in form of the existing `project`; the other two are for one that is to be created,
    by the account or by an organization. A page that is not known is None.
    """

    provider: str
    values: Mapping[str, str]
    job: str
    project: str
    project_page: str | None = None
    pending_page: str | None = None
    organization_page: str | None = None
