"""The component's job, run as GitLab's runner runs it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import junitparser
import pytest

from support import dists, steps
from support.steps import ROOT, Machine, Step
from tpub.rehearsal.ci import JobDescription
from tpub.rehearsal.index import RehearsalIndex
from tpub.workflow import gitlab
from tpub.workflow.gitlab import component

posix = pytest.mark.skipif(sys.platform == "win32", reason="the programs on the PATH are POSIX scripts here")

SPEC, TEMPLATE = steps.documents(ROOT / "templates" / "publish" / "template.yml")
INPUTS = SPEC["spec"]["inputs"]
EXPRESSION = re.compile(r"\$\[\[ inputs\.([\w-]+) \]\]")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return steps.machine(tmp_path_factory.mktemp("machine"))


def interpolated(node: Any, given: Mapping[str, str]) -> Any:  # noqa: ANN401  (YAML)
    """Return the configuration that the component is with these inputs."""
    if isinstance(node, dict):
        return {interpolated(key, given): interpolated(value, given) for key, value in node.items()}
    if isinstance(node, list):
        return [interpolated(item, given) for item in node]
    known = {name: each["default"] for name, each in INPUTS.items()} | dict(given)
    return EXPRESSION.sub(lambda found: known[found[1]], node) if isinstance(node, str) else node


def run(machine: Machine, folder: Path, env: Mapping[str, str], **given: str) -> Step:
    """Run the job in `folder` as the runner does: the lines of its script in one shell."""
    (job,) = interpolated(TEMPLATE, given).values()
    platform = {"GITLAB_CI": "true", "CI_PROJECT_DIR": str(folder), "TMPDIR": str(folder)}
    script = "\n".join(job["script"])
    return steps.run(script, {**machine.env, **platform, **job["variables"], **env}, folder, "-eo", "pipefail")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="as it is"),
        pytest.param(
            {"index": "testpypi", "environment": "testpypi", "job": "rehearsal", "stage": "test"}, id="TestPyPI"
        ),
    ],
)
def test_it_is_a_valid_pipeline(tmp_path: Path, given: dict[str, str]) -> None:
    path = tmp_path / "ci.json"
    path.write_text(json.dumps(interpolated(TEMPLATE, given)))
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout


def test_two_of_them_are_two_jobs() -> None:
    one, other = (interpolated(TEMPLATE, {"job": name}) for name in ("publish", "rehearsal"))
    assert set(one) | set(other) == {"publish", "rehearsal"}


def test_its_tokens_are_for_the_index_and_for_sigstore() -> None:
    (job,) = interpolated(TEMPLATE, {}).values()
    assert {name: token["aud"] for name, token in job["id_tokens"].items()} == {
        "PYPI_ID_TOKEN": "pypi",
        "TESTPYPI_ID_TOKEN": "testpypi",
        "SIGSTORE_ID_TOKEN": "sigstore",
    }


def test_it_is_what_is_known_of_it(tmp_path: Path) -> None:
    assert {name: each["default"] for name, each in INPUTS.items() if name in component.DEFAULTS} == component.DEFAULTS
    (tmp_path / gitlab.CONFIG).write_text("include: {component: gitlab.com/acme/tpub/publish@1.0}\n")
    (known,) = gitlab.load(tmp_path)[0].jobs
    ((name, written),) = interpolated(TEMPLATE, {}).items()
    assert known.environment is not None
    assert (
        known.name,
        known.environment.text,
        {each: {"aud": token.audiences[0]} for each, token in known.id_tokens.items()},
        [{key: place.text for key, place in rule.fields.items()} for rule in known.place.fields["rules"].items],
    ) == (name, written["environment"]["name"], written["id_tokens"], written["rules"])


def test_every_input_is_used_and_none_is_text_of_the_script() -> None:
    text = json.dumps(TEMPLATE)
    assert [name for name in INPUTS if f"$[[ inputs.{name} ]]" not in text] == []
    (job,) = TEMPLATE.values()
    assert [line for line in job["script"] if "$[[" in line] == []


def reports(folder: Path) -> dict[str, str]:
    """Return what the job's `artifacts:reports` collect, by kind."""
    (job,) = interpolated(TEMPLATE, {}).values()
    return {kind: (folder / name).read_text() for kind, name in job["artifacts"]["reports"].items()}


@posix
def test_a_release(machine: Machine, index: RehearsalIndex, tmp_path: Path) -> None:
    wheel, sdist = dists.wheel(tmp_path / "dist"), dists.sdist(tmp_path / "dist")
    platform = index.job(JobDescription("gitlab"))
    index.trust(platform.publisher, "sampleproject")
    done = run(machine, tmp_path, platform.env, index=index.index.upload_url, dists="dist/*.whl\ndist/*.tar.gz")
    assert (done.code, set(index.store.files)) == (0, {wheel.name, sdist.name}), done.log
    found = reports(tmp_path)
    assert found["dotenv"] == f"TPUB_RELEASE_URL={index.index.simple_url}sampleproject/\n"
    assert found["codequality"] == "[]\n"
    (suite,) = junitparser.JUnitXml.fromstring(found["junit"].encode())
    assert sorted(case.classname for case in suite) == [wheel.name, sdist.name]
    assert [minted for minted in index.store.minted if minted.secret.reveal() in done.log + str(found)] == []


@posix
def test_a_refusal(machine: Machine, index: RehearsalIndex, tmp_path: Path) -> None:
    done = run(machine, tmp_path, {}, index=index.index.upload_url, dists="$(touch run)\n--help\nnowhere/*")
    assert (done.code, (tmp_path / "run").exists()) == (2, False)
    (violation,) = json.loads(reports(tmp_path)["codequality"])
    assert violation["check_name"] == "no-distributions"
