from __future__ import annotations

from pathlib import Path

import pytest

from support.evidence import ACTION, GITHUB, GITHUB_CLAIMS, GRANTED, IDENTITY, RELEASE, UPLOAD, github, of, told
from tpub.diagnostic import Severity
from tpub.doctor.diagnose import diagnose, findings
from tpub.doctor.evidence import Evidence
from tpub.doctor.history import NoHistory
from tpub.doctor.mend import mends
from tpub.identity.publisher import GitHubPublisher
from tpub.index.model import PYPI, TESTPYPI

CALLED = "on: workflow_call"
FORK, OWN = ({"repo": {"full_name": f"{owner}/sample"}} for owner in ("someone", "octo-org"))
PULL = {"pull_request": {"head": FORK, "base": OWN}}


def between(run: str) -> str:
    return ACTION.replace("      - uses: pypa", f"      - run: {run}\n      - uses: pypa")


def publish(run: str) -> str:
    return GRANTED + f"    steps:\n      - run: {run}\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(github(UPLOAD), [("gh-id-token-missing", "jobs.publish")], id="no block at all"),
        pytest.param(
            github(UPLOAD, top="permissions: {contents: read}\n"),
            [("gh-id-token-missing", "permissions")],
            id="the workflow's block names others",
        ),
        pytest.param(
            github("    permissions: {}\n" + UPLOAD), [("gh-id-token-missing", "jobs.publish.permissions")], id="empty"
        ),
        pytest.param(
            github("    permissions: {id-token: none}\n" + UPLOAD),
            [("gh-id-token-missing", "jobs.publish.permissions")],
            id="none",
        ),
        pytest.param(
            github("    permissions: {id-token: read}\n" + UPLOAD),
            [("gh-id-token-not-write", "jobs.publish.permissions.id-token")],
            id="read",
        ),
        pytest.param(
            github(UPLOAD, top="permissions: read-all\n"), [("gh-id-token-not-write", "permissions")], id="read-all"
        ),
        pytest.param(
            github("    permissions: {contents: read}\n" + UPLOAD, top="permissions: {id-token: write}\n"),
            [("gh-id-token-overridden", "jobs.publish.permissions")],
            id="replaced by the job's block",
        ),
        pytest.param(
            github(UPLOAD, build="    permissions: {id-token: write}\n"),
            [("gh-id-token-wrong-job", "jobs.build.permissions")],
            id="on another job",
        ),
        pytest.param(
            github("    permissions: {id_token: write}\n" + UPLOAD),
            [("gh-permission-unknown", "jobs.publish.permissions.id_token")],
            id="misspelt",
        ),
        pytest.param(
            github("    permissions: {content: read}\n" + UPLOAD),
            [("gh-permission-unknown", "jobs.publish.permissions.content")],
            id="another one misspelt",
        ),
        pytest.param(
            github(UPLOAD + "        permissions: {id-token: write}\n"),
            [("gh-permissions-misplaced", "jobs.publish.steps[1].permissions")],
            id="on a step",
        ),
        pytest.param(
            github(publish("sudo tpub upload")), [("gh-env-stripped", "jobs.publish.steps[0].run")], id="sudo"
        ),
        pytest.param(
            github(publish("docker run -e GITHUB_ACTIONS img tpub upload")),
            [("gh-env-stripped", "jobs.publish.steps[0].run")],
            id="docker",
        ),
        pytest.param(
            github(GRANTED + UPLOAD, on="on: [pull_request_target]"), [("gh-pull-request-target", "on")], id="event"
        ),
        pytest.param(
            github("    if: startsWith(github.ref, 'refs/heads/v')\n" + GRANTED + UPLOAD),
            [("gh-job-never-runs", "jobs.publish.if")],
            id="a condition that is never true",
        ),
        pytest.param(
            github("    if: github.event_name == 'release'\n" + GRANTED + UPLOAD),
            [("gh-job-never-runs", "jobs.publish.if")],
            id="an event that starts nothing",
        ),
        pytest.param(
            github(GRANTED + "    environment: ${{ needs.build.outputs.env }}\n" + UPLOAD),
            [("gh-environment-empty", "jobs.publish.environment")],
            id="an output that nobody declares",
        ),
        pytest.param(
            github(GRANTED + ACTION.replace("ubuntu", "windows")).replace(
                "needs: build\n    runs-on: ubuntu-latest", "runs-on: windows-latest"
            ),
            [("gh-action-needs-linux", "jobs.publish.steps[1].uses")],
            id="the action on Windows",
        ),
        pytest.param(
            github(GRANTED + ACTION).replace(
                "needs: build\n    runs-on: ubuntu-latest",
                "strategy: {matrix: {os: [ubuntu-latest, macos-14]}}\n    runs-on: ${{ matrix.os }}",
            ),
            [("gh-action-needs-linux", "jobs.publish.steps[1].uses")],
            id="the action in a matrix with macOS",
        ),
        pytest.param(
            github(GRANTED + ACTION).replace(
                "needs: build\n    runs-on: ubuntu-latest", "runs-on: [self-hosted, linux]"
            ),
            [("gh-action-needs-docker", "jobs.publish.steps[1].uses")],
            id="the action on a runner of one's own",
        ),
        pytest.param(
            github(GRANTED + ACTION.replace("release/v1", "main")),
            [("gh-action-image-missing", "jobs.publish.steps[1].uses")],
            id="the action at a branch",
        ),
        pytest.param(
            github(GRANTED + ACTION.replace("release/v1", "f" * 40)),
            [("gh-action-image-missing", "jobs.publish.steps[1].uses")],
            id="the action at some commit",
        ),
        pytest.param(
            github(GRANTED + ACTION + "      - uses: pypa/gh-action-pypi-publish@release/v1\n"),
            [("attestation-exists", "jobs.publish.steps[2].uses")],
            id="the action twice",
        ),
        pytest.param(
            github(GRANTED + ACTION.replace("{name: dist, path: dist/}", "{path: dist}")),
            [("gh-artifact-layout", "jobs.publish.steps[0]")],
            id="artifacts in folders of their own",
        ),
        pytest.param(
            github(
                GRANTED
                + ACTION.replace("      - uses: pypa", "      - run: sha256sum dist/* > dist/SUMS\n      - uses: pypa")
            ),
            [("dist-stray-files", "jobs.publish.steps[1].run")],
            id="a file that is no distribution",
        ),
        pytest.param(
            github(publish("pip install 'twine<6' && twine upload dist/*")),
            [("tool-no-oidc", "jobs.publish.steps[0].run")],
            id="an old twine",
        ),
        pytest.param(
            github(publish("uvx twine@5.1.1 upload dist/*")),
            [("tool-no-oidc", "jobs.publish.steps[0].run")],
            id="an old twine, run from afar",
        ),
        pytest.param(
            github(publish("hatch publish")), [("tool-no-oidc", "jobs.publish.steps[0].run")], id="never learnt it"
        ),
        pytest.param(
            github(publish("curl x/_/oidc/mint-token -d $(jq .value t)")),
            [("exchange-payload", "jobs.publish.steps[0].run")],
            id="jq keeps the quotes",
        ),
        pytest.param(
            github(publish("twine upload -u octocat -p ${{ secrets.PYPI_PASSWORD }} dist/*")),
            [("password-auth", "jobs.publish.steps[0].run")],
            id="a password",
        ),
        pytest.param(
            github(publish("uv publish --token ${{ secrets.PYPI_TOKEN }}")),
            [("credentials-shadow-oidc", "jobs.publish.steps[0].run")],
            id="a token beside the identity",
        ),
        pytest.param(
            github(ACTION + "        with: {password: '${{ secrets.T }}', attestations: true}\n"),
            [("attestation-needs-tp", "jobs.publish.steps[1].with.attestations")],
            id="attestations with a token",
        ),
        pytest.param(
            github(publish(f"twine upload --repository-url {PYPI.upload_url[:-1]} dist/*")),
            [("index-url-slash", "jobs.publish.steps[0].run")],
            id="no slash",
        ),
        pytest.param(
            github(publish(f"uv publish --publish-url {TESTPYPI.simple_url}")),
            [("index-url-unknown", "jobs.publish.steps[0].run")],
            id="the simple index",
        ),
    ],
)
def test_what_files_show(tmp_path: Path, text: str, found: list[tuple[str, str]]) -> None:
    assert told(of(tmp_path, {RELEASE: text})) == found


