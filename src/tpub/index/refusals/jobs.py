"""Jobs that no publisher can be registered for: what their claims alone tell.

Source: the models in warehouse.oidc.models.
"""

from __future__ import annotations

from collections.abc import Callable

from tpub.diagnostic import Diagnostic, Variable
from tpub.identity.issuers import issuer_of
from tpub.identity.publisher import ACTIVESTATE_BUILDER, GitHubPublisher
from tpub.index.refusals.case import Case


def wrong_job(case: Case) -> Diagnostic | None:
    """Tell whether this is a job that the index gives no token, whatever its publishers are."""
    for reason in _REASONS.get(issuer_of(case.claims).name, ()):
        if (found := reason(case)) is not None:
            return found
    return None


def _pull_request_target(case: Case) -> Diagnostic | None:
    if case.text("event_name") != "pull_request_target":
        return None
    return Diagnostic(
        "gh-pull-request-target",
        f"the run was started by `pull_request_target`, which {case.index.name} refuses: anybody could have caused it",
        "Publish on a tag, a release or `workflow_dispatch`.",
        (case.claim("event_name"),),
    )


def reusable_workflow(case: Case) -> Diagnostic | None:
    """Tell whether the job is written in another file than the one that was started.

    A called file of the same repository can be registered under its own name, though PyPI does not promise it; one
    of another repository cannot.
    """
    called, top = (case.text(name).partition("@")[0] for name in ("job_workflow_ref", "workflow_ref"))
    if not called or not top or called == top:
        return None
    called_from, file = called.partition("/.github/")[0], top.rpartition("/")[2]
    if is_of_another_version(case):
        return Diagnostic(
            "gh-reusable-workflow",
            f"the job is written in {called} at {case.text('job_workflow_ref').partition('@')[2]}, and the run is of "
            f"{case.text('ref') or case.text('sha')}: {case.index.name} takes a called workflow at that alone",
            f"Call it in {file} as `./{called.partition(f'{called_from}/')[2]}`, without `@`, or better, write the "
            f"publishing job in {file} itself.",
            (case.claim("job_workflow_ref"), case.claim("ref")),
        )
    declared = case.known.declared
    registered = isinstance(declared, GitHubPublisher) and called.endswith(f"/{declared.workflow_filename}")
    if registered and called_from == case.text("repository"):
        return None
    return Diagnostic(
        "gh-reusable-workflow",
        f"the job is written in the reusable workflow {called}, called from {file} of {case.text('repository')}, "
        f"and {case.index.name} does not support that",
        f"Keep building in the reusable workflow, but write the publishing job in {file} itself, and register {file}.",
        (case.claim("job_workflow_ref"), case.claim("workflow_ref")),
    )


def is_of_another_version(case: Case) -> bool:
    """Tell whether the job is written in the repository's own workflow at another reference than the run's.

    Source: warehouse.oidc.models.github, the check of `job_workflow_ref`.
    """
    called, _, reference = case.text("job_workflow_ref").partition("@")
    runs = {case.text(name) for name in ("ref", "sha")} - {""}
    is_own = called.partition("/.github/")[0] == case.text("repository")
    return is_own and bool(reference and runs) and reference not in runs


def _no_email(case: Case) -> Diagnostic | None:
    if case.text("email"):
        return None
    return Diagnostic(
        "google-no-email",
        "the identity token of Google has no `email` claim, and that is what the index compares",
        "Ask the metadata server with `&format=full`, or generateIdToken with `includeEmail`: `tpub upload` does.",
        (case.claim("email"),),
    )


def _builder(case: Case) -> Diagnostic | None:
    if case.text("builder") == ACTIVESTATE_BUILDER:
        return None
    return Diagnostic(
        "activestate-builder",
        f"the builder is {case.text('builder') or 'not named'}, and {case.index.name} takes {ACTIVESTATE_BUILDER} "
        "alone",
        f"Publish through ActiveState's builder `{ACTIVESTATE_BUILDER}`.",
        (case.claim("builder", ACTIVESTATE_BUILDER),),
    )


def _remote_config(case: Case) -> Diagnostic | None:
    uri, path = case.text("ci_config_ref_uri"), case.text("project_path")
    if uri:
        defined_in = uri.partition("//")[0].partition("/")[2]
        if defined_in.lower() == path.lower() or "//" not in uri:
            return None
        how = f"ci_config_ref_uri names {defined_in}"
    else:
        how = "the token has no ci_config_ref_uri"
    return Diagnostic(
        "gl-config-remote",
        f"the pipeline's definition is not in {path or 'this project'}: {how}, and the index compares it",
        "Put a `.gitlab-ci.yml` into this project that includes the shared one, and set the CI/CD configuration file "
        "of the project's settings back to it.",
        (case.claim("ci_config_ref_uri"),),
    )


def _fork(case: Case) -> Diagnostic | None:
    env = case.known.env
    source, target = (env.get(f"CI_MERGE_REQUEST_{side}PROJECT_PATH") for side in ("SOURCE_", ""))
    if not source or not target or source == target:
        return None
    return Diagnostic(
        "gl-fork-merge-request",
        f"this pipeline is for a merge request of the fork {source}, and so is its token",
        "Publish on tags: `rules: [{if: $CI_COMMIT_TAG}]`.",
        (Variable("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", "set"), case.claim("project_path")),
    )


_REASONS: dict[str, tuple[Callable[[Case], Diagnostic | None], ...]] = {
    "github": (_pull_request_target, reusable_workflow),
    "gitlab": (_fork, _remote_config),
    "google": (_no_email,),
    "activestate": (_builder,),
}
