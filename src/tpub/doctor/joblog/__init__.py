"""The log of a job that failed, whatever tool wrote it: where it stopped, in whose words, and the claims it shows.

Every tool prints what the index answered, and none what that means for the files in the checkout. Sources of the forms:
pypa/gh-action-pypi-publish, twine, uv, Poetry, requests, id, `@actions/core` and GitHub's runner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from tpub.doctor.joblog.claims import shown
from tpub.doctor.joblog.failures import Failure, failures
from tpub.doctor.joblog.lines import addresses, cleaned
from tpub.errors import ConfigError

_LARGEST = 100_000_000  # bytes
_ZIP = b"PK\x03\x04"  # as GitHub's page of a run offers them for download
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # so Windows PowerShell writes what is redirected to a file


@dataclass(frozen=True, slots=True)
class JobLog:
    """What a log tells; `address` is where the tool talked to the index, `claims` as far as a tool printed them."""

    name: str
    lines: int
    failures: tuple[Failure, ...] = ()
    claims: Mapping[str, str] = field(default_factory=dict)
    address: str = ""


def load(name: str, file: BinaryIO) -> JobLog:
    """Return what the log in `file`, called `name`, tells.

    Raises `ConfigError` if it cannot be read, or is larger than any job's log.
    """
    try:
        content = file.read(_LARGEST + 1)
    except OSError as exc:
        raise unreadable(name, exc) from exc
    if content.startswith(_ZIP):
        raise ConfigError(
            "log-unreadable",
            f"{name} is an archive of logs",
            hint="Unpack it, and give the file of the job that publishes; or: `gh run view --log-failed > job.log`.",
        )
    if len(content) > _LARGEST:
        raise ConfigError(
            "log-unreadable",
            f"{name} is larger than {_LARGEST // 1_000_000} MB: no job's log is",
            hint="Give the log of the one job that publishes: `gh run view --log-failed > job.log`.",
        )
    encoding = "utf16" if content.startswith(_UTF_16) else "utf8"
    return read(name, content.decode(encoding, errors="replace"))


def unreadable(name: str, exc: OSError) -> ConfigError:
    """Return what is to be said of a log that cannot be read."""
    return ConfigError(
        "log-unreadable",
        f"the log {name} cannot be read: {exc.strerror}",
        hint="Give `--log` the file to which the job's log was saved, or `-` for standard input.",
    )


def read(name: str, text: str) -> JobLog:
    """Return what the log `text`, called `name`, tells; of failures that say the same, the first."""
    lines = cleaned(text)
    found = failures(lines)
    first = found[0].line if found else 0
    near = [address for line, address in addresses(lines) if line <= first]
    return JobLog(name, len(lines), found, shown(lines, found), near[-1] if near else "")
