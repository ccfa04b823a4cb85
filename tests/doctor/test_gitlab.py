from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from support.evidence import CI, GITLAB, GITLAB_CLAIMS, of, told
from tpub.doctor.diagnose import diagnose
from tpub.doctor.history import NoHistory
from tpub.rehearsal.issuer import Issuer

TOKENS = "id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}"
JOB = "publish:\n  stage: deploy\n"
SCRIPT = "  script:\n    - tpub upload dist/*\n"
TEST = SCRIPT.replace("upload", "upload --index testpypi")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(JOB + SCRIPT, [("gl-id-tokens-missing", "publish")], id="nobody asks"),
        pytest.param(
            JOB + f"  variables: {{PYPI_ID_TOKEN: $STORED}}\n{SCRIPT}",
            [("gl-id-tokens-missing", "publish")],
            id="a stored token",
        ),
        pytest.param(
            f".oidc:\n  {TOKENS}\n{JOB}{SCRIPT}", [("gl-id-tokens-missing", "publish")], id="a template not extended"
        ),
        pytest.param(
            f"build:\n  {TOKENS}\n  script: make\n{JOB}{SCRIPT}",
            [("gl-id-tokens-wrong-job", "build.id_tokens")],
            id="on another job",
        ),
        pytest.param(f"{TOKENS}\n{JOB}{SCRIPT}", [("gl-id-tokens-misplaced", "id_tokens")], id="at the top"),
        pytest.param(
            f".a:\n  {TOKENS}\n{JOB}  extends: .a\n  id_tokens: null\n{SCRIPT}",
            [("gl-id-tokens-overridden", "publish.id_tokens")],
            id="undone",
        ),
        pytest.param(
            f"default:\n  {TOKENS}\n{JOB}  id_tokens: {{X: {{aud: y}}}}\n{SCRIPT}",
            [("gl-id-tokens-overridden", "publish.id_tokens")],
            id="the default replaced",
        ),
        pytest.param(
            f"default:\n  {TOKENS}\n{JOB}  inherit: {{default: false}}\n{SCRIPT}",
            [("gl-inherit-default", "publish.inherit.default")],
            id="nothing inherited",
        ),
        pytest.param(
            f"{JOB}  {TOKENS}\n{TEST}", [("gl-id-token-name", "publish.id_tokens.PYPI_ID_TOKEN")], id="the other's name"
        ),
        pytest.param(
            f"{JOB}  id_tokens: {{OIDC: {{aud: pypi}}}}\n{SCRIPT}",
            [("gl-id-token-name", "publish.id_tokens.OIDC")],
            id="a name of one's own",
        ),
        pytest.param(
            f"{JOB}  run: [{{name: build, step: ./build}}, {{name: go, script: tpub upload}}]\n",
            [("gl-id-tokens-missing", "publish")],
            id="steps of a run",
        ),
        pytest.param(
            f"{JOB}  {TOKENS}\n  run: [{{name: go, script: docker run img uv publish}}]\n",
            [("gl-env-stripped", "publish.run[0].script")],
            id="docker in a step of a run",
        ),
        pytest.param(f"{JOB}  {TOKENS}\n  run: [{{name: go, script: uv publish}}]\n", [], id="steps of a run, right"),
        pytest.param(
            f"{JOB}  variables: {{PYPI_ID_TOKEN: $CI_JOB_JWT_V2}}\n{SCRIPT}",
            [("gl-ci-job-jwt", "publish.variables.PYPI_ID_TOKEN")],
            id="the old token",
        ),
        pytest.param(
            f"{JOB}  id_tokens: {{PYPI_ID_TOKEN: {{aud: testpypi}}}}\n{SCRIPT}",
            [("audience-mismatch", "publish.id_tokens.PYPI_ID_TOKEN.aud")],
            id="the other's audience",
        ),
        pytest.param(
            f"{JOB}  id_tokens: {{PYPI_ID_TOKEN: {{aud: [pypi, testpypi]}}}}\n{SCRIPT}",
            [("audience-list", "publish.id_tokens.PYPI_ID_TOKEN.aud")],
            id="two audiences",
        ),
        pytest.param(
            f"{JOB}  {TOKENS}\n  script: docker run img tpub upload\n",
            [("gl-env-stripped", "publish.script")],
            id="docker",
        ),
        pytest.param(
            f"{JOB}  {TOKENS}\n  script: [pip install 'uv<0.9', uv publish]\n",
            [("tool-no-oidc", "publish.script[0]")],
            id="an old uv",
        ),
        pytest.param(
            f"{JOB}  {TOKENS}\n  variables: {{TWINE_PASSWORD: $T}}\n  script: twine upload dist/*\n",
            [("credentials-shadow-oidc", "publish.variables.TWINE_PASSWORD")],
            id="a stored token beside",
        ),
        pytest.param(
            f"before_script: [pip install 'uv<0.9']\n{JOB}  {TOKENS}\n  script: uv publish\n",
            [("tool-no-oidc", "before_script[0]")],
            id="an old uv, for all jobs",
        ),
        pytest.param(
            f"include: [{{template: x.yml}}]\n.a: {{stage: deploy}}\n{JOB}  extends: .a\n{SCRIPT}",
            [("gl-id-tokens-missing", "publish")],
            id="all that is extended is seen",
        ),
        pytest.param(
            f"variables: {{URL: https://test.pypi.org/legacy}}\n{JOB}  {TOKENS}\n"
            "  script: twine upload --repository-url $URL dist/*\n",
            [("gl-id-token-name", "publish.id_tokens.PYPI_ID_TOKEN"), ("index-url-slash", "variables.URL")],
            id="a wrong address in a variable",
        ),
        pytest.param(
            f"include: [{{local: /ci/a.yml}}]\n{JOB}  {TOKENS}\n{SCRIPT}",
            [("gl-include-missing", "include[0]")],
            id="an included file that is not there",
        ),
        pytest.param("include: ci/a.yml\n", [("gl-include-missing", "include")], id="and nothing else"),
        pytest.param("publish: [\n", [("workflow-unreadable", "")], id="broken"),
    ],
)
def test_what_files_show(tmp_path: Path, text: str, found: list[tuple[str, str]]) -> None:
    assert told(of(tmp_path, {CI: text})) == found


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{JOB}  {TOKENS}\n{SCRIPT}", id="own"),
        pytest.param(f"default:\n  {TOKENS}\n{JOB}{SCRIPT}", id="default"),
        pytest.param(f".a:\n  {TOKENS}\n{JOB}  extends: .a\n{SCRIPT}", id="extends"),
        pytest.param(f"{JOB}  id_tokens: {{PYPI_ID_TOKEN: {{aud: $A}}}}\n{SCRIPT}", id="variable"),
        pytest.param(f"{JOB}  id_tokens: {{TESTPYPI_ID_TOKEN: {{aud: testpypi}}}}\n{TEST}", id="TestPyPI"),
        pytest.param(f"{JOB}  {TOKENS}\n  script: docker run -e PYPI_ID_TOKEN img tpub upload\n", id="docker"),
        pytest.param(f"include: [{{project: a/b, file: c}}]\n{JOB}  extends: .there\n{SCRIPT}", id="unseen"),
        pytest.param(
            f"include: [{{local: ci/a.yml, rules: [{{exists: [ci/a.yml]}}]}}, 'ci/*.yml']\n{JOB}  {TOKENS}\n{SCRIPT}",
            id="an included file that may be missing",
        ),
        pytest.param(
            f"include: [{{project: a/b, file: c}}]\n.a: {{extends: .there}}\n{JOB}  extends: .a\n{SCRIPT}",
            id="unseen, further up",
        ),
        pytest.param(
            f"before_script: [pip install 'uv<0.9']\n{JOB}  {TOKENS}\n  before_script: []\n  script: uv publish\n",
            id="an old uv, for other jobs",
        ),
        pytest.param(JOB + "  script: twine upload -p $TOKEN dist/*\n", id="a stored token and no identity"),
        pytest.param("test:\n  script: make\n", id="no publishing"),
    ],
)
def test_right_set_ups_get_nothing(tmp_path: Path, text: str) -> None:
    assert told(of(tmp_path, {CI: text}, {"TPUB_TOKEN": "x"})) == []


