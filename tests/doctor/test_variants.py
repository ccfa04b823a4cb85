"""The same causes in other words: other YAML, other tools; and their neighbours, in which nothing is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.evidence import ACTION, CI, GITLAB, GRANTED, RELEASE, UPLOAD, github, of, told
from tpub.diagnostic import Line
from tpub.doctor.diagnose import diagnose
from tpub.index.model import PYPI

MISPLACED = ["gh-permissions-misplaced"]
STEPS = "    steps:\n      - run: {}\n"
IDS = "  id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}\n"
SCRIPT = "  script: [twine upload dist/*]\n"


def step(run: str, granted: str = GRANTED) -> dict[str, str]:
    return {RELEASE: github(granted + STEPS.format(run))}


def with_env(run: str, name: str) -> dict[str, str]:
    return {RELEASE: github(GRANTED + STEPS.format(run) + f"        env: {{{name}: '${{{{ secrets.T }}}}'}}\n")}


def left(assignment: str, more: str = "", after: str = "") -> dict[str, str]:
    """Return a workflow whose job sets a variable in one step, and publishes in the next."""
    text = f'    steps:\n      - run: echo "{assignment}" >> $GITHUB_ENV\n        {more}\n'
    return {RELEASE: github(f"{GRANTED}{text}      - run: twine upload dist/*\n        {after}\n")}


def by_hand(query: str = "", at: str = "pypi.org", options: str = "-s") -> dict[str, str]:
    """Return a workflow whose job exchanges its identity by hand, and publishes with what it gets."""
    lines = (
        f'T=$(curl {options} "$ACTIONS_ID_TOKEN_REQUEST_URL{query}" | jq -r .value)',
        f"A=$(curl -d $T https://{at}/_/oidc/mint-token | jq -r .token)",
        'twine upload -u __token__ -p "$A" dist/*',
    )
    script = "".join(f"          {line}\n" for line in lines)
    return {RELEASE: github(f"{GRANTED}    steps:\n      - run: |\n{script}")}


def by_script(call: str) -> dict[str, str]:
    """Return a workflow in which a script of JavaScript asks for the token."""
    ask = f'      - uses: actions/github-script@v8\n        with: {{script: "const t = await {call}"}}\n'
    mint = "      - run: curl https://pypi.org/_/oidc/mint-token -d $T\n"
    return {RELEASE: github(f"{GRANTED}    steps:\n{ask}{mint}")}


LINUX = ["gh-action-needs-linux"]


def matrix(rows: str, key: str, condition: str = "true") -> dict[str, str]:
    text = github(GRANTED + ACTION.replace("      - uses: pypa", f"      - if: {condition}\n        uses: pypa"))
    own = f"strategy: {{matrix: {rows}}}\n    runs-on: ${{{{ matrix.{key} }}}}"
    return {RELEASE: text.replace("needs: build\n    runs-on: ubuntu-latest", own)}


def twice(version: str, inputs: str) -> dict[str, str]:
    call = f"      - uses: pypa/gh-action-pypi-publish@{version}\n        with: {{{inputs}}}\n"
    return {RELEASE: github(f"{GRANTED}    steps:\n{call}{call}")}


@pytest.mark.parametrize(
    ("files", "codes"),
    [
        pytest.param(
            {RELEASE: github(UPLOAD, top='"permissions": {"id-token": write}\n')}, [], id="quoted keys, granted"
        ),
        pytest.param(
            {RELEASE: github('    "permissions": {"contents": "read"}\n' + UPLOAD)},
            ["gh-id-token-missing"],
            id="quoted keys, not granted",
        ),
        pytest.param(
            {RELEASE: github("    permissions: *p\n" + UPLOAD, build="    permissions: &p {id-token: write}\n")},
            [],
            id="an anchor, granted",
        ),
        pytest.param(
            {RELEASE: github("    permissions: *p\n" + UPLOAD, build="    permissions: &p {contents: read}\n")},
            ["gh-id-token-missing"],
            id="an anchor, not granted",
        ),
        pytest.param({RELEASE: github("    permissions: write-all\n" + UPLOAD)}, [], id="write-all"),
        pytest.param(
            {RELEASE: github("    permissions: read-all\n" + UPLOAD)}, ["gh-id-token-not-write"], id="read-all"
        ),
        pytest.param(
            {RELEASE: github("    permissions: {id-tokens: write}\n" + UPLOAD)}, ["gh-permission-unknown"], id="plural"
        ),
        pytest.param(
            {RELEASE: github("    permissions: {idtoken: write}\n" + UPLOAD)}, ["gh-permission-unknown"], id="one word"
        ),
        pytest.param(step("uv publish", ""), ["gh-id-token-missing"], id="uv"),
        pytest.param(step("pdm publish", ""), ["gh-id-token-missing"], id="pdm"),
        pytest.param(step("python -m twine upload dist/*", ""), ["gh-id-token-missing"], id="twine as a module"),
        pytest.param(step("maturin upload target/wheels/*", ""), ["gh-id-token-missing"], id="maturin"),
        pytest.param(step("uvx twine upload dist/*", ""), ["gh-id-token-missing"], id="twine by uvx"),
        pytest.param(
            step(f"tpub upload --index-url {PYPI.upload_url[:-1]} dist/*"), ["index-url-slash"], id="pip's word"
        ),
        pytest.param(step("uvx 'twine>=6.1' upload dist/*", ""), ["gh-id-token-missing"], id="twine, a version wanted"),
        pytest.param(step("uv --directory sub publish", ""), ["gh-id-token-missing"], id="uv, told where"),
        pytest.param(step("echo twine upload dist/*", ""), [], id="said and not done"),
        pytest.param({RELEASE: github("    id-token: write\n" + UPLOAD)}, MISPLACED, id="the scope alone in the job"),
        pytest.param({RELEASE: github(UPLOAD, top="id-token: write\n")}, MISPLACED, id="the scope alone at the top"),
        pytest.param({RELEASE: github("    permission: {id-token: write}\n" + UPLOAD)}, MISPLACED, id="one permission"),
        pytest.param(
            {RELEASE: github(UPLOAD, top="defaults: {permissions: {id-token: write}}\n")}, MISPLACED, id="a default"
        ),
        pytest.param(
            {RELEASE: github(UPLOAD, build=GRANTED).replace("run: python -m build", "uses: azure/login@v2")},
            ["gh-id-token-missing"],
            id="another job needs its identity for something else",
        ),
        pytest.param(
            {RELEASE: github(UPLOAD, build=GRANTED).replace("run: python -m build", "run: uv publish")},
            ["gh-id-token-missing"],
            id="another job publishes as well",
        ),
        pytest.param(step("hatch publish"), ["tool-no-oidc"], id="hatch"),
        pytest.param(step("poetry publish --build"), ["tool-no-oidc"], id="poetry"),
        pytest.param(step("flit publish"), ["tool-no-oidc"], id="flit"),
        pytest.param(step("sudo -E twine upload dist/*"), [], id="sudo -E"),
        pytest.param(
            step("sudo --preserve-env=PATH twine upload dist/*"), ["gh-env-stripped"], id="sudo with a part only"
        ),
        pytest.param(step("sudo -EH uv publish"), [], id="sudo -EH"),
        pytest.param(step("su - me -c 'uv publish'"), ["gh-env-stripped"], id="another user's login"),
        pytest.param(step("env -i PATH=$PATH uv publish"), ["gh-env-stripped"], id="an empty environment"),
        pytest.param(step("docker-compose run app uv publish"), ["gh-env-stripped"], id="compose"),
        pytest.param(step("podman run img twine upload dist/*"), ["gh-env-stripped"], id="podman"),
        pytest.param(
            step(
                "docker run -e ACTIONS_ID_TOKEN_REQUEST_URL -e ACTIONS_ID_TOKEN_REQUEST_TOKEN -e GITHUB_ACTIONS img "
                "twine upload dist/*"
            ),
            [],
            id="docker with both",
        ),
        pytest.param(with_env("twine upload dist/*", "TWINE_PASSWORD"), ["credentials-shadow-oidc"], id="twine's"),
        pytest.param(with_env("uv publish", "UV_PUBLISH_TOKEN"), ["credentials-shadow-oidc"], id="uv's"),
        pytest.param(with_env("pdm publish", "PDM_PUBLISH_PASSWORD"), ["credentials-shadow-oidc"], id="pdm's"),
        pytest.param(with_env("twine upload dist/*", "CODECOV_KEY"), [], id="another's"),
        pytest.param(step("pip install 'twine<6.1' && twine upload dist/*"), ["tool-no-oidc"], id="twine below 6.1"),
        pytest.param(step("pip install 'twine>=5' && twine upload dist/*"), [], id="twine from 5 on"),
        pytest.param(step("uvx twine@5.1.1 upload dist/*"), ["tool-no-oidc"], id="twine 5 by uvx"),
        pytest.param(
            {RELEASE: github(GRANTED + UPLOAD, on="on: pull_request_target")},
            ["gh-pull-request-target"],
            id="on: a word",
        ),
        pytest.param(
            {RELEASE: github(GRANTED + UPLOAD, on="on: [push, pull_request_target]")}, [], id="on: a list of two"
        ),
        pytest.param(
            {RELEASE: github("    if: ${{ startsWith(github.ref, 'refs/tags/') }}\n" + GRANTED + UPLOAD)},
            [],
            id="a condition that tags fulfil",
        ),
        pytest.param(
            {RELEASE: github("    if: github.ref == 'refs/heads/main'\n" + GRANTED + UPLOAD)},
            ["gh-job-never-runs"],
            id="a branch where only tags start it",
        ),
        pytest.param(
            {
                RELEASE: github(
                    "    if: startsWith(github.ref, 'refs/tags/v')\n" + GRANTED + UPLOAD,
                    on="on: {push: {branches: [main]}}",
                )
            },
            ["gh-job-never-runs"],
            id="a tag where only branches start it",
        ),
        pytest.param(
            {RELEASE: github(UPLOAD, on="on:\n  push: {tags: [v*]}\n  permissions: {id-token: write}")},
            ["gh-permissions-misplaced"],
            id="permissions among the events",
        ),
        pytest.param(
            {
                RELEASE: github(GRANTED + "    steps:\n      - uses: ./\n"),
                "action.yml": "runs: {using: composite, steps: [uses: pypa/gh-action-pypi-publish@release/v1]}\n",
            },
            ["gh-action-nested"],
            id="the checkout is an action itself",
        ),
        pytest.param(
            {
                RELEASE: github(GRANTED + ACTION).replace(
                    "needs: build\n    runs-on: ubuntu-latest",
                    "strategy: {matrix: {include: [{os: windows-2025}]}}\n    runs-on: ${{ matrix.os }}",
                )
            },
            ["gh-action-needs-linux"],
            id="the action on Windows, included in a matrix",
        ),
        pytest.param(
            {
                RELEASE: github(GRANTED + "    steps:\n      - uses: ./a\n"),
                "a/action.yml": "runs: {using: composite, steps: [uses: ./b]}\n",
                "b/action.yml": "runs: {using: composite, steps: [uses: pypa/gh-action-pypi-publish@release/v1]}\n",
            },
            ["gh-action-nested"],
            id="an action in an action in an action",
        ),
        pytest.param(matrix("{platform: [{os: ubuntu-latest}, {os: macos-15}]}", "platform.os"), LINUX, id="deeper"),
        pytest.param(matrix("{os: [ubuntu-latest, macos-15]}", "os", "runner.os == 'Linux'"), [], id="on Linux alone"),
        pytest.param(
            matrix("{os: [ubuntu-latest, macos-15]}", "os", "matrix.os == 'ubuntu-latest'"), [], id="in one row alone"
        ),
        pytest.param(matrix("{os: [macos-15]}", "os", "runner.os != 'Windows'"), LINUX, id="on macOS nevertheless"),
        pytest.param(twice("v1.10.3", ""), [], id="twice by a version that does not attest by itself"),
        pytest.param(twice("v1.10.3", "attestations: true"), ["attestation-exists"], id="unless told to"),
        pytest.param(twice("v1.12.4", "attestations: false"), [], id="twice, and nothing attested"),
        pytest.param(
            {RELEASE: github(GRANTED + ACTION.replace("release/v1", "v1.5.0"))}, ["tool-no-oidc"], id="an old action"
        ),
        pytest.param(step("pipx run twine==5.1.1 upload dist/*"), ["tool-no-oidc"], id="twine 5 by pipx"),
        pytest.param(step("uvx --from 'twine<6' twine upload dist/*"), ["tool-no-oidc"], id="twine 5 from uvx"),
        pytest.param(step("uv run --with twine==6.2 twine upload dist/*"), [], id="twine 6 by uv"),
        pytest.param(step("curl x/_/oidc/mint-token | jq .token | tr -d x"), [], id="quotes that are cut off"),
        pytest.param(
            {
                RELEASE: github(
                    GRANTED + ACTION.replace("{name: dist, path: dist/}", "{path: '${{ github.workspace }}/dist'}")
                )
            },
            ["gh-artifact-layout"],
            id="the whole path",
        ),
        pytest.param(
            step("""TOKEN=$(jq -r .token <<< "$X") && twine upload -u __token__ -p "$TOKEN" dist/*"""),
            [],
            id="exchanged by hand",
        ),
        pytest.param(
            step('twine upload -u __token__ -p "$TOKEN" dist/*'), ["credentials-shadow-oidc"], id="not exchanged"
        ),
        pytest.param(
            step(f"twine upload --repository-url {PYPI.upload_url.replace('upload', 'Upload')} x"), [], id="capitals"
        ),
        pytest.param(
            step(f"twine upload --repository-url {PYPI.upload_url[:-1].replace('upload', 'Upload')} x"),
            ["index-url-slash"],
            id="capitals, and no slash",
        ),
        pytest.param(by_hand(), ["audience-mismatch"], id="no audience"),
        pytest.param(by_hand("&audience=pypi"), [], id="the right audience"),
        pytest.param(by_hand("&audience=testpypi"), ["audience-mismatch"], id="another audience"),
        pytest.param(by_hand("&audience=testpypi", "test.pypi.org"), [], id="TestPyPI's"),
        pytest.param(by_hand("", "test.pypi.org"), ["audience-mismatch"], id="no audience, for TestPyPI"),
        pytest.param(by_hand("&audience=$A"), [], id="an audience that a variable holds"),
        pytest.param(by_hand("", "vault.example.org"), [], id="an exchange elsewhere"),
        pytest.param(by_hand("", options="-G -d audience=pypi"), [], id="an audience among the options"),
        pytest.param(by_hand("", options="-G --data-urlencode audience=x"), ["audience-mismatch"], id="a wrong one"),
        pytest.param(by_script("core.getIDToken()"), ["audience-mismatch"], id="a script that names no audience"),
        pytest.param(by_script("core.getIDToken('pypi')"), [], id="a script that names it"),
        pytest.param(
            step("T=$(curl $ACTIONS_ID_TOKEN_REQUEST_URL | jq -r .value) && twine upload -u __token__ -p $T x"),
            ["credentials-shadow-oidc"],
            id="the identity token in the place of a minted one",
        ),
        pytest.param(left("TWINE_PASSWORD=${{ secrets.T }}"), ["credentials-shadow-oidc"], id="left by a step"),
        pytest.param(left("TWINE_PASSWORD=$T"), ["credentials-shadow-oidc"], id="a variable left by a step"),
        pytest.param(left("TWINE_PASSWORD=$T", "if: github.ref == 'x'"), [], id="left by a step that may not run"),
        pytest.param(left("TWINE_PASSWORD=$T", "env: {T: x}", after="env: {TWINE_PASSWORD: ''}"), [], id="and emptied"),
        pytest.param(left("TWINE_PASSWORD=$(aws codeartifact get-authorization-token)"), [], id="fetched"),
        pytest.param(left("TWINE_PASSWORD=${{ steps.mint.outputs.token }}"), [], id="minted by a step"),
        pytest.param(left("UV_PUBLISH_TOKEN=$T"), [], id="another tool's"),
        pytest.param(left("TWINE_REPOSITORY_URL=https://example.org/"), [], id="another index, left by a step"),
        pytest.param(
            {
                RELEASE: github(
                    f"{GRANTED}    env: {{MATURIN_PYPI_TOKEN: '${{{{ secrets.T }}}}'}}\n"
                    "    steps: [{uses: PyO3/maturin-action@v1, with: {command: upload}}]\n"
                )
            },
            ["credentials-shadow-oidc"],
            id="of the job, and the tool's own action",
        ),
    ],
)
def test_on_github(tmp_path: Path, files: dict[str, str], codes: list[str]) -> None:
    assert [code for code, _ in told(of(tmp_path, files, {"TPUB_TOKEN": "x"}))] == codes


def test_a_variable_that_a_step_left_is_shown_where_it_is_set(tmp_path: Path) -> None:
    (found,) = diagnose(of(tmp_path, left("TWINE_PASSWORD=${{ secrets.T }}"), {"TPUB_TOKEN": "x"}))
    assert found.evidence == (Line(RELEASE, 15, 14, "jobs.publish.steps[0].run"),)


@pytest.mark.parametrize(
    ("files", "line", "key"),
    [
        pytest.param(by_hand(), 16, "jobs.publish.steps[0].run", id="curl"),
        pytest.param(by_script("core.getIDToken()"), 16, "jobs.publish.steps[0].with.script", id="JavaScript"),
    ],
)
def test_a_request_without_audience_is_shown(tmp_path: Path, files: dict[str, str], line: int, key: str) -> None:
    (found,) = (each for each in diagnose(of(tmp_path, files, {"TPUB_TOKEN": "x"})) if each.is_error)
    (shown,) = (each for each in found.evidence if isinstance(each, Line))
    assert (shown.line, shown.key) == (line, key)


TAGS, BRANCHES, RELEASES = "{push: {tags: [v*]}}", "{push: {branches: [main]}}", "{release: {types: [published]}}"


@pytest.mark.parametrize(
    ("condition", "on", "why"),
    [
        pytest.param("startsWith(github.ref, 'refs/heads/')", TAGS, "on a push of a tag", id="a branch"),
        pytest.param("github.ref_name == 'main'", TAGS, "on a push of a tag", id="a branch's name"),
        pytest.param("github.event_name == 'push' && github.ref == 'main'", "push", "`github.ref ==", id="no ref"),
        pytest.param("contains(github.ref, 'refs/tags/')", BRANCHES, "to a branch", id="a tag"),
        pytest.param("startsWith(github.ref, 'refs/tag/v')", TAGS, "of a tag", id="misspelt"),
        pytest.param("github.ref == 'refs/tags/*'", TAGS, "of a tag", id="a pattern where none is known"),
        pytest.param("startsWith(github.ref_name, 'refs/tags/v')", "push", "push", id="a ref where there is a name"),
        pytest.param("startsWith(github.ref, 'v')", TAGS, "of a tag", id="a name where there is a ref"),
        pytest.param("github.event.action == 'published'", TAGS, "of a tag", id="a release's action"),
        pytest.param("github.event.release", TAGS, "of a tag", id="a release's document"),
        pytest.param("github.event.action == 'created'", RELEASES, "on a release", id="another action"),
        pytest.param("github.event_name == 'tag'", "[push, create]", "or `create`", id="no event"),
        pytest.param("github.base_ref == 'main'", TAGS, "of a tag", id="no pull request"),
        pytest.param("startsWith(github.ref, 'refs/tags')", "[pull_request]", "a pull request", id="never a tag"),
        pytest.param("github.ref_type == 'tag'", "{schedule: [{cron: 0 0 * * *}]}", "`schedule`", id="at a time"),
        pytest.param("github.ref == 'refs/heads/x'", BRANCHES, "to a branch", id="another branch"),
        pytest.param("false", "push", "`false`", id="switched off"),
        pytest.param("${{ github.event_name == 'release' || github.ref == 'x' }}", "push", "||", id="neither of two"),
        pytest.param("startsWith(github.ref, 'refs/tags/v')", TAGS, "", id="right"),
        pytest.param("startsWith(github.ref, 'refs/tags/v')", "push", "", id="right, of any push"),
        pytest.param("github.ref == 'refs/heads/main'", BRANCHES, "", id="right, of that branch"),
        pytest.param("github.ref_type == 'tag'", "{push: {tags-ignore: [x]}}", "", id="right, of tags but some"),
        pytest.param("github.ref == 'refs/heads/b'", "{push: {branches: [a, '[bc]?', '!d']}}", "", id="a pattern"),
        pytest.param("github.ref_type == 'tag'", RELEASES, "", id="a release is of a tag"),
        pytest.param("github.event.action == 'published'", RELEASES, "", id="the action"),
        pytest.param("github.event.release.tag_name != ''", RELEASES, "", id="the tag"),
        pytest.param("github.ref_type == 'tag'", "{workflow_dispatch: }", "", id="started by hand"),
        pytest.param("github.event_name == 'x' || always()", "push", "", id="one of two"),
        pytest.param("github.event_name == 'x'", "[workflow_call]", "", id="called, by whatever event"),
        pytest.param("${{ github.event_name }} == 'x'", "push", "", id="a text is always true"),
        pytest.param("needs.build.outputs.go == 'true'", "push", "", id="not known before"),
    ],
)
def test_conditions(tmp_path: Path, condition: str, on: str, why: str) -> None:
    text = github(f"    if: {condition}\n{GRANTED}{UPLOAD}", on=f"on: {on}")
    found = [each.message for each in diagnose(of(tmp_path, {RELEASE: text})) if each.code == "gh-job-never-runs"]
    assert [why in message for message in found] == ([True] if why else [])


@pytest.mark.parametrize(
    ("environment", "on", "why"),
    [
        pytest.param("${{ needs.build.outputs.x }}", "push", "needs.build has no output `x`", id="no output"),
        pytest.param("{name: '${{ needs[''build''].outputs.x }}'}", "push", "needs.build has no", id="by an index"),
        pytest.param("${{ needs.build.outputs.env }}", "push", "", id="an output"),
        pytest.param("${{ needs.test.outputs.env }}", "push", "does not name test under `needs:`", id="not needed"),
        pytest.param("${{ needs.called.outputs.env }}", "push", "", id="of a called workflow"),
        pytest.param("${{ needs.build.outputs.x || 'pypi' }}", "push", "", id="with something to fall back on"),
        pytest.param("${{ inputs.env }}", "push", "no event declares an input `env`", id="no input"),
        pytest.param("${{ github.event.inputs.env }}", "{workflow_dispatch: }", "no event", id="nor by its event"),
        pytest.param("${{ inputs.env }}", "{workflow_dispatch: {inputs: {env: {}}}}", "", id="an input"),
        pytest.param("${{ inputs.env }}", "{workflow_call: {inputs: {env: {}}}}", "", id="an input of a caller's"),
        pytest.param("${{ matrix.env }}", "push", "has no matrix with `env`", id="no matrix"),
        pytest.param("${{ vars.ENVIRONMENT }}", "push", "", id="a variable of the settings"),
        pytest.param("pypi-${{ needs.build.outputs.x }}", "push", "", id="only a part"),
    ],
)
def test_environments_that_name_nothing(tmp_path: Path, environment: str, on: str, why: str) -> None:
    build = "    outputs: {env: '${{ steps.x.outputs.y }}'}\n"
    others = "  called: {uses: ./x.yml}\n  test: {runs-on: x, outputs: {env: x}}\n"
    publish = f"    environment: {environment}\n{GRANTED}{UPLOAD}{others}"
    text = github(publish, on=f"on: {on}", build=build).replace("needs: build", "needs: [build, called]")
    found = [each.message for each in diagnose(of(tmp_path, {RELEASE: text})) if each.code == "gh-environment-empty"]
    assert [why in message for message in found] == ([True] if why else [])


@pytest.mark.parametrize(
    ("strategy", "is_right"),
    [
        pytest.param("{matrix: {env: [pypi, testpypi]}}", True, id="a list"),
        pytest.param("{matrix: {include: [{env: pypi}]}}", True, id="a row"),
        pytest.param("{matrix: '${{ fromJSON(needs.build.outputs.m) }}'}", True, id="made in the run"),
        pytest.param("{matrix: {a: [b], include: '${{ fromJSON(x) }}'}}", True, id="rows made in the run"),
        pytest.param("{matrix: {index: [pypi]}}", False, id="another key"),
    ],
)
def test_environments_of_a_matrix(tmp_path: Path, strategy: str, is_right: bool) -> None:  # noqa: FBT001  (expected)
    text = github(f"    strategy: {strategy}\n    environment: ${{{{ matrix.env }}}}\n{GRANTED}{UPLOAD}")
    assert [code for code, _ in told(of(tmp_path, {RELEASE: text}))] == ([] if is_right else ["gh-environment-empty"])


@pytest.mark.parametrize(
    ("files", "codes"),
    [
        pytest.param({CI: f"publish:\n{IDS}{SCRIPT}"}, [], id="right"),
        pytest.param({CI: "publish:\n  script: tpub upload\n"}, ["gl-id-tokens-missing"], id="nothing"),
        pytest.param({CI: f"publish:\n{SCRIPT}"}, [], id="what the project's settings may hold"),
        pytest.param({CI: f".base:\n{IDS}publish:\n  extends: [.base]\n{SCRIPT}"}, [], id="extended"),
        pytest.param(
            {CI: "publish:\n  script: make\n  after_script: [tpub upload]\n"}, ["gl-id-tokens-missing"], id="afterwards"
        ),
        pytest.param(
            {CI: f"default:\n{IDS}publish:\n  inherit: {{default: no}}\n{SCRIPT}"}, ["gl-inherit-default"], id="no"
        ),
        pytest.param(
            {CI: "publish:\n  id_tokens: {MY_TOKEN: {aud: https://pypi.org}}\n" + SCRIPT},
            ["gl-id-token-name"],
            id="another name, and nearly the audience",
        ),
        pytest.param(
            {CI: "publish:\n  id_tokens: {MINE: {aud: pypi}}\n  script: ['PYPI_ID_TOKEN=$MINE tpub upload']\n"},
            [],
            id="handed over by the script",
        ),
        pytest.param(
            {CI: f".t:\n{IDS}build:\n  extends: .t\n  script: make\npublish:\n  script: tpub upload\n"},
            ["gl-id-tokens-wrong-job"],
            id="a template that another job extends",
        ),
        pytest.param(
            {CI: f"publish:\n  variables:\n  {IDS}{SCRIPT}"},
            ["gl-id-tokens-misplaced"],
            id="among the variables",
        ),
        pytest.param(
            {CI: f"publish:\n{IDS}{SCRIPT}".replace("id_tokens", "id-tokens")},
            ["gl-id-tokens-misplaced"],
            id="a hyphen",
        ),
        pytest.param(
            {CI: f"publish:\n{IDS}{SCRIPT}".replace("id_tokens", "id_token")}, ["gl-id-tokens-misplaced"], id="singular"
        ),
        pytest.param(
            {CI: f"variables: {{PYPI_ID_TOKEN: $CI_JOB_JWT_V2}}\npublish:\n{SCRIPT}"},
            ["gl-ci-job-jwt"],
            id="the token of old, for all jobs",
        ),
        pytest.param(
            {CI: f"publish:\n{IDS}  script: tox -e pub\n", "tox.ini": "[testenv:pub]\ncommands = tpub upload\n"},
            ["gl-env-stripped"],
            id="tox",
        ),
        pytest.param({CI: f"publish:\n{IDS}  script: [sudo -u me uv publish]\n"}, ["gl-env-stripped"], id="sudo"),
        pytest.param({CI: f"publish:\n{IDS}  script: [su - me -c 'uv publish']\n"}, ["gl-env-stripped"], id="a login"),
        pytest.param(
            {CI: f"publish:\n  image: {{name: 'x/astral-sh/uv:0.7-alpine'}}\n{IDS}  script: uv publish\n"},
            ["tool-no-oidc"],
            id="an image with an old uv",
        ),
        pytest.param(
            {CI: f"variables: {{V: 0.8.1}}\npublish:\n  image: x/astral-sh/uv:$V\n{IDS}  script: uv publish\n"},
            ["tool-no-oidc"],
            id="an image of a version that is a variable",
        ),
        pytest.param(
            {CI: f"publish:\n  image: x/astral-sh/uv:${{V}}-alpine\n{IDS}  script: uv publish\n"},
            [],
            id="an image of a version that no file tells",
        ),
        pytest.param(
            {CI: f".base:\n{IDS}publish:\n  script: tpub upload\n"},
            ["gl-id-tokens-missing"],
            id="a template that is not used",
        ),
        pytest.param({CI: f".base: &b\n{IDS}publish:\n  <<: *b\n{SCRIPT}"}, [], id="merged by an anchor"),
        pytest.param({CI: f"default:\n{IDS}publish:\n{SCRIPT}"}, [], id="the default"),
        pytest.param(
            {CI: f"default:\n{IDS}publish:\n  inherit: {{default: false}}\n{SCRIPT}"},
            ["gl-inherit-default"],
            id="the default refused",
        ),
        pytest.param(
            {CI: f"default:\n{IDS}publish:\n  inherit: {{default: [id_tokens, image]}}\n{SCRIPT}"},
            [],
            id="the default let through",
        ),
        pytest.param(
            {CI: f"default:\n{IDS}publish:\n  id_tokens: {{VAULT: {{aud: v}}}}\n{SCRIPT}"},
            ["gl-id-tokens-overridden"],
            id="the default is not merged",
        ),
        pytest.param(
            {CI: f".t:\n{IDS}publish:\n  id_tokens: !reference [.t, id_tokens]\n{SCRIPT}"}, [], id="a reference"
        ),
        pytest.param(
            {CI: f"include: /ci/*.yml\npublish:\n  extends: .t\n{SCRIPT}", "ci/a.yml": f".t:\n{IDS}"},
            [],
            id="included by a pattern",
        ),
        pytest.param(
            {CI: f"include: [{{local: ci/a.yml}}]\n{IDS.strip()}\n", "ci/a.yml": f"publish:\n{SCRIPT}"},
            ["gl-id-tokens-misplaced"],
            id="at the top, the job included",
        ),
        pytest.param(
            {CI: f"include: [{{component: x/y/z@1}}]\npublish:\n  extends: .t\n{SCRIPT}"}, [], id="a component"
        ),
        pytest.param(
            {CI: "publish:\n  id_tokens: {PYPI_TOKEN: {aud: pypi}}\n" + SCRIPT}, ["gl-id-token-name"], id="another name"
        ),
        pytest.param(
            {CI: f"publish:\n{IDS}  script: [twine upload -r testpypi dist/*]\n"}, ["gl-id-token-name"], id="TestPyPI"
        ),
        pytest.param(
            {CI: "publish:\n  id_tokens: {PYPI_ID_TOKEN: {aud: [pypi, x]}}\n" + SCRIPT}, ["audience-list"], id="a list"
        ),
        pytest.param(
            {CI: "publish:\n  id_tokens: {PYPI_ID_TOKEN: {aud: https://pypi.org}}\n" + SCRIPT},
            ["audience-mismatch"],
            id="a URL for an audience",
        ),
        pytest.param(
            {CI: f"publish:\n{IDS}  variables: {{TWINE_PASSWORD: $T}}\n{SCRIPT}"},
            ["credentials-shadow-oidc"],
            id="twine",
        ),
        pytest.param(
            {CI: f"publish:\n{IDS}  script: [uv publish --token $T]\n"}, ["credentials-shadow-oidc"], id="an option"
        ),
        pytest.param(
            {
                CI: f"publish:\n{IDS}  script:\n    - oidc_token=$(python -m id PYPI)\n"
                "    - api_token=$(curl -d ${oidc_token} x/_/oidc/mint-token)\n"
                '    - twine upload -u __token__ -p "${api_token}" dist/*\n'
            },
            [],
            id="exchanged by hand",
        ),
        pytest.param(
            {CI: f"publish:\n{IDS}  script: [docker run img twine upload x]\n"}, ["gl-env-stripped"], id="docker"
        ),
        pytest.param(
            {CI: f"publish:\n{IDS}  script: [docker run -e PYPI_ID_TOKEN -e GITLAB_CI img twine upload x]\n"},
            [],
            id="docker with the token",
        ),
        pytest.param(
            {CI: f"publish:\n{IDS}  script: ['pip install uv==0.8.3', uv publish]\n"}, ["tool-no-oidc"], id="uv 0.8"
        ),
        pytest.param({CI: f"publish:\n{IDS}  script: ['pip install uv==0.9.2', uv publish]\n"}, [], id="uv 0.9"),
        pytest.param(
            {CI: "publish:\n  script: ['twine upload --repository-url $CI_API_V4_URL/p/packages/pypi dist/*']\n"},
            [],
            id="GitLab's own registry",
        ),
        pytest.param(
            {CI: "publish:\n  script: ['export PYPI_ID_TOKEN=$CI_JOB_JWT_V2', twine upload x]\n"},
            ["gl-ci-job-jwt"],
            id="the token of old",
        ),
    ],
)
def test_on_gitlab(tmp_path: Path, files: dict[str, str], codes: list[str]) -> None:
    assert [code for code, _ in told(of(tmp_path, files, {"TPUB_TOKEN": "x"}))] == codes


@pytest.mark.parametrize(
    ("env", "codes"),
    [
        pytest.param({}, ["gl-id-tokens-missing"], id="neither"),
        pytest.param({"TWINE_PASSWORD": "x"}, [], id="a token of the project's settings"),
    ],
)
def test_a_run_on_gitlab_shows_what_the_settings_hold(tmp_path: Path, env: dict[str, str], codes: list[str]) -> None:
    assert [code for code, _ in told(of(tmp_path, {CI: f"publish:\n{SCRIPT}"}, GITLAB | env))] == codes
