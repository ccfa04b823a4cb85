"""The causes, in the order in which they would have stopped the release.

Each group answers one question, and the first of its causes that finds anything is the answer: what comes after it in
the group would be its consequence. A group that ends the diagnosis leaves nothing for those behind it to say.
"""

from __future__ import annotations

from dataclasses import dataclass

from tpub.doctor.causes import (
    addresses,
    advice,
    artifacts,
    credentials,
    exchanges,
    github_action,
    github_callers,
    github_permissions,
    github_run,
    github_start,
    gitlab_rules,
    gitlab_start,
    gitlab_tokens,
    handover,
    platform,
    strays,
    token,
    tools,
)
from tpub.doctor.finding import Cause


@dataclass(frozen=True, slots=True)
class Group:
    """Causes of which one counts.

    `is_final` if nothing can be said once one of them is an error. Of the groups that are about the identity, the
    first with an error counts: without a token, or with the wrong one, what it claims is beside the point. Most groups
    are asked about one job after the other; `is_of_all` if they look at all of them at once.
    """

    causes: tuple[Cause, ...]
    is_final: bool = False
    is_about_identity: bool = False
    is_of_all: bool = False


PLATFORM = Group(
    (
        platform.act_has_no_oidc,
        platform.issuer_is_unknown,
        platform.provider_is_unsupported,
        platform.gitlab_is_too_old,
        token.configuration_is_elsewhere,
        github_run.fork_has_no_identity,
        github_run.pull_request_target_is_refused,
        platform.there_is_no_ci,
    ),
    is_final=True,
)
IDENTITY = Group(
    (
        credentials.secret_is_empty,
        github_permissions.permission_is_misspelt,
        github_permissions.permissions_are_misplaced,
        github_callers.caller_grants_too_little,
        github_permissions.permission_is_lacking,
        github_run.run_used_an_older_file,
        github_run.variables_are_stripped,
        github_run.token_service_failed,
        gitlab_tokens.token_is_no_jwt,
        gitlab_tokens.variables_are_stripped,
        gitlab_tokens.tokens_are_misplaced,
        gitlab_tokens.legacy_token_is_used,
        gitlab_tokens.inherit_refuses_the_default,
        gitlab_tokens.tokens_are_overridden,
        gitlab_tokens.token_has_another_name,
        gitlab_tokens.tokens_are_on_another_job,
        gitlab_tokens.tokens_are_missing,
        token.identity_was_refused,
    ),
    is_about_identity=True,
)
TOKEN = Group(
    (
        token.audience_is_wrong_in_the_file,
        github_callers.caller_names_another_version,
        token.token_would_be_refused,
        token.environment_came_out_empty,
        token.declared_publisher_differs,
        token.environment_is_gone,
        token.environment_is_on_another_job,
        token.last_publisher_differs,
        token.self_managed_gitlab,
    ),
    is_about_identity=True,
)
_START = (
    Group((github_start.file_is_broken, gitlab_start.included_file_is_missing)),
    Group((github_action.action_is_nested, github_action.action_needs_linux, github_action.action_needs_docker)),
    Group((github_action.action_has_no_image,)),
    Group((github_start.job_never_runs,)),
    Group(
        (gitlab_rules.rules_stand_beside_only, gitlab_rules.job_never_runs, gitlab_rules.rule_counts_for_nothing),
    ),
    Group((gitlab_rules.merge_requests_publish,)),
    Group((github_start.token_starts_nothing,), is_of_all=True),
    Group((github_start.contents_are_dropped,)),
)
_LATER = (
    Group((addresses.upload_address_is_wrong, addresses.trusted_publishing_is_off)),
    Group((addresses.egress_is_blocked,)),
    TOKEN,
    Group((exchanges.audience_is_not_the_index, exchanges.exchange_is_malformed)),
    Group((credentials.password_is_refused, credentials.attestations_need_an_identity)),
    Group((credentials.credentials_shadow_the_identity,)),
    Group((tools.tool_knows_no_oidc,)),
    Group((artifacts.artifacts_lie_too_deep, handover.distributions_lie_elsewhere)),
    Group((strays.strays_are_offered,)),
    Group((github_action.attestations_are_there_already, github_action.reusable_attestation_is_refused)),
)
_NOTES = (
    Group((advice.not_all_was_seen,)),
    Group((github_callers.called_elsewhere_is_unread,)),
    Group((github_start.environment_may_refuse_tags,)),
    Group((advice.action_is_not_pinned,)),
    Group((advice.identity_is_for_everybody,)),
    Group((advice.publishing_job_builds,)),
    Group((advice.stored_token_could_go,)),
)
ALL = (PLATFORM, *_START, IDENTITY, *_LATER, *_NOTES)
