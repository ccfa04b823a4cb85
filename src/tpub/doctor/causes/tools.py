"""Publishing tools that are too old for trusted publishing, or never learnt it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from tpub.diagnostic import Line
from tpub.doctor import pipeline_subject
from tpub.doctor.causes.action_releases import numbers, release_of
from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, warning
from tpub.doctor.pinned import Pinned, environment, pinned
from tpub.doctor.subject import WITHOUT_OIDC, destination, wants_identity
from tpub.workflow.command import Command, commands
from tpub.workflow.github.model import Job, Workflow
from tpub.workflow.locate import Place
from tpub.workflow.publish import ACTION, Publish

_INSTALLS = ("install", "add", "sync")
_REQUIREMENT = re.compile(r"^(twine|uv|pdm)(?:\[[\w,-]+\])?\s*((?:[<>=!~]=?|===|@).*)$", re.IGNORECASE)
_RUNNER = re.compile(r"\b(?:uvx|pipx|run)\b")  # which take the tool from an environment of their own
_SETUP = {"astral-sh/setup-uv": "uv", "pdm-project/setup-pdm": "pdm"}
_FIRST_OF_THE_ACTION = (1, 8)
# The first releases with trusted publishing. Source: the tools' change logs.
_FIRST = {
    ("twine", "github"): "6.1",
    ("twine", "gitlab"): "6.1",
    ("uv", "gitlab"): "0.9",
    ("pdm", "github"): "2.16",
}


@dataclass(frozen=True, slots=True)
class _Installs:
    """What a job installs with: its scripts, each with the folder it runs in, and what actions set up.

    `setup` are versions of tools and where they stand, `environments` files of conda's.
    """

    scripts: tuple[tuple[Place, str], ...]
    setup: Mapping[str, tuple[str, Line]]
    environments: tuple[str, ...] = ()


def tool_knows_no_oidc(evidence: Evidence) -> Iterator[Finding]:
    """Look at the versions that a job installs, and at tools that have no trusted publishing at all."""
    for subject in evidence.subjects:
        if not (subject.is_granted or (evidence.is_github and evidence.has_request)):
            continue
        installs = _of_job(subject.workflow, subject.job)
        for step in subject.steps:
            if not subject.has_secrets(step.publish):
                yield from _judged(evidence, step.publish, "github", installs, subject.job.name)
    for pipeline in evidence.pipelines:
        for job, publish in pipeline.publishing:
            index = destination(publish)
            if index is not None and pipeline_subject.variable_of(index) in job.id_tokens:
                found = re.search(r"astral-sh/uv:(\d[\d.]*)", job.image)
                at = job.image_place.line if job.image_place is not None else publish.line
                setup = {"uv": (found[1], at)} if found is not None else {}
                installs = _Installs(tuple((line, "") for line in job.script), setup)
                yield from _judged(evidence, publish, "gitlab", installs, f"job `{job.name}`")


def _of_job(workflow: Workflow, job: Job) -> _Installs:
    asked = ((_SETUP.get(step.action), step.place.get("with", "version")) for step in job.steps)
    setup = {tool: (place.text, place.line) for tool, place in asked if tool is not None and place is not None}
    return _Installs(
        tuple((step.run, workflow.folder(job, step)) for step in job.steps if step.run is not None),
        setup,
        tuple(name for step in job.steps if (name := step.inputs.get("environment-file", ""))),
    )


def _judged(evidence: Evidence, publish: Publish, platform: str, installs: _Installs, where: str) -> Iterator[Finding]:
    if destination(publish) is None or publish.secrets:
        return
    release = release_of(publish.place) if publish.tool == "pypi-publish" else ""
    if (version := numbers(release)) is not None and version < _FIRST_OF_THE_ACTION:
        yield warning(
            "tool-no-oidc",
            f"{ACTION} {release} knows no trusted publishing (v1.8.0 does)",
            "Use `pypa/gh-action-pypi-publish@release/v1`, or the commit of a later release.",
            publish.line,
        )
        return
    if publish.tool in WITHOUT_OIDC or (publish.tool == "maturin" and platform == "gitlab"):
        yield warning(
            "tool-no-oidc",
            f"{publish.tool} knows no trusted publishing{' on GitLab' if publish.tool == 'maturin' else ''}: "
            f"the identity of {where} is of no use to it",
            "Publish with tpub (`tpub upload`), twine 6.1 or later, or uv.",
            publish.line,
        )
        return
    first = _FIRST.get((publish.tool, platform))
    if first is None or not wants_identity(publish):
        return
    found = (
        *_installed(publish.tool, [place for place, _ in installs.scripts]),
        *_set_up(publish, installs.setup),
        *(_in_files(evidence.root, publish, installs) if evidence.root is not None else ()),
    )
    for asked, line in found:
        if _is_older(asked, first):
            only = " on GitLab" if platform == "gitlab" and publish.tool == "uv" else ""
            yield warning(
                "tool-no-oidc",
                f"{publish.tool} {asked.removeprefix('==')} knows no trusted publishing{only} ({first} does)",
                f"Upgrade {publish.tool} (`{publish.tool}>={first}`) or use tpub (`tpub upload`).",
                line,
            )
            return


def _installed(tool: str, scripts: Iterable[Place]) -> Iterator[tuple[str, Line]]:
    for place in scripts:
        for command in commands(place.text):
            if not set(_INSTALLS) & set(command.words[:4]):
                continue
            for word in command.words:
                found = _REQUIREMENT.match(word)
                if found is not None and found[1].lower() == tool:
                    # A single `=` is conda's.
                    yield re.sub(r"^=(?=\d)", "==", found[2].replace(" ", "")), place.at(command.source)
        found = re.search(rf"\b{tool}@(\d[\d.]*)", place.text)
        if found is not None:
            yield f"=={found[1]}", place.at(found[0])
        # Of a runner: `uvx 'twine<6' upload`, `uv run --with twine==5 ...`
        found = re.search(rf"\b(?:uvx|run)\b[^\n;&|]*?\b{tool}(?:\[[\w,-]+\])?((?:==|~=|<=?)\d[\w.*]*)", place.text)
        if found is not None:
            yield found[1], place.at(found[0])


def _in_files(root: Path, publish: Publish, installs: _Installs) -> Iterator[Pinned]:
    """Yield what the files ask for that a job installs from; nothing if it takes the latest then, or runs another."""
    known = [(command, folder) for place, folder in installs.scripts for command in commands(place.text)]
    source = publish.command.source if publish.command is not None else ""
    if _RUNNER.search(source) or any(_raises(command, publish.tool) for command, _ in known):
        return
    for command, folder in known:
        yield from pinned(root, publish.tool, command, folder)
    for name in installs.environments:
        yield from environment(root, publish.tool, name)


def _raises(command: Command, tool: str) -> bool:
    words = set(command.words)
    return "install" in words and tool in words and bool(words & {"-U", "--upgrade"})


def _set_up(publish: Publish, setup: Mapping[str, tuple[str, Line]]) -> Iterator[tuple[str, Line]]:
    asked, line = setup.get(publish.tool, ("", publish.line))
    if asked:
        yield (f"=={asked}" if asked[0].isdigit() else asked), line


def _is_older(asked: str, first: str) -> bool:
    """Tell whether every release that `asked` lets in is older than `first`."""
    try:
        specifiers = SpecifierSet(asked)
        for each in specifiers:
            bound = Version(each.version.removesuffix(".*"))
            if each.operator in ("==", "===") and bound < Version(first):
                return not each.version.endswith(".*") or not specifiers.contains(first, prereleases=True)
            if (each.operator == "<" and bound <= Version(first)) or (each.operator == "<=" and bound < Version(first)):
                return True
            if each.operator == "~=" and bound < Version(first):
                return not specifiers.contains(first, prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return False
    return False
