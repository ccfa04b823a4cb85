"""Pending publishers whose project cannot be created.

Source: mint_token in warehouse.oidc.views, ProjectService.create_project in warehouse.packaging.services.
"""

from __future__ import annotations

from tpub.diagnostic import Diagnostic
from tpub.index.refusals.case import Case
from tpub.index.registration import registration_hint


def stale_pending(case: Case) -> Diagnostic:
    """Tell that the project was there before its pending publisher was used."""
    register = ""
    if case.publisher is not None:
        register = " " + registration_hint(case.index, case.publisher, case.known.release.projects)
    return Diagnostic(
        "pending-publisher-stale",
        f"a pending publisher fits this job, but its project exists already: {case.index.name} has now deleted it",
        f"Add a normal publisher in the project's settings, and run again.{register}",
        case.compared(),
    )


def refused_name(case: Case, words: str) -> Diagnostic | None:
    """Tell that the name of a pending publisher's project is not to be had."""
    if not words.startswith("The name "):
        return None
    return Diagnostic(
        "project-name-refused",
        f"{case.index.name} does not create the project of the pending publisher: {words.partition('. See ')[0]}",
        "Choose another name, in the metadata and in a new pending publisher.",
    )
