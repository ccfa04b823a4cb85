"""The index's words about an upload, turned into diagnostics.

Source: warehouse.forklift.legacy, warehouse.macaroons and warehouse.accounts, whose sentences are recognised here;
what is not recognised is passed on as the index said it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from tpub.diagnostic import Answer
from tpub.errors import UploadError
from tpub.index.model import KNOWN, Index
from tpub.reply import Reply


@dataclass(frozen=True, slots=True)
class _Known:
    """A sentence of the index (a pattern), what it means and how to mend it."""

    code: str
    pattern: str
    hint: str


_FOREIGN = "token-unknown"
_REFUSED = "upload-refused"
_OTHER_VERSION = "Raise the version, build and publish again: the index takes a file name once, with one content."
_WITHOUT = "Delete the `.attestation` files and attest anew, or publish with `--attestations never`."
_KNOWN = (
    _Known(
        "minted-token-expired",
        r"token is expired",
        "Run the same command again: it goes on where this one ended. A minted token lives 15 minutes: where the "
        "platform gives one identity token a job, publish fewer files in each.",
    ),
    _Known(
        "project-not-covered",
        r"OIDC scoped token is not valid for project",
        "Register this publisher for the project too: one can serve many (`tpub publisher` shows the values).",
    ),
    _Known(
        "gh-reusable-attestation",
        r"included attestation.*Build Config URI",
        "Move the publishing job out of the reusable workflow into the file that is started, and register that file; "
        "until then, upload without attestations.",
    ),
    _Known(
        "attestation-needs-tp",
        r"Attestations are only supported when using Trusted Publishing",
        "Publish with the job's identity (no token), or with `--attestations never`.",
    ),
    _Known(
        "token-other-project",
        r"scoped token is not valid for project",
        "Use a token of this project, or of the whole account.",
    ),
    _Known(
        "password-auth",
        r"Username/Password authentication is no longer supported",
        "Leave out `--username` and `--password`: use trusted publishing, or an API token in `TPUB_TOKEN`.",
    ),
    _Known(
        _FOREIGN,
        r"Invalid or non-existent authentication|Invalid API Token|signatures do not match",
        "Check that the token belongs to this index, was not revoked and is whole: it starts with `pypi-`.",
    ),
    _Known("user-not-allowed", r"isn't allowed to upload to project", "Ask an owner of the project for the right."),
    _Known("email-unverified", r"verified primary email", "Verify the e-mail address in the index's account settings."),
    _Known("two-factor-missing", r"two-factor authentication enabled", "Switch on two-factor authentication there."),
    _Known("index-read-only", r"Read-only mode", "Wait and run the same command again; see the index's status page."),
    _Known(
        "index-uploads-off",
        r"New uploads are temporarily disabled",
        "Wait and run the same command again; see the index's status page.",
    ),
    _Known("file-exists", r"File already exists|already exist", _OTHER_VERSION),
    _Known("filename-reused", r"previously used by a file that has since been deleted", _OTHER_VERSION),
    _Known("release-closed", r"releases older than \d+ days", _OTHER_VERSION),
    _Known(
        "sdist-second-in-release",
        r"Only one sdist may be uploaded",
        "Publish one sdist a release: leave this one out, or raise the version.",
    ),
    _Known(
        "project-name-mismatch",
        r"Non-user identities cannot create new projects",
        "Make the project name of the pending publisher and the Name of the metadata agree.",
    ),
    _Known("project-creation-limit", r"Too many new projects", "Wait an hour and run the same command again."),
    _Known(
        "form-digest-mismatch",
        r"digest supplied does not match",
        "Run the same command again; if it stays so, ask whoever runs the proxy in between.",
    ),
    _Known(
        "file-too-large",
        r"File too large",
        "Make the file smaller, or ask the index for a higher limit of the project.",
    ),
    _Known(
        "project-too-large",
        r"Project size too large",
        "Delete old releases' files, or ask the index for a higher limit of the project.",
    ),
    _Known(
        "attestation-platform",
        r"Attestations are not currently supported with",
        "Publish with `--attestations never`: the index takes none from this platform.",
    ),
    _Known("attestation-list-empty", r"an empty attestation set is not permitted", _WITHOUT),
    _Known("attestation-malformed", r"Malformed attestations", _WITHOUT),
    _Known("attestation-too-many", r"A maximum of \d+ attestations", _WITHOUT),
    _Known("attestation-type-unsupported", r"Attestation with unsupported predicate type", _WITHOUT),
    _Known("attestation-type-twice", r"Multiple attestations for the same file", _WITHOUT),
    _Known("attestation-not-verified", r"Invalid attestations supplied during upload", _WITHOUT),
    _Known("organization-inactive", r"Organization account owning this project", "Ask the organization's owners."),
)

_UNAUTHORIZED = 401
_CONFLICT = 409
_STATUS_HINT = {
    _UNAUTHORIZED: "Give the credential of this index: `TPUB_TOKEN`, or `--username` with `TPUB_PASSWORD`; "
    "`tpub upload -v` says which one it got.",
    403: "Check that the credential may upload to this project there; `tpub upload -v` says which one it got.",
    404: "Check the upload URL: `--index` takes the address of the upload API, not of the index's pages.",
    405: "Check the upload URL: `--index` takes the address of the upload API, not of the simple pages.",
    413: "Make the file smaller, or have the index's limit raised.",
}
_STATUS_CODE = {_UNAUTHORIZED: "credential-refused", 409: "file-exists"}
_MENTIONED = 300  # characters of a server's page that are worth showing
_SENTENCE = 1000  # characters of what a server says of its refusal: the longest of PyPI's names a few classifiers


def refusal(index: Index, reply: Reply, filename: str, place: str = "") -> UploadError:
    """Return the error that says why `index` did not take the file; `place` is where the token says it was made."""
    if reply.is_redirect:
        return _redirect(index, reply, filename)
    said = sentence(reply)
    code, hint = recognised(said, reply.status) or (
        "upload-refused",
        _STATUS_HINT.get(reply.status, "Mend what the index names, build and run again."),
    )
    if code == _FOREIGN and place and place not in _places(index):
        there = next((f" (`--index {known.name}`)" for known in KNOWN if place in _places(known)), "")
        hint = f"The token was made at {place}: make one at {index.name}, or publish there{there}."
    return UploadError(
        code,
        f"{index.name} refused the file: {said or reply.status}",
        Answer(reply.url, reply.status, said),
        hint=hint,
        file=filename,
    )


def recognised(said: str, status: int) -> tuple[str, str] | None:
    """Return the code and the mend of what an index said of an upload; None if neither words nor status are known.

    Warehouse's sentences are, and 409, by which other indexes say that a file is there.
    """
    known = next(((each.code, each.hint) for each in _KNOWN if re.search(each.pattern, said)), None)
    return known or (("file-exists", _OTHER_VERSION) if status == _CONFLICT else None)


def _places(index: Index) -> set[str]:
    """Return the hosts, with ports, by which an index goes."""
    return {urlsplit(url).netloc for url in (index.upload_url, index.simple_url, index.site_url or "")}


def sentence(reply: Reply) -> str:
    """Return what the server said, without the status: of JSON's `code`, the reason phrase, or the page."""
    members = reply.members()
    for key in ("code", "message", "detail", "error"):
        value = members.get(key)
        if isinstance(value, str) and (text := _without_status(value, reply.status)):
            return text
    if (reason := _without_status(reply.reason, reply.status)) and reason.lower() not in _EMPTY_REASONS:
        return reason
    page = re.sub(r"(?is)<(head|style|script)\b.*?</\1>|<[^>]+>", " ", reply.text)
    return " ".join(page.split())[:_MENTIONED] or reply.reason


_EMPTY_REASONS = frozenset(
    {"bad request", "forbidden", "unauthorized", "conflict", "not found", "unprocessable entity"}
)


def _without_status(text: str, status: int) -> str:
    return " ".join(text.split()).removeprefix(str(status)).strip()[:_SENTENCE]


def _redirect(index: Index, reply: Reply, filename: str) -> UploadError:
    if urlsplit(reply.headers.get("location", "")).path == urlsplit(index.upload_url).path + "/":
        return UploadError(
            "index-url-slash",
            f"{index.upload_url} lacks the slash at its end",
            Answer(reply.url, reply.status, reply.reason),
            hint=f"Use `--index {index.upload_url}/`.",
            file=filename,
        )
    return UploadError(
        "upload-redirected",
        f"{index.name} points elsewhere for the upload, and credentials do not travel on",
        Answer(reply.url, reply.status, reply.reason),
        hint="Give the upload URL itself with `--index`, if you trust the place it points to.",
        file=filename,
    )
