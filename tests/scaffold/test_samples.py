"""What `tpub init` writes for sample repositories: as recorded, free of findings, and rehearsed.

`python -m pytest tests/scaffold/test_samples.py --write-snapshots` records it anew.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.samples import SAMPLES, Sample
from support.world import tpub

SNAPSHOTS = Path(__file__).parent / "snapshots"

each_sample = pytest.mark.parametrize("sample", [pytest.param(sample, id=sample.name) for sample in SAMPLES])


@pytest.fixture(scope="module")
def checkouts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return each sample's checkout after `tpub init`."""
    found = {}
    for sample in SAMPLES:
        built = tmp_path_factory.getbasetemp() / f"built-by-{sample.backend}"
        found[sample.name] = root = sample.laid(tmp_path_factory.mktemp(sample.name), built)
        ran = tpub(*sample.argv, folder=root)
        assert ran.code == 0, ran.err
        (root / "told").write_text(ran.out + ran.err, encoding="utf-8")
    return found


def written(root: Path, sample: Sample) -> list[str]:
    """Return the files that are not as the sample has them."""
    paths = sorted(path for path in root.rglob("*") if path.suffix in {".yml", ".yaml"})
    names = [path.relative_to(root).as_posix() for path in paths]
    return [name for name in names if (root / name).read_text("utf-8") != sample.files.get(name)]


def report(root: Path, *argv: str) -> Any:  # noqa: ANN401  (JSON)
    return json.loads(tpub(*argv, "--format", "json", folder=root).out)


@each_sample
def test_a_sample_is_written_as_recorded(
    sample: Sample, checkouts: dict[str, Path], request: pytest.FixtureRequest
) -> None:
    root = checkouts[sample.name]
    told = [f"$ tpub {' '.join(word or chr(39) * 2 for word in sample.argv)}\n{(root / 'told').read_text('utf-8')}"]
    files = [f"==> {name} <==\n{(root / name).read_text('utf-8')}" for name in written(root, sample)]
    found = "\n".join([*told, *files])
    snapshot = SNAPSHOTS / f"{sample.name}.txt"
    if request.config.getoption("--write-snapshots", default=False):
        snapshot.write_text(found, encoding="utf-8", newline="\n")
    assert snapshot.read_text(encoding="utf-8") == found


def test_no_snapshot_is_left_over() -> None:
    assert {path.stem for path in SNAPSHOTS.iterdir()} == {sample.name for sample in SAMPLES}


@each_sample
def test_a_second_run_changes_nothing(sample: Sample, checkouts: dict[str, Path]) -> None:
    root = checkouts[sample.name]
    before = {name: (root / name).read_text() for name in written(root, sample)}
    found = report(root, *sample.argv)
    assert (found["exit_code"], found["written"]) == (0, [])
    assert {name: (root / name).read_text() for name in written(root, sample)} == before


@each_sample
def test_the_doctor_finds_nothing(sample: Sample, checkouts: dict[str, Path]) -> None:
    found = report(checkouts[sample.name], "doctor", "--offline")
    left = {".github/workflows/ci.yml"}  # the stored token that `init` tells of, and leaves there
    told = [each["code"] for each in found["diagnostics"] if not left & {seen.get("path") for seen in each["evidence"]}]
    assert (found["exit_code"], told) == (0, [])


@each_sample
def test_the_rehearsed_identity_is_that_of_the_publisher(sample: Sample, checkouts: dict[str, Path]) -> None:
    root = checkouts[sample.name]
    files = [str(path) for path in sorted((root / "dist").iterdir())]
    found = report(root, "rehearse", "--workflow", sample.starts, "--quiet", *files)
    errors = [each["code"] for each in found["diagnostics"] if each["severity"] == "error"]
    assert (found["exit_code"], errors, [each["status"] for each in found["uploads"]]) == (0, [], ["uploaded"] * 2)
    index = "testpypi" if "--index" in sample.options else "pypi"
    registered = report(root, "publisher", "--index", index)["publishers"]
    claims = found["identity"]["claims"]
    assert [each["values"] for each in registered] == [values(claims, found["identity"]["provider"])]


def values(claims: dict[str, str], provider: str) -> dict[str, str]:
    """Read a publisher from claims, independently of how tpub does."""
    match provider:
        case "github":
            owner, repository = claims["repository"].split("/")
            file = claims["job_workflow_ref"].partition("@")[0].rpartition("/")[2]
            form = {"owner": owner, "repository": repository, "workflow_filename": file}
            return form | {"environment": claims.get("environment", "")}
        case "gitlab":
            namespace, _, project = claims["project_path"].rpartition("/")
            host, _, rest = claims["ci_config_ref_uri"].partition("/")
            form = {"namespace": namespace, "project": project}
            form |= {"workflow_filepath": rest.partition("//")[2].partition("@")[0]}
            return form | {"environment": claims["environment"], "issuer_url": f"https://{host}"}
        case _:
            return {"email": claims["email"], "sub": ""}


@pytest.mark.parametrize(
    ("schema", "mark"),
    [
        pytest.param("vendor.github-workflows", ".github", id="github"),
        pytest.param("vendor.gitlab-ci", ".gitlab", id="gitlab"),
        pytest.param("vendor.cloudbuild", "cloudbuild", id="google"),
    ],
)
def test_the_files_keep_to_their_schemas(schema: str, mark: str, checkouts: dict[str, Path]) -> None:
    paths = [path for path in every_file(checkouts) if mark in path]
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *paths]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, bool(paths)) == (0, True), done.stdout


def test_the_workflows_are_safe(checkouts: dict[str, Path]) -> None:
    paths = [path for path in every_file(checkouts) if ".github" in path]
    zizmor = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--no-progress", "--persona", "auditor"]
    done = subprocess.run([*zizmor, *paths], capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, len(paths)) == (0, 8), done.stdout


def every_file(checkouts: dict[str, Path]) -> list[str]:
    return [str(checkouts[each.name] / name) for each in SAMPLES for name in written(checkouts[each.name], each)]
