"""Publishing tools that are too old for trusted publishing, or never learnt it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from tpub.diagnostic import Line
from tpub.doctor import pipeline_subject
from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, warning
from tpub.doctor.subject import WITHOUT_OIDC, destination, wants_identity
from tpub.workflow.command import commands
from tpub.workflow.locate import Place
from tpub.workflow.publish import Publish

_INSTALLS = ("install", "add", "sync")
_REQUIREMENT = re.compile(r"^(twine|uv|pdm)(?:\[[\w,-]+\])?\s*((?:[<>=!~]=?|===|@).*)$", re.IGNORECASE)
_OLD_ACTION = re.compile(r"pypa/gh-action-pypi-publish@(v1\.[0-7](?:\.\d+)?)$", re.IGNORECASE)
# The first releases with trusted publishing. Source: the tools' change logs.
_FIRST = {
    ("twine", "github"): "6.1",
    ("twine", "gitlab"): "6.1",
    ("uv", "gitlab"): "0.9",
    ("pdm", "github"): "2.16",
}


def tool_knows_no_oidc(evidence: Evidence) -> Iterator[Finding]:
    """Look at the versions that a job installs, and at tools that have no trusted publishing at all."""
    for subject in evidence.subjects:
        if not (subject.is_granted or (evidence.is_github and evidence.has_request)):
            continue
        scripts = [step.run for step in subject.job.steps if step.run is not None]
        asked = {step.action: step.inputs.get("version", "") for step in subject.job.steps}
        setup = {"uv": asked.get("astral-sh/setup-uv", ""), "pdm": asked.get("pdm-project/setup-pdm", "")}
        for step in subject.steps:
            if not subject.has_secrets(step.publish):
                yield from _judged(step.publish, "github", scripts, setup, subject.job.name)
    for pipeline in evidence.pipelines:
        for job, publish in pipeline.publishing:
            index = destination(publish)
            if index is not None and pipeline_subject.variable_of(index) in job.id_tokens:
                found = re.search(r"astral-sh/uv:(\d[\d.]*)", job.image)
                setup = {"uv": found[1]} if found is not None else {}
                yield from _judged(publish, "gitlab", job.script, setup, f"job `{job.name}`")


def _judged(
    publish: Publish, platform: str, scripts: Iterable[Place], setup: dict[str, str], where: str
) -> Iterator[Finding]:
    if destination(publish) is None or publish.secrets:
        return
    if (pin := _OLD_ACTION.search(publish.place.text)) is not None and publish.tool == "pypi-publish":
        yield warning(
            "tool-no-oidc",
            f"{pin[0].partition('@')[0]} {pin[1]} knows no trusted publishing (v1.8.0 does)",
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
    for asked, line in (*_installed(publish.tool, scripts), *_set_up(publish, setup)):
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
                    yield found[2].replace(" ", ""), place.at(command.source)
        found = re.search(rf"\b{tool}@(\d[\d.]*)", place.text)
        if found is not None:
            yield f"=={found[1]}", place.at(found[0])
        # Of a runner: `uvx 'twine<6' upload`, `uv run --with twine==5 ...`
        found = re.search(rf"\b(?:uvx|run)\b[^\n;&|]*?\b{tool}(?:\[[\w,-]+\])?((?:==|~=|<=?)\d[\w.*]*)", place.text)
        if found is not None:
            yield found[1], place.at(found[0])


def _set_up(publish: Publish, setup: dict[str, str]) -> Iterator[tuple[str, Line]]:
    asked = setup.get(publish.tool, "")
    if asked:
        yield (f"=={asked}" if asked[0].isdigit() else asked), publish.line


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