HARDENED = """\
    steps:
      - uses: step-security/harden-runner@v2
        with: {egress-policy: block, allowed-endpoints: 'github.com:443'}
      - run: tpub upload dist/*
"""
COMPOSITE = "runs:\n  using: composite\n  steps:\n    - uses: pypa/gh-action-pypi-publish@release/v1\n"
BUMP = "on: workflow_dispatch\njobs:\n  bump:\n    steps:\n      - run: gh release create v1\n"
CALLER = "on: push\npermissions: {contents: read}\njobs:\n  go:\n    uses: ./.github/workflows/release.yml\n"


FULL = CALLER.replace("./", "Octo-Org/sample/").replace("release.yml", "release.yml@main")
GRANTING = FULL.replace("contents: read", "id-token: write").replace("on: push", "on: {push: {tags: [v*]}}")
ORIGIN = {".git/config": '[remote "origin"]\n\turl = https://github.com/octo-org/sample.git\n'}


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param(
            {RELEASE: github(GRANTED + HARDENED)},
            [("gh-egress-blocked", "jobs.publish.steps[0].with.allowed-endpoints")],
            id="harden-runner",
        ),
        pytest.param(
            {
                RELEASE: github(GRANTED + "    steps:\n      - uses: ./actions/go\n"),
                "actions/go/action.yml": COMPOSITE,
            },
            [("gh-action-nested", "runs.steps[0].uses")],
            id="the action in an action",
        ),
        pytest.param(
            {
                RELEASE: github(GRANTED + UPLOAD, on="on: {release: {types: [published]}}"),
                ".github/workflows/bump.yml": BUMP,
            },
            [("gh-github-token-no-trigger", "jobs.bump.steps[0]")],
            id="a release made with GITHUB_TOKEN",
        ),
        pytest.param(
            {RELEASE: github(GRANTED + UPLOAD, on=CALLED), ".github/workflows/ci.yml": CALLER},
            [("gh-caller-permission-missing", "jobs.go")],
            id="the caller grants nothing",
        ),
        pytest.param(
            {RELEASE: github(UPLOAD, on=CALLED), ".github/workflows/ci.yml": CALLER},
            [("gh-caller-permission-missing", "jobs.go")],
            id="the caller grants nothing, and the called one asks for nothing",
        ),
        pytest.param(
            {RELEASE: github(GRANTED + UPLOAD, on=CALLED), ".github/workflows/ci.yml": FULL} | ORIGIN,
            [("gh-caller-permission-missing", "jobs.go")],
            id="the caller grants nothing, and names the repository in full",
        ),
        pytest.param(
            {RELEASE: github(GRANTED + UPLOAD, on=CALLED), ".github/workflows/ci.yml": GRANTING} | ORIGIN,
            [("gh-reusable-workflow", "jobs.go.uses")],
            id="the caller names the repository in full, and a branch where tags run",
        ),
        pytest.param(
            {
                RELEASE: github(GRANTED + ACTION, on=CALLED),
                ".github/workflows/ci.yml": CALLER.replace("contents: read", "id-token: write"),
            },
            [("gh-reusable-attestation", "jobs.publish.steps[1].uses")],
            id="an attestation from a called workflow",
        ),
        pytest.param(
            {
                RELEASE: github(publish("tox -e go")),
                "tox.ini": "[testenv:go]\npass_env = CI\ncommands = tpub upload dist/x.whl\n",
            },
            [("gh-env-stripped", "jobs.publish.steps[0].run")],
            id="tox",
        ),
        pytest.param({RELEASE: "on: [\n# publish"}, [("workflow-unreadable", "")], id="broken"),
        pytest.param(
            {RELEASE: github(GRANTED + GRANTED + UPLOAD)}, [("workflow-duplicate-key", "")], id="a key given twice"
        ),
        pytest.param(
            {
                RELEASE: github(UPLOAD),
                ".github/workflows/publish.yml": github("    permissions: {id_token: write}\n" + UPLOAD),
            },
            [("gh-permission-unknown", "jobs.publish.permissions.id_token"), ("gh-id-token-missing", "jobs.publish")],
            id="two files, each with its own",
        ),
    ],
)
def test_what_several_files_show(tmp_path: Path, files: dict[str, str], found: list[tuple[str, str]]) -> None:
    assert told(of(tmp_path, files)) == found


