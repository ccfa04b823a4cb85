"""Distributions that lie in another folder of the publishing job than the one in which it looks for them.

Told only where every step is understood that could put files there. Sources: the README of actions/upload-artifact on
paths and their least common ancestor, and GitHub's page on `working-directory`, which actions know nothing of.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from tpub.doctor.causes.artifacts import below, folder_of, looked_at, runs_in
from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, error
from tpub.doctor.subject import Subject
from tpub.workflow.command import Command, commands
from tpub.workflow.fix import Edit, added, replaced
from tpub.workflow.github import Publishing
from tpub.workflow.github.model import Step
from tpub.workflow.locate import Place
from tpub.workflow.values import scalar

_UPLOAD, _DOWNLOAD = "actions/upload-artifact", "actions/download-artifact"
_OTHERS = ("pattern", "artifact-ids", "run-id", "repository")  # inputs that say which artifacts, beside the name
# What puts no file where distributions are looked for.
_QUIET_ACTIONS = frozenset(
    {
        *("actions/checkout", "actions/setup-python", "astral-sh/setup-uv", "step-security/harden-runner"),
        *("actions/attest-build-provenance", "actions/attest", "pypa/gh-action-pypi-publish"),
    }
)
_QUIET_PROGRAMS = frozenset(
    {"ls", "echo", "tree", "pwd", "cat", "pip", "pip3", "ensurepip", "sha256sum", "true", "set"}
)
_USUAL = ("dist", "wheelhouse")  # where build and cibuildwheel write
_BUILDERS = (("build",), *((tool, "build") for tool in ("hatch", "poetry", "flit", "pdm")))
_ELSEWHERE = ("--outdir", "-o", "--output", "-t", "--target")


class _Landing(NamedTuple):
    """Where distributions come to lie: what `makes` them lie there, why, and what put right would mend it."""

    folder: str
    makes: Place
    why: str
    within: str = ""  # the folder of the artifact in which they are
    download: Step | None = None


def distributions_lie_elsewhere(evidence: Evidence) -> Iterator[Finding]:
    """Compare where the distributions come to lie with where the upload looks, if all before it is understood."""
    for subject in evidence.subjects:
        for step in subject.steps:
            wanted = {below(runs_in(subject, step.step), each) for each in looked_at(step)}
            landed = _landed(evidence, subject, step)
            if len(wanted) == 1 and landed and wanted.isdisjoint(each.folder for each in landed):
                yield _told(subject, step, next(iter(wanted)), landed[0])
                break


def _told(subject: Subject, step: Publishing, wanted: str, landing: _Landing) -> Finding:
    place, fit = landing.folder or ".", _fitting(wanted, landing)
    if fit is not None:
        hint = f"Write `path: {fit}` into the download."
        edits = _path(landing.download, fit)
    elif step.publish.tool == "pypi-publish":
        hint = f"Write `packages-dir: {place}/` into the step that publishes."
        edits = _packages(step, f"{place}/")
    else:
        hint, edits = f"Name the files in {place}/ to {step.publish.tool}.", []
    return error(
        "gh-artifact-layout",
        f"{landing.why}: the distributions lie in {place}/, and the upload of {subject.job.name} looks at "
        f"{wanted or '.'}/* only",
        hint,
        landing.makes.line,
        step.publish.line,
        edits=edits,
    )


def _landed(evidence: Evidence, subject: Subject, publishing: Publishing) -> list[_Landing]:
    """Return where distributions lie when the upload begins; nothing if a step could put some elsewhere."""
    steps = subject.job.steps
    found: list[_Landing] = []
    if publishing.step not in steps or (evidence.root is not None and (evidence.root / "dist").exists()):
        return []
    for step in steps[: steps.index(publishing.step)]:
        if step.place.get("if") is not None:
            return []
        if step.action == _DOWNLOAD:
            landing = _downloaded(subject, step)
        elif step.run is not None:
            landing = _built(subject, step, step.run)
        else:
            landing = () if step.action in _QUIET_ACTIONS else None
        if landing is None:
            return []
        found += landing
    return found


def _downloaded(subject: Subject, step: Step) -> tuple[_Landing, ...] | None:
    """Return where a download puts distributions; None if it is not known what is in the artifact."""
    inputs = step.inputs
    name, path = inputs.get("name", ""), inputs.get("path", ".")
    is_of_another_run = any(inputs.get(other) for other in _OTHERS)
    if not name or is_of_another_run or "$" in name + path:
        return None
    uploads = [
        each
        for job in subject.workflow.jobs
        for each in job.steps
        if each.action == _UPLOAD and each.inputs.get("name") == name and job is not subject.job
    ]
    handed = _handed_over(uploads[0]) if len(uploads) == 1 else None
    if handed is None:
        return None
    within, why = handed
    makes = uploads[0].place if why else step.place
    return (_Landing(below(path, within), makes, why or "an artifact is unpacked into `path:`", within, step),)


def _handed_over(upload: Step) -> tuple[str, str] | None:
    """Return the folder within the artifact in which the distributions are, and why there is one; None if unknown."""
    entries = [line.strip() for line in upload.inputs.get("path", "").splitlines() if line.strip()]
    if not entries or any("$" in line or line.startswith(("!", "~", "/")) or ".." in line for line in entries):
        return None
    folders = [_searched(line) for line in entries]
    with_dists = {folder for folder, line in zip(folders, entries, strict=True) if _holds_dists(folder, line)}
    if len(with_dists) != 1 or any("*" in posixpath.dirname(line) for line in entries):
        return None
    (own,) = with_dists
    root = posixpath.commonpath([f"/{folder}" for folder in folders]).lstrip("/") if len(folders) > 1 else own
    within = posixpath.relpath(own or ".", root or ".")
    if within == ".":
        return "", ""
    return within, f"upload-artifact keeps the folders below what its paths have in common ({root or 'the workspace'})"


def _searched(pattern: str) -> str:
    """Return the path in which upload-artifact searches: all of it up to the first wildcard."""
    parts = PurePosixPath(folder_of(pattern)).parts
    plain = [part for at, part in enumerate(parts) if not any("*" in each or "?" in each for each in parts[: at + 1])]
    return "/".join(plain)


def _holds_dists(folder: str, pattern: str) -> bool:
    return pattern.endswith((".whl", ".tar.gz")) or folder.rpartition("/")[2] in _USUAL


def _built(subject: Subject, step: Step, run: Place) -> tuple[_Landing, ...] | None:
    """Return where a script of the job itself builds; None if it does what is not understood."""
    folder, found = runs_in(subject, step), []
    for command in commands(run.text):
        if _is_build(command) and "$" not in folder:
            found.append(_Landing(below(folder, "dist"), run, f"the build runs in {folder or 'the workspace'}"))
        elif command.program not in _QUIET_PROGRAMS:
            return None
    return tuple(found)


def _is_build(command: Command) -> bool:
    """Tell whether a build tool builds the project of the folder in which it runs, into `dist`."""
    words = tuple(command.words)
    builder = next((each for each in _BUILDERS if words[: len(each)] == each), ())
    options = words[len(builder) :]
    return bool(builder) and not any(each.startswith(_ELSEWHERE) or not each.startswith("-") for each in options)


def _fitting(wanted: str, landing: _Landing) -> str | None:
    """Return the `path:` of the download that puts the distributions where they are wanted."""
    if landing.download is None:
        return None
    if not landing.within:
        return f"{wanted}/" if wanted else "."
    if wanted == landing.within:
        return "."
    return wanted.removesuffix(f"/{landing.within}") if wanted.endswith(f"/{landing.within}") else None


def _path(download: Step | None, path: str) -> list[Edit]:
    given = download.place.get("with") if download is not None else None
    if given is None:
        return []
    present = given.get("path")
    return [replaced(present, scalar(path)) if present is not None else added(given, "path", scalar(path))]


def _packages(step: Publishing, path: str) -> list[Edit]:
    given = step.step.place.get("with")
    if given is None:
        return [added(step.step.place, "with", {"packages-dir": scalar(path)})]
    present = given.get("packages-dir") or given.get("packages_dir")
    return [replaced(present, scalar(path)) if present is not None else added(given, "packages-dir", scalar(path))]
