"""What lies in the folder that is published: distributions one level too deep."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, error
from tpub.doctor.subject import Subject
from tpub.workflow.fix import added
from tpub.workflow.github import Publishing
from tpub.workflow.github.model import Step

_DOWNLOAD = "actions/download-artifact"
_MOVES = re.compile(r"\b(mv|cp|find|rsync|install|tar|unzip)\b")
_WORKSPACE = re.compile(r"^\$(?:\{\{\s*github\.workspace\s*\}\}|\{?GITHUB_WORKSPACE\}?)(?:/|$)")


def artifacts_lie_too_deep(evidence: Evidence) -> Iterator[Finding]:
    """Look at downloads without a name: each artifact gets a folder of its own, one level below."""
    for subject in evidence.subjects:
        for step in subject.steps:
            download = _download(subject, step)
            if download is None:
                continue
            given = download.place.get("with")
            folder = folder_of(download.inputs.get("path", ".")) or "."
            yield error(
                "gh-artifact-layout",
                f"download-artifact without `name:` puts each artifact into a folder of its own under {folder}/, "
                f"and the upload of {subject.job.name} looks at {folder}/* only",
                "Add `merge-multiple: true` (or a `name:`) to the download.",
                download.place.line,
                step.publish.line,
                edits=[
                    added(given, "merge-multiple", "true")
                    if given is not None
                    else added(download.place, "with", {"merge-multiple": "true"})
                ],
            )
            break


def _download(subject: Subject, publishing: Publishing) -> Step | None:
    """Return the download whose artifacts the upload does not find, if there is one."""
    steps = subject.job.steps
    before = steps[: steps.index(publishing.step)] if publishing.step in steps else steps
    if any(step.run is not None and _MOVES.search(step.run.text) for step in before):
        return None
    wanted = {below(runs_in(subject, publishing.step), each) for each in looked_at(publishing)}
    for step in before:
        inputs = step.inputs
        if step.action != _DOWNLOAD or inputs.get("name") or inputs.get("artifact-ids"):
            continue
        if inputs.get("merge-multiple", "").lower() != "true" and folder_of(inputs.get("path", ".")) in wanted:
            return step
    return None


def looked_at(publishing: Publishing) -> set[str]:
    """Return the folders in which the step looks for distributions, subfolders not included."""
    publish = publishing.publish
    if publish.tool == "pypi-publish":
        inputs = {name.replace("_", "-"): value for name, value in publishing.step.inputs.items()}
        return {folder_of(inputs.get("packages-dir", "dist"))}
    given = publishing.step.inputs.get("dists", "")  # of tpub's action
    words = publish.command.words[2:] if publish.command is not None else given.split()
    patterns = [word for word in words if "*" in word]
    if not patterns and publish.tool in ("uv", "tpub", "pdm", "flit", "hatch", "poetry"):
        return {"dist"}
    return {folder_of(pattern.rpartition("/")[0]) for pattern in patterns if "*" not in pattern.rpartition("/")[0]}


def runs_in(subject: Subject, step: Step) -> str:
    """Return the folder in which a step runs; actions know nothing of `working-directory`."""
    return subject.workflow.folder(subject.job, step) if step.run is not None else ""


def below(folder: str, path: str) -> str:
    """Return a path of the workspace as it is seen from one of its folders."""
    found = posixpath.normpath(posixpath.join(folder_of(folder), folder_of(path)))
    return "" if found == "." else found


def folder_of(path: str) -> str:
    """Return a path of the workspace as others write it, too: without `./`, or a slash at its end; empty for all."""
    path = _WORKSPACE.sub("", path.strip())
    return "" if path in ("", ".", "./") else path.removeprefix("./").rstrip("/").removesuffix("/.")