STORED = "        with: {password: '${{ secrets.TOKEN }}'}\n"
RIGHT = {
    "least": github(GRANTED + UPLOAD),
    "for the whole workflow": github(UPLOAD, top="permissions: {id-token: write, contents: read}\n"),
    "write-all": github("    permissions: write-all\n" + UPLOAD),
    "the action": github(GRANTED + ACTION),
    "the action, pinned by commit": github(GRANTED + ACTION.replace("release/v1", "a" * 40 + "  # v1.13.0")),
    "the action with an empty password": github(GRANTED + ACTION + "        with: {password: ''}\n"),
    "an index that is not PyPI's": github(
        ACTION + "        with: {repository-url: 'https://x.example/', password: '${{ secrets.T }}'}\n"
    ),
    "twine with a .pypirc from a secret": github(
        "    steps:\n      - run: echo ${{ secrets.PYPI_TOKEN }} > ~/.pypirc\n      - run: twine upload dist/*\n"
    ),
    "poetry with a token": github(
        "    steps:\n      - run: poetry publish\n        env: {POETRY_PYPI_TOKEN_PYPI: '${{ secrets.T }}'}\n"
    ),
    "minted by hand": github(
        GRANTED
        + "    steps:\n      - run: uv publish\n        env: {UV_PUBLISH_TOKEN: '${{ steps.mint.outputs.token }}'}\n"
    ),
    "docker with the variables": github(
        publish("docker run -e ACTIONS_ID_TOKEN_REQUEST_URL -e ACTIONS_ID_TOKEN_REQUEST_TOKEN img tpub upload")
    ),
    "sudo -E": github(publish("sudo -E tpub upload")),
    "artifacts merged": github(GRANTED + ACTION.replace("{name: dist,", "{merge-multiple: true,")),
    "artifacts moved": github(
        GRANTED
        + ACTION.replace("name: dist, ", "").replace(
            "      - uses: pypa", "      - run: mv dist/*/* dist/\n      - uses: pypa"
        )
    ),
    "a new twine": github(publish("pip install 'twine>=5' && twine upload dist/*")),
    "called from elsewhere": github(UPLOAD, on=CALLED),
    "one event of several": github(GRANTED + UPLOAD, on="on: [push, pull_request_target]"),
    "a condition for tags": github("    if: startsWith(github.ref, 'refs/tags/v')\n" + GRANTED + UPLOAD, on="on: push"),
    "the action, of a branch of releases": github(GRANTED + ACTION.replace("release/v1", "release/v1.14")),
    "jq that builds a document": github(publish("jq -n --arg t x {} | curl x/_/oidc/mint-token -d @-")),
    "harden-runner with the upload's host": github(
        GRANTED + HARDENED.replace("github.com:443", f"github.com:443 {PYPI.upload_url.split('/')[2]}:443")
    ),
    "another job attests": github(GRANTED + UPLOAD, build="    permissions: {id-token: write, attestations: write}\n"),
    "the action twice, attested once": github(
        GRANTED
        + ACTION
        + f"        with: {{repository-url: '{TESTPYPI.upload_url}', attestations: false}}\n"
        + "      - uses: pypa/gh-action-pypi-publish@release/v1\n"
    ),
    "no publishing at all": "on: push\njobs:\n  test:\n    runs-on: x\n    steps:\n      - run: make upload-docs\n",
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in RIGHT.items()])
@pytest.mark.parametrize(
    ("env", "claims"),
    [pytest.param({"TPUB_TOKEN": "x"}, None, id="laptop"), pytest.param(GITHUB | IDENTITY, GITHUB_CLAIMS, id="run")],
)
def test_right_set_ups_get_nothing(tmp_path: Path, text: str, env: dict[str, str], claims: dict[str, object]) -> None:
    assert told(of(tmp_path, {RELEASE: text}, env, claims=claims)) == []


