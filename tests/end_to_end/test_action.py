"""The action's steps, run as GitHub's runner runs them."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from support import dists, programs, runner, steps
from support.steps import ROOT, Machine, Step
from tpub.rehearsal.ci import JobDescription
from tpub.rehearsal.index import RehearsalIndex, serve

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs on the PATH are POSIX scripts here")

(ACTION,) = steps.documents(ROOT / "action.yml")
INSTALL, UPLOAD = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"\$\{\{ (inputs|steps)\.([\w.-]+) \}\}")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return steps.machine(tmp_path_factory.mktemp("machine"))


@pytest.fixture(scope="module")
def temp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runner's temporary folder: one job, so that the action is installed once."""
    return tmp_path_factory.mktemp("temp")


def expanded(text: str, known: Mapping[str, str]) -> str:
    """Return `text` with its expressions evaluated; an output that was not written is empty."""
    return EXPRESSION.sub(lambda found: known.get(f"{found[1]}.{found[2]}", ""), text)


@dataclass(frozen=True)
class Job:
    """A job that uses the action."""

    env: Mapping[str, str]
    folder: Path
    temp: Path

    def use(self, **given: str) -> tuple[Step, dict[str, str]]:
        """Run the action's steps with some inputs; return the last step that ran, and the action's outputs."""
        known = {f"inputs.{name}": each.get("default", "") for name, each in ACTION["inputs"].items()}
        known |= {f"inputs.{name.replace('_', '-')}": value for name, value in given.items()}
        log = ""
        for step in ACTION["runs"]["steps"]:
            done = self.run(step, known)
            log += done.log
            if done.code:
                return Step(done.code, log), {}
        outputs = {name: expanded(each["value"], known) for name, each in ACTION["outputs"].items()}
        return Step(0, log), outputs

    def run(self, step: Mapping[str, str | Mapping[str, str]], known: dict[str, str]) -> Step:
        """Run one step; its outputs become known."""
        output, summary = self.temp / "output", self.temp / "summary"
        output.write_text("")
        given = step["env"]
        assert isinstance(given, Mapping)
        env = {name: expanded(text, known) for name, text in given.items()}
        platform = {
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_WORKSPACE": str(self.folder),
            "RUNNER_TEMP": str(self.temp),
        }
        script, shell = str(step["run"]), ("--noprofile", "--norc", "-eo", "pipefail")
        done = steps.run(script, {**self.env, **platform, **env}, self.folder, *shell)
        outputs = runner.outputs(output.read_text())
        known.update({f"steps.{step['id']}.outputs.{name}": value for name, value in outputs.items()})
        return done


def a_job(machine: Machine, folder: Path, temp: Path, env: Mapping[str, str]) -> Job:
    return Job(machine.env | {"GITHUB_ACTIONS": "true"} | dict(env), folder, temp)


def test_a_release_and_the_same_again_in_one_job(
    machine: Machine, index: RehearsalIndex, tmp_path: Path, temp: Path
) -> None:
    wheel, sdist = dists.wheel(tmp_path / "dist"), dists.sdist(tmp_path / "dist")
    platform = index.job(JobDescription("github"))
    index.trust(platform.publisher, "sampleproject")
    job = a_job(machine, tmp_path, temp, platform.env)
    done, outputs = job.use(index=index.index.upload_url)
    assert done.code == 0, done.log
    assert outputs["release-url"] == f"{index.index.simple_url}sampleproject/"
    files = json.loads(outputs["files"])
    assert {each["file"]: each["status"] for each in files} == {wheel.name: "uploaded", sdist.name: "uploaded"}
    assert set(index.store.files) == {wheel.name, sdist.name}
    again, outputs = job.use(index=index.index.upload_url, dists=f"dist/*.whl\n\n  {sdist}  ")
    assert again.code == 0, again.log
    assert [each["status"] for each in json.loads(outputs["files"])] == ["skipped", "skipped"]
    assert "::group::Install tpub" not in again.log
    masked = {each.data for each in runner.commands(done.log + again.log) if each.name == "add-mask"}
    assert {minted.secret.reveal() for minted in index.store.minted} <= masked


