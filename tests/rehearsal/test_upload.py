from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import dists
from support.rehearsals import BOUNDARY, FILE, FILENAME, ask, basic, encoded, fields, part, post
from tpub.dist.read import read
from tpub.http import Http
from tpub.index.credential import token_credential
from tpub.index.upload import send
from tpub.multipart import Escort
from tpub.rehearsal import RehearsalIndex, serve

SEE = "See https://packaging.python.org/specifications/core-metadata for more information."
BLAKE2 = hashlib.blake2b(FILE, digest_size=32).hexdigest()
SDIST = {"filetype": "sdist", "pyversion": "source"}
SDIST_PART = part("content", FILE, filename="sampleproject-1.0.tar.gz")


def wheel_part(filename: str = FILENAME, content_type: str | None = None) -> bytes:
    return part("content", FILE, filename=filename, content_type=content_type)


@pytest.mark.parametrize(
    ("changes", "files", "status", "message"),
    [
        pytest.param({"action": "submit"}, [], 405, "Method Not Allowed", id="other action"),
        pytest.param({"action": None}, [], 405, "Method Not Allowed", id="no action"),
        pytest.param({"protocol_version": "2"}, [], 400, "Unknown protocol version.", id="protocol"),
        pytest.param(
            {"filetype": "bdist_egg"},
            [],
            400,
            "Invalid value for filetype. Error: Use a known file type.",
            id="filetype unknown",
        ),
        pytest.param(
            {"filetype": None}, [], 400, "Invalid value for filetype. Error: This field is required.", id="no filetype"
        ),
        pytest.param(
            {"pyversion": None},
            [],
            400,
            "Invalid value for pyversion. Error: Python version is required for binary distribution uploads.",
            id="no pyversion",
        ),
        pytest.param(
            {"filetype": "sdist"},
            [],
            400,
            "Invalid value for pyversion. Error: Use 'source' as Python version for an sdist.",
            id="pyversion of an sdist",
        ),
        pytest.param(
            {"sha256_digest": None}, [], 400, "Error: Include at least one message digest.", id="no digest at all"
        ),
        pytest.param(
            {"sha256_digest": "beef"},
            [],
            400,
            "Invalid value for sha256_digest. Error: Use a valid, hex-encoded, SHA256 message digest.",
            id="sha256 malformed",
        ),
        pytest.param(
            {"blake2_256_digest": "x" * 64},
            [],
            400,
            "Invalid value for blake2_256_digest. Error: Use a valid, hex-encoded, BLAKE2 message digest.",
            id="blake2 malformed",
        ),
        pytest.param(
            {"name": "UNKNOWN"},
            [],
            400,
            f"'' is an invalid value for Name. Error: This field is required. {SEE}",
            id="UNKNOWN is nothing",
        ),
        pytest.param(
            {"name": "a b"},
            [],
            400,
            "'a b' is an invalid value for Name. Error: Start and end with a letter or numeral containing only ASCII "
            f"numeric and '.', '_' and '-'. {SEE}",
            id="name invalid",
        ),
        pytest.param(
            {"name": "-" + "a" * 70},
            [],
            400,
            f"'-{'a' * 29}...{'a' * 30}' is an invalid value for Name. Error: Start and end with a letter or numeral "
            f"containing only ASCII numeric and '.', '_' and '-'. {SEE}",
            id="name invalid and long",
        ),
        pytest.param(
            {"version": "1.0.banana"}, [], 400, f"'1.0.banana' is invalid for 'version'. {SEE}", id="version invalid"
        ),
        pytest.param({"version": None}, [], 400, f"'version' is a required field. {SEE}", id="no version"),
        pytest.param(
            {"metadata_version": "9.9", "version": "x"},
            [],
            400,
            f"'9.9' is not a valid metadata version. {SEE}",
            id="metadata version comes first",
        ),
        pytest.param(
            {"requires_python": "3.8"}, [], 400, f"'3.8' is invalid for 'requires-python'. {SEE}", id="requires-python"
        ),
        pytest.param({"summary": ["a", "b"]}, [], 400, f"'summary' has invalid data. {SEE}", id="summary twice"),
        pytest.param({"keywords": ["a", "b"]}, [], 400, f"'keywords' has invalid data. {SEE}", id="keywords twice"),
        pytest.param(
            {"project_urls": ["a, https://x.example", "a, https://y.example"]},
            [],
            400,
            f"'project_urls' has invalid data. {SEE}",
            id="label twice",
        ),
        pytest.param({}, [part("name", b"x", filename="f")], 400, "name: Should not be a tuple.", id="field as file"),
        pytest.param(
            {}, [part("content", FILE)], 400, "Upload payload does not have a file.", id="content without file name"
        ),
        pytest.param(
            {},
            [wheel_part("a\tb.whl")],
            400,
            "Cannot upload a file with non-printable characters (ordinals 0-31) or the DEL character (ordinal 127) "
            "in the name.",
            id="control character",
        ),
        pytest.param(
            {}, [wheel_part("../a.whl")], 400, "Cannot upload a file with '/' or '\\' in the name.", id="path separator"
        ),
        pytest.param(
            {},
            [wheel_part("a.egg")],
            400,
            "Invalid file extension: Use .tar.gz, .whl or .zip extension. See https://www.python.org/dev/peps/pep-0527 "
            "and https://peps.python.org/pep-0715/ for more information",
            id="extension unknown",
        ),
        pytest.param(
            SDIST,
            [wheel_part()],
            400,
            "Invalid file extension: Extension .whl is invalid for filetype sdist. "
            "See https://www.python.org/dev/peps/pep-0527 for more information.",
            id="extension of the other kind",
        ),
        pytest.param({}, [wheel_part(content_type="")], 400, "Invalid distribution file.", id="empty content type"),
        pytest.param({}, [wheel_part(content_type="image/png")], 400, "Invalid distribution file.", id="an image"),
        pytest.param(
            {"sha256_digest": "0" * 64},
            [],
            400,
            "The digest supplied does not match a digest calculated from the uploaded file.",
            id="other digest",
        ),
        pytest.param(
            {"md5_digest": "0" * 32},
            [],
            400,
            "The digest supplied does not match a digest calculated from the uploaded file.",
            id="other md5",
        ),
        pytest.param(
            {}, [wheel_part("a" * 300 + ".whl")], 400, f"Filename is too long: '{'a' * 300}.whl'", id="long name"
        ),
        pytest.param(
            {"name": "os"},
            [],
            400,
            "The name 'os' isn't allowed (conflict with Python Standard Library module name). "
            "See HELP#project-name for more information.",
            id="name of a module",
        ),
    ],
)
def test_what_is_refused(
    shared: RehearsalIndex, changes: dict[str, str | None], files: list[bytes], status: int, message: str
) -> None:
    said = post(shared, fields(**changes), *files, authorization=basic(shared.user_token()))
    code = f"{status} {message}".replace("HELP", f"{shared.url}/help/")
    assert (said.status, said.json()["code"], said.reason) == (status, code, code.partition(" ")[2])
    assert shared.store.files == {}


