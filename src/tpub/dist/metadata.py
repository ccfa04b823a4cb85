"""The core metadata inside a distribution: pkginfo finds and reads it, packaging parses it."""

from __future__ import annotations

import re
from pathlib import Path

from packaging.metadata import RawMetadata, parse_email

from tpub.dist.model import CoreMetadata, Kind
from tpub.errors import DistributionError

_REBUILD = "Build it anew; if it was copied or downloaded, copy it again and compare its SHA-256."

# Old backends write Description among the headers, each further line behind eight columns that are none of it
# (https://packaging.python.org/en/latest/specifications/core-metadata/#description).
_FOLD = re.compile(r"\n(?: {7}\|| {8})")
_BODY = re.compile(rb"\n\r?\n")
_DESCRIPTION = re.compile(rb"^description:", re.IGNORECASE | re.MULTILINE)


def read_metadata(path: Path, kind: Kind) -> CoreMetadata:
    """Return the core metadata of the file at `path`.

    Raises `DistributionError` if the file is no archive, is cut short, or holds no metadata.
    """
    return split(_fetch(path, kind))


def split(content: bytes) -> CoreMetadata:
    """Return the fields that METADATA or PKG-INFO of that content has."""
    raw, unparsed = parse(content)
    # A body that is no UTF-8 stands there as bytes, and one of several parts as None.
    return CoreMetadata(raw, {name: [_text(value) for value in values if value] for name, values in unparsed.items()})


def parse(content: bytes) -> tuple[RawMetadata, dict[str, list[str]]]:
    """Return the fields that parse, and the others by header, a Description among the headers unfolded."""
    raw, unparsed = parse_email(content)
    if "description" in raw and _DESCRIPTION.search(_BODY.split(content, 1)[0]):
        raw["description"] = _FOLD.sub("\n", raw["description"])
    return raw, unparsed


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _fetch(path: Path, kind: Kind) -> bytes:
    import tarfile  # noqa: PLC0415  (files that the preflight read need not be opened again)
    import zipfile  # noqa: PLC0415
    import zlib  # noqa: PLC0415

    import pkginfo  # noqa: PLC0415

    base = pkginfo.Wheel if kind is Kind.WHEEL else pkginfo.SDist

    class Unparsed(base):  # type: ignore[misc, valid-type]  # pkginfo is untyped
        """A distribution that pkginfo opens and does not parse: packaging does."""

        def extractMetadata(self) -> None:  # noqa: N802
            self.data = self.read()

    try:
        data: bytes = Unparsed(str(path)).data
    except (pkginfo.sdist.NoPkgInfo, pkginfo.sdist.InvalidPkgInfo) as exc:
        raise _no_metadata(path, kind) from exc
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, OSError) as exc:
        raise _no_archive(path, kind, str(exc)) from exc
    except Exception as exc:  # (foreign code on files from anywhere: whatever it raises, the file is bad)
        if "No METADATA" in str(exc):
            raise _no_metadata(path, kind) from exc
        raise _no_archive(path, kind, str(exc)) from exc
    return data


def _no_metadata(path: Path, kind: Kind) -> DistributionError:
    code, member = (
        ("wheel-metadata-missing", "METADATA") if kind is Kind.WHEEL else ("sdist-pkg-info-missing", "PKG-INFO")
    )
    return DistributionError(
        code, f"the {kind} holds no core metadata (no {member})", hint=_REBUILD, file=path.name
    )


def _no_archive(path: Path, kind: Kind, cause: str) -> DistributionError:
    code = "zip-not-a-zip" if kind is Kind.WHEEL else "tar-not-a-tar"
    cause = cause.replace(str(path), path.name).replace(str(path.resolve()), path.name)
    return DistributionError(
        code, f"the {kind} is damaged or cut short: {cause or 'it ends too early'}", hint=_REBUILD, file=path.name
    )