def curl(held: str = "secrets.GITHUB_TOKEN", data: str = """-d '{"tag_name":"v1"}'""", method: str = "-s") -> str:
    """Return a request to GitHub's interface for releases."""
    return (
        f'curl {method} -H "Authorization:Bearer ${{{{ {held} }}}}" '
        f"https://api.github.com/repos/$GITHUB_REPOSITORY/releases {data}"
    )


def by(command: str) -> str:
    """Return the workflow that makes releases with another command."""
    return BUMP.replace("gh release create v1", command)


DRAFT = BUMP.replace("run: gh release create v1", "uses: release-drafter/release-drafter@v6")
OWN_TOKEN = BUMP.replace("run: gh", "env: {GH_TOKEN: '${{ secrets.PAT }}'}\n        run: gh")
PUSHED = BUMP.replace(
    "- run: gh",
    "- uses: actions/checkout@v5\n        with: {token: '${{ secrets.PAT }}'}\n"
    "      - run: git push --tags\n      - run: gh",
)
STARTS = BUMP + "      - run: gh workflow run release.yml\n"


def test_a_release_of_a_tag_that_was_pushed_before_makes_no_tag(tmp_path: Path) -> None:
    waiting = github(GRANTED + UPLOAD)
    assert told(of(tmp_path, {RELEASE: waiting, ".github/workflows/bump.yml": PUSHED})) == []
    assert told(of(tmp_path, {".github/workflows/bump.yml": BUMP})) == [
        ("gh-github-token-no-trigger", "jobs.bump.steps[0]")
    ]


