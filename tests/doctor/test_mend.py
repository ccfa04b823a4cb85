"""A mend is silent afterwards, and touches nothing else."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from support.checkouts import laid
from support.evidence import ACTION, CI, GRANTED, RELEASE, UPLOAD, github, of, told
from tpub.doctor.diagnose import findings
from tpub.doctor.evidence import REQUEST
from tpub.doctor.mend import edited, mends
from tpub.doctor.write import write
from tpub.index.model import PYPI
from tpub.workflow.fix import Edit

COMMENTED = github(UPLOAD).replace("    needs: build\n", "    needs: build  # first\n    # where it runs:\n")
JOB = "publish:\n  stage: deploy  # last\n"
SCRIPT = "  script:\n    - tpub upload dist/*\n"
STEP = "    steps:\n"
REQUEST_BY_HAND = """\
          T=$(curl "$ACTIONS_ID_TOKEN_REQUEST_URL" | jq -r .value)
          A=$(curl -d "$T" https://pypi.org/_/oidc/mint-token | jq -r .token)
          twine upload -u __token__ -p "$A" dist/*
"""
TOKENS = "id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}"


@pytest.mark.parametrize(
    ("path", "text", "changed"),
    [
        pytest.param(RELEASE, COMMENTED, ["+    permissions:", "+      id-token: write"], id="a block for the job"),
        pytest.param(
            RELEASE,
            github("    permissions:\n      id_token: write  # least\n" + UPLOAD),
            ["-      id_token: write  # least", "+      id-token: write  # least"],
            id="a letter",
        ),
        pytest.param(
            RELEASE,
            github("    permissions:\n      contents: read\n" + UPLOAD, top="permissions: {id-token: write}\n"),
            ["+      id-token: write"],
            id="the job's own block",
        ),
        pytest.param(
            RELEASE,
            github(UPLOAD, build="    permissions:\n      id-token: write\n"),
            ["-    permissions:", "-      id-token: write", "+    permissions:", "+      id-token: write"],
            id="from another job",
        ),
        pytest.param(
            RELEASE,
            github(UPLOAD, build="    permissions:  # why\n        # least\n        id-token: write  # OIDC\n"),
            [
                *("-    permissions:  # why", "-        # least", "-        id-token: write  # OIDC"),
                *("+    permissions:  # why", "+        # least", "+        id-token: write  # OIDC"),
            ],
            id="with its comments",
        ),
        pytest.param(
            CI,
            f"id_tokens:  # ours\n  PYPI_ID_TOKEN:\n    aud: pypi  # PyPI's\n{JOB}{SCRIPT}",
            [
                *("-id_tokens:  # ours", "-  PYPI_ID_TOKEN:", "-    aud: pypi  # PyPI's"),
                *("+  id_tokens:  # ours", "+    PYPI_ID_TOKEN:", "+      aud: pypi  # PyPI's"),
            ],
            id="further in, with its comments",
        ),
        pytest.param(
            RELEASE,
            github(GRANTED + "    steps:\n      - run: sudo tpub upload\n"),
            ["-      - run: sudo tpub upload", "+      - run: tpub upload"],
            id="sudo",
        ),
        pytest.param(
            RELEASE,
            github(
                GRANTED + "    steps:\n      - run: |\n          sudo apt update\n          sudo -u me tpub upload\n"
            ),
            [
                "-          sudo -u me tpub upload",
                f"+          sudo --preserve-env=GITHUB_ACTIONS,{','.join(REQUEST)} -u me tpub upload",
            ],
            id="sudo with options, and no other",
        ),
        pytest.param(
            CI,
            f"publish:\n  {TOKENS}\n  script:\n    - docker run img make\n    - docker run img uv publish\n",
            ["-    - docker run img uv publish", "+    - docker run -e PYPI_ID_TOKEN img uv publish"],
            id="docker, and no other",
        ),
        pytest.param(
            RELEASE,
            github("    permissions:\n    # none yet\n" + UPLOAD),
            ["+      id-token: write"],
            id="a key without a value",
        ),
        pytest.param(
            RELEASE,
            "on: push\njobs:\n go:\n  permissions: {\n      contents: read, # why\n  }\n  steps: [run: uv publish]\n",
            ["-      contents: read, # why", "+      contents: read, id-token: write, # why"],
            id="between braces, with a comma and a remark at the end",
        ),
        pytest.param(
            RELEASE,
            github("    permissions:\t# why\n      contents: read\t# because\n" + UPLOAD),
            ["+      id-token: write"],
            id="tabs before remarks",
        ),
        pytest.param(
            RELEASE,
            "on: {push: {tags: [v*]}}\njobs: {go: {permissions: , steps: [{run: uv publish}]}}\n",
            [
                "-jobs: {go: {permissions: , steps: [{run: uv publish}]}}",
                "+jobs: {go: {permissions: {id-token: write} , steps: [{run: uv publish}]}}",
            ],
            id="a key without a value, between braces",
        ),
        pytest.param(
            RELEASE,
            github(GRANTED + ACTION.replace("{name: dist, path: dist/}", "{path: dist/}")),
            ["-        with: {path: dist/}", "+        with: {path: dist/, merge-multiple: true}"],
            id="an input",
        ),
        pytest.param(
            RELEASE,
            github(GRANTED + f"    steps:\n      - run: twine upload --repository-url {PYPI.upload_url[:-1]} x\n"),
            [
                f"-      - run: twine upload --repository-url {PYPI.upload_url[:-1]} x",
                f"+      - run: twine upload --repository-url {PYPI.upload_url} x",
            ],
            id="a slash",
        ),
        pytest.param(
            RELEASE,
            github(
                GRANTED
                + "    steps:\n      - run: uv publish\n        env:\n          UV_PUBLISH_TOKEN: ${{ secrets.T }}\n"
            ),
            ["-        env:", "-          UV_PUBLISH_TOKEN: ${{ secrets.T }}"],
            id="a stored token, and the block that it leaves empty",
        ),
        pytest.param(
            RELEASE,
            github(GRANTED + UPLOAD, on="on:  # when\n  pull_request_target:\n    types: [labeled]"),
            ["-  pull_request_target:", "-    types: [labeled]", "+  push:", "+    tags: ['v*']"],
            id="the event",
        ),
        pytest.param(
            RELEASE,
            github("    permissions: *p # shared\n" + UPLOAD, build="    permissions: &p\n      contents: read\n"),
            ["-    permissions: *p # shared", "+    permissions: {contents: read, id-token: write} # shared"],
            id="an alias, and not what it stands for",
        ),
        pytest.param(
            RELEASE,
            github("    permissions: *p\n" + UPLOAD, build="    permissions: &p {id-token: read}\n"),
            ["-    permissions: *p", "+    permissions: {id-token: write}"],
            id="an alias with a word that is too weak",
        ),
        pytest.param(
            RELEASE,
            github("    permissions: *p\n" + UPLOAD, build="    permissions: &p read-all\n"),
            ["-    permissions: *p", "+    permissions: {contents: read, id-token: write}"],
            id="an alias of a word",
        ),
        pytest.param(
            RELEASE,
            github("    permissions: {<<: *p}\n" + UPLOAD, build="    permissions: &p {contents: read}\n"),
            ["-    permissions: {<<: *p}", "+    permissions: {<<: *p, id-token: write}"],
            id="merged between braces",
        ),
        pytest.param(
            RELEASE,
            github("    permissions:\n      <<: *p\n" + UPLOAD, build="    permissions: &p {id-token: none}\n"),
            ["+      id-token: write"],
            id="merged into a block",
        ),
        pytest.param(
            RELEASE,
            f"on: push\nx: &base\n  permissions: {{contents: read}}\njobs:\n  publish:\n    <<: *base\n{UPLOAD}",
            ["+    permissions:", "+      contents: read", "+      id-token: write"],
            id="a job into which its permissions are merged",
        ),
        pytest.param(
            RELEASE,
            github(f"{GRANTED}    steps:\n      - run: |\n{REQUEST_BY_HAND}"),
            [
                '-          T=$(curl "$ACTIONS_ID_TOKEN_REQUEST_URL" | jq -r .value)',
                '+          T=$(curl "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=pypi" | jq -r .value)',
            ],
            id="the audience of a request",
        ),
        pytest.param(
            RELEASE,
            github(
                f"{GRANTED}    steps:\n      - uses: actions/github-script@v8\n        with:\n"
                "          script: return await core.getIDToken( )\n"
                "      - run: curl https://pypi.org/_/oidc/mint-token\n"
            ),
            [
                "-          script: return await core.getIDToken( )",
                "+          script: return await core.getIDToken('pypi' )",
            ],
            id="the audience of a script's request",
        ),
        pytest.param(
            CI,
            f"# the pipeline\n{JOB}{SCRIPT}",
            ["+  id_tokens:", "+    PYPI_ID_TOKEN:", "+      aud: pypi"],
            id="a token for the job",
        ),
        pytest.param(
            CI, f".a:\n  {TOKENS}\n{JOB}  extends: .a\n  id_tokens: null\n{SCRIPT}", ["-  id_tokens: null"], id="null"
        ),
        pytest.param(
            CI,
            f"{JOB}  id_tokens:\n    PYPI_ID_TOKEN:  # PyPI's\n      aud: testpypi\n{SCRIPT}",
            ["-      aud: testpypi", "+      aud: pypi"],
            id="an audience",
        ),
        pytest.param(
            CI,
            f"default:\n  {TOKENS}\n{JOB}  inherit: {{default: [image]}}\n{SCRIPT}",
            ["-  inherit: {default: [image]}", "+  inherit: {default: [image, id_tokens]}"],
            id="what is inherited",
        ),
        pytest.param(
            CI,
            f"default:\n  {TOKENS}\n{JOB}  inherit:\n    default:\n      - image # why\n{SCRIPT}",
            ["+      - id_tokens"],
            id="what is inherited, as lines",
        ),
        pytest.param(
            RELEASE,
            github("    permissions: &p # least\n      contents: read\n" + UPLOAD),
            ["+      id-token: write"],
            id="a block with an anchor",
        ),
        pytest.param(
            RELEASE,
            github("    permissions:\n      id-token:\n" + UPLOAD),
            ["-      id-token:", "+      id-token: write"],
            id="a permission without a word",
        ),
        pytest.param(
            RELEASE,
            github("    permissions: {}\n" + UPLOAD.replace("steps:\n", "steps:\n      - uses: actions/checkout@v5\n")),
            ["-    permissions: {}", "+    permissions: {id-token: write, contents: read}"],
            id="all that an empty block lacks",
        ),
        pytest.param(
            RELEASE,
            github(
                GRANTED + "    steps:\n      - {run: twine upload x, env: {A: b, TWINE_USERNAME: __token__, "
                "TWINE_PASSWORD: pypi-x}}\n"
            ),
            [
                "-      - {run: twine upload x, env: {A: b, TWINE_USERNAME: __token__, TWINE_PASSWORD: pypi-x}}",
                "+      - {run: twine upload x, env: {A: b}}",
            ],
            id="two secrets between braces",
        ),
        pytest.param(
            RELEASE,
            github(f"    env:\n      id-token: write # here\n{GRANTED}{UPLOAD}").replace(GRANTED, ""),
            ["-    env:", "-      id-token: write # here", "+    permissions:", "+      id-token: write"],
            id="what is out of place, and the block that it leaves empty",
        ),
        pytest.param(
            CI,
            f"{JOB}  variables:\n    PYPI_ID_TOKEN: $CI_JOB_JWT_V2\n{SCRIPT}",
            [
                *("-  variables:", "-    PYPI_ID_TOKEN: $CI_JOB_JWT_V2"),
                *("+  id_tokens:", "+    PYPI_ID_TOKEN:", "+      aud: pypi"),
            ],
            id="a token of old, and the block that it leaves empty",
        ),
        pytest.param(
            CI,
            f"{TOKENS}\n{JOB}  id_tokens: {{X: {{aud: y}}}}\n{SCRIPT}",
            [
                *(f"-{TOKENS}", "-  id_tokens: {X: {aud: y}}"),
                "+  id_tokens: {X: {aud: y}, PYPI_ID_TOKEN: {aud: pypi}}",
            ],
            id="a token at the top, beside one of the job's own",
        ),
        pytest.param(
            CI,
            f"id_tokens:\n{JOB}{SCRIPT}",
            ["-id_tokens:", "+  id_tokens:", "+    PYPI_ID_TOKEN:", "+      aud: pypi"],
            id="a key at the top that asks for nothing",
        ),
        pytest.param(
            CI,
            f"{JOB}  id_tokens:\n    PYPI_ID_TOKEN:\n      aud: # both\n      - pypi\n      - testpypi\n{SCRIPT}",
            ["-      aud: # both", "-      - pypi", "-      - testpypi", "+      aud: pypi # both"],
            id="several audiences",
        ),
    ],
)
def test_a_mend_is_silent_afterwards_and_touches_nothing_else(
    tmp_path: Path, path: str, text: str, changed: list[str]
) -> None:
    evidence = of(tmp_path, {path: text})
    assert told(evidence)
    write(tmp_path, mends(tmp_path, findings(evidence)))
    after = (tmp_path / path).read_text()
    diff = [line for line in difflib.ndiff(text.splitlines(), after.splitlines()) if line[0] in "+-"]
    assert sorted(f"{line[0]}{line[2:]}" for line in diff) == sorted(changed)
    assert told(of(tmp_path, {}, {"TPUB_TOKEN": "x"})) == []


def test_a_caller_that_shares_its_permissions_gets_its_own(tmp_path: Path) -> None:
    caller = "on: push\njobs:\n  test:\n    permissions: &p {contents: read}\n    steps: []\n"
    caller += "  go:\n    permissions: *p\n    uses: ./.github/workflows/release.yml\n"
    files = {RELEASE: github(GRANTED + UPLOAD, on="on: workflow_call"), ".github/workflows/ci.yml": caller}
    (mend,) = mends(tmp_path, findings(of(tmp_path, files)))
    assert mend.after == caller.replace("*p", "{contents: read, id-token: write}")


def test_line_ends_and_byte_order_mark_stay(tmp_path: Path) -> None:
    text = "\ufeff" + github(UPLOAD).replace("\n", "\r\n")
    evidence = of(tmp_path, {RELEASE: text})
    (mend,) = mends(tmp_path, findings(evidence))
    assert mend.after.startswith("\ufeffname")
    assert mend.after.count("\n") == mend.after.count("\r\n") == text.count("\n") + 2


def test_several_files_are_mended_together(tmp_path: Path) -> None:
    bump = "on: workflow_dispatch\npermissions: {contents: write}\njobs:\n  bump:\n"
    bump += "    steps:\n      - run: gh release create v1\n"
    files = {
        RELEASE: github(GRANTED + UPLOAD, on="on:\n  release:\n    types: [published]"),
        ".github/workflows/bump.yml": bump,
    }
    evidence = of(tmp_path, files)
    made = mends(tmp_path, findings(evidence))
    assert [mend.path for mend in made] == [".github/workflows/bump.yml", RELEASE]
    write(tmp_path, made)
    assert told(of(tmp_path, {})) == []


def test_of_a_file_with_two_names_one_is_mended(tmp_path: Path) -> None:
    (laid(tmp_path, {RELEASE: github(UPLOAD)}) / ".github/workflows/again.yml").symlink_to("release.yml")
    (mend,) = mends(tmp_path, findings(of(tmp_path, {})))
    assert mend.after == github(GRANTED + UPLOAD)


def test_a_file_that_was_changed_since_it_was_read_is_left_alone(tmp_path: Path) -> None:
    found = findings(of(tmp_path, {RELEASE: github(UPLOAD)}))
    laid(tmp_path, {RELEASE: "# mine\n" + github(UPLOAD)})
    assert mends(tmp_path, found) == []
    (tmp_path / RELEASE).unlink()
    assert mends(tmp_path, found) == []


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param((("b", "x"), ("$[[ i ]]", "y")), id="what an input fills in"),
        pytest.param((("b", "x"), ("b: 1", "y: 2")), id="over one another"),
        pytest.param((("b", "x"), ("1", "{")), id="no YAML afterwards"),
        pytest.param((("1", "2"), ("b", "a")), id="a key twice"),
    ],
)
def test_a_mend_is_made_whole_or_not_at_all(tmp_path: Path, edits: tuple[tuple[str, str], ...]) -> None:
    text = "a: $[[ i ]]\nb: 1\nc: d\n"
    laid(tmp_path, {"w.yml": text})
    whole = [Edit("w.yml", text, at := text.index(old), at + len(old), new) for old, new in edits]
    other = Edit("w.yml", text, text.index("d"), text.index("d") + 1, "e")
    (mend,) = edited(tmp_path, [whole, [other]])
    assert mend.after == text.replace("d", "e")


def test_what_is_there_already_is_not_written_again(tmp_path: Path) -> None:
    laid(tmp_path, {"a.yml": "a: 1\n"})
    assert edited(tmp_path, [[Edit("a.yml", "a: 1\n", 3, 4, "1")]]) == []


def test_a_mend_of_two_files_is_made_in_both_or_in_none(tmp_path: Path) -> None:
    laid(tmp_path, {"a.yml": "a: 1\n", "b.yml": "b: 1\n"})
    whole = [Edit("a.yml", "a: 1\n", 3, 4, "2"), Edit("b.yml", "b: 1\n", 3, 4, "{")]
    assert edited(tmp_path, [whole]) == []


def test_lines_that_end_as_they_did_long_ago_are_left_alone(tmp_path: Path) -> None:
    text = github(UPLOAD).replace("\n", "\r")
    evidence = of(tmp_path, {RELEASE: text})
    assert told(evidence)
    assert mends(tmp_path, findings(evidence)) == []


def test_a_token_that_another_upload_needs_is_not_renamed(tmp_path: Path) -> None:
    both = "  script:\n    - tpub upload dist/*\n    - tpub upload --index testpypi dist/*\n"
    text = f"publish:\n  {TOKENS}\n{both}"
    (mend,) = mends(tmp_path, findings(of(tmp_path, {CI: text})))
    assert mend.after == text.replace("}}", "}, TESTPYPI_ID_TOKEN: {aud: testpypi}}", 1)


def test_what_changes_for_others_is_said(tmp_path: Path) -> None:
    text = github("    permissions: &p\n      contents: read\n" + UPLOAD)
    text += "  site:\n    permissions: *p\n    steps: []\n"
    (mend,) = mends(tmp_path, findings(of(tmp_path, {RELEASE: text})))
    assert mend.shared == ("jobs.site.permissions (line 20)",)


def test_nothing_to_mend(tmp_path: Path) -> None:
    assert mends(tmp_path, findings(of(tmp_path, {RELEASE: github(GRANTED + UPLOAD)}))) == []
