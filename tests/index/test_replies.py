from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from urllib.parse import urlsplit

import pytest
from hypothesis import given, strategies as st

from tpub.index.credential import token_credential
from tpub.index.model import PYPI, TESTPYPI, Index, find
from tpub.index.replies import refusal, sentence
from tpub.reply import Reply
from tpub.secret import Secret

INDEX = find("https://packages.example.com/legacy/")
SITE, TEST_SITE = (urlsplit(index.site_url or "").netloc for index in (PYPI, TESTPYPI))


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


UNKNOWN = "Invalid or non-existent authentication information."
STOCK = "Check that the token belongs to this index, was not revoked and is whole: it starts with `pypi-`."


def token(place: str) -> str:
    """Return a token as an index makes them, with what can be known of it."""
    return "pypi-" + urlsafe_b64encode(b"\x02\x01" + bytes([len(place)]) + place.encode() + bytes(range(60))).decode()


@pytest.mark.parametrize(
    ("index", "secret", "hint"),
    [
        pytest.param(PYPI, token(SITE), STOCK, id="its own"),
        pytest.param(
            PYPI,
            token(TEST_SITE),
            f"The token was made at {TEST_SITE}: make one at pypi, or publish there (`--index testpypi`).",
            id="TestPyPI's",
        ),
        pytest.param(
            INDEX,
            token(SITE),
            f"The token was made at {SITE}: make one at {INDEX.name}, or publish there (`--index pypi`).",
            id="PyPI's",
        ),
        pytest.param(
            PYPI,
            token("a.example:8443"),
            "The token was made at a.example:8443: make one at pypi, or publish there.",
            id="somebody else's",
        ),
        pytest.param(PYPI, "pypi-", STOCK, id="cut off"),
        pytest.param(PYPI, "pypi-" + "A" * 5, STOCK, id="cut short"),
        pytest.param(PYPI, "hunter2", STOCK, id="a password"),
        pytest.param(PYPI, "pypi-" + "x" * 80, STOCK, id="made up"),
    ],
)
def test_whose_token_is_refused(index: Index, secret: str, hint: str) -> None:
    place = token_credential(Secret(secret)).place
    assert refusal(index, reply(403, UNKNOWN), "x-1.tar.gz", place).diagnostic.hint == hint


@given(st.text() | st.binary().map(lambda rest: "pypi-" + urlsafe_b64encode(b"\x02\x01" + rest).decode()))
def test_a_token_of_any_kind_has_a_place_or_none(text: str) -> None:
    assert token_credential(Secret(text)).place.isascii()
