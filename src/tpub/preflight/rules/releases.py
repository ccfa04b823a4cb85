"""The files of one run together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from packaging.utils import NormalizedName
from packaging.version import Version

from tpub.diagnostic import Severity
from tpub.dist.model import Kind
from tpub.preflight.context import Context
from tpub.preflight.quoting import header, quoted
from tpub.preflight.requirements import plain
from tpub.preflight.rule import Problem, batch_rule
from tpub.preflight.tag import version_in

_Found = Iterator[tuple[Context, Problem]]

# What may differ between the files of one release: the form of the metadata, not what it says.
_MAY_DIFFER = frozenset(["metadata-version", "dynamic", "platform", "supported-platform"])


@batch_rule(
    "file-duplicate-content",
    hint="Leave one of the two out: a wheel for several tags gets them all in one name (`py2.py3-none-any`).",
    why="PyPI knows every file by its digest, and takes the same bytes once, whatever the name.",
    is_pypi_only=True,
)
def contents_differ(files: Sequence[Context]) -> _Found:
    """No two files have the same content.

    Source: warehouse.forklift.legacy, `_is_duplicate_file`.
    """
    first: dict[str, Context] = {}
    known = [file for file in files if file.kind is not None]  # the others are refused as what they are
    sizes = Counter(file.size for file in known)
    for file in known:
        # Digests take long, and may still be on their way: those of files of one size alone are compared.
        other = first.setdefault(file.sha256, file) if sizes[file.size] > 1 else file
        if other.filename != file.filename:
            yield file, Problem(f"the file is byte for byte the same as {quoted(other.filename)}")


@batch_rule(
    "file-exists",
    hint="Give one of the two: look which of the folders holds the right one.",
    why="The index takes a file name once, for ever; what comes second under it is refused unless it is the same. If "
    "it is the index that has another file of the name, raise the version, build and publish again.",
)
def names_differ(files: Sequence[Context]) -> _Found:
    """No two files of different content have the same name.

    Source: warehouse.forklift.legacy, `_is_duplicate_file`.
    """
    first: dict[str, Context] = {}
    for file in files:
        other = first.setdefault(file.filename, file)
        if other is not file and other.sha256 != file.sha256:
            yield file, Problem(f"another file of this name stands in {quoted(str(other.path.parent))}")


@batch_rule(
    "sdist-second-in-release",
    hint="Send the `.tar.gz` alone.",
    why="Installers could not tell which of two sdists is the source of the release. If it is the index that has one, "
    "leave this one out, or raise the version.",
    is_pypi_only=True,
)
def release_has_one_sdist(files: Sequence[Context]) -> _Found:
    """A release has one sdist.

    Source: warehouse.forklift.legacy, `file_upload`; PEP 527.
    """
    for members in _releases(files).values():
        sdists = [file for file in members if file.kind is Kind.SDIST]
        # The one that the index would take comes first.
        sdists.sort(key=lambda file: not file.filename.endswith(".tar.gz"))
        for file in sdists[1:]:
            if file.filename != sdists[0].filename:
                yield file, Problem(f"the release has an sdist already, {quoted(sdists[0].filename)}")


@batch_rule(
    "release-metadata-differs",
    hint="Build all files of a release from the same source, in one go.",
    why="The index shows the metadata of the file that came first; installers read that of the file that they chose.",
    severity=Severity.WARNING,
)
def release_has_one_metadata(files: Sequence[Context]) -> _Found:
    """The files of a release agree in their core metadata, what an sdist calls dynamic aside.

    Source: https://packaging.python.org/en/latest/specifications/core-metadata/#dynamic-multiple-use.
    """
    for members in _releases(files).values():
        first, *others = members
        for file in others:
            if names := _differences(first, file):
                shown = ", ".join(map(header, names))
                yield file, Problem(f"the metadata differs from that of {quoted(first.filename)} in {shown}")


@batch_rule(
    "release-versions-mixed",
    hint="Empty `dist/` before you build, or name the files of one version.",
    why="Most often these are leftovers of an earlier build, which nobody meant to publish.",
    severity=Severity.WARNING,
)
def run_has_one_version(files: Sequence[Context]) -> _Found:
    """The files of a project have one version.

    Source: experience; the index takes them.
    """
    newest: dict[NormalizedName, Version] = {}
    for project, version in _releases(files):
        newest[project] = max(version, newest.get(project, version))
    for (project, version), members in _releases(files).items():
        if version != newest[project]:
            yield from (
                (file, Problem(f"the file is of version {version}, and others are of {newest[project]}"))
                for file in members
            )


@batch_rule(
    "release-tag-mismatch",
    hint="Set the version of the tag in pyproject.toml, commit that, and tag that commit.",
    why="People look for the source of a release by its tag; and what was not raised is most often published already.",
    severity=Severity.WARNING,
)
def tag_names_the_version(files: Sequence[Context]) -> _Found:
    """In a job that runs for a tag which names a version, one of the project's files has that version.

    Source: experience; the index does not know the tag.
    """
    releases = _releases(files)
    for (project, version), members in releases.items():
        tag = members[0].tag
        tagged = version_in(tag, project) if tag else None
        if tagged is None or any(Version(each.public) == _meant(tagged, each) for _, each in releases):
            continue
        hint = _CLONE if version.is_devrelease or version.local else _RAISE.format(_meant(tagged, version))
        for file in members:
            yield file, Problem(f"the tag is {quoted(tag)}, and the file is of version {version}", hint=hint)


_CLONE = "Let the job clone tags and history (`fetch-depth: 0` in GitHub, `GIT_DEPTH: 0` in GitLab), and build anew."
_RAISE = "Set the version to `{}`, commit that, and tag that commit."


def _meant(tagged: Version, version: Version) -> Version:
    """Return the version that a tag means where there is another: tags leave out the epoch, and what is local."""
    epoch = f"{version.epoch}!" if version.epoch and not tagged.epoch else ""
    return Version(f"{epoch}{tagged.public}")


def _releases(files: Sequence[Context]) -> dict[tuple[NormalizedName, Version], list[Context]]:
    found: defaultdict[tuple[NormalizedName, Version], list[Context]] = defaultdict(list)
    for file in files:
        if file.project is not None and file.version is not None:
            found[file.project, file.version].append(file)
    return dict(found)


def _differences(one: Context, other: Context) -> list[str]:
    if one.received == other.received:  # (as nearly always)
        return []
    dynamic = {name.lower() for file in (one, other) for name in file.received.all("dynamic")}
    names = one.received.values.keys() | other.received.values.keys()
    return [name for name in sorted(names - dynamic - _MAY_DIFFER) if _plain(one, name) != _plain(other, name)]


def _plain(file: Context, name: str) -> tuple[str, ...]:
    """Return the values of a field without what depends on the backend: order, white space, brackets."""
    values = file.received.all(name)
    if name == "requires-dist":
        return tuple(sorted(set(map(plain, values))))
    return tuple(sorted(" ".join(value.split()) for value in values))


CONTENTS = (names_differ, contents_differ, release_has_one_sdist)
BEYOND = (release_has_one_metadata, run_has_one_version, tag_names_the_version)
