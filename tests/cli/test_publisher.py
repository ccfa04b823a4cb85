from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from support.checkouts import laid
from support.world import tpub
from tpub.index.model import PYPI, TESTPYPI

FILES = {
    "pyproject.toml": '[project]\nname = "Sample.Project"\n',
    ".git/config": '[remote "origin"]\nurl = https://github.com/octo-org/sampleproject\n',
    ".github/workflows/release.yml": """
on: push
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: pypi
    steps: [{run: tpub upload}]
""",
}
FORM = "?provider=github&owner=octo-org&repository=sampleproject&workflow_filename=release.yml&environment=pypi"


def test_what_to_type_and_where(tmp_path: Path) -> None:
    ran = tpub("publisher", "--organization", "octo", folder=laid(tmp_path, FILES))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "github: .github/workflows/release.yml, jobs.publish\n"
        "             owner  octo-org\n"
        "        repository  sampleproject\n"
        " workflow_filename  release.yml\n"
        "       environment  pypi\n"
        f"  existing project  {PYPI.site_url}/manage/project/Sample.Project/settings/publishing/{FORM}\n"
        f"       new project  {PYPI.site_url}/manage/account/publishing/, project name: Sample.Project\n"
        f"of an organization  {PYPI.site_url}/manage/organization/octo/publishing/, project name: Sample.Project\n"
    )


def test_the_same_as_data(tmp_path: Path) -> None:
    command = ("publisher", "--index", "testpypi", "--project", "other", "--format", "json")
    ran = tpub(*command, folder=laid(tmp_path, FILES))
    assert (ran.code, json.loads(ran.out)) == (
        0,
        {
            "schema": "tpub/1",
            "command": "publisher",
            "exit_code": 0,
            "index": {"name": "testpypi", "upload_url": TESTPYPI.upload_url},
            "publishers": [
                {
                    "provider": "github",
                    "values": {
                        "owner": "octo-org",
                        "repository": "sampleproject",
                        "workflow_filename": "release.yml",
                        "environment": "pypi",
                    },
                    "job": ".github/workflows/release.yml, jobs.publish",
                    "project": "other",
                    "project_page": f"{TESTPYPI.site_url}/manage/project/other/settings/publishing/{FORM}",
                    "pending_page": f"{TESTPYPI.site_url}/manage/account/publishing/",
                    "organization_page": None,
                }
            ],
            "diagnostics": [],
        },
    )


def test_an_organization_by_a_name_that_is_no_part_of_an_address(tmp_path: Path) -> None:
    ran = tpub("publisher", "--organization", "the octo/org", "--format", "json", folder=laid(tmp_path, FILES))
    (found,) = json.loads(ran.out)["publishers"]
    assert found["organization_page"] == f"{PYPI.site_url}/manage/organization/the%20octo%2Forg/publishing/"


def test_an_index_whose_pages_nobody_knows(tmp_path: Path) -> None:
    ran = tpub("publisher", "--index", "https://packages.example.com/legacy/", folder=laid(tmp_path, FILES))
    assert (ran.code, ran.out.splitlines()[-1].strip()) == (0, "environment  pypi")


def test_nothing_to_tell(tmp_path: Path) -> None:
    ran = tpub("publisher", folder=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(
        "error: nothing here tells from where the project is published [publisher-undetermined]\n"
    )


@pytest.mark.parametrize(
    ("command", "code", "mend"),
    [
        pytest.param("publisher", 2, "Run it at the top of this checkout: `cd {}`.", id="publisher"),
        pytest.param("doctor --offline .", 4, "look at the whole of it: `tpub doctor {}`.", id="doctor"),
        pytest.param(
            "rehearse --workflow ../.github/workflows/release.yml",
            2,
            "Run `cd {}`, then `tpub rehearse --workflow .github/workflows/release.yml` with the paths of the files.",
            id="rehearse",
        ),
    ],
)
def test_who_stands_in_a_folder_of_the_checkout_is_sent_to_its_top(
    tmp_path: Path, command: str, code: int, mend: str
) -> None:
    root = laid(tmp_path / "my checkout", FILES)
    (root / "below").mkdir()
    ran = tpub(*command.split(), folder=root / "below")
    word = f'"{root.resolve()}"' if os.name == "nt" else f"'{root.resolve()}'"
    assert (ran.code, mend.format(word) in ran.out + ran.err) == (code, True), ran.out + ran.err


def test_a_name_that_no_project_can_have(tmp_path: Path) -> None:
    ran = tpub("publisher", "--project", "My Project!", folder=laid(tmp_path, FILES))
    assert (ran.code, ran.out, "[setting-invalid]" in ran.err) == (2, "", True)
