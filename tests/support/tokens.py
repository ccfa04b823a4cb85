"""Identity tokens that nobody signed: for what only reads them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

GITHUB = {
    "iss": "https://token.actions.githubusercontent.com",
    "aud": "tpub",
    "sub": "repo:octo-org/sampleproject:environment:pypi",
    "repository": "octo-org/sampleproject",
    "repository_owner": "octo-org",
    "repository_owner_id": "1001",
    "job_workflow_ref": "octo-org/sampleproject/.github/workflows/release.yml@refs/tags/v1",
    "event_name": "push",
}
GITLAB = {
    "iss": "https://gitlab.com",
    "aud": "tpub",
    "sub": "project_path:octo-group/sub/sampleproject:ref_type:tag:ref:v1",
    "project_path": "octo-group/sub/sampleproject",
    "ci_config_ref_uri": "gitlab.com/octo-group/sub/sampleproject//ci/release.yml@refs/tags/v1",
}
GOOGLE = {
    "iss": "https://accounts.google.com",
    "aud": "tpub",
    "sub": "112233",
    "azp": "112233",
    "email": "publisher@my-proj.iam.gserviceaccount.com",
    "email_verified": True,
}
ACTIVESTATE = {
    "iss": "https://platform.activestate.com/api/v1/oauth/oidc",
    "aud": "tpub",
    "sub": "org:octo-org:project:sample",
    "organization": "octo-org",
    "project": "sample",
    "actor": "alice",
    "actor_id": "11",
    "builder": "pypi-publisher",
}


def unsigned(claims: object) -> str:
    """Return `claims` in the shape of a JSON Web Token."""
    return ".".join((_encoded({"alg": "RS256", "typ": "JWT"}), _encoded(claims), "c2lnbmF0dXJl"))


def _encoded(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