@pytest.mark.parametrize(
    "step",
    [
        pytest.param("run: gh release edit v1 --draft=false", id="a draft that is published"),
        pytest.param("run: semantic-release publish", id="semantic-release"),
        pytest.param("run: npx semantic-release", id="the other one"),
        pytest.param("uses: elgohr/Github-Release-Action@v5", id="an action"),
        pytest.param(
            "{uses: actions/github-script@v7, with: {script: 'github.rest.repos.createRelease({})'}}", id="a script"
        ),
        pytest.param("run: gh api repos/{owner}/{repo}/releases -f tag_name=v1", id="gh api"),
        pytest.param(
            'run: gh api --method POST "/repos/$GITHUB_REPOSITORY/releases" --input a.json', id="gh api, a file"
        ),
        pytest.param(
            "run: gh api repos/${{ github.repository }}/releases -F draft=false -f tag_name=v1", id="no draft"
        ),
        pytest.param(f"run: {curl()}", id="curl"),
        pytest.param(f"run: {curl(method='-X POST', data='--data @body.json')}", id="curl, a file"),
    ],
)
def test_releases_that_start_nothing(tmp_path: Path, step: str) -> None:
    waiting = github(GRANTED + UPLOAD, on="on: {release: {types: [published]}}")
    bump = BUMP.replace("run: gh release create v1", step)
    assert told(of(tmp_path, {RELEASE: waiting, ".github/workflows/bump.yml": bump})) == [
        ("gh-github-token-no-trigger", "jobs.bump.steps[0]")
    ]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(BUMP.replace("create v1", "create v1 -d"), id="drafted, in short"),
        pytest.param(BUMP.replace("gh release create", "semantic-release --noop"), id="only played"),
        pytest.param(
            BUMP.replace(
                "run: gh release create v1",
                "{uses: actions/github-script@v7, with: {script: 'x.createRelease({draft: true})'}}",
            ),
            id="drafted by a script",
        ),
        pytest.param(DRAFT, id="only drafted"),
        pytest.param(by("gh api repos/{owner}/{repo}/releases -f tag_name=v1 -F draft=true"), id="drafted by gh api"),
        pytest.param(by("gh api repos/{owner}/{repo}/releases"), id="read by gh api"),
        pytest.param(by("gh api -X GET repos/{owner}/{repo}/releases -f per_page=1"), id="read by gh api, with fields"),
        pytest.param(by("gh api repos/{owner}/{repo}/releases/latest -f x=y"), id="another page"),
        pytest.param(by(curl("secrets.PAT")), id="curl, with a token of one's own"),
        pytest.param(by(curl(data="""-d '{"tag_name":"v1","draft":true}'""")), id="drafted by curl"),
        pytest.param(by(curl(data="")), id="read by curl"),
        pytest.param(by("curl -LO https://github.com/x/y/releases -d a"), id="a page for people"),
        pytest.param(by("gh api repos/{owner}/{repo}/git/refs -f ref=refs/tags/v1 -f sha=x"), id="a tag alone"),
        pytest.param(OWN_TOKEN, id="made with a token of one's own"),
        pytest.param(STARTS, id="started explicitly"),
    ],
)
def test_releases_that_do_start_what_waits_for_them(tmp_path: Path, other: str) -> None:
    waiting = github(GRANTED + UPLOAD, on="on: {release: {types: [published]}}")
    assert told(of(tmp_path, {RELEASE: waiting, ".github/workflows/bump.yml": other})) == []


