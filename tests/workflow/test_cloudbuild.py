from __future__ import annotations

from pathlib import Path

import pytest

from support.checkouts import laid
from tpub.workflow.cloudbuild import load

NAMED = "env: [A=b, GOOGLE_SERVICE_ACCOUNT_NAME=publisher@p.iam.gserviceaccount.com]"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            f"steps: [{{id: send, {NAMED}, script: tpub upload}}]",
            [("send", "publisher@p.iam.gserviceaccount.com", "pypi")],
            id="of the step",
        ),
        pytest.param(
            f"options: {{{NAMED}}}\nsteps: [{{script: tpub upload --index testpypi}}]",
            [("steps[0]", "publisher@p.iam.gserviceaccount.com", "testpypi")],
            id="of all steps",
        ),
        pytest.param(
            "serviceAccount: projects/p/serviceAccounts/b@p.example\nsteps: [{args: [x]}, {script: tpub upload}]",
            [("steps[1]", "b@p.example", "pypi")],
            id="of the build",
        ),
        pytest.param(
            "serviceAccount: projects/$PROJECT_ID/serviceAccounts/b@$PROJECT_ID.example\n"
            "steps: [{script: tpub upload}]",
            [("steps[0]", "", "pypi")],
            id="a substitution",
        ),
        pytest.param("steps: [{script: tpub upload}]", [("steps[0]", "", "pypi")], id="not told"),
        pytest.param(
            "serviceAccount: p/b@p.example\nsteps: [{entrypoint: bash, args: [-c, 'pip install tpub && tpub upload']}]",
            [("steps[0]", "b@p.example", "pypi")],
            id="a shell",
        ),
        pytest.param(
            "serviceAccount: p/b@p.example\nsteps: [{entrypoint: python, args: [-m, tpub, upload, --index, testpypi]}]",
            [("steps[0]", "b@p.example", "testpypi")],
            id="a program",
        ),
        pytest.param("steps: [{script: pytest}, {name: x}]", [], id="nobody publishes"),
        pytest.param("steps: {}", [], id="no steps"),
        pytest.param("steps: [", [], id="no YAML"),
    ],
)
def test_who_publishes(tmp_path: Path, text: str, found: list[tuple[str, str, str]]) -> None:
    steps = load(laid(tmp_path, {"cloudbuild.yaml": text}))
    assert [(step.name, step.account, step.publish.index) for step in steps] == found


def test_every_file_of_that_name_is_read(tmp_path: Path) -> None:
    files = dict.fromkeys(("cloudbuild.yaml", "cloudbuild-b.yml", "other.yaml"), "steps: [{script: tpub upload}]")
    assert [step.path for step in load(laid(tmp_path, files))] == ["cloudbuild-b.yml", "cloudbuild.yaml"]