@pytest.mark.parametrize(
    ("changes", "files"),
    [
        pytest.param({}, [], id="plain"),
        pytest.param({"protocol_version": None}, [], id="no protocol version"),
        pytest.param(SDIST, [SDIST_PART], id="sdist"),
        pytest.param({"filetype": "sdist", "pyversion": None}, [SDIST_PART], id="sdist without pyversion"),
        pytest.param({}, [part("gpg_signature", b"x", filename="f.asc"), wheel_part()], id="signature is ignored"),
        pytest.param({"md5_digest": hashlib.md5(FILE, usedforsecurity=False).hexdigest()}, [], id="md5 too"),
        pytest.param({"sha256_digest": None, "blake2_256_digest": BLAKE2.upper()}, [], id="blake2 alone, upper case"),
        pytest.param({"comment": "a\0b", "author": ""}, [], id="NUL and empty fields"),
    ],
)
def test_what_is_taken(index: RehearsalIndex, changes: dict[str, str | None], files: list[bytes]) -> None:
    said = post(index, fields(**changes), *files, authorization=basic(index.user_token()))
    assert (said.status, said.json()) == (200, {"message": "\n\n\n\n\n\n", "code": "200 OK", "title": "OK"})
    (file,) = index.store.files.values()
    assert (file.path.read_bytes(), file.digests.blake2_256, file.size) == (FILE, BLAKE2, len(FILE))
    assert index.store.requests[0].filename == file.filename