@pytest.mark.parametrize(
    ("caller", "files"),
    [
        pytest.param(GRANTING.replace("{tags: [v*]}", "{branches: [main]}"), ORIGIN, id="branches run"),
        pytest.param(GRANTING.replace("Octo-Org", "someone"), ORIGIN, id="another repository"),
        pytest.param(GRANTING, {}, id="nobody knows what the repository is called"),
    ],
)
def test_a_call_of_ones_own_repository_may_be_right(tmp_path: Path, caller: str, files: dict[str, str]) -> None:
    files = {RELEASE: github(GRANTED + UPLOAD, on=CALLED), ".github/workflows/ci.yml": caller} | files
    assert told(of(tmp_path, files, {"TPUB_TOKEN": "x"})) == []


def test_a_call_of_ones_own_repository_is_mended(tmp_path: Path) -> None:
    files = {RELEASE: github(GRANTED + UPLOAD, on=CALLED), ".github/workflows/ci.yml": GRANTING} | ORIGIN
    (mend,) = mends(tmp_path, findings(of(tmp_path, files, {"TPUB_TOKEN": "x"})))
    assert mend.after == GRANTING.replace("Octo-Org/sample/", "./").replace("@main", "")


@pytest.mark.parametrize("declared", [None, GitHubPublisher("octo-org", "sample", "release.yml")])
def test_a_token_of_another_version_is_refused(tmp_path: Path, declared: GitHubPublisher | None) -> None:
    files = {RELEASE: github(GRANTED + UPLOAD, on=CALLED), ".github/workflows/ci.yml": GRANTING} | ORIGIN
    top = "octo-org/sample/.github/workflows/ci.yml@refs/tags/v1"
    claims = GITHUB_CLAIMS | {
        "workflow_ref": top,
        "job_workflow_ref": "octo-org/sample/.github/workflows/release.yml@refs/heads/main",
    }
    env = GITHUB | IDENTITY | {"GITHUB_WORKFLOW_REF": top, "GITHUB_JOB": "go"}
    evidence = of(tmp_path, files, env, claims=claims | {"ref": "refs/tags/v1"}, declared=declared)
    assert told(evidence) == [("gh-reusable-workflow", "jobs.go")]
    (mend,) = mends(tmp_path, findings(evidence))
    assert mend.after == GRANTING.replace("Octo-Org/sample/", "./").replace("@main", "")
    right = claims | {"ref": "refs/heads/main"}
    evidence = of(tmp_path, files, env, claims=right, declared=GitHubPublisher("octo-org", "sample", "release.yml"))
    assert told(evidence) == []


def test_a_tag_made_by_a_request_starts_nothing(tmp_path: Path) -> None:
    files = {RELEASE: github(GRANTED + UPLOAD)}
    for command in ("gh api repos/{owner}/{repo}/git/refs -f ref=refs/tags/v1 -f sha=x", curl()):
        evidence = of(tmp_path, files | {".github/workflows/bump.yml": by(command)})
        assert told(evidence) == [("gh-github-token-no-trigger", "jobs.bump.steps[0]")]
    branch = by("gh api repos/{owner}/{repo}/git/refs -f ref=refs/heads/x -f sha=x")
    assert told(of(tmp_path, files | {".github/workflows/bump.yml": branch})) == []


@pytest.mark.parametrize(
    "command",
    [
        pytest.param('gh api repos/{owner}/{repo}/releases -f tag_name="v$VERSION"', id="gh api"),
        pytest.param(curl(data=r"""-d '{"tag_name": "v$VERSION", "name": "x"}'"""), id="curl"),
        pytest.param(curl(data=r"""-d "{\"tag_name\":\"v$VERSION\"}" """), id="curl, quoted twice"),
    ],
)
def test_the_tag_of_a_request_is_that_of_the_start(tmp_path: Path, command: str) -> None:
    files = {
        RELEASE: github(GRANTED + UPLOAD, on="on: {release: {types: [published]}}"),
        ".github/workflows/bump.yml": by(f"|\n          {command}"),
    }
    (mend, _) = mends(tmp_path, findings(of(tmp_path, files)))
    assert "+      - {run: 'gh workflow run release.yml --ref v$VERSION', env: " in mend.diff


class Past(NoHistory):
    """A repository in which the workflow had no permission, some commits ago."""

    def text_at(self, commit: str, path: str) -> str | None:
        assert (commit, path) == ("abc1234", RELEASE)
        return github(UPLOAD)


