"""What the index wants to find inside an sdist."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from tpub.diagnostic import Member, Severity
from tpub.dist.model import Kind
from tpub.preflight.archive import shown
from tpub.preflight.context import Context
from tpub.preflight.quoting import quoted
from tpub.preflight.rule import Problem, rule

_NOWHERE = (".", "/", "")


@rule(
    "sdist-top-level-directory",
    hint="Build the sdist anew with `python -m build --sdist`; if you pack it yourself, put all below one folder.",
    why="An sdist unpacks to one folder, in which installers then build.",
)
def everything_is_in_one_folder(file: Context) -> Iterator[Problem]:
    """Everything in an sdist is below one folder.

    Source: warehouse.forklift.legacy, `_is_valid_dist_file`; PEP 625.
    """
    if (top := _top_level(file)) is None or top not in _NOWHERE or file.archive is None:
        return
    members = sorted({member.name.lstrip("./").partition("/")[0] for member in file.archive.members} - {""})
    told = ", ".join(f"`{shown(name)}`" for name in members[:3])
    yield Problem(
        f"{len(members)} files and folders stand at the top of the archive: {told}" if members else "it holds nothing",
        tuple(Member(shown(name)) for name in members[:3]),
    )


@rule(
    "sdist-pkg-info-missing",
    hint="Build the sdist anew with `python -m build --sdist`: the backend writes PKG-INFO.",
    why="PKG-INFO holds the core metadata; one inside an .egg-info folder, or spelt otherwise, does not count.",
)
def pkg_info_is_there(file: Context) -> Iterator[Problem]:
    """PKG-INFO is in the folder that holds everything.

    Source: warehouse.forklift.legacy, `_is_valid_dist_file`; PEP 643.
    """
    if (top := _top_level(file)) is not None and top not in _NOWHERE and file.metadata_member not in file.names:
        yield Problem(f"the sdist has no `{shown(file.metadata_member)}`", (Member(shown(file.metadata_member)),))


@rule(
    "sdist-license-file-missing",
    hint="Let the sdist include the files that `license-files` names; build anew.",
    why="License-File promises a file, and whoever must keep the licence with the code looks for it there.",
)
def license_files_are_there(file: Context) -> Iterator[Problem]:
    """Each License-File is in the sdist, below the folder that holds everything.

    Source: warehouse.forklift.legacy, `file_upload`; PEP 639.
    """
    if not (top := _top_level(file)):
        return
    names = file.names
    for path in file.received.all("license-file"):
        if (wanted := posixpath.join(top, path)) not in names:
            yield Problem(f"License-File {quoted(path)} is not in the sdist", (Member(shown(wanted)),))


@rule(
    "sdist-top-directory-name",
    hint="Build the sdist anew and leave its name as the backend wrote it.",
    why="Tools that unpack an sdist look for the folder by the name of the file.",
    severity=Severity.WARNING,
)
def folder_is_named_like_the_file(file: Context) -> Iterator[Problem]:
    """The folder that holds everything has the file's own name.

    Source: PEP 625.
    """
    top = (_top_level(file) or "").partition("/")[0]
    own = file.filename.removesuffix(".tar.gz").removesuffix(".zip")
    wanted = f"{file.project.replace('-', '_')}-{file.version}" if file.project and file.version else own
    if top not in ("", own, wanted):
        yield Problem(f"the sdist unpacks to the folder `{shown(top)}`, not to `{wanted}`", (Member(shown(top)),))


def _top_level(file: Context) -> str | None:
    """Return the folder that holds everything; None if this is no sdist that can be read."""
    if file.kind is not Kind.SDIST or file.archive is None or not file.archive.is_readable:
        return None
    return file.archive.top_level


IN_THE_ARCHIVE = (everything_is_in_one_folder, pkg_info_is_there)
AFTERWARDS = (license_files_are_there,)
BEYOND = (folder_is_named_like_the_file,)