AUTHENTICATION = "Invalid or non-existent authentication information. See HELP#invalid-auth for more information."
PASSWORD = (
    "Username/Password authentication is no longer supported. Migrate to API Tokens or Trusted Publishers instead. "
    "See HELP#apitoken and HELP#trusted-publishers"
)


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        pytest.param("", AUTHENTICATION, id="none"),
        pytest.param("Digest x", AUTHENTICATION, id="other scheme"),
        pytest.param("Basic ???", AUTHENTICATION, id="no base64"),
        pytest.param("Basic /w==", AUTHENTICATION, id="no text"),
        pytest.param(basic("pypi-unknown"), AUTHENTICATION, id="unknown token"),
        pytest.param("Bearer pypi-unknown", AUTHENTICATION, id="unknown token as bearer"),
        pytest.param(basic("secret", "somebody"), PASSWORD, id="password"),
    ],
)
def test_who_may_not_upload(shared: RehearsalIndex, authorization: str, message: str) -> None:
    said = post(shared, fields(protocol_version="2"), authorization=authorization)
    assert (said.status, said.reason) == (403, message.replace("HELP", f"{shared.url}/help/"))


@pytest.mark.parametrize("scheme", ["Bearer", "token"])
def test_a_token_may_come_without_a_user_name(index: RehearsalIndex, scheme: str) -> None:
    assert post(index, fields(), authorization=f"{scheme} {index.user_token().reveal()}").status == 200


@pytest.mark.parametrize(
    ("accept", "content_type", "body"),
    [
        pytest.param(
            "application/json",
            "application/json",
            '{"message": "The server could not comply with the request since it is either malformed or otherwise '
            'incorrect.\\n\\n\\nUnknown protocol version.\\n\\n\\n", "code": "400 Unknown protocol version.", '
            '"title": "Bad Request"}',
            id="json",
        ),
        pytest.param(
            "text/plain",
            "text/plain; charset=UTF-8",
            "400 Unknown protocol version.\n\nThe server could not comply with the request since it is either "
            "malformed or otherwise incorrect.\n\n\nUnknown protocol version.\n\n",
            id="text",
        ),
        pytest.param(
            "*/*",
            "text/html; charset=UTF-8",
            "<html>\n <head>\n  <title>400 Unknown protocol version.</title>\n </head>\n <body>\n"
            "  <h1>400 Unknown protocol version.</h1>\n  The server could not comply with the request since it is "
            "either malformed or otherwise incorrect.<br/><br/>\nUnknown protocol version.\n </body>\n</html>",
            id="anything",
        ),
    ],
)
def test_the_three_forms_of_a_refusal(shared: RehearsalIndex, accept: str, content_type: str, body: str) -> None:
    authorization = basic(shared.user_token())
    said = post(shared, fields(protocol_version="2"), authorization=authorization, accept=accept)
    assert (said.reason, said.headers["content-type"], said.body.decode()) == (
        "Unknown protocol version.",
        content_type,
        body,
    )


def test_a_reason_is_one_line_of_latin_letters(shared: RehearsalIndex) -> None:
    said = post(shared, fields(version="ä\nβ"), authorization=basic(shared.user_token()))
    assert said.reason == f"'ä\\nβ' is invalid for 'version'. {SEE}".replace("β", "?")


EXISTS = (
    f"File already exists ('FILE', with blake2_256 hash '{BLAKE2}'). See HELP#file-name-reuse for more information."
)
OTHER = b"other bytes"


@pytest.mark.parametrize(
    ("form", "file", "status", "message"),
    [
        pytest.param(fields(), wheel_part(), 200, "OK", id="the same again"),
        pytest.param(
            fields(OTHER),
            part("content", OTHER, filename=FILENAME),
            400,
            EXISTS.replace(BLAKE2, hashlib.blake2b(OTHER, digest_size=32).hexdigest()).replace("FILE", FILENAME),
            id="other content",
        ),
        pytest.param(
            fields(name="other"),
            wheel_part("other-1.0-py3-none-any.whl"),
            400,
            EXISTS.replace("FILE", "other-1.0-py3-none-any.whl"),
            id="same bytes in another project",
        ),
        pytest.param(
            fields(OTHER, **SDIST, version="1.0.0"),
            part("content", OTHER, filename="sampleproject-1.0.0.tar.gz"),
            400,
            "Only one sdist may be uploaded per release.",
            id="second sdist",
        ),
        pytest.param(
            fields(OTHER, **SDIST, version="1.1"),
            part("content", OTHER, filename="sampleproject-1.1.tar.gz"),
            200,
            "OK",
            id="another release",
        ),
    ],
)
def test_what_is_there_already(
    index: RehearsalIndex, form: dict[str, str], file: bytes, status: int, message: str
) -> None:
    authorization = basic(index.user_token())
    second = part("content", b"an sdist", filename="sampleproject-1.0.tar.gz")
    assert post(index, fields(), authorization=authorization).status == 200
    assert post(index, fields(b"an sdist", **SDIST), second, authorization=authorization).status == 200
    said = post(index, form, file, authorization=authorization)
    assert (said.status, said.reason) == (status, message.replace("HELP", f"{index.url}/help/"))