RUN = github(GRANTED + UPLOAD)
CHECKOUT = github(GRANTED + UPLOAD.replace("    steps:\n", "    steps:\n      - uses: actions/checkout@v5\n"))


@pytest.mark.parametrize(
    ("text", "env", "parts", "code"),
    [
        pytest.param(RUN, {"GITHUB_EVENT_NAME": "pull_request"}, {"event": PULL}, "gh-fork-pull-request", id="fork"),
        pytest.param(
            RUN,
            {"GITHUB_EVENT_NAME": "pull_request"},
            {"event": {"pull_request": {"head": {"repo": None}}}},
            "gh-fork-pull-request",
            id="a fork that is gone",
        ),
        pytest.param(RUN, {}, {}, "gh-env-stripped", id="granted, and nothing there"),
        pytest.param(
            RUN,
            {"GITHUB_WORKFLOW_SHA": "abc1234"},
            {"history": Past()},
            "gh-workflow-of-old-commit",
            id="an old commit",
        ),
        pytest.param(github(UPLOAD), IDENTITY, {}, None, id="the run has what the file does not grant"),
        pytest.param(
            RUN,
            IDENTITY | {"GITHUB_EVENT_NAME": "pull_request_target"},
            {},
            "gh-pull-request-target",
            id="pull_request_target",
        ),
        pytest.param(CHECKOUT, IDENTITY, {}, "gh-contents-dropped", id="a checkout without contents"),
        pytest.param(
            CHECKOUT.replace("checkout@v5", "checkout@v5\n        with: {repository: x/y}", 2),
            IDENTITY,
            {},
            None,
            id="a checkout of another repository",
        ),
        pytest.param(
            github(GRANTED + ACTION), IDENTITY | {"RUNNER_OS": "Windows"}, {}, "gh-action-needs-linux", id="Windows"
        ),
        pytest.param(
            github(GRANTED + ACTION),
            IDENTITY | {"RUNNER_OS": "Linux", "RUNNER_ENVIRONMENT": "self-hosted"},
            {},
            "gh-action-needs-docker",
            id="a runner of one's own",
        ),
        pytest.param(RUN, {"GITEA_ACTIONS": "true"}, {}, "issuer-unknown", id="Gitea"),
        pytest.param(RUN, {"GITHUB_SERVER_URL": "https://git.corp.example"}, {}, "issuer-unknown", id="GHES"),
        pytest.param(RUN, {"GITHUB_SERVER_URL": "https://x.ghe.com"}, {}, "issuer-unknown", id="GHE.com"),
        pytest.param(RUN, {"ACT": "true"}, {}, "act-no-oidc", id="act"),
        pytest.param(
            github(ACTION + STORED), {"INPUT_PASSWORD": ""}, {}, "secret-empty", id="a secret that is not there"
        ),
        pytest.param(
            github(publish("uv publish")),
            IDENTITY | {"UV_PUBLISH_TOKEN": "x"},
            {},
            "credentials-shadow-oidc",
            id="a token in the environment alone",
        ),
        pytest.param(
            github(GRANTED + "    environment: ${{ inputs.where }}\n" + UPLOAD),
            IDENTITY,
            {"claims": GITHUB_CLAIMS},
            "gh-environment-empty",
            id="an expression that came to nothing",
        ),
        pytest.param(
            RUN,
            IDENTITY,
            {"claims": GITHUB_CLAIMS | {"job_workflow_ref": "x/y/.github/workflows/z.yml@main"}},
            "gh-reusable-workflow",
            id="a job of another repository",
        ),
    ],
)
def test_what_a_run_shows(
    tmp_path: Path, text: str, env: dict[str, str], parts: dict[str, object], code: str | None
) -> None:
    found = told(of(tmp_path, {RELEASE: text}, GITHUB | env, **parts))
    assert [each for each, _ in found] == ([code] if code is not None else [])


def test_a_pull_request_of_the_same_repository_can_have_an_identity(tmp_path: Path) -> None:
    event = {"pull_request": {"head": OWN, "base": OWN}}
    evidence = of(tmp_path, {RELEASE: github(UPLOAD)}, GITHUB | {"GITHUB_EVENT_NAME": "pull_request"}, event=event)
    assert [code for code, _ in told(evidence)] == ["gh-id-token-missing"]


