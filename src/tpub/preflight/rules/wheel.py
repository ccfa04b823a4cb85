"""What the index wants to find inside a wheel."""

from __future__ import annotations

from collections.abc import Iterator

from tpub.diagnostic import Member
from tpub.dist.model import Kind
from tpub.preflight.archive import ZipScan, shown
from tpub.preflight.context import Context
from tpub.preflight.quoting import quoted
from tpub.preflight.rule import Problem, rule

_REBUILD = "Build the wheel anew and leave its name and content as the build backend wrote them."


@rule("wheel-file-missing", hint=_REBUILD, why="An installer finds a wheel's metadata by the wheel's name.")
def wheel_file_is_there(file: Context) -> Iterator[Problem]:
    """WHEEL is in the .dist-info folder that the wheel's name asks for, letter by letter.

    Source: warehouse.forklift.legacy, `_is_valid_dist_file`; the binary distribution format.
    """
    other = _other_directory(file)
    for problem in _missing(file, "WHEEL"):
        yield problem._replace(hint=_under_its_name(file, other) if other else "")


@rule("wheel-metadata-missing", hint=_REBUILD, why="The index shows and serves it beside the wheel.")
def metadata_is_there(file: Context) -> Iterator[Problem]:
    """METADATA is in the .dist-info folder that the wheel's name asks for.

    Source: warehouse.forklift.legacy, `file_upload`; the binary distribution format.
    """
    yield from _missing(file, "METADATA")


@rule("wheel-record-missing", hint=_REBUILD, why="RECORD lists what is installed, so that it can be removed again.")
def record_is_there(file: Context) -> Iterator[Problem]:
    """RECORD is in the .dist-info folder that the wheel's name asks for, and can be read.

    Source: warehouse.utils.wheel, `_validate_record`; the binary distribution format.
    """
    yield from _missing(file, "RECORD")
    if file.record is not None and file.record.fault:
        yield Problem(f"RECORD cannot be read: {file.record.fault}", (Member(f"{file.info_directory}/RECORD"),))


@rule(
    "wheel-record-blank-line",
    hint="Build the wheel anew; if a script edits RECORD, let it write no empty line.",
    why="The index fails over it (its answer is 500, and no retry helps).",
)
def record_has_no_blank_line(file: Context) -> Iterator[Problem]:
    """No line of RECORD is empty.

    Source: warehouse.utils.wheel, `_validate_record`.
    """
    if file.record is not None and file.record.has_blank_line:
        row = len(file.record.rows) + 1
        yield Problem(f"line {row} of RECORD is empty", (Member(f"{file.info_directory}/RECORD", f"line {row}"),))


@rule(
    "wheel-license-file-missing",
    hint="Build the wheel anew with a backend that puts licence files below `.dist-info/licenses/` (metadata 2.4).",
    why="License-File promises a file, and whoever must keep the licence with the code looks for it there.",
)
def license_files_are_there(file: Context) -> Iterator[Problem]:
    """Each License-File is in the wheel, below licenses/ in the .dist-info folder.

    Source: warehouse.forklift.legacy, `file_upload`; PEP 639.
    """
    if not _is_readable_wheel(file):
        return
    names = file.names
    for path in file.received.all("license-file"):
        if (wanted := f"{file.info_directory}/licenses/{path}") not in names:
            yield Problem(f"License-File {quoted(path)} is not in the wheel", (Member(shown(wanted)),))


@rule(
    "wheel-entry-points-invalid",
    hint="Mend `[project.scripts]`, `[project.gui-scripts]` or `[project.entry-points]`, and build anew.",
    why="An installer writes a script for each; a name with a path in it would land outside the folder for scripts.",
)
def entry_points_are_sound(file: Context) -> Iterator[Problem]:
    """entry_points.txt is an INI file in UTF-8, and its scripts have names that are no paths.

    A script's name is made of letters, digits, `_`, `.` and `-`, and stands before an `=`.

    Source: warehouse.utils.wheel, `_validate_entrypoints`; the entry points specification.
    """
    member = f"{file.info_directory}/entry_points.txt"
    content = file.text(member) if _is_readable_wheel(file) else None
    if content is not None:
        from tpub.preflight.entry_points import fault  # noqa: PLC0415  (many wheels have none)

        if why := fault(content):
            yield Problem(f"the entry points cannot be used: {why}", (Member(member),))


def _missing(file: Context, name: str) -> Iterator[Problem]:
    """Yield the problem if the .dist-info folder lacks a file; say where it is instead, if it is.

    Of a whole folder with another name, it is enough to say it of WHEEL.
    """
    wanted = f"{file.info_directory}/{name}"
    if not _is_readable_wheel(file) or wanted in (names := file.names):
        return
    if name != "WHEEL" and (other := _other_directory(file)) and f"{other}/{name}" in names:
        return
    elsewhere = sorted(n for n in names if n.endswith(f".dist-info/{name}") and n.count("/") == 1)
    instead = f"; there is `{shown(elsewhere[0])}`, which belongs to another name or version" if elsewhere else ""
    yield Problem(f"the wheel has no `{shown(wanted)}`{instead}", (Member(shown(wanted)),))


def _other_directory(file: Context) -> str:
    """Return the .dist-info folder that a wheel has instead of the one that its name asks for, empty if it has none."""
    if f"{file.info_directory}/WHEEL" in file.names:
        return ""
    found = [n.partition("/")[0] for n in file.names if n.endswith(".dist-info/WHEEL") and n.count("/") == 1]
    return found[0] if len(found) == 1 else ""


def _under_its_name(file: Context, directory: str) -> str:
    """Return the mend of a wheel that was renamed: it has this .dist-info folder."""
    project, _, version = directory.removesuffix(".dist-info").partition("-")
    if file.wheel_name is None or not version or shown(directory) != directory:
        return _REBUILD
    built = "-".join([project, version, *file.filename.split("-")[2:]])
    return f"It was built as `{built}`: leave it that name; for another version, set that and build anew."


def _is_readable_wheel(file: Context) -> bool:
    return (
        file.kind is Kind.WHEEL
        and file.filename.count("-") > 1
        and isinstance(file.archive, ZipScan)
        and (file.archive.is_readable)
    )


IN_THE_ARCHIVE = (wheel_file_is_there,)
AFTERWARDS = (
    license_files_are_there,
    record_is_there,
    record_has_no_blank_line,
    entry_points_are_sound,
    metadata_is_there,
)
