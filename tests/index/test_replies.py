from __future__ import annotations

import json

import pytest

from tpub.http import Reply
from tpub.index.model import find
from tpub.index.replies import refusal, sentence

INDEX = find("https://packages.example.com/legacy/")


def reply(status: int, reason: str = "", body: str = "", **headers: str) -> Reply:
    return Reply(INDEX.upload_url, status, reason, headers, body.encode())


@pytest.mark.parametrize(
    ("said", "text"),
    [
        pytest.param(
            reply(400, "Bad Request", json.dumps({"code": "400 Only one sdist.", "message": "The server\n\n"})),
            "Only one sdist.",
            id="JSON's code",
        ),
        pytest.param(reply(400, "Only one  sdist."), "Only one sdist.", id="reason phrase"),
        pytest.param(
            reply(403, "Forbidden", "<html><head><title>t</title></head><p>Not <b>you</b></p></html>"),
            "Not you",
            id="page",
        ),
        pytest.param(reply(403, "Forbidden"), "Forbidden", id="nothing but the status"),
        pytest.param(reply(422, "Unprocessable Entity", '{"detail": "No."}'), "No.", id="another server's JSON"),
    ],
)
def test_what_the_server_said(said: Reply, text: str) -> None:
    assert sentence(said) == text


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param("Invalid API Token: token is expired, token is expired", "minted-token-expired", id="expired"),
        pytest.param(
            "Invalid API Token: OIDC scoped token is not valid for project 'x', ...", "project-not-covered", id="scope"
        ),
        pytest.param(
            "Invalid API Token: project-scoped token is not valid for project: 'x'",
            "token-other-project",
            id="a project's token",
        ),
        pytest.param(
            "Invalid attestations supplied during upload: Could not verify the uploaded artifact using the included "
            "attestation: Verification failed: Certificate's Build Config URI (x) does not match",
            "gh-reusable-attestation",
            id="attestation of a reusable workflow",
        ),
        pytest.param(
            "Invalid attestations supplied during upload: "
            "Attestations are only supported when using Trusted Publishing",
            "attestation-needs-tp",
            id="attestation with an API token",
        ),
        pytest.param("Invalid API Token: signatures do not match", "token-unknown", id="other index's token"),
        pytest.param("Invalid or non-existent authentication information.", "token-unknown", id="no such token"),
        pytest.param(
            "Username/Password authentication is no longer supported. Migrate to", "password-auth", id="password"
        ),
        pytest.param("The user 'u' isn't allowed to upload to project 'x'.", "user-not-allowed", id="user"),
        pytest.param("File already exists ('x', with blake2_256 hash 'ab').", "file-exists", id="other content"),
        pytest.param(
            "This filename was previously used by a file that has since been deleted.", "filename-reused", id="deleted"
        ),
        pytest.param("Uploading new files to releases older than 14 days is not allowed.", "release-closed", id="old"),
        pytest.param("Only one sdist may be uploaded per release.", "sdist-second-in-release", id="second sdist"),
        pytest.param("Non-user identities cannot create new projects. This", "project-name-mismatch", id="other name"),
        pytest.param("File too large. Limit for project 'x' is 100 MB.", "file-too-large", id="size"),
        pytest.param("Read-only mode: Uploads are temporarily disabled.", "index-read-only", id="read only"),
        *(
            pytest.param(f"Invalid attestations supplied during upload: {said}", code, id=code)
            for said, code in {
                "Attestations are only supported when using Trusted Publishing": "attestation-needs-tp",
                "Attestations are not currently supported with ActiveState publishers": "attestation-platform",
                "Malformed attestations: an empty attestation set is not permitted": "attestation-list-empty",
                "Malformed attestations: 1 validation error for list[Attestation]": "attestation-malformed",
                "A maximum of 2 attestations per file are supported": "attestation-too-many",
                "Attestation with unsupported predicate type: x": "attestation-type-unsupported",
                "Multiple attestations for the same file with the same predicate type (x) are not supported": (
                    "attestation-type-twice"
                ),
                "Could not verify the uploaded artifact using the included attestation: Verification failed: x": (
                    "attestation-not-verified"
                ),
            }.items()
        ),
        pytest.param("'1.0.banana' is invalid for 'version'.", "upload-refused", id="something else"),
    ],
)
def test_a_refusal(said: str, code: str) -> None:
    told = refusal(INDEX, reply(400, said), "x-1.tar.gz").diagnostic
    assert (told.code, told.file) == (code, "x-1.tar.gz")
    assert said in told.message
    assert told.hint


@pytest.mark.parametrize(
    ("status", "location", "code"),
    [
        pytest.param(308, "/legacy//", "index-url-slash", id="only a slash"),
        pytest.param(307, "https://elsewhere.example/legacy/", "upload-redirected", id="elsewhere"),
        pytest.param(405, "", "upload-refused", id="simple pages"),
        pytest.param(409, "", "file-exists", id="conflict"),
    ],
)
def test_a_status_that_says_it_all(status: int, location: str, code: str) -> None:
    told = refusal(INDEX, reply(status, location=location), "x-1.tar.gz").diagnostic
    assert told.code == code
    assert told.hint