def test_a_release_closes_after_14_days(tmp_path: Path) -> None:
    day = 24 * 60 * 60
    with serve(now=lambda: 100 * day) as index:
        wheel = dists.wheel(tmp_path)
        index.put(wheel, uploaded=86 * day - 1)
        index.put(dists.wheel(tmp_path, version="2.0"), uploaded=86 * day)
        authorization = basic(index.user_token())
        said = [
            post(
                index,
                fields(version=version, **SDIST),
                part("content", FILE, filename=f"sampleproject-{version}.tar.gz"),
                authorization=authorization,
            )
            for version in ("1.0", "2.0")
        ]
        closed = "Uploading new files to releases older than 14 days is not allowed."
        assert [s.reason for s in said] == [closed, "OK"]
        content = wheel.read_bytes()
        again = post(index, fields(content), part("content", content, filename=wheel.name), authorization=authorization)
        assert again.status == 200


def test_a_judge_sees_the_file_under_its_name() -> None:
    seen = []

    def judge(path: Path, metadata: object) -> str | None:
        seen.append((path.name, path.read_bytes(), metadata))
        return "Invalid distribution file. Not good enough." if len(seen) == 1 else None

    with serve(judge=judge) as index:
        authorization = basic(index.user_token())
        reasons = [post(index, fields(), authorization=authorization).reason for _ in range(3)]
    assert reasons == ["Invalid distribution file. Not good enough.", "OK", "OK"]
    metadata = {"metadata_version": "2.4", "name": "sampleproject", "version": "1.0"}
    assert seen == [(FILENAME, FILE, metadata)] * 2


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        pytest.param([FILE], [200, 200], id="the same"),
        # The first upload's judge lets the second in, whose judge lets in a third with other bytes: that one lands.
        pytest.param([FILE, OTHER], [200, 400, 400], id="another"),
    ],
)
def test_a_file_that_arrives_while_its_twin_is_judged(others: list[bytes], expected: list[int]) -> None:
    statuses: list[int] = []
    waiting = list(others)

    def judge(_: Path, __: object) -> None:
        while waiting:
            content = waiting.pop(0)
            said = post(
                index, fields(content), part("content", content, filename=FILENAME), authorization=authorization
            )
            statuses.append(said.status)

    with serve(judge=judge) as index:
        authorization = basic(index.user_token())
        statuses.append(post(index, fields(), authorization=authorization).status)
    assert statuses == expected


def test_a_form_that_is_cut_short_has_another_digest(index: RehearsalIndex) -> None:
    body = encoded(fields(), wheel_part())[: -len(f"--{BOUNDARY}--") - 10]
    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Authorization": basic(index.user_token()),
    }
    said = ask(index, "/legacy/", "POST", body=body, headers=headers)
    words = "The digest supplied does not match a digest calculated from the uploaded file."
    assert (said.status, said.reason) == (400, words)


def test_a_real_wheel_survives_the_form(index: RehearsalIndex, tmp_path: Path) -> None:
    extra = (
        "Keywords: one,two\nProject-URL: Home, https://example.org\nClassifier: Typing :: Typed\n"
        "Classifier: Programming Language :: Python\nPlatform: any\nRequires-Dist: packaging>=26\n"
    )
    path = dists.wheel(tmp_path, meta=dists.metadata(extra=extra))
    found = read(path)
    with Http({}) as http:
        reply = send(index.index, found, token_credential(index.user_token()), http, Escort())
    assert reply.status == 200
    stored = index.store.files[path.name]
    assert (stored.metadata, stored.digests.sha256, stored.version) == (found.metadata.raw, found.sha256, "1.0")


def pieces(size: int) -> Iterator[bytes]:
    block = bytes(1024 * 1024)
    head, _, tail = encoded(fields(sha256_digest=None, md5_digest="0" * 32), wheel_part()).partition(FILE)
    yield head
    for _ in range(size):
        yield block
    yield tail


def test_memory_stays_flat(index: RehearsalIndex) -> None:
    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Authorization": basic(index.user_token()),
        "Accept": "application/json",
    }
    tracemalloc.start()
    try:
        said = ask(index, "/legacy/", "POST", body=pieces(48), headers=headers)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (said.status, peak < 12 * 1024 * 1024) == (400, True)