def test_a_stored_token_without_identity_is_an_old_way_and_no_fault(tmp_path: Path) -> None:
    assert told(of(tmp_path, {RELEASE: github(ACTION + STORED)}, GITHUB | {"INPUT_PASSWORD": "x"})) == []


def test_a_run_is_judged_by_its_own_job(tmp_path: Path) -> None:
    files = {RELEASE: github(GRANTED + UPLOAD), ".github/workflows/other.yml": github(UPLOAD)}
    assert told(of(tmp_path, files, GITHUB | IDENTITY)) == []


def test_an_unknown_way_to_publish_is_judged_by_its_job(tmp_path: Path) -> None:
    text = github("    steps:\n      - run: ./release.sh\n")
    assert [code for code, _ in told(of(tmp_path, {RELEASE: text}, GITHUB))] == ["gh-id-token-missing"]


def test_evidence_of_nothing_is_a_laptop() -> None:
    assert [code for code, _ in told(Evidence())] == ["no-ci"]


def notes(evidence: Evidence) -> list[str]:
    return [each.code for each in diagnose(evidence) if each.severity is Severity.NOTE]


@pytest.mark.parametrize(
    ("permission", "called", "codes"),
    [
        pytest.param("write", "acme/ci/.github/workflows/publish.yml@v1", ["gh-reusable-workflow"], id="by its name"),
        pytest.param("write", "acme/ci/.github/workflows/PyPI.yml@v1", ["gh-reusable-workflow"], id="in capitals"),
        pytest.param("write", "acme/ci/.github/workflows/provenance.yml@v1", [], id="by another name"),
        pytest.param("read", "acme/ci/.github/workflows/publish.yml@v1", [], id="without the identity"),
        pytest.param("write", "./.github/workflows/publish.yml", [], id="the repository's own"),
        pytest.param("write", "$/.github/workflows/publish.yml", [], id="the repository's own, by its root"),
    ],
)
def test_a_workflow_of_another_repository_is_unread(
    permission: str, called: str, codes: list[str], tmp_path: Path
) -> None:
    text = f"on: push\njobs:\n  last:\n    permissions: {{id-token: {permission}}}\n    uses: {called}\n"
    assert notes(of(tmp_path, {RELEASE: text})) == codes


@pytest.mark.parametrize(
    ("lines", "is_told"),
    [
        pytest.param("    environment: pypi\n", True, id="nothing said"),
        pytest.param("    environment: pypi # reviewed\n", True, id="something else said"),
        pytest.param("    environment: pypi # deployment rules: seen to\n", False, id="beside it"),
        pytest.param(
            "    # Deployment rules\n    # let tags through.\n    environment:\n      name: pypi\n", False, id="above"
        ),
        pytest.param(
            "    # deployment rules\n    timeout-minutes: 5\n    environment: pypi\n", True, id="about another key"
        ),
    ],
)
def test_deployment_rules_are_a_note_until_the_file_speaks_of_them(tmp_path: Path, lines: str, is_told: bool) -> None:  # noqa: FBT001
    evidence = of(tmp_path, {RELEASE: github(lines + GRANTED + UPLOAD)})
    assert notes(evidence) == (["gh-environment-protection"] if is_told else [])


def with_own_action(pin: str, download: str = "{name: dist, path: dist/}", given: str = "") -> str:
    action = UPLOAD.replace("run: tpub upload dist/*", f"uses: acme/tpub@{pin}")
    return action.replace("{name: dist, path: dist/}", download) + given


SHA = "0" * 40


@pytest.mark.parametrize(
    ("job", "found"),
    [
        pytest.param(GRANTED + with_own_action(SHA), [], id="right"),
        pytest.param(GRANTED + with_own_action("v1"), ["gh-action-unpinned"], id="at a tag"),
        pytest.param(with_own_action(SHA), ["gh-id-token-missing"], id="no permission"),
        pytest.param(
            GRANTED + with_own_action(SHA, "{path: dist/}"),
            ["gh-artifact-layout"],
            id="artifacts in folders of their own",
        ),
        pytest.param(
            GRANTED + with_own_action(SHA, "{path: dist/}", "        with: {dists: dist/*/*}\n"),
            [],
            id="which it is told of",
        ),
    ],
)
def test_a_job_with_the_action_of_tpub(tmp_path: Path, job: str, found: list[str]) -> None:
    assert [each.code for each in diagnose(of(tmp_path, {RELEASE: github(job)}))] == found