@pytest.mark.parametrize(
    ("text", "script", "found"),
    [
        pytest.param("", "tpub upload dist/*\n", [("gl-id-tokens-missing", "publish")], id="no token"),
        pytest.param(f"  {TOKENS}\n", "tpub upload dist/*\n", [], id="all right"),
        pytest.param(
            f"  {TOKENS}\n",
            "token=$STORED\ntwine upload -u __token__ -p $token dist/*\n",
            [("credentials-shadow-oidc", "")],
            id="a stored token",
        ),
        pytest.param(
            f"  {TOKENS}\n",
            'token=$(curl https://pypi.org/_/oidc/mint-token -d "$PYPI_ID_TOKEN" | jq -r .token)\n'
            "twine upload -p $token dist/*\n",
            [],
            id="an exchange by hand",
        ),
        pytest.param("", "if [ -n $CI_COMMIT_TAG ]; then tpub upload; fi\n", [], id="under a condition"),
    ],
)
def test_scripts_of_the_checkout_publish(tmp_path: Path, text: str, script: str, found: list[tuple[str, str]]) -> None:
    files = {CI: f"{JOB}{text}  script: [cd ci, ./ship.sh]\n", "ci/ship.sh": script}
    assert told(of(tmp_path, files, {"TPUB_TOKEN": "x"})) == found


