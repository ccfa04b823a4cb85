"""Files in the folder that is published which are no distributions: written there on the way to the upload."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tpub.diagnostic import Line, Member
from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, warning
from tpub.doctor.pipeline_subject import subjects
from tpub.doctor.subject import Subject
from tpub.workflow.command import Command, commands
from tpub.workflow.github import Publishing
from tpub.workflow.github.model import Job, Step
from tpub.workflow.locate import Place
from tpub.workflow.publish import Publish

_UPLOAD = "actions/upload-artifact"
_SIGSTORE = "sigstore/gh-action-sigstore-python"
_WRITTEN = re.compile(r">\s*[\"']?(?:\./)?dist/([\w.*-]+)")
_WRITTEN_WITHIN = re.compile(r"\bcd\s+(?:\./)?dist/?\s*(?:&&|;|\n)[^)\n]*(?:>|\btee\b)\s*([\w.-]+)")
_DISTRIBUTION = re.compile(r"\.(whl|tar\.gz|zip|egg)$|\.publish\.attestation$")
_FILE = re.compile(r"(?:.*/)?([\w-][\w.-]*\.\w+|[A-Z][A-Z0-9_-]+)")  # one that has an ending, or is called LICENSE
_INTO = re.compile(r"(?:\./)?dist/?")
_IN_IT = re.compile(r"(?:\./)?dist/([\w-][\w.-]*)")
_COPIERS = frozenset({"cp", "mv", "install", "rsync", "Copy-Item", "Move-Item"})
_TAKES_AWAY = re.compile(r"\b(?:rm|mv|find)\b")
_MAKERS = frozenset({"tee", "touch"})
_OUTPUT = re.compile(r"out", re.IGNORECASE)  # in the name of an action's input: `output-file`
_SIGNATURE = ".asc"  # taken by twine, and thereby by the action, beside the file that is signed


class Script(NamedTuple):
    """A script, or the part of it that counts, and where it stands."""

    place: Place
    text: str


def strays_are_offered(evidence: Evidence) -> Iterator[Finding]:
    """Look for files in dist/ that are no distributions: everything in it is offered for upload."""
    there: list[tuple[str, Line | Member]] = [(name, Member(name)) for name in evidence.strays]
    for subject in evidence.subjects:
        step = next((step for step in subject.steps if _takes_all(step.publish)), None)
        if step is not None:
            yield from _told(step.publish, subject.job.name, (*_of_steps(subject, step), *there))
    for each in subjects(evidence):
        if _takes_all(each.publish):
            script = each.job.script
            ends = next((at for at, line in enumerate(script) if line == each.publish.place), len(script))
            yield from _told(
                each.publish,
                f"job `{each.job.name}`",
                (*_written([Script(line, line.text) for line in script[:ends]]), *there),
            )


def _told(publish: Publish, job: str, strays: Iterable[tuple[str, Line | Member]]) -> Iterator[Finding]:
    for name, line in strays:
        if name.endswith(_SIGNATURE) and publish.tool in ("twine", "pypi-publish", "tpub"):
            continue
        yield warning(
            "dist-stray-files",
            f"dist/ holds {name}, which is no distribution: the upload of {job} stops at it",
            f"Write {name} elsewhere: everything in dist/ is offered for upload.",
            line,
        )


def _takes_all(publish: Publish) -> bool:
    """Tell whether a tool is given whatever is in dist/; uv takes the distributions and passes over the rest."""
    if publish.tool == "uv":
        return False
    words = publish.command.words[2:] if publish.command is not None else ()
    return not any(re.search(r"\*[\w.*-]*\.(?:whl|gz|zip)$", word) for word in words)


def _of_steps(subject: Subject, publishing: Publishing) -> Iterator[tuple[str, Line]]:
    """Yield what is written by the job itself, and by those before it whose dist/ it is handed."""
    steps = subject.job.steps
    own = steps[: steps.index(publishing.step)] if publishing.step in steps else steps
    before = _before(publishing.publish)
    gone = _removed([*_scripts(own), *before])
    for id_ in subject.job.needs:
        job = subject.workflow.job(id_)
        made = _by(_handed_over(job)) if job is not None else ()
        yield from (found for found in made if found[0] not in gone and "*" not in gone)
    yield from _by(own, before)


def _before(publish: Publish) -> list[Script]:
    """Return what a publishing script does before it publishes."""
    command = publish.command
    if command is None or not command.source or command.origin is not None:
        return []
    return [Script(publish.place, publish.place.text.partition(command.source)[0])]


def _handed_over(job: Job) -> Sequence[Step]:
    """Return the steps that come before dist/ is uploaded as an artifact, as a whole."""
    for at, step in enumerate(job.steps):
        if step.action == _UPLOAD and _INTO.fullmatch(step.inputs.get("path", "").strip()):
            return job.steps[:at]
    return ()


def _by(steps: Sequence[Step], before: Sequence[Script] = ()) -> Iterator[tuple[str, Line]]:
    yield from _written([*_scripts(steps), *before])
    for step in steps:
        given = step.place.get("with")
        for name, place in given.fields.items() if given is not None else ():
            if _OUTPUT.search(name) and (found := _IN_IT.fullmatch(place.text)) is not None and "." in found[1]:
                yield found[1], place.line
        if step.action == _SIGSTORE and "dist/" in step.inputs.get("inputs", ""):
            yield "*.sigstore.json", step.place.line


def _scripts(steps: Iterable[Step]) -> list[Script]:
    found = []
    for step in steps:
        folder = step.place.get("working-directory")
        within = "cd dist\n" if folder is not None and _INTO.fullmatch(folder.text) is not None else ""
        found += [Script(step.run, within + step.run.text)] if step.run is not None else []
    return found


def _written(scripts: Sequence[Script]) -> Iterator[tuple[str, Line]]:
    """Yield what scripts write into dist/, unless one behind takes it away."""
    for at, script in enumerate(scripts):
        gone = _removed(scripts[at:])
        for name, fragment in _names(script.text):
            if not _DISTRIBUTION.search(name) and name not in gone and "*" not in gone:
                yield name, script.place.at(fragment)


def _names(script: str) -> Iterator[tuple[str, str]]:
    """Yield the files that a script writes into dist/, each with a piece of the script by which its line is found."""
    if "dist" not in script:
        return
    for pattern in (_WRITTEN, _WRITTEN_WITHIN):
        yield from ((found[1], found[0].rpartition("\n")[2]) for found in pattern.finditer(script))
    for command in commands(script):
        yield from ((name, command.source) for name in _made(command))


def _made(command: Command) -> Iterator[str]:
    words = [word for word in command.words[1:] if not word.startswith("-")]
    if command.program in _COPIERS and len(words) > 1 and _INTO.fullmatch(words[-1]):
        yield from (found[1] for word in words[:-1] if (found := _FILE.fullmatch(word)) is not None)
    elif command.program in _MAKERS:
        yield from (found[1] for word in words if (found := _IN_IT.fullmatch(word)) is not None)
    else:
        output = (command.option("-o", "--output", "--output-file") or "").rpartition("=")[2]
        yield from (found[1] for found in (_IN_IT.fullmatch(output),) if found is not None and "." in found[1])


def _removed(scripts: Iterable[Script]) -> set[str]:
    """Return the names that scripts take out of dist/; `*` if it may be any."""
    found: set[str] = set()
    for script in scripts:
        for command in commands(script.text) if _TAKES_AWAY.search(script.text) else ():
            if command.program in ("rm", "mv"):
                names = (word.rpartition("dist/")[2] for word in command.words[1:] if "dist/" in word)
                found.update("*" if "*" in name else name for name in names)
            elif command.program == "find" and "-delete" in command.words:
                found.add("*")
    return found