def test_two_indexes_in_turn(machine: Machine, index: RehearsalIndex, tmp_path: Path, temp: Path) -> None:
    wheel = dists.wheel(tmp_path / "dist")
    index.put(wheel)
    with serve() as first:
        urls = f"{first.index.upload_url}\n{index.index.upload_url}\n"
        done, outputs = a_job(machine, tmp_path, temp, {}).use(index=urls, dry_run="true")
        asked = [request.endpoint for request in first.store.requests]
    assert (done.code, asked, [each["status"] for each in json.loads(outputs["files"])]) == (
        0,
        ["pages"],
        ["identical"],
    ), done.log


def test_a_dry_run_mints_nothing(machine: Machine, index: RehearsalIndex, tmp_path: Path, temp: Path) -> None:
    dists.wheel(tmp_path / "dist")
    platform = index.job(JobDescription("github"))
    done, outputs = a_job(machine, tmp_path, temp, platform.env).use(index=index.index.upload_url, dry_run="true")
    assert done.code == 0, done.log
    assert [each["status"] for each in json.loads(outputs["files"])] == ["new"]
    assert (outputs["release-url"], list(index.store.minted), index.store.files) == ("", [], {})


@pytest.mark.parametrize("way", ["an input", "a variable of the job"])
def test_a_token(machine: Machine, index: RehearsalIndex, tmp_path: Path, temp: Path, way: str) -> None:
    wheel = dists.wheel(tmp_path / "dist")
    index.store.create_project("sampleproject")
    token = index.user_token().reveal()
    env, inputs = ({}, {"token": token}) if way == "an input" else ({"TPUB_TOKEN": token}, {})
    done, _ = a_job(machine, tmp_path, temp, env).use(index=index.index.upload_url, **inputs)
    assert (done.code, set(index.store.files)) == (0, {wheel.name}), done.log
    assert token not in done.log


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("$(touch run)", id="a substitution"),
        pytest.param("`touch run`", id="of the old kind"),
        pytest.param('"; touch run; "', id="quotes"),
        pytest.param("'; touch run; '", id="single ones"),
        pytest.param("--help", id="an option"),
        pytest.param("x\n; touch run", id="two lines"),
    ],
)
@pytest.mark.parametrize("name", ["dists", "index", "token", "attestations", "dry-run"])
def test_inputs_are_values(machine: Machine, tmp_path: Path, temp: Path, name: str, text: str) -> None:
    dists.wheel(tmp_path / "dist")
    known = {f"inputs.{each}": "" for each in ACTION["inputs"]} | {
        "inputs.dists": "dist/*",
        "inputs.index": "http://127.0.0.1:1/",
        "inputs.dry-run": "true",
        "steps.install.outputs.tpub": str(tmp_path / "tpub"),
    }
    known[f"inputs.{name}"] = text
    programs.written(tmp_path, "tpub", "import sys\nprint(sys.argv[1:])")
    done = a_job(machine, tmp_path, temp, {}).run(UPLOAD, known)
    assert not (tmp_path / "run").exists()
    given = {"dists": ["dist/*"], "index": ["http://127.0.0.1:1/"], "attestations": []}
    given |= {name: text.split("\n") if name in ("dists", "index") else [text]}
    if name == "dry-run":
        assert done.code == 2
        return
    assert done.log == (
        str(
            [
                "upload",
                *(f"--index={index}" for index in given["index"]),
                *(f"--attestations={word}" for word in given["attestations"]),
                "--dry-run",
                "--",
                *given["dists"],
            ]
        )
        + "\n"
    )


def test_no_input_is_text_of_a_script() -> None:
    assert [step["name"] for step in (INSTALL, UPLOAD) if "${{" in step["run"]] == []
    told = " ".join(f"{step['env']}" for step in (INSTALL, UPLOAD))
    assert [name for name in ACTION["inputs"] if f"inputs.{name} " not in told] == []


