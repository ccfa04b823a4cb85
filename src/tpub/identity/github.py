"""GitHub Actions: https://docs.github.com/en/actions/reference/security/oidc."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from tpub.authorization import bearer
from tpub.diagnostic import Answer, Variable
from tpub.errors import IdentityError, NetworkError
from tpub.secret import Secret
from tpub.urls import is_secure

if TYPE_CHECKING:  # httpx is slow to import, and only named here
    from tpub.http import Http

URL = "ACTIONS_ID_TOKEN_REQUEST_URL"
TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"  # noqa: S105  (the variable's name)


@dataclass(frozen=True, slots=True)
class GitHubActions:
    """A job that was granted `id-token: write`."""

    name: ClassVar[str] = "github"
    title: ClassVar[str] = "GitHub Actions"
    renewable: ClassVar[bool] = True

    request_url: str
    request_token: Secret

    @classmethod
    def detect(cls, env: Mapping[str, str]) -> GitHubActions | None:
        """Return the job's provider, or None outside GitHub Actions.

        Raises `IdentityError` if GitHub gives this job no identity.
        """
        # Per GitHub's documentation, this is exactly "true" when GitHub Actions runs the workflow.
        if env.get("GITHUB_ACTIONS") != "true":
            return None
        missing = tuple(Variable.of(env, name) for name in (URL, TOKEN) if not env.get(name))
        if missing:
            raise _no_identity(env, missing)
        if not is_secure(env[URL]):
            raise IdentityError(
                "gh-token-url-insecure",
                f"${URL} is no https address: the request token would travel in the clear",
                Variable(URL, "set"),
                hint=f"Do not set ${URL} yourself: GitHub sets it for jobs with `id-token: write`.",
            )
        return cls(env[URL], Secret(env[TOKEN]))

    def identity_token(self, audience: str, http: Http) -> Secret:
        """Request a fresh identity token for `audience`; raises `IdentityError` if the service gives none."""
        try:
            reply = http.get(self.request_url, params={"audience": audience}, authorization=bearer(self.request_token))
            if reply.is_success:
                return Secret(reply.string("value"))
        except NetworkError as exc:
            raise IdentityError(
                "gh-token-endpoint-error",
                f"GitHub's token service could not be asked: {exc}",
                hint=_OUTAGE,
            ) from exc
        raise IdentityError(
            "gh-token-endpoint-error",
            f"GitHub's token service answered {reply.status} instead of an identity token",
            Answer(reply.url, reply.status, reply.reason),
            hint=_OUTAGE,
        )


_OUTAGE = "Run the job again; if it stays so, see githubstatus.com."
_PERMISSION = "Give the publishing job its own block: `permissions: {id-token: write}`."
_ACT = "Publish from GitHub itself; with `act`, use `tpub rehearse` or `tpub upload --dry-run`."
_FORK = (
    "Publish on an event that forks cannot trigger (a tag, a release, `workflow_dispatch`), "
    "and skip the job for pull requests of forks."
)


def _no_identity(env: Mapping[str, str], missing: tuple[Variable, ...]) -> IdentityError:
    """Tell apart why a job has no identity, as far as its environment shows."""
    if env.get("ACT") == "true":
        return IdentityError("act-no-oidc", "`act` is not GitHub and issues no identity tokens", *missing, hint=_ACT)
    if env.get("GITHUB_EVENT_NAME") == "pull_request" and _from_fork(env):
        message = "GitHub gives no identity to a pull request from a fork, whatever its permissions"
        return IdentityError("gh-fork-pull-request", message, *missing, hint=_FORK)
    job = env.get("GITHUB_JOB", "")
    where = f" `{job}`" if job else ""
    return IdentityError(
        "gh-id-token-missing", f"GitHub gave the job{where} no identity to publish with", *missing, hint=_PERMISSION
    )


def _from_fork(env: Mapping[str, str]) -> bool:
    """Read from the event whether its head is another repository; a branch of this one can have an identity."""
    try:
        event = json.loads(Path(env.get("GITHUB_EVENT_PATH", "")).read_bytes())
        head = event["pull_request"]["head"]["repo"]
        return head is None or head["full_name"] != event["pull_request"]["base"]["repo"]["full_name"]
    except (OSError, ValueError, LookupError, TypeError):
        return False
