"""What a distribution's file name says: its kind, project, version and first Python tag."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    NormalizedName,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from tpub.dist.model import Kind
from tpub.errors import DistributionError


class FileName(NamedTuple):
    """The parts of a file name that the upload form and the plan need."""

    kind: Kind
    project: NormalizedName
    version: Version
    python_tag: str


def kind_of(filename: str) -> Kind | None:
    """Return what the extension of `filename` says it is; `.zip` is the old form of an sdist."""
    if filename.endswith(".whl"):
        return Kind.WHEEL
    if filename.endswith((".tar.gz", ".zip")):
        return Kind.SDIST
    return None


def parse(filename: str) -> FileName:
    """Return the parts of `filename`.

    Raises `DistributionError` if it is not the name of a wheel or an sdist.
    Source: https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention
    and .../source-distribution-format/#source-distribution-file-name.
    """
    match kind_of(filename):
        case Kind.WHEEL:
            return _parse_wheel(filename)
        case Kind.SDIST:
            return _parse_sdist(filename)
        case None:
            raise DistributionError(
                "filename-extension-unsupported",
                f"{filename!r} is neither a wheel nor an sdist",
                hint="Give `.whl` and `.tar.gz` files only, for example `tpub upload dist/*.whl dist/*.tar.gz`.",
                file=filename,
            )


def version_of(filename: str) -> Version | None:
    """Return the version that `filename` names; None if it does not tell: old files have names of all kinds."""
    found = _parts(filename)
    return None if found is None else found.version


def projects_of(filenames: Iterable[str]) -> list[NormalizedName]:
    """Return the projects that `filenames` speak of, each once; the preflight says what is wrong with the others."""
    found = map(_parts, filenames)
    return list(dict.fromkeys(each.project for each in found if each is not None))


def _parts(filename: str) -> FileName | None:
    try:
        return parse(filename)
    except DistributionError:
        return None


def _parse_wheel(filename: str) -> FileName:
    try:
        project, version, _, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename as exc:
        raise DistributionError(
            "wheel-filename-parts",
            f"the name of the wheel cannot be read: {exc}",
            hint="Build the wheel anew and leave its name as the build backend wrote it.",
            file=filename,
        ) from exc
    del tags  # a set: the form wants the tag as it stands in the name
    return FileName(Kind.WHEEL, project, version, filename.removesuffix(".whl").split("-")[-3])


def _parse_sdist(filename: str) -> FileName:
    try:
        project, version = parse_sdist_filename(filename)
    except InvalidSdistFilename as exc:
        raise DistributionError(
            "sdist-filename-invalid",
            f"the name of the sdist cannot be read: {exc}",
            hint="Build the sdist anew and leave its name as the build backend wrote it.",
            file=filename,
        ) from exc
    return FileName(Kind.SDIST, project, version, "source")
