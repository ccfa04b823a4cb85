"""Which claims of an identity token the index compares with a publisher, per provider.

Source: `__required_verifiable_claims__` and `__optional_verifiable_claims__` of the models in
warehouse.oidc.models; a claim that is not listed here is not looked at, `sub` of GitHub included.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tpub.identity.publisher import GITHUB_ISSUER

_GITHUB = ("repository", "repository_owner", "repository_owner_id", "job_workflow_ref", "environment", "event_name")
_GITLAB = ("project_path", "ci_config_ref_uri", "environment", "sub")
_ALWAYS = ("iss", "aud")


def looked_at(claims: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names of the claims that the index looks at, those that the token lacks included."""
    if claims.get("iss") == GITHUB_ISSUER:
        return _GITHUB
    return _GITLAB if "project_path" in claims else ()


def compared(claims: Mapping[str, object]) -> Mapping[str, str]:
    """Return those of `claims` that the index looks at, as text, in the order in which it does.

    A claim that is missing is missing here too: an absent `environment` is what most refusals are about.
    """
    names = (*_ALWAYS, *looked_at(claims))
    return MappingProxyType({name: str(claims[name]) for name in names if name in claims})
