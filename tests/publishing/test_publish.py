"""Whole releases against the embedded index, over its socket."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from support import dists
from support.world import Heard, a_world
from tpub.events import Event, Noted, SecretObtained, UploadEnded, UploadsPlanned, UploadStarted
from tpub.http import Http
from tpub.index.credential import token_credential
from tpub.outcome import Action, Outcome, PlanStep, UploadStatus
from tpub.publishing.publish import Order, publish
from tpub.rehearsal.ci import Job, JobDescription
from tpub.rehearsal.index import RehearsalIndex, serve

Provider = Literal["github", "gitlab"]
WHEEL, SDIST = "sampleproject-1.0-py3-none-any.whl", "sampleproject-1.0.tar.gz"


def job(index: RehearsalIndex, provider: Provider = "github", *projects: str) -> Job:
    started = index.job(JobDescription(provider))
    index.trust(started.publisher, *(projects or ("sampleproject",)))
    return started


def release(
    index: RehearsalIndex, job: Job, *paths: Path, heard: Heard | None = None, dry_run: bool = False
) -> Outcome:
    order = Order([str(path) for path in paths], index.index, dry_run=dry_run)
    with Http({}) as http:
        return publish(order, a_world(job.env, http, heard))


def statuses(outcome: Outcome) -> dict[str, tuple[str, bool | None]]:
    return {upload.file: (upload.status, upload.verified) for upload in outcome.uploads or ()}


@pytest.mark.parametrize("provider", ["github", "gitlab"])
def test_a_release_lands_whole(index: RehearsalIndex, tmp_path: Path, provider: Provider) -> None:
    paths = dists.wheel(tmp_path), dists.wheel(tmp_path, tag="cp312-cp312-win_amd64"), dists.sdist(tmp_path)
    heard = Heard()
    outcome = release(index, job(index, provider), *paths, heard=heard)
    assert (outcome.exit_code, outcome.diagnostics) == (0, ())
    assert statuses(outcome) == {path.name: (UploadStatus.UPLOADED, True) for path in paths}
    assert {file.filename: file.path.read_bytes() for file in index.store.files.values()} == {
        path.name: path.read_bytes() for path in paths
    }
    assert outcome.identity is not None
    assert outcome.identity.provider == provider
    assert index.store.live(0) == []
    ended = [event.file for event in heard if isinstance(event, UploadEnded)]
    assert ended[-1] == SDIST
    assert [event for event in heard if isinstance(event, UploadsPlanned)] == [
        UploadsPlanned(3, sum(path.stat().st_size for path in paths))
    ]
    assert sum(isinstance(event, SecretObtained) for event in heard) == 2


def test_a_new_project_is_made_by_its_pending_publisher(index: RehearsalIndex, tmp_path: Path) -> None:
    started = index.job(JobDescription("github"))
    index.expect(started.publisher, "sampleproject")
    assert release(index, started, dists.wheel(tmp_path)).exit_code == 0
    assert list(index.store.projects) == ["sampleproject"]


def test_the_same_command_again_sends_nothing(index: RehearsalIndex, tmp_path: Path) -> None:
    paths = dists.wheel(tmp_path), dists.sdist(tmp_path)
    assert release(index, job(index), *paths).exit_code == 0
    again = release(index, Job({}, job(index).publisher), *paths)  # needs no identity even
    assert (again.exit_code, again.diagnostics) == (0, ())
    assert statuses(again) == {path.name: (UploadStatus.SKIPPED, True) for path in paths}
    assert index.store.count("upload") == 2


def test_several_projects_and_versions_in_one_run(index: RehearsalIndex, tmp_path: Path) -> None:
    paths = [
        make(tmp_path, name, version)
        for name in ("alpha", "beta")
        for version in ("1.0", "2.0")
        for make in (dists.wheel, dists.sdist)
    ]
    outcome = release(index, job(index, "gitlab", "alpha", "beta"), *paths)
    assert (outcome.exit_code, index.store.count("mint"), len(index.store.files)) == (0, 1, 8)
    assert [(found.project, found.version) for found in outcome.releases or ()] == [
        ("alpha", "1.0"),
        ("alpha", "2.0"),
        ("beta", "1.0"),
        ("beta", "2.0"),
    ]


def test_a_dry_run_asks_and_neither_mints_nor_sends(index: RehearsalIndex, tmp_path: Path) -> None:
    wheel, sdist = dists.wheel(tmp_path), dists.sdist(tmp_path)
    started = job(index)
    index.put(wheel)
    outcome = release(index, started, sdist, wheel, dry_run=True)
    assert (outcome.exit_code, outcome.dry_run) == (0, True)
    assert outcome.plan == (PlanStep(SDIST, Action.NEW, 1), PlanStep(WHEEL, Action.IDENTICAL))
    assert statuses(outcome) == {SDIST: (UploadStatus.UNSENT, None), WHEEL: (UploadStatus.SKIPPED, True)}
    assert {seen.endpoint for seen in index.store.requests} == {"pages"}


@pytest.mark.parametrize(
    ("arrange", "code"),
    [
        pytest.param(lambda i, d: i.put(dists.sdist(d, files={"x": b""})), "file-exists", id="other content"),
        pytest.param(
            lambda i, d: i.put(dists.sdist(d, "sampleproject", "1", meta=dists.metadata(version="1.0"))),
            "sdist-second-in-release",
            id="sdist under another name",
        ),
        pytest.param(
            lambda i, d: i.put(dists.wheel(d, tag="py2-none-any"), 1_000_000_000.0), "release-closed", id="old release"
        ),
    ],
)
def test_nothing_is_sent_where_one_file_could_not(
    index: RehearsalIndex, tmp_path: Path, arrange: Callable[[RehearsalIndex, Path], object], code: str
) -> None:
    arrange(index, tmp_path / "there")
    outcome = release(index, job(index), dists.wheel(tmp_path), dists.sdist(tmp_path))
    assert outcome.exit_code == 3
    assert (code, SDIST) in {(told.code, told.file) for told in outcome.diagnostics}
    assert set(statuses(outcome).values()) == {(UploadStatus.UNSENT, None)}
    assert (index.store.count("mint"), index.store.count("upload")) == (0, 0)


def test_a_file_that_the_index_would_refuse_stops_all(index: RehearsalIndex, tmp_path: Path) -> None:
    bad = dists.wheel(tmp_path, tag="cp312-cp312-linux_x86_64")
    outcome = release(index, job(index), dists.sdist(tmp_path), bad)
    assert (outcome.exit_code, [told.code for told in outcome.diagnostics if told.is_error]) == (
        3,
        ["wheel-platform-tag"],
    )
    assert {file.file: file.verdict for file in outcome.distributions or ()} == {SDIST: "accept", bad.name: "refuse"}
    assert {seen.endpoint for seen in index.store.requests} <= {"pages"}  # they are read while the files are judged


def test_an_unjudged_file_is_refused_by_the_index(index: RehearsalIndex, tmp_path: Path) -> None:
    wheel = dists.wheel(tmp_path, meta=dists.metadata(requires_python="3.8"))
    order = Order([str(wheel)], index.index, check=None)
    with Http({}) as http:
        outcome = publish(order, a_world(job(index).env, http))
    told, warning = outcome.diagnostics
    assert (warning.code, warning.message) == (
        "files-unjudged",
        f"the files go to {index.index.name} unjudged (`--no-check`)",
    )
    assert (outcome.exit_code, told.code, told.file) == (1, "upload-refused", wheel.name)
    assert "'3.8' is invalid for 'requires-python'" in told.message
    assert index.store.live(0) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"environment": "elsewhere"}, "", id="a publisher without environment takes any"),
        pytest.param({"repository_owner_id": "7"}, "gh-environment-missing", id="owner made anew"),
        pytest.param({"event_name": "pull_request_target"}, "gh-pull-request-target", id="pull_request_target"),
        pytest.param({"aud": "other"}, "audience-mismatch", id="other audience"),
    ],
)
def test_an_identity_that_the_index_does_not_trust(
    index: RehearsalIndex, tmp_path: Path, change: dict[str, object], code: str
) -> None:
    index.trust(job(index).publisher, "sampleproject")
    stranger = index.job(JobDescription("github", changes=change))
    outcome = release(index, stranger, dists.wheel(tmp_path))
    assert [told.code for told in outcome.diagnostics] == ([code] if code else [])
    assert (outcome.exit_code, index.store.count("upload")) == ((4, 0) if code else (0, 1))


def test_nobody_to_publish_as(index: RehearsalIndex, tmp_path: Path) -> None:
    outcome = release(index, Job({}, job(index).publisher), dists.wheel(tmp_path))
    assert (outcome.exit_code, [told.code for told in outcome.diagnostics]) == (4, ["no-ci"])


def test_a_token_of_the_users_own_is_not_burnt(index: RehearsalIndex, tmp_path: Path) -> None:
    credential = token_credential(index.user_token())
    order = Order([str(dists.wheel(tmp_path))], index.index, credential)
    with Http({}) as http:
        outcome = publish(order, a_world({}, http))
    assert (outcome.exit_code, outcome.identity, len(index.store.tokens)) == (0, None, 1)
    assert index.store.count("burn") == 0


def test_nothing_to_publish(index: RehearsalIndex, tmp_path: Path) -> None:
    outcome = release(index, job(index), tmp_path / "*.whl")
    assert (outcome.exit_code, [told.code for told in outcome.diagnostics]) == (2, ["no-distributions"])


def test_two_files_of_one_name(index: RehearsalIndex, tmp_path: Path) -> None:
    paths = dists.wheel(tmp_path / "a"), dists.wheel(tmp_path / "b")
    outcome = release(index, job(index), *paths)
    assert (outcome.exit_code, "distribution-twice" in [told.code for told in outcome.diagnostics]) == (3, True)
    assert {seen.endpoint for seen in index.store.requests} <= {"pages"}


def test_a_job_with_one_token_is_warned_before_anything_is_sent(tmp_path: Path) -> None:
    heard = Heard()
    paths = [dists.wheel(tmp_path, tag=f"cp3{number}-none-any") for number in range(12)]
    with serve(token_life=11) as index:
        outcome = release(index, job(index, "gitlab"), *paths, heard=heard)
    (told,) = outcome.diagnostics
    assert (outcome.exit_code, told.code, told.is_error) == (0, "token-lifetime-short", False)
    noted = Noted(f"warning: {told.message}")
    assert heard.index(noted) < next(n for n, event in enumerate(heard) if isinstance(event, UploadsPlanned))


def test_ctrl_c_between_the_exchange_and_the_first_file(index: RehearsalIndex, tmp_path: Path) -> None:
    class Pressing(Heard):
        def __call__(self, event: Event) -> None:
            if isinstance(event, UploadsPlanned):
                raise KeyboardInterrupt

    wheel = dists.wheel(tmp_path)
    outcome = release(index, job(index), wheel, heard=Pressing())
    assert (outcome.exit_code, statuses(outcome)) == (130, {wheel.name: (UploadStatus.UNSENT, None)})
    assert (len(index.store.minted), index.store.live(0)) == (1, [])


def test_a_new_project_whose_name_looks_like_another(index: RehearsalIndex, tmp_path: Path) -> None:
    index.store.create_project("sampleproject")
    outcome = release(index, job(index), dists.wheel(tmp_path, "Sample.Project"))
    (told,) = [each for each in outcome.diagnostics if each.is_error]
    assert (outcome.exit_code, told.code, told.message) == (
        3,
        "project-name-too-similar",
        "the name `sample-project` is too similar to that of the project `sampleproject`: it cannot be registered",
    )
    assert index.store.minted == []


def test_an_unjudged_file_that_is_no_distribution(index: RehearsalIndex, tmp_path: Path) -> None:
    (tmp_path / "x-1.0-py3-none-any.whl").write_bytes(b"no archive")
    with Http({}) as http:
        order = Order([str(tmp_path / "*.whl"), str(dists.sdist(tmp_path))], index.index, check=None)
        outcome = publish(order, a_world(job(index).env, http))
    assert (outcome.exit_code, [told.file for told in outcome.diagnostics if told.is_error]) == (
        3,
        ["x-1.0-py3-none-any.whl"],
    )
    assert {seen.endpoint for seen in index.store.requests} <= {"pages"}


def test_a_file_that_vanishes_on_the_way(index: RehearsalIndex, tmp_path: Path) -> None:
    wheel, sdist = dists.wheel(tmp_path), dists.sdist(tmp_path)

    class Removing(Heard):
        def __call__(self, event: Event) -> None:
            if isinstance(event, UploadStarted) and event.file == sdist.name:
                sdist.unlink()

    outcome = release(index, job(index), wheel, sdist, heard=Removing())
    assert (outcome.exit_code, [told.code for told in outcome.diagnostics]) == (5, ["file-unreadable"])
    assert statuses(outcome) == {wheel.name: (UploadStatus.UPLOADED, True), sdist.name: (UploadStatus.UNSENT, None)}


def test_a_file_that_the_index_changes_is_an_error(index: RehearsalIndex, tmp_path: Path) -> None:
    wheel = dists.wheel(tmp_path)

    class Changing(Heard):
        def __call__(self, event: Event) -> None:
            if isinstance(event, UploadEnded):
                index.put(dists.wheel(tmp_path / "other", files={"x": b""}))

    outcome = release(index, job(index), wheel, heard=Changing())
    assert (outcome.exit_code, [told.code for told in outcome.diagnostics]) == (5, ["file-altered"])
    assert statuses(outcome) == {wheel.name: (UploadStatus.UPLOADED, False)}
