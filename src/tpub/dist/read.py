"""From a path to a distribution."""

from __future__ import annotations

from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from tpub.diagnostic import Field
from tpub.dist import filename as names
from tpub.dist.digests import digest
from tpub.dist.metadata import read_metadata, split
from tpub.dist.model import CoreMetadata, Distribution
from tpub.errors import DistributionError


def read(path: Path, digested: tuple[str, int] | None = None, *, metadata: bytes | None = None) -> Distribution:
    """Return the distribution at `path`: its name parsed, its metadata read, its bytes hashed.

    Raises `DistributionError` if it is none: a name that does not parse, an archive that does not open,
    metadata that is missing or speaks of another project or version than the name. Who has hashed the file already
    passes its SHA-256 in hex and its size in bytes; who has looked inside, the content of its METADATA or PKG-INFO.
    """
    said = names.parse(path.name)
    fields = read_metadata(path, said.kind) if metadata is None else split(metadata)
    project, version = _required(fields, "name", path), _required(fields, "version", path)
    if canonicalize_name(project) != said.project or not _same_version(version, said.version):
        raise DistributionError(
            f"{said.kind}-filename-other-project",
            f"the file is named for {said.project} {said.version}, and its metadata says {project} {version}",
            Field("Name", project),
            Field("Version", version),
            hint="Build it anew and leave its name as the build backend wrote it.",
            file=path.name,
        )
    try:
        sha256, size = digested or digest(path)
    except OSError as exc:
        raise DistributionError("file-unreadable", f"the file cannot be read: {exc.strerror}", file=path.name) from exc
    return Distribution(path, said.kind, project, version, said.python_tag, fields, size, sha256)


def _required(metadata: CoreMetadata, name: str, path: Path) -> str:
    value = metadata.raw.get(name)
    if not isinstance(value, str) or not value:
        raise DistributionError(
            f"{name}-missing",
            f"the core metadata has no {name.title()}",
            hint=f"Set `{name}` in `[project]` of pyproject.toml and build anew.",
            file=path.name,
        )
    return value


def _same_version(text: str, version: Version) -> bool:
    try:
        return Version(text) == version
    except InvalidVersion:
        return False