@pytest.mark.parametrize(
    ("script", "notes"),
    [
        pytest.param("twine upload dist/*", ["gl-id-tokens-missing"], id="nothing said"),
        pytest.param("twine upload --config-file .pypirc dist/*", [], id="a file of credentials"),
        pytest.param("twine upload -p $(vault read -field=token pypi) dist/*", [], id="a vault is asked"),
        pytest.param(
            "twine upload -p $(curl x/_/oidc/mint-token) dist/*", ["gl-id-tokens-missing"], id="an exchange is made"
        ),
    ],
)
def test_whether_a_job_needs_a_token_at_all(tmp_path: Path, script: str, notes: list[str]) -> None:
    found = diagnose(of(tmp_path, {CI: f"{JOB}  script: {script}\n"}, {"TPUB_TOKEN": "x"}))
    assert [each.code for each in found] == notes


@dataclass(frozen=True, slots=True)
class Checkout(NoHistory):
    """A checkout from somewhere."""

    url: str

    def remote(self) -> str:
        return self.url


@pytest.mark.parametrize(
    ("url", "script", "notes"),
    [
        pytest.param("git@gitlab.com:a/b.git", "twine upload -p $T d", ["stored-credential"], id="a token for PyPI"),
        pytest.param("https://gitlab.com/a/b", "twine upload -p $(vault) d", [], id="one that is not stored"),
        pytest.param("https://gitlab.example/a/b", "twine upload -p $T d", [], id="a GitLab that PyPI does not know"),
        pytest.param("", "twine upload -p $T d", [], id="nobody knows where"),
        pytest.param(
            "https://gitlab.com/a/b",
            "twine upload -p $CI_JOB_TOKEN --repository-url $CI_API_V4_URL/projects/1/packages/pypi d",
            [],
            id="GitLab's own registry",
        ),
    ],
)
def test_where_a_stored_token_could_go(tmp_path: Path, url: str, script: str, notes: list[str]) -> None:
    found = diagnose(of(tmp_path, {CI: f"{JOB}  script: {script}\n"}, history=Checkout(url)))
    assert [each.code for each in found] == notes


