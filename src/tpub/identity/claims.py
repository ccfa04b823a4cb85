"""Which claims of an identity token the index compares with a publisher, per platform.

Sources: `__required_verifiable_claims__`, `__required_unverifiable_claims__`, `__optional_verifiable_claims__` and
`__unchecked_claims__` of the models in warehouse.oidc.models; the platforms' own pages on their tokens' claims.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

from tpub.identity.issuers import issuer_of
from tpub.identity.publisher import GitHubPublisher, GitLabPublisher, Publisher, publisher_of

_ALWAYS = ("iss", "aud")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the index does with the claims of one platform.

    `compared` are held against the publisher (or a fixed value), in this order; those in `optional` may be
    missing, if the publisher leaves them open. `present` must only be there. `ignored` are known and not looked at.
    """

    compared: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    present: tuple[str, ...] = ()
    ignored: frozenset[str] = frozenset()

    @property
    def required(self) -> tuple[str, ...]:
        """The claims without which no publisher is found at all."""
        return (*(name for name in self.compared if name not in self.optional), *self.present)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMPARISONS: Mapping[str, Comparison] = MappingProxyType(
    {
        "github": Comparison(
            ("repository", "repository_owner", "repository_owner_id", "job_workflow_ref", "environment", "event_name"),
            frozenset({"environment"}),
            ("jti", "ref", "sha"),
            # `sub` too: its format is for the organization to choose.
            _names(
                "sub actor actor_id run_id run_number run_attempt head_ref base_ref ref_type repository_id workflow "
                "repository_visibility workflow_sha job_workflow_sha workflow_ref runner_environment enterprise "
                "environment_node_id enterprise_id ref_protected check_run_id"
            ),
        ),
        "gitlab": Comparison(
            ("project_path", "ci_config_ref_uri", "environment", "sub"),
            frozenset({"environment"}),
            ("jti", "ref_path", "sha"),
            _names(
                "project_id namespace_id namespace_path user_id user_login user_email user_identities pipeline_id "
                "pipeline_source job_id ref ref_type ref_protected environment_protected deployment_tier "
                "environment_action runner_id runner_environment ci_config_sha project_visibility user_access_level "
                "groups_direct job_namespace_id job_namespace_path job_project_id job_project_path job_source"
            ),
        ),
        "google": Comparison(
            ("email", "email_verified", "sub"), frozenset({"sub"}), ignored=frozenset({"azp", "google"})
        ),
        "activestate": Comparison(
            ("sub", "organization", "project", "actor_id", "builder"),
            ignored=_names("actor artifact_id ingredient organization_id project_id project_path project_visibility"),
        ),
    }
)


def comparison_of(claims: Mapping[str, object]) -> Comparison:
    """Return what the index does with such claims; nothing is compared for a platform that it does not know."""
    return COMPARISONS.get(issuer_of(claims).name, Comparison(()))


def looked_at(claims: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names of the claims that the index looks at, those that the token lacks included."""
    return comparison_of(claims).compared


def compared(claims: Mapping[str, object]) -> Mapping[str, str]:
    """Return those of `claims` that the index looks at, as text, in the order in which it does.

    A claim that is missing is missing here too: an absent `environment` is what most refusals are about.
    """
    names = (*_ALWAYS, *looked_at(claims))
    return MappingProxyType({name: str(claims[name]) for name in names if name in claims})


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a publisher that a token does not fit, the claim it is compared with, and what each says."""

    field: str
    claim: str
    value: str
    expected: str

    @property
    def is_spelling(self) -> bool:
        """Tell whether only upper and lower case differ."""
        return self.value.lower() == self.expected.lower()

    @property
    def is_blank(self) -> bool:
        """Tell whether only blanks differ."""
        return self.value.split() == self.expected.split()


# Which claim a field of the publisher form is compared with; a field that is not listed has the claim's own name.
_CLAIM = {
    "owner": "repository",
    "workflow_filename": "job_workflow_ref",
    "namespace": "project_path",
    "workflow_filepath": "ci_config_ref_uri",
    "issuer_url": "iss",
}
_FIRST = ("issuer_url",)
_OPEN = frozenset({"environment", "sub"})


def differences(publisher: Publisher, claims: Mapping[str, object]) -> tuple[Difference, ...]:
    """Return where a token with `claims` does not fit `publisher`, in the order in which the index would find out.

    Nothing if the platforms are not even the same. What an index looks up by itself when a publisher is registered
    (the owner's number on GitHub, the actor's on ActiveState) cannot be told here.
    """
    needed = publisher_of(claims)
    if needed is None or type(needed) is not type(publisher):
        return ()
    names = sorted((field.name for field in fields(publisher)), key=lambda name: name not in _FIRST)
    found = (
        Difference(name, "project_path" if _is_gitlab_project(publisher, name) else _CLAIM.get(name, name), *pair)
        for name in names
        if not _fits(publisher, name, *(pair := (_value(needed, name, claims), getattr(publisher, name))))
    )
    return tuple(found)


def _is_gitlab_project(publisher: Publisher, name: str) -> bool:
    return isinstance(publisher, GitLabPublisher) and name == "project"


def _value(needed: Publisher, name: str, claims: Mapping[str, object]) -> str:
    # A subject need not be registered, and so the publisher that a token needs leaves it open.
    return str(claims.get("sub", "")) if name == "sub" else str(getattr(needed, name))


def _fits(publisher: Publisher, name: str, value: str, expected: str) -> bool:
    if name in _OPEN and not expected:
        return True
    if name == "environment" and isinstance(publisher, GitHubPublisher):
        return value.lower() == expected.lower()
    return value == expected
