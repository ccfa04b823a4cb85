"""The log of a failed job, as each tool writes it, and what doctor makes of it."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from support.checkouts import laid
from support.evidence import ACTION, CI, GRANTED, NOW, RELEASE, UPLOAD, github
from support.world import tpub
from tpub.diagnostic import Claim, Line
from tpub.doctor.diagnose import diagnose
from tpub.doctor.gather import Sources, gather
from tpub.doctor.joblog import read
from tpub.doctor.joblog.failures import Failure, Stage
from tpub.identity.publisher import GitHubPublisher
from tpub.index.model import PYPI, TESTPYPI

REFUSED = "valid token, but no corresponding publisher (Publisher with matching claims was not found)"
CLAIMS = {
    "sub": "repo:octo-org/sample:environment:pypi",
    "repository": "octo-org/sample",
    "repository_owner": "octo-org",
    "repository_owner_id": "1001",
    "job_workflow_ref": "octo-org/sample/.github/workflows/release.yml@refs/tags/v1",
    "ref": "refs/tags/v1",
}
OF_THE_ACTION = (
    "Notice: Attempting to perform trusted publishing exchange against https://upload.pypi.org/legacy/\n"
    "Error: Trusted publishing exchange failure: \n"
    "Token request failed: the server refused the request for the following reasons:\n\n"
    f"* `invalid-publisher`: {REFUSED}\n\n"
    "If a claim is not present in the claim set, then it is rendered as `MISSING`.\n\n"
    + "".join(f"* `{name}`: `{value}`\n" for name, value in CLAIMS.items())
)
OF_UV = (
    "error: Failed to obtain token for trusted publishing\n"
    "  Caused by: PyPI returned error code 422 Unprocessable Entity, is trusted publishing correctly configured?\n"
    f'Response: {{"errors":[{{"code":"invalid-publisher","description":"{REFUSED}"}}],"message":"Token request "}}'
    "\n\nToken claims, which must match the PyPI configuration: OidcTokenClaims {\n"
    + "".join(f'    {name}: "{value}",\n' for name, value in CLAIMS.items())
    + "}\n"
)
OF_TWINE = (
    "Uploading distributions to https://test.pypi.org/legacy/\n"
    "ERROR    TrustedPublishingFailure: The token request failed; the index server\n"
    "         gave the following reasons:                                           \n"
    "                                                                               \n"
    "         * `invalid-publisher`: valid token, but no corresponding publisher     \n"
    "         (Publisher with matching claims was not found)                         \n"
)
TAKEN = "File already exists ('sample-1.0-py3-none-any.whl', with blake2_256 hash 'ab12'). See https://x for more"
ANSWERED = "Invalid or non-existent authentication information. See https://x for more"
FILE = "sample-1.0-py3-none-any.whl"

FORMS = [
    pytest.param(OF_THE_ACTION, Failure(Stage.EXCHANGE, 5, REFUSED, "invalid-publisher"), id="the action"),
    pytest.param(OF_UV, Failure(Stage.EXCHANGE, 3, REFUSED, "invalid-publisher"), id="uv"),
    pytest.param(OF_TWINE, Failure(Stage.EXCHANGE, 5, REFUSED, "invalid-publisher"), id="twine, wrapped"),
    pytest.param(
        '{"message": "Token request failed", "errors": [{"code": "invalid-token", "description": "malformed JWT"}]}',
        Failure(Stage.EXCHANGE, 1, "malformed JWT", "invalid-token"),
        id="curl",
    ),
    pytest.param(
        "{'errors': [{'code': 'invalid-reuse-token', 'description': 'invalid token: already used'}]}",
        Failure(Stage.EXCHANGE, 1, "invalid token: already used", "invalid-reuse-token"),
        id="Python",
    ),
    pytest.param(
        "OpenID Connect token retrieval failed: GitHub: missing or insufficient OIDC token permissions, the "
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN environment variable was unset",
        Failure(Stage.IDENTITY, 1, "ACTIONS_ID_TOKEN_REQUEST_TOKEN environment variable was unset"),
        id="no permission, the action",
    ),
    pytest.param(
        "Error: Error message: Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable",
        Failure(Stage.IDENTITY, 1, "Unable to get ACTIONS_ID_TOKEN_REQUEST_URL"),
        id="no permission, a script",
    ),
    pytest.param(
        "Error calling workflow 'a/b/.github/workflows/p.yml@v1'. The nested job 'p' is requesting 'id-token: write', "
        "but is only allowed 'id-token: none'.",
        Failure(Stage.IDENTITY, 1, "requesting 'id-token: write', but is only allowed 'id-token: none"),
        id="no permission, a called workflow",
    ),
    pytest.param(
        "AmbientCredentialError: GitLab: Environment variable PYPI_ID_TOKEN not found",
        Failure(Stage.IDENTITY, 1, "PYPI_ID_TOKEN not found"),
        id="no token of GitLab",
    ),
    pytest.param(
        'Publish\nTag "v1" is not allowed to deploy to pypi due to environment protection rules.',
        Failure(
            Stage.START, 2, 'Tag "v1" is not allowed to deploy to pypi due to environment protection rules', "pypi"
        ),
        id="an environment",
    ),
    pytest.param(
        "ERROR    InvalidDistribution: Cannot find file (or expand pattern): 'dist/*'    ",
        Failure(Stage.FILES, 1, "Cannot find file (or expand pattern): 'dist/*'", "no-distributions"),
        id="no files, twine",
    ),
    pytest.param(
        "Warning:  It looks like there are no Python distribution packages to publish in the directory 'dist/'. Please",
        Failure(
            Stage.FILES, 1, "no Python distribution packages to publish in the directory 'dist/'", "no-distributions"
        ),
        id="no files, the action",
    ),
    pytest.param(
        "error: No files found to publish",
        Failure(Stage.FILES, 1, "No files found to publish", "no-distributions"),
        id="no files, uv",
    ),
    pytest.param(
        "Checking dist/env.txt: ERROR    InvalidDistribution: Unknown distribution format: 'env.txt'",
        Failure(Stage.FILES, 1, "Unknown distribution format: 'env.txt'", "dist-stray-files", file="env.txt"),
        id="a stray file",
    ),
    pytest.param(
        f"Checking dist/{FILE}: ERROR    InvalidDistribution: Metadata is missing required fields: Name,        \n"
        "         Version.                                                               \n"
        "         Make sure the distribution includes the files where those fields are   \n"
        "         specified, and is using a supported Metadata-Version: 1.0, 1.1, 1.2,   \n"
        "         2.0, 2.1, 2.2.                                                         ",
        Failure(
            Stage.FILES,
            1,
            "Metadata is missing required fields: Name, Version. Make sure the distribution includes the files where "
            "those fields are specified, and is using a supported Metadata-Version: 1.0, 1.1, 1.2, 2.0, 2.1, 2.2",
            "tool-outdated",
            file=FILE,
        ),
        id="metadata that is too new",
    ),
    pytest.param(
        "ERROR    HTTPError: 400 Bad Request from https://upload.pypi.org/legacy/        \n"
        "         File already exists ('sample-1.0-py3-none-any.whl', with               \n"
        "         blake2_256 hash 'ab12'). See https://x for more.                       \n"
        "Error: Process completed with exit code 1.\n",
        Failure(Stage.UPLOAD, 1, TAKEN, status=400, file=FILE),
        id="an upload, twine",
    ),
    pytest.param(
        f"error: Failed to publish `dist/{FILE}` to https://upload.pypi.org/legacy/\n"
        f"  Caused by: Upload failed with status code 403 Forbidden. Server says: 403 {ANSWERED}.",
        Failure(Stage.UPLOAD, 2, ANSWERED, status=403, file=FILE),
        id="an upload, uv",
    ),
    pytest.param(
        f"  403 Client Error: {ANSWERED}. for url: https://upload.pypi.org/legacy/",
        Failure(Stage.UPLOAD, 1, ANSWERED, status=403),
        id="an upload, requests",
    ),
    pytest.param(
        f" - Uploading {FILE} FAILED\nHTTP Error 400: {TAKEN}. | b'<html>\\n <head>\\n",
        Failure(Stage.UPLOAD, 2, TAKEN, status=400, file=FILE),
        id="an upload, Poetry",
    ),
    pytest.param(
        "Error uploading to repository: https://test.pypi.org/legacy/ - Client error '400 license-expression "
        "introduced in metadata version 2.4, not 2.3. See https://x for more.' for url 'https://test.pypi.org/legacy/'",
        Failure(
            Stage.UPLOAD,
            1,
            "license-expression introduced in metadata version 2.4, not 2.3. See https://x for more",
            status=400,
        ),
        id="an upload, Hatch",
    ),
    pytest.param(
        "ERROR    HTTPError: 400 Bad Request from https://test.pypi.org/legacy/          \n"
        "         Bad Request                                                            ",
        Failure(Stage.UPLOAD, 1, "Bad Request", status=400),
        id="an upload, without a reason",
    ),
    pytest.param(
        "INFO     Response from https://upload.pypi.org/legacy/:                         \n"
        "         400 The use of local versions in <Version('1+a')> is not allowed.      \n"
        "INFO     <html>                                                                 ",
        Failure(Stage.UPLOAD, 1, "The use of local versions in <Version('1+a')> is not allowed", status=400),
        id="an upload, in words of its own",
    ),
]
SILENT = [
    pytest.param("", id="nothing"),
    pytest.param("mkdir: dist: File already exists", id="something else exists"),
    pytest.param("HTTPError: 404 Client Error: Not Found for url: https://example.org/simple/x/", id="an installer"),
    pytest.param("HTTPError: 409 Conflict from https://api.example.org/releases it is there", id="another conflict"),
    pytest.param("curl: (22) The requested URL returned error: HTTP Error 404", id="a download"),
    pytest.param("permissions:\n  id-token: write", id="the permission is printed"),
    pytest.param("ACTIONS_ID_TOKEN_REQUEST_URL: https://x", id="the variable is there"),
    pytest.param("see invalid-publisher in the docs", id="a code alone"),
    pytest.param("SIGSTORE_ID_TOKEN is not set: no attestations", id="the token of another"),
]


@pytest.mark.parametrize(("log", "failure"), FORMS)
def test_forms(log: str, failure: Failure) -> None:
    assert read("job.log", log).failures == (failure,)


@pytest.mark.parametrize("log", SILENT)
def test_no_failure(log: str) -> None:
    assert read("job.log", log).failures == ()


@pytest.mark.parametrize(
    "around",
    [
        pytest.param(lambda line: f"2026-01-02T03:04:05.1234567Z {line}", id="GitHub's own log"),
        pytest.param(lambda line: f"publish\tRun it\t2026-01-02T03:04:05.1234567Z {line}", id="gh run view"),
        pytest.param(lambda line: f"2026-01-02T03:04:05.123456Z 00O {line}", id="GitLab's"),
        pytest.param(lambda line: f"\x1b[31m{line}\x1b[0m\r", id="a terminal's"),
        pytest.param(lambda line: f"> {line}" if line else ">", id="quoted"),
    ],
)
@pytest.mark.parametrize(("log", "failure"), FORMS)
def test_what_platforms_put_around_lines(log: str, failure: Failure, around: object) -> None:
    assert callable(around)
    assert read("job.log", "\n".join(map(around, log.split("\n")))).failures == (failure,)


@pytest.mark.parametrize(
    ("log", "claims"),
    [
        pytest.param(OF_THE_ACTION, CLAIMS | {"environment": "pypi"}, id="the action"),
        pytest.param(OF_UV, CLAIMS | {"environment": "pypi"}, id="uv"),
        pytest.param(
            OF_UV.replace("}\n", '    environment: Some(\n        "other",\n    ),\n}\n'),
            CLAIMS | {"environment": "other"},
            id="uv, on several lines",
        ),
        pytest.param(OF_TWINE, {}, id="twine prints none"),
        pytest.param(OF_THE_ACTION + "* `environment`: `MISSING`\n* `token`: `x`\n", CLAIMS, id="missing, and none"),
        pytest.param(
            OF_THE_ACTION.replace("`1001`", "`10[01](https://github.com/a/b/actions/runs/1/job/2#step:3:4)`"),
            CLAIMS | {"environment": "pypi"},
            id="copied from a page",
        ),
        pytest.param("* `sub`: `repo:a/b:ref:c`", {}, id="no refusal before them"),
    ],
)
def test_claims(log: str, claims: dict[str, str]) -> None:
    found = dict(read("job.log", log).claims)
    if claims == CLAIMS:  # the subject tells of an environment that the claim says is missing
        found.pop("environment", None)
    assert found == claims


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert read("job.log", text).lines == text.count("\n") + 1


RUN = github(GRANTED + ACTION)
GITLAB = "publish:\n  id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}\n  script: twine upload dist/*\n"


def causes(root: Path, files: dict[str, str], log: str, **parts: object) -> list[tuple[str, list[str]]]:
    """Return the errors, each with the places that are shown for it."""
    found = gather(Sources(laid(root, files), {}, NOW, log=read("job.log", log)))
    return [
        (each.code, [f"{item.path}:{item.line}" for item in each.evidence if isinstance(item, Line)])
        for each in diagnose(replace(found, **parts))  # type: ignore[arg-type]
        if each.is_error
    ]


WITHOUT = OF_THE_ACTION.replace(":environment:pypi", ":ref:refs/tags/v1")


@pytest.mark.parametrize(
    ("files", "log", "parts", "expected"),
    [
        pytest.param(
            {RELEASE: RUN}, WITHOUT, {}, [("gh-environment-missing", [f"{RELEASE}:9", "job.log:5"])], id="in none"
        ),
        pytest.param(
            {RELEASE: RUN},
            OF_THE_ACTION,
            {"declared": GitHubPublisher("octo-org", "sample", "publish.yml", "pypi")},
            [("gh-workflow-mismatch", ["job.log:5"])],
            id="another file is registered",
        ),
        pytest.param(
            {RELEASE: RUN},
            WITHOUT,
            {"last": GitHubPublisher("octo-org", "former", "release.yml")},
            [("gh-repository-mismatch", ["job.log:5"])],
            id="the last release was of another repository",
        ),
        pytest.param(
            {RELEASE: RUN},
            "* `invalid-publisher`: valid token, but no corresponding publisher (The job_workflow_ref claim does not "
            "match, expecting one of ['octo-org/sample/.github/workflows/release.yml@abc'], got "
            "'other/ci/.github/workflows/release.yml@refs/heads/main')",
            {},
            [("gh-reusable-workflow", ["job.log:1"])],
            id="a workflow of elsewhere",
        ),
        pytest.param({RELEASE: RUN}, OF_TWINE, {}, [("index-publisher-elsewhere", ["job.log:5"])], id="TestPyPI"),
        pytest.param(
            {RELEASE: github(ACTION)},
            "the ACTIONS_ID_TOKEN_REQUEST_TOKEN environment variable was unset",
            {},
            [("gh-id-token-missing", [f"{RELEASE}:9"])],
            id="the file lacks the permission",
        ),
        pytest.param(
            {RELEASE: RUN},
            "the ACTIONS_ID_TOKEN_REQUEST_TOKEN environment variable was unset",
            {},
            [("gh-id-token-missing", ["job.log:1"])],
            id="the file has the permission",
        ),
        pytest.param(
            {CI: "publish:\n  script: twine upload dist/*\n  id_tokens: {PYPI_TOKEN: {aud: pypi}}\n"},
            "GitLab: Environment variable PYPI_ID_TOKEN not found",
            {},
            [("gl-id-token-name", [f"{CI}:3"])],
            id="the token has another name",
        ),
        pytest.param(
            {CI: GITLAB},
            "GitLab: Environment variable PYPI_ID_TOKEN not found",
            {},
            [("gl-id-tokens-missing", ["job.log:1"])],
            id="the file asks for the token",
        ),
        pytest.param(
            {RELEASE: github(f"    environment: pypi\n{GRANTED}{ACTION}")},
            'Branch "main" is not allowed to deploy to pypi due to environment protection rules.',
            {},
            [("gh-environment-protection", [f"{RELEASE}:12", "job.log:1"])],
            id="the environment's rules",
        ),
        pytest.param(
            {RELEASE: RUN}, '{"code": "invalid-token", "description": "x"}', {}, [("invalid-token", ["job.log:1"])],
            id="not verified",
        ),
        pytest.param(
            {CI: GITLAB.replace("aud: pypi", "aud: [pypi, x]")},
            '{"code": "invalid-token", "description": "x"}',
            {},
            [("audience-list", [f"{CI}:2"])],
            id="not verified, and the file says why",
        ),
        pytest.param(
            {RELEASE: RUN},
            "HTTPError: 400 Bad Request from https://upload.pypi.org/legacy/ File already exists",
            {},
            [("file-exists", ["job.log:1"])],
            id="an upload",
        ),
        pytest.param(
            {RELEASE: RUN}, "No files found to publish", {}, [("no-distributions", [f"{RELEASE}:17", "job.log:1"])],
            id="no files",
        ),
        pytest.param(
            {RELEASE: RUN.replace("{name: dist, path: dist/}", "{path: dist/}")},
            "No files found to publish",
            {},
            [("gh-artifact-layout", [f"{RELEASE}:15", f"{RELEASE}:17"])],
            id="no files, as the job shows",
        ),
        pytest.param(
            {RELEASE: RUN},
            "InvalidDistribution: Unknown distribution format: 'env.txt'",
            {},
            [("dist-stray-files", ["job.log:1"])],
            id="a stray file",
        ),
        pytest.param(
            {RELEASE: RUN},
            "InvalidDistribution: Metadata is missing required fields: Name, Version. Make sure the distribution is "
            "using a supported Metadata-Version: 1.0, 2.2.",
            {},
            [("tool-outdated", [f"{RELEASE}:17", "job.log:1"])],
            id="an old tool",
        ),
        pytest.param(
            {RELEASE: RUN},
            "HTTPError: 409 Conflict from https://pypi.example.org/upload/ it is there",
            {},
            [("file-exists", ["job.log:1"])],
            id="an upload elsewhere",
        ),
        pytest.param({RELEASE: RUN}, "all is well", {}, [], id="no failure"),
    ],
)  # fmt: skip
def test_causes(
    files: dict[str, str], log: str, parts: dict[str, object], expected: list[tuple[str, list[str]]], tmp_path: Path
) -> None:
    assert causes(tmp_path, files, log, **parts) == expected


def test_the_job_of_the_log_is_judged_alone(tmp_path: Path) -> None:
    files = {RELEASE: RUN, ".github/workflows/nightly.yml": github(UPLOAD)}
    assert [code for code, _ in causes(tmp_path, files, WITHOUT)] == ["gh-environment-missing"]


def test_only_what_the_log_shows_is_evidence(tmp_path: Path) -> None:
    found = diagnose(gather(Sources(laid(tmp_path, {RELEASE: RUN}), {}, NOW, log=read("job.log", WITHOUT))))
    assert [item.name for item in found[0].evidence if isinstance(item, Claim)] == [
        "repository",
        "repository_owner",
        "repository_owner_id",
        "job_workflow_ref",
    ]


def test_a_mend_is_not_lost(tmp_path: Path) -> None:
    publisher = {"provider": "github", "owner": "octo-org", "repository": "sample", "workflow_filename": "release.yml"}
    fields = "".join(f'{name} = "{value}"\n' for name, value in {**publisher, "environment": "pypi"}.items())
    declared = f"[tool.tpub.publisher]\n{fields}"
    root = laid(tmp_path, {RELEASE: RUN, "pyproject.toml": declared})
    tpub("doctor", "--offline", "--fix", "--yes", "--log", "-", folder=root, stdin=WITHOUT.encode())
    assert "    environment: pypi\n" in (root / RELEASE).read_text(encoding="utf-8")


def test_whose_log_there_is_has_a_ci(tmp_path: Path) -> None:
    assert [code for code, _ in causes(tmp_path, {}, OF_UV)] == ["gh-publisher-mismatch"]


def test_without_claims_nobody_is_told_to_compare_them(tmp_path: Path) -> None:
    found = diagnose(gather(Sources(laid(tmp_path, {RELEASE: RUN}), {}, NOW, log=read("job.log", OF_TWINE))))
    assert found[0].hint == "Register this job as a publisher: `tpub publisher` shows what to type."


@pytest.mark.parametrize(
    ("log", "index"),
    [
        pytest.param(OF_TWINE, TESTPYPI, id="TestPyPI"),
        pytest.param(OF_THE_ACTION, PYPI, id="PyPI"),
        pytest.param(OF_THE_ACTION + "https://test.pypi.org/legacy/", PYPI, id="what comes after is another upload"),
        pytest.param(OF_UV, PYPI, id="not said"),
    ],
)
def test_the_index_that_the_tool_talked_to(log: str, index: object, tmp_path: Path) -> None:
    assert gather(Sources(laid(tmp_path, {RELEASE: RUN}), {}, NOW, log=read("job.log", log))).index == index


def test_a_secret_in_a_log_is_not_repeated(tmp_path: Path) -> None:
    token = "pypi-" + "AgEIcHlwaS5vcmc" * 4
    (tmp_path / "job.log").write_text(
        f"HTTPError: 403 Forbidden from https://upload.pypi.org/legacy/ Invalid API Token: {token}", encoding="utf-8"
    )
    ran = tpub("doctor", "--offline", "--log", "job.log", folder=laid(tmp_path, {RELEASE: RUN}))
    assert token not in ran.out + ran.err
    assert "[token-unknown]" in ran.out


def test_the_report(tmp_path: Path) -> None:
    ran = tpub("doctor", "--offline", "--log", "-", folder=laid(tmp_path, {RELEASE: RUN}), stdin=WITHOUT.encode())
    assert (ran.code, ran.err) == (4, "")
    assert re.sub(r"hint: .*", "hint: ...", ran.out.partition("\nnote:")[0]) == (
        "error: pypi has no publisher that fits this job; most likely it names an environment, and this job runs in "
        "none [gh-environment-missing]\n"
        "  claim repository is 'octo-org/sample'\n"
        "  claim repository_owner is 'octo-org'\n"
        "  claim repository_owner_id is '1001'\n"
        "  claim job_workflow_ref is 'octo-org/sample/.github/workflows/release.yml@refs/tags/v1'\n"
        f"  {RELEASE}:9:3 (jobs.publish)\n"
        "  standard input:5:1\n"
        "  hint: ..."
    )
    assert ran.out.endswith(f"looked at: {RELEASE}, standard input\n")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(WITHOUT.encode("utf-16"), "gh-environment-missing", id="PowerShell"),
        pytest.param(b"\xff\x00 " + WITHOUT.encode(), "gh-environment-missing", id="broken characters"),
        pytest.param(b"", "log-silent", id="empty"),
    ],
)
def test_encodings(content: bytes, code: str, tmp_path: Path) -> None:
    root = laid(tmp_path, {RELEASE: RUN})
    ran = tpub("doctor", "--offline", "--log", "-", folder=root, stdin=content)
    assert f"[{code}]" in ran.out


@pytest.mark.parametrize("name", [pytest.param("none.log", id="absent"), pytest.param(".github", id="a folder")])
def test_no_log(name: str, tmp_path: Path) -> None:
    ran = tpub("doctor", "--offline", "--log", name, folder=laid(tmp_path, {RELEASE: RUN}))
    assert (ran.code, ran.out) == (2, "")
    assert f"the log {name} cannot be read" in ran.err
    assert "[log-unreadable]" in ran.err


def test_an_archive_of_logs(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
        archive.writestr("publish.txt", WITHOUT)
    ran = tpub("doctor", "--offline", "--log", "logs.zip", folder=laid(tmp_path, {RELEASE: RUN}))
    assert (ran.code, ran.out) == (2, "")
    assert "logs.zip is an archive of logs" in ran.err
    assert "[log-unreadable]" in ran.err