def test_a_password_is_told_of_in_words_of_gitlab(tmp_path: Path) -> None:
    (found,) = diagnose(of(tmp_path, {CI: f"{JOB}  script: twine upload -u me -p $T d\n"}))
    token = "`id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}`"
    assert (found.code, found.hint) == (
        *("password-auth", f"Drop -u/-p: with {token} the tool gets a token of its own."),
    )


TEMPLATE = """\
spec: {inputs: {index: {default: pypi}, token: {default: PYPI}}}
---
publish:
  id_tokens:
    $[[ inputs.token ]]_ID_TOKEN:
      aud: $[[ inputs.index ]]
  script: twine upload --repository $[[ inputs.index ]] dist/*
"""


@pytest.mark.parametrize(
    ("given", "found"),
    [
        pytest.param("{}", [], id="defaults"),
        pytest.param("{index: testpypi, token: TESTPYPI}", [], id="both"),
        pytest.param("{index: testpypi}", [("gl-id-token-name", "publish.id_tokens.PYPI_ID_TOKEN")], id="one of two"),
    ],
)
def test_what_inputs_make_of_a_template(tmp_path: Path, given: str, found: list[tuple[str, str]]) -> None:
    files = {CI: f"include: [{{local: t.yml, inputs: {given}}}]\n", "t.yml": TEMPLATE}
    assert told(of(tmp_path, files)) == found


RIGHT = f"{JOB}  {TOKENS}\n{SCRIPT}"
TOKEN = {"PYPI_ID_TOKEN": Issuer().sign({"aud": "pypi"}).reveal()}


@pytest.mark.parametrize(
    ("text", "env", "claims", "code"),
    [
        pytest.param(JOB + SCRIPT, {"PYPI_ID_TOKEN": "pypi-AgE"}, None, "gl-id-token-not-jwt", id="an API token"),
        pytest.param(
            f"{JOB}  variables: {{PYPI_ID_TOKEN: $CI_JOB_JWT}}\n{SCRIPT}",
            {},
            {"aud": "https://gitlab.com"},
            "gl-ci-job-jwt",
            id="the old token, and what it claims",
        ),
        pytest.param(RIGHT, {"CI_SERVER_VERSION": "15.4.0"}, None, "gl-version", id="too old for tokens"),
        pytest.param(RIGHT, {"CI_SERVER_VERSION": "16.1.2"}, None, "gl-version", id="too old for the claims"),
        pytest.param(
            RIGHT, {"CI_CONFIG_PATH": "ci.yml@group/shared"}, None, "gl-config-remote", id="another project's file"
        ),
        pytest.param(RIGHT, {}, {"ci_config_ref_uri": None}, "gl-config-remote", id="no file in the claims"),
        pytest.param(
            RIGHT,
            {"CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": "me/sample", "CI_MERGE_REQUEST_PROJECT_PATH": "group/sample"},
            {},
            "gl-fork-merge-request",
            id="a fork's merge request",
        ),
        pytest.param(RIGHT, {}, {"aud": ["pypi", "x"]}, "audience-list", id="a list in the claims"),
        pytest.param(f"include: ci/a.yml\n{RIGHT}", {}, {}, None, id="a file that the run had"),
        pytest.param(RIGHT, {}, {}, None, id="all right"),
    ],
)
def test_what_a_run_shows(
    tmp_path: Path, text: str, env: dict[str, str], claims: dict[str, object] | None, code: str | None
) -> None:
    told_claims = GITLAB_CLAIMS | claims if claims is not None else None
    here = GITLAB | (TOKEN if claims is not None else {}) | env
    found = told(of(tmp_path, {CI: text}, here, claims=told_claims))
    assert [each for each, _ in found] == ([code] if code is not None else [])
