"""Real wheels and sdists, small, valid unless told otherwise."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import re
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

EPOCH = 1_700_000_000
LICENSE = b"Do what you like.\n"


def metadata(
    name: str = "sampleproject", version: str = "1.0", *, extra: str = "", body: str = "A sample.\n", **fields: str
) -> bytes:
    """Return core metadata: `fields` replace or add headers (`requires_python=">=3.9"`), an empty one removes."""
    headers = {
        "Metadata-Version": "2.4",
        "Name": name,
        "Version": version,
        "Summary": "A sample project",
        "License-Expression": "MIT",
        "License-File": "LICENSE",
        "Requires-Python": ">=3.9",
        "Description-Content-Type": "text/markdown",
    }
    headers |= {"-".join(part.capitalize() for part in key.split("_")): value for key, value in fields.items()}
    lines = [f"{key}: {value}" for key, value in headers.items() if value]
    return ("\n".join(lines) + "\n" + extra + "\n" + body).encode()


def stem(name: str) -> str:
    """Return the name as it stands in file names."""
    return re.sub(r"[-_.]+", "_", name).lower()


def wheel(
    folder: Path,
    name: str = "sampleproject",
    version: str = "1.0",
    *,
    tag: str = "py3-none-any",
    meta: bytes | None = None,
    files: Mapping[str, bytes] | None = None,
    filename: str | None = None,
) -> Path:
    """Write a wheel; `files` replace or add members."""
    info = f"{stem(name)}-{version}.dist-info"
    members = {
        f"{stem(name)}/__init__.py": b'"""A sample."""\n',
        f"{info}/METADATA": metadata(name, version) if meta is None else meta,
        f"{info}/WHEEL": (f"Wheel-Version: 1.0\nGenerator: tpub-tests\nRoot-Is-Purelib: true\nTag: {tag}\n").encode(),
        f"{info}/licenses/LICENSE": LICENSE,
    } | dict(files or {})
    members.setdefault(f"{info}/RECORD", record(members, f"{info}/RECORD"))
    path = folder / (filename or f"{stem(name)}-{version}-{tag}.whl")
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(zipfile.ZipInfo(member, (2023, 11, 14, 22, 13, 20)), content)
    return path


def record(members: Mapping[str, bytes], itself: str) -> bytes:
    """Return the RECORD of `members`."""
    lines = []
    for member, content in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{member},sha256={digest},{len(content)}")
    return ("\n".join([*lines, f"{itself},,"]) + "\n").encode()


def sdist(
    folder: Path,
    name: str = "sampleproject",
    version: str = "1.0",
    *,
    meta: bytes | None = None,
    files: Mapping[str, bytes] | None = None,
    filename: str | None = None,
) -> Path:
    """Write an sdist; `files` replace or add members (paths below the top directory)."""
    top = f"{stem(name)}-{version}"
    members = {
        "PKG-INFO": metadata(name, version) if meta is None else meta,
        "LICENSE": LICENSE,
        "pyproject.toml": f'[project]\nname = "{name}"\nversion = "{version}"\n'.encode(),
        f"src/{stem(name)}/__init__.py": b'"""A sample."""\n',
    } | dict(files or {})
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member, content in members.items():
            item = tarfile.TarInfo(f"{top}/{member}")
            item.size, item.mtime = len(content), EPOCH
            archive.addfile(item, io.BytesIO(content))
    path = folder / (filename or f"{top}.tar.gz")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(buffer.getvalue(), mtime=EPOCH))
    return path
