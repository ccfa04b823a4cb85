"""Google Cloud: https://docs.cloud.google.com/compute/docs/instances/verifying-instance-identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from tpub.authorization import bearer
from tpub.diagnostic import Answer, Variable
from tpub.errors import IdentityError, NetworkError
from tpub.secret import Secret

if TYPE_CHECKING:  # httpx is slow to import, and only named here
    from tpub.http import Http
    from tpub.reply import Reply

SERVICE_ACCOUNT = "GOOGLE_SERVICE_ACCOUNT_NAME"
_METADATA_HOST = "GCE_METADATA_HOST"  # as for Google's own libraries
# What Cloud Run, its jobs, Cloud Functions and App Engine set; there, the machine's own name is not to be seen.
_MARKS = (_METADATA_HOST, SERVICE_ACCOUNT, "K_SERVICE", "CLOUD_RUN_JOB", "GAE_SERVICE")
_MACHINES = frozenset({"Google", "Google Compute Engine"})

_ACCOUNT = "/computeMetadata/v1/instance/service-accounts/default"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_IAM = "https://iamcredentials.googleapis.com"
_ROLE = "roles/iam.serviceAccountOpenIdTokenCreator"
_FORBIDDEN = 403
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class GoogleCloud:
    """A machine in Google's cloud; `service_account` is the one to impersonate, empty for the machine's own.

    `metadata` is the host of its metadata server, `iam` where impersonation is asked for.
    """

    name: ClassVar[str] = "google"
    title: ClassVar[str] = "Google Cloud"
    renewable: ClassVar[bool] = True

    service_account: str = ""
    metadata: str = "metadata.google.internal"
    iam: str = _IAM

    @classmethod
    def detect(cls, env: Mapping[str, str], machine: str = "") -> GoogleCloud | None:
        """Return the machine's provider, or None elsewhere; nothing is asked, so that a laptop does not wait.

        `machine` is what the firmware calls it.
        """
        if any(env.get(mark) for mark in _MARKS) or machine in _MACHINES:
            return cls.of(env)
        return None

    @classmethod
    def of(cls, env: Mapping[str, str]) -> GoogleCloud:
        """Return the provider without looking for marks: the user says that this is Google's cloud."""
        account, host = env.get(SERVICE_ACCOUNT, ""), env.get(_METADATA_HOST)
        return cls(account, host) if host else cls(account)

    def identity_token(self, audience: str, http: Http) -> Secret:
        """Ask the metadata server for a token with the e-mail address in it, or impersonate."""
        if self.service_account:
            return self._impersonated(audience, http)
        # `format=full` brings the `email` claim, which is what indexes compare.
        reply = self._asked("identity", {"audience": audience, "format": "full"}, http)
        return Secret(reply.text.strip())

    def _impersonated(self, audience: str, http: Http) -> Secret:
        """Have another service account's token generated with the machine's own right to do so.

        Source: https://docs.cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateIdToken.
        """
        try:
            access = Secret(self._asked("token", {"scopes": _SCOPE}, http).string("access_token"))
            account = quote(self.service_account, safe="@")
            url = f"{self.iam}/v1/projects/-/serviceAccounts/{account}:generateIdToken"
            asked: dict[str, Secret | str | bool] = {"audience": audience, "includeEmail": True}
            reply = http.post_json(url, asked, authorization=bearer(access))
            if reply.is_success:
                return Secret(reply.string("token"))
        except NetworkError as exc:
            raise IdentityError(
                "google-token-error", f"Google could not be asked for an identity token: {exc}", hint=_AGAIN
            ) from exc
        raise self._refused(reply)

    def _asked(self, what: str, params: Mapping[str, str], http: Http) -> Reply:
        """Return the metadata server's answer; raises `IdentityError` unless it is its own, and good."""
        try:
            reply = http.ask_metadata(self.metadata, f"{_ACCOUNT}/{what}", params)
        except NetworkError as exc:
            raise IdentityError(
                "google-metadata-unreachable",
                f"the metadata server of Google's cloud could not be asked: {exc}",
                hint="Publish from a machine in Google's cloud; elsewhere, unset `GOOGLE_SERVICE_ACCOUNT_NAME`.",
            ) from exc
        if not reply.is_success or reply.headers.get("metadata-flavor") != "Google":
            raise IdentityError(
                "google-token-error",
                f"the metadata server answered {reply.status} instead of an identity token",
                Answer(reply.url, reply.status, _words(reply)),
                hint="Check that the machine runs as a service account, and that no proxy answers in Google's stead.",
            )
        return reply

    def _refused(self, reply: Reply) -> IdentityError:
        answer = Answer(reply.url, reply.status, _words(reply))
        if reply.status in (_FORBIDDEN, _NOT_FOUND):
            return IdentityError(
                "google-impersonation-denied",
                f"this machine's service account may not make identity tokens for {self.service_account}",
                answer,
                Variable(SERVICE_ACCOUNT, "set"),
                hint=f"Grant this machine's service account {_ROLE} on {self.service_account}.",
            )
        return IdentityError(
            "google-token-error", f"Google answered {reply.status} instead of an identity token", answer, hint=_AGAIN
        )


_AGAIN = "Run the job again; if it stays so, see https://status.cloud.google.com."


def _words(reply: Reply) -> str:
    """Return what Google says of its refusal; of an answer that is none, nothing: a token may be in it."""
    error = reply.members().get("error")
    message = error.get("message") if isinstance(error, dict) else None
    return message if isinstance(message, str) else reply.reason
