"""The same causes in the forms that maintainers give them, each beside a neighbour in which nothing is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.evidence import ACTION, CI, GITHUB, GITHUB_CLAIMS, GRANTED, IDENTITY, RELEASE, UPLOAD, github, of, told
from tpub.diagnostic import Line, Severity
from tpub.doctor.diagnose import diagnose
from tpub.index.model import PYPI, TESTPYPI

SHA = "2" * 40
BUMP = ".github/workflows/bump.yml"
IDS = "  id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}\n"
ALL = {"TPUB_TOKEN": "x"}


def codes(root: Path, files: dict[str, str]) -> list[str]:
    return [code for code, _ in told(of(root, files, ALL))]


def script(*lines: str, granted: str = GRANTED, after: str = "") -> dict[str, str]:
    text = "".join(f"          {line}\n" for line in lines)
    return {RELEASE: github(f"{granted}    steps:\n      - run: |\n{text}{after}")}


@pytest.mark.parametrize(
    ("pin", "found"),
    [
        pytest.param("release/v1", [], id="the release's branch"),
        pytest.param("unstable/v1", [], id="the branch before"),
        pytest.param("v1.12", [], id="a tag that moves"),
        pytest.param(f"{SHA} # v1.13.0", [], id="a commit, its release beside it"),
        pytest.param(f"{SHA} # release/v1", [], id="a commit, its branch beside it"),
        pytest.param(f"{SHA} # v1", [], id="a commit, the moving tag beside it"),
        pytest.param("ec4db0b4ddc65acdf4bff5fa45ac92d78b56bdf0", [], id="the commit of a release"),
        pytest.param(SHA, ["gh-action-image-missing"], id="a commit"),
        pytest.param("main", ["gh-action-image-missing"], id="no branch of it"),
        pytest.param("master", ["tool-no-oidc"], id="the branch that stopped"),
        pytest.param("717ba43cfbb0387f6ce311b169a825772f54d295", ["tool-no-oidc"], id="the commit of an old release"),
        pytest.param(f"{SHA} # v1.6.4", ["tool-no-oidc"], id="a commit, an old release beside it"),
    ],
)
def test_pins_of_the_action(tmp_path: Path, pin: str, found: list[str]) -> None:
    assert codes(tmp_path, {RELEASE: github(GRANTED + ACTION.replace("release/v1", pin))}) == found


def in_matrix(matrix: str, condition: str = "", runner: str = "matrix.os") -> dict[str, str]:
    call = ACTION.replace("      - uses: pypa", f"      - if: {condition}\n        uses: pypa") if condition else ACTION
    own = f"strategy: {{matrix: {matrix}}}\n    runs-on: ${{{{ {runner} }}}}"
    return {RELEASE: github(GRANTED + call).replace("needs: build\n    runs-on: ubuntu-latest", own)}


LINUX, DOCKER = ["gh-action-needs-linux"], ["gh-action-needs-docker"]
ROWS = "include: [{os: ubuntu-latest, upload: true}, {os: windows-latest, upload: false}]"
ADDED = "os: [ubuntu-latest, windows-latest], include: [{os: ubuntu-latest, upload: true}]"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param(in_matrix(f"{{{ROWS}}}", "matrix.upload"), [], id="in the row that says so"),
        pytest.param(in_matrix(f"{{{ROWS}}}"), LINUX, id="in all rows"),
        pytest.param(in_matrix(f"{{{ADDED}}}", "matrix.upload"), [], id="where a row adds to one system"),
        pytest.param(in_matrix(f"{{{ADDED}}}", "!matrix.upload"), LINUX, id="where it does not"),
        pytest.param(in_matrix("{os: [self-hosted]}"), DOCKER, id="an own runner in a matrix"),
        pytest.param(in_matrix("{os: '${{ fromJSON(needs.x.outputs.m) }}'}"), [], id="made in the run"),
    ],
)
def test_runners_of_a_matrix(tmp_path: Path, files: dict[str, str], found: list[str]) -> None:
    assert codes(tmp_path, files) == found


@pytest.mark.parametrize(
    ("label", "system", "name"),
    [
        pytest.param("windows-2025", "Windows", "windows-2025", id="a label"),
        pytest.param("${{ inputs.runner }}", "macOS", "macOS", id="an expression"),
    ],
)
def test_a_run_elsewhere_is_named_by_its_label(tmp_path: Path, label: str, system: str, name: str) -> None:
    text = github(GRANTED + ACTION).replace("needs: build\n    runs-on: ubuntu-latest", f"runs-on: {label}")
    (found,) = (
        each.message
        for each in diagnose(of(tmp_path, {RELEASE: text}, GITHUB | IDENTITY | {"RUNNER_OS": system}))
        if each.is_error
    )
    assert found.endswith(f"runs on {name}")


def twice(between: str, folder: str = "./dist/") -> dict[str, str]:
    call = f"      - uses: pypa/gh-action-pypi-publish@release/v1\n        with: {{packages-dir: {folder}}}\n"
    return {RELEASE: github(GRANTED + ACTION + between + call)}


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param(twice(""), ["attestation-exists"], id="the same folder in other words"),
        pytest.param(twice("", "out"), [], id="another folder"),
        pytest.param(twice("      - run: rm dist/*.publish.attestation\n"), [], id="taken away in between"),
        pytest.param(twice("      - run: echo done\n"), ["attestation-exists"], id="something else in between"),
    ],
)
def test_the_action_twice(tmp_path: Path, files: dict[str, str], found: list[str]) -> None:
    assert codes(tmp_path, files) == found


@pytest.mark.parametrize(
    ("run", "inside"),
    [
        pytest.param("docker compose -f ci/x.yml run --rm up uv publish", "docker compose -f ci/x.yml run", id="file"),
        pytest.param("docker --context far exec b twine upload x", "docker --context far exec", id="context"),
        pytest.param("/usr/bin/podman container run img uv publish", "podman container run", id="a noun before"),
        pytest.param("docker build -t run . && uv publish", "", id="nothing is run"),
    ],
)
def test_what_docker_runs(tmp_path: Path, run: str, inside: str) -> None:
    found = [each.message for each in diagnose(of(tmp_path, script(run), ALL)) if each.is_error]
    assert [f"`{inside}`" in message for message in found] == ([True] if inside else [])


def test_a_scope_is_misspelt_where_the_workflow_is_called(tmp_path: Path) -> None:
    call = "on: push\njobs:\n  go:\n    permissions: {id_token: write}\n    uses: ./.github/workflows/release.yml\n"
    files = {BUMP: call, RELEASE: github(GRANTED + UPLOAD, on="on: workflow_call")}
    assert told(of(tmp_path, files)) == [("gh-permission-unknown", "jobs.go.permissions.id_token")]


def handed(value: str, mint: str = "") -> dict[str, str]:
    """Return a workflow whose publishing job has no identity, and a token that another step or job came by."""
    build = f"    outputs: {{t: '${{{{ steps.m.outputs.t }}}}'}}\n{GRANTED}" if mint else ""
    text = github(
        f"    steps:\n      - run: twine upload dist/*\n        env: {{TWINE_PASSWORD: '{value}'}}\n", build=build
    )
    return {RELEASE: text.replace("python -m build", mint or "python -m build")}


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(handed("${{ steps.vault.outputs.token }}"), id="of a step"),
        pytest.param(handed("${{ env.FROM_A_VAULT }}"), id="of a variable"),
        pytest.param(handed("${{ needs.build.outputs.t }}", "curl https://pypi.org/_/oidc/mint-token"), id="of a job"),
    ],
)
def test_a_token_that_is_handed_over_needs_no_identity(tmp_path: Path, files: dict[str, str]) -> None:
    assert codes(tmp_path, files) == []


def with_user(password: str, granted: str = GRANTED, user: str = "${{ secrets.PYPI_USERNAME }}") -> dict[str, str]:
    given = f"        with: {{user: '{user}', password: '${{{{ secrets.{password} }}}}'}}\n"
    return {RELEASE: github(granted + ACTION + given)}


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param(with_user("PYPI_PASSWORD"), ["password-auth"], id="a user's name and password"),
        pytest.param(with_user("PYPI_TOKEN"), ["credentials-shadow-oidc"], id="a token"),
        pytest.param(with_user("PYPI_PASSWORD", user="__token__"), ["credentials-shadow-oidc"], id="so called"),
        pytest.param(with_user("PYPI_PASSWORD", ""), [], id="in a job without an identity, where it may be a token"),
    ],
)
def test_names_of_secrets_tell_of_passwords(tmp_path: Path, files: dict[str, str], found: list[str]) -> None:
    assert codes(tmp_path, files) == found


def chosen(*urls: str) -> dict[str, str]:
    choice = " || ".join(f"inputs.x && '{url}'" for url in urls)
    return {RELEASE: github(f"{ACTION}        with:\n          repository-url: ${{{{ {choice} }}}}\n")}


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param(chosen(TESTPYPI.upload_url, PYPI.upload_url), ["gh-id-token-missing"], id="both are PyPI's"),
        pytest.param(chosen("https://x.example.org/", PYPI.upload_url), [], id="one is not"),
        pytest.param(chosen("main"), [], id="no address"),
    ],
)
def test_an_index_that_an_expression_chooses(tmp_path: Path, files: dict[str, str], found: list[str]) -> None:
    assert codes(tmp_path, files) == found


@pytest.mark.parametrize(
    ("url", "found"),
    [
        pytest.param("https://test-upload.pypi.org/legacy/", ["index-url-unknown"], id="no host of TestPyPI's"),
        pytest.param("https://docs.pypi.org/", ["index-url-unknown"], id="no host for uploads"),
        pytest.param("https://notpypi.org/legacy/", [], id="somebody else's"),
    ],
)
def test_hosts_that_take_no_uploads(tmp_path: Path, url: str, found: list[str]) -> None:
    assert codes(tmp_path, script(f"uv publish --publish-url {url}")) == found


MINT = "curl https://pypi.org/_/oidc/mint-token"


@pytest.mark.parametrize(
    ("run", "found"),
    [
        pytest.param(f'{MINT} -d "token=$T"', ["exchange-payload"], id="a form"),
        pytest.param(f'{MINT} -F "token=$T"', ["exchange-payload"], id="a form of parts"),
        pytest.param(f'{MINT} -d \'{{"token": "$T"}}\'', ["exchange-payload"], id="single quotes"),
        pytest.param(f'{MINT} -d "{{\\"token\\": \\"$T\\"}}"', [], id="double quotes"),
        pytest.param(f"""{MINT} -d '{{"token": "'"$T"'"}}'""", [], id="quotes that end in between"),
        pytest.param(f"{MINT} -d @token.json", [], id="a file"),
        pytest.param('curl https://example.org/ -d "token=$T"', [], id="something else"),
    ],
)
def test_what_an_exchange_is_sent(tmp_path: Path, run: str, found: list[str]) -> None:
    assert codes(tmp_path, script(run, "twine upload dist/*")) == found


TAGS, RELEASES = "{push: {tags: ['*']}}", "{release: {types: [published]}}"
STEP = "      - uses: {}\n        with: {}\n"
RUN = "      - run: |\n          {}\n"
NOTHING = "gh-github-token-no-trigger"


@pytest.mark.parametrize(
    ("step", "on", "is_told"),
    [
        pytest.param(STEP.format("rickstaa/action-create-tag@v1", "{tag: v1}"), TAGS, True, id="a tag"),
        pytest.param(STEP.format("mathieudutour/github-tag-action@v6", "{}"), RELEASES, False, id="no release of it"),
        pytest.param(STEP.format("a/b@v1", "{tag: v1}"), TAGS, False, id="an action that is not known"),
        pytest.param(
            STEP.format("stefanzweifel/git-auto-commit-action@v5", "{tagging_message: v1}"), TAGS, True, id="a commit"
        ),
        pytest.param(STEP.format("stefanzweifel/git-auto-commit-action@v5", "{}"), TAGS, False, id="without a tag"),
        pytest.param(
            STEP.format("actions/github-script@v8", '{script: "createRef({ref: `refs/tags/${v}`})"}'),
            TAGS,
            True,
            id="JavaScript",
        ),
        pytest.param(RUN.format('git tag "$NEW" && git push origin "$NEW"'), TAGS, True, id="what was made before"),
        pytest.param(RUN.format('git push origin "v$NEW"'), TAGS, True, id="what is called so"),
        pytest.param(RUN.format('git tag "$NEW" && git push origin main'), TAGS, False, id="a branch"),
        pytest.param(RUN.format("git tag v1 && git push --tags"), RELEASES, False, id="no release of a push"),
    ],
)
def test_what_starts_nothing(tmp_path: Path, step: str, on: str, is_told: bool) -> None:  # noqa: FBT001  (expected)
    bump = f"on: workflow_dispatch\njobs:\n  bump:\n    runs-on: ubuntu-latest\n    steps:\n{step}"
    files = {BUMP: bump, RELEASE: github(GRANTED + UPLOAD, on=f"on: {on}")}
    assert codes(tmp_path, files) == ([NOTHING] if is_told else [])


WRONG_JOB, GATE = [(Severity.WARNING, "jobs.other.environment")], [(Severity.NOTE, "jobs.other.environment")]


def gate(name: str, *, needs: str = "build", own: str = "") -> str:
    gates = f"  other:\n    runs-on: x\n    environment: {name}\n    steps: [run: echo yes]\n"
    return github(f"{own}{GRANTED}{UPLOAD}{gates}").replace("needs: build", f"needs: {needs}")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(gate("pypi", needs="[build, other]"), WRONG_JOB, id="the usual name"),
        pytest.param(gate("{name: to-pypi}", needs="other"), WRONG_JOB, id="a name that has it"),
        pytest.param(gate("pypi"), WRONG_JOB, id="the index's own name, wherever it is"),
        pytest.param(gate("to-pypi"), [], id="a job of another branch of the run"),
        pytest.param(gate("release", needs="other"), GATE, id="it may be meant as a gate"),
        pytest.param(gate("pypi", needs="other", own="    environment: pypi\n"), [], id="on both"),
    ],
)
@pytest.mark.parametrize("claims", [pytest.param(None, id="files"), pytest.param(GITHUB_CLAIMS, id="claims")])
def test_an_environment_on_another_job(
    tmp_path: Path, text: str, found: list[tuple[Severity, str]], claims: dict[str, object] | None
) -> None:
    environment = {"environment": "pypi"} if "on both" in text else {}
    env = GITHUB | IDENTITY if claims is not None else ALL
    evidence = of(tmp_path, {RELEASE: text}, env, claims=claims and claims | environment)
    seen = [each for each in diagnose(evidence) if each.code == "gh-environment-wrong-job"]
    keys = [next(item.key for item in each.evidence if isinstance(item, Line)) for each in seen]
    assert [(each.severity, key) for each, key in zip(seen, keys, strict=True)] == found


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param(
            {CI: f"workflow:\n{IDS}  rules: [if: $CI_COMMIT_TAG]\npublish:\n  script: tpub upload\n"},
            ["gl-id-tokens-misplaced"],
            id="among what starts the pipeline",
        ),
        pytest.param(
            {
                CI: f"mint:\n{IDS}  script: 'curl -d $PYPI_ID_TOKEN https://pypi.org/_/oidc/mint-token > t'\n"
                "publish:\n  script: TWINE_PASSWORD=$(cat t) twine upload -u __token__ dist/*\n"
            },
            [],
            id="exchanged by another job",
        ),
        pytest.param(
            {CI: f"publish:\n{IDS}  script: docker compose -f x.yml run --rm up tpub upload\n"},
            ["gl-env-stripped"],
            id="compose with a file",
        ),
    ],
)
def test_on_gitlab(tmp_path: Path, files: dict[str, str], found: list[str]) -> None:
    assert codes(tmp_path, files) == found


STRAY = ["dist-stray-files"]


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param(script("cp README.md dist/", "twine upload dist/*"), STRAY, id="by the script that uploads"),
        pytest.param(script("twine upload dist/*", "cp README.md dist/"), [], id="afterwards"),
        pytest.param(script("(cd dist && sha256sum * | tee sums.txt)", "twine upload dist/*"), STRAY, id="tee within"),
        pytest.param(
            {
                RELEASE: github(
                    GRANTED
                    + ACTION.replace(
                        "      - uses: pypa", "      - {run: ls > x.txt, working-directory: dist}\n      - uses: pypa"
                    )
                )
            },
            STRAY,
            id="written from within",
        ),
        pytest.param(script("syft . -o spdx-json=dist/sbom.json", "twine upload dist/*"), STRAY, id="format and file"),
        pytest.param(script("gpg -o dist/x.whl.asc x", "twine upload dist/*"), [], id="a signature, which twine takes"),
        pytest.param(script("gpg -o dist/x.whl.asc x", "pdm publish"), STRAY, id="a signature, which others do not"),
        pytest.param(
            {
                RELEASE: github(
                    GRANTED
                    + ACTION.replace(
                        "      - uses: pypa",
                        STEP.format("a/sbom@v1", "{output-file: dist/sbom.json}") + "      - uses: pypa",
                    )
                )
            },
            STRAY,
            id="the output of an action",
        ),
        pytest.param(
            {
                RELEASE: github(
                    GRANTED + "    steps:\n" + STEP.format("PyO3/maturin-action@v1", "{command: upload, args: dist/*}")
                )
            },
            [],
            id="an action that publishes by a command",
        ),
    ],
)
def test_what_lies_beside(tmp_path: Path, files: dict[str, str], found: list[str]) -> None:
    assert codes(tmp_path, files) == found


def test_conda_pins_with_a_single_sign(tmp_path: Path) -> None:
    assert codes(tmp_path, script("conda install -y twine=5.1.1", "twine upload dist/*")) == ["tool-no-oidc"]


@pytest.mark.parametrize(
    ("env", "code", "name"),
    [
        pytest.param({"CI": "woodpecker", "CI_SYSTEM_NAME": "woodpecker"}, "provider-unsupported", "Woodpecker"),
        pytest.param({"CI_SYSTEM_NAME": "other"}, "no-ci", ""),
        pytest.param(
            {"GITHUB_ACTIONS": "true", "GITEA_ACTIONS": "true", "FORGEJO_ACTIONS": "true"}, "issuer-unknown", "Forgejo"
        ),
    ],
)
def test_other_platforms(tmp_path: Path, env: dict[str, str], code: str, name: str) -> None:
    (found,) = (each for each in diagnose(of(tmp_path, {}, env)) if each.severity is Severity.ERROR)
    assert (found.code, name in found.message) == (code, True)
    assert not any(isinstance(each, Line) for each in found.evidence)


def called(top: str) -> dict[str, str]:
    call = f"{top}\njobs:\n  go:\n    permissions: {{id-token: write}}\n    uses: ./.github/workflows/release.yml\n"
    return {BUMP: call, RELEASE: github(GRANTED + UPLOAD, on="on: workflow_call")}


@pytest.mark.parametrize(
    ("top", "env", "path"),
    [
        pytest.param("on: pull_request_target", {}, BUMP, id="by files alone"),
        pytest.param("on: [push, pull_request_target]", {"GITHUB_EVENT_NAME": "pull_request_target"}, BUMP, id="run"),
        pytest.param("on: [push, pull_request_target]", {}, None, id="one event of two"),
    ],
)
def test_who_was_started_by_a_pull_request(tmp_path: Path, top: str, env: dict[str, str], path: str | None) -> None:
    environment = GITHUB | IDENTITY | {"GITHUB_WORKFLOW_REF": f"octo-org/sample/{BUMP}@refs/heads/main"} | env
    found = diagnose(of(tmp_path, called(top), environment if env else ALL))
    lines = [each for one in found if one.code == "gh-pull-request-target" for each in one.evidence]
    assert [each.path for each in lines if isinstance(each, Line)] == ([path] if path is not None else [])


NEVER = "gh-job-never-runs"
MAIN = "    if: github.ref == 'refs/heads/main'\n"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param(github(GRANTED + UPLOAD, build=MAIN), "jobs.build.if", id="a job that it needs"),
        pytest.param(github("    if: always()\n" + GRANTED + UPLOAD, build=MAIN), None, id="needed, and run anyway"),
        pytest.param(
            github(GRANTED + ACTION.replace("      - uses: pypa", "      - if: github.ref == 'x'\n        uses: pypa")),
            "jobs.publish.steps[1].if",
            id="the step that publishes",
        ),
        pytest.param(
            github(GRANTED + ACTION + "      - if: github.ref == 'x'\n        run: twine upload a/*\n"),
            None,
            id="one step of two",
        ),
        pytest.param(
            github(
                "    if: startsWith(github.ref, 'refs/tags/')\n" + GRANTED + UPLOAD,
                on="on: {workflow_run: {workflows: [ci], types: [completed]}}",
            ),
            "jobs.publish.if",
            id="after another workflow, on the default branch",
        ),
    ],
)
def test_on_what_publishing_depends(tmp_path: Path, text: str, key: str | None) -> None:
    assert [each for each in told(of(tmp_path, {RELEASE: text}, ALL)) if each[0] == NEVER] == (
        [(NEVER, key)] if key is not None else []
    )


def in_folder(upload: str, path: str) -> dict[str, str]:
    steps = f"    steps:\n      - uses: actions/download-artifact@v4\n        with: {{path: {path}}}\n"
    return {RELEASE: github(f"{GRANTED}    defaults: {{run: {{working-directory: lib}}}}\n{steps}      - {upload}\n")}


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param(in_folder("run: uv publish", "lib/dist"), ["gh-artifact-layout"], id="where the script runs"),
        pytest.param(in_folder("uses: pypa/gh-action-pypi-publish@v1.13.0", "dist"), ["gh-artifact-layout"], id="top"),
        pytest.param(in_folder("run: twine upload dist/*/*", "lib/dist"), [], id="one level deeper"),
    ],
)
def test_folders_of_scripts(tmp_path: Path, files: dict[str, str], found: list[str]) -> None:
    assert codes(tmp_path, files) == found


def lines(root: Path, files: dict[str, str], env: dict[str, str]) -> list[tuple[str, int]]:
    return [
        (each.code, next(item.line for item in each.evidence if isinstance(item, Line)))
        for each in diagnose(of(root, files, env))
        if each.severity is not Severity.NOTE
    ]


JOB = {"GITLAB_CI": "true", "CI_JOB_NAME": "publish", "CI_SERVER_VERSION": "18.6.0"}


@pytest.mark.parametrize(
    ("files", "env", "found"),
    [
        pytest.param(
            {CI: f"publish:\n{IDS}  script:\n    - export UV_PUBLISH_TOKEN=$T\n    - uv publish\n"},
            ALL,
            ("credentials-shadow-oidc", 4),
            id="the line that sets a variable",
        ),
        pytest.param(
            {CI: f"publish:\n{IDS}  script: uv publish\n  image: x/astral-sh/uv:0.8.3\n"},
            ALL,
            ("tool-no-oidc", 4),
            id="the image",
        ),
        pytest.param(
            {CI: "publish:\n  script: uv publish\n  variables: {PYPI_ID_TOKEN: $T}\n"},
            JOB | {"PYPI_ID_TOKEN": "pypi-x"},
            ("gl-id-token-not-jwt", 3),
            id="the variable",
        ),
        pytest.param(
            {
                CI: f"variables: {{A: https://pypi.org}}\npublish:\n{IDS}  script: uv publish\n".replace(
                    ": pypi", ": $A"
                )
            },
            ALL,
            ("audience-mismatch", 3),
            id="an audience that a variable holds",
        ),
    ],
)
def test_the_line_to_look_at(
    tmp_path: Path, files: dict[str, str], env: dict[str, str], found: tuple[str, int]
) -> None:
    assert lines(tmp_path, files, env) == [found]


@pytest.mark.parametrize(
    ("files", "env", "said"),
    [
        pytest.param(
            {RELEASE: github("    permissions: {id-token: none}\n" + UPLOAD)},
            {},
            "`id-token: none` of jobs.publish lets jobs.publish request no token",
            id="none",
        ),
        pytest.param(
            {RELEASE: github("    permissions: {id-token: true}\n" + UPLOAD)}, {}, "Change `true` to `write`", id="true"
        ),
        pytest.param(
            {CI: f"default:\n{IDS}publish:\n  inherit: {{default: [image]}}\n  script: tpub upload\n"},
            {},
            "`inherit: {default: [image, id_tokens]}`",
            id="what is inherited already",
        ),
        pytest.param(
            script("poetry publish -u octocat -p ${{ secrets.P }}"),
            {},
            "Drop -u/-p, and publish with tpub, twine or uv: with `id-token: write`",
            id="a tool that never learnt it",
        ),
        pytest.param(
            script("hatch publish", granted="", after="        env: {HATCH_INDEX_AUTH: '${{ secrets.P }}'}\n"),
            {"HATCH_INDEX_AUTH": ""},
            "empty in this run, and hatch knows no other way",
            id="a secret of such a tool",
        ),
    ],
)
def test_the_words_of_a_mend(tmp_path: Path, files: dict[str, str], env: dict[str, str], said: str) -> None:
    first = diagnose(of(tmp_path, files, ALL | env))[0]
    assert said in f"{first.message}\n{first.hint}"