# A Python that makes environments in which pip only says what it is to install.
RECORDING = """
import sys
from pathlib import Path
words = sys.argv[1:]
if "-m" in words:
    programs = Path(words[-1]) / "bin"
    programs.mkdir(parents=True)
    pip = programs / "python"
    pip.write_text("#!/bin/sh\\necho \\"pip: $*\\"\\n")
    pip.chmod(0o755)
"""


@pytest.mark.parametrize(
    ("pythons", "attestations", "extra"),
    [
        pytest.param({"python3": RECORDING}, "auto", "[attestations]", id="with the extra"),
        pytest.param({"python3": RECORDING}, "always", "[attestations]", id="which must be there"),
        pytest.param({"python3": RECORDING}, "never", "", id="without"),
        pytest.param({"python3": "raise SystemExit(1)", "python": RECORDING}, "never", "", id="an old one first"),
        pytest.param({"python": "raise SystemExit(1)", "python3.13": RECORDING}, "never", "", id="one with a number"),
        pytest.param({"py": RECORDING}, "never", "", id="the launcher of Windows"),
    ],
)
def test_what_is_installed(tmp_path: Path, pythons: dict[str, str], attestations: str, extra: str) -> None:
    job = Job({"PATH": str(path_of(tmp_path, pythons))}, tmp_path, tmp_path)
    known = {"inputs.attestations": attestations}
    done = job.run(INSTALL, known)
    (asked,) = (line for line in done.log.splitlines() if line.startswith("pip: "))
    assert (done.code, asked.endswith(f" {ROOT}{extra}")) == (0, True), done.log
    assert Path(known["steps.install.outputs.tpub"]).parent.joinpath("python").exists()


# One whose pip finds no wheels for the extra, or none at all.
FAILING = RECORDING.replace("#!/bin/sh\\n", "#!/bin/sh\\ncase $* in *{pattern}) exit 1 ;; esac\\n")


@pytest.mark.parametrize(
    ("attestations", "pattern", "code", "told"),
    [
        pytest.param("auto", "attestations]", 0, ("warning", "what signs attestations"), id="without the extra"),
        pytest.param("", "attestations]", 0, ("warning", "what signs attestations"), id="nothing said"),
        pytest.param("always", "attestations]", 5, ("error", "pip could not install"), id="which must be there"),
        pytest.param("auto", "", 5, ("error", "pip could not install"), id="nothing to be had"),
        pytest.param("never", "", 5, ("error", "pip could not install"), id="not even that"),
    ],
)
def test_what_cannot_be_installed(
    tmp_path: Path, attestations: str, pattern: str, code: int, told: tuple[str, str]
) -> None:
    job = Job({"PATH": str(path_of(tmp_path, {"python3": FAILING.format(pattern=pattern)}))}, tmp_path, tmp_path)
    known = {"inputs.attestations": attestations}
    done = job.run(INSTALL, known)
    (read,) = (each for each in runner.commands(done.log) if each.name in ("error", "warning"))
    assert (done.code, read.name, read.data.startswith(told[1]), "\n  hint: " in read.data) == (
        code,
        told[0],
        True,
        True,
    )
    assert ("steps.install.outputs.tpub" in known) == (code == 0)


def test_no_python_that_would_do(tmp_path: Path) -> None:
    job = Job({"PATH": str(path_of(tmp_path, {"python3": "raise SystemExit(1)"}))}, tmp_path, tmp_path)
    done = job.run(INSTALL, {"inputs.attestations": "auto"})
    (read,) = runner.commands(done.log)
    assert (done.code, read.name) == (2, "error")
    assert read.data.startswith("tpub needs Python 3.11 or later")
    assert "\n  hint: Let a step with `uses: actions/setup-python` come first" in read.data


def path_of(folder: Path, pythons: Mapping[str, str]) -> Path:
    """Return a folder for a PATH with these Pythons, and what else the step calls."""
    found = folder / "programs"
    found.mkdir()
    for name, body in pythons.items():
        programs.written(found, name, body)
    for name in ("cat", "cksum", "cut"):
        (found / name).symlink_to(shutil.which(name) or name)
    return found
