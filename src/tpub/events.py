"""What happens while a release is published, told to whoever listens.

Events are for eyes (progress) and for CI systems (masks); the account of what was done is `tpub.outcome`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tpub.outcome import UploadStatus
from tpub.secret import Secret


@dataclass(frozen=True, slots=True)
class Noted:
    """A step was taken; `text` is one line without full stop."""

    text: str


@dataclass(frozen=True, slots=True)
class SecretObtained:
    """A secret came into being: mask it before anything else is printed."""

    secret: Secret


@dataclass(frozen=True, slots=True)
class UploadsPlanned:
    """So many files of so many bytes in all are about to travel."""

    files: int
    size: int


@dataclass(frozen=True, slots=True)
class UploadStarted:
    """A file of `size` bytes begins to travel."""

    file: str
    size: int


@dataclass(frozen=True, slots=True)
class UploadAdvanced:
    """So many bytes of the request that carries a file have left."""

    file: str
    sent: int


@dataclass(frozen=True, slots=True)
class UploadEnded:
    """The index answered, or nobody did; `seconds` of wall clock."""

    file: str
    status: UploadStatus
    seconds: float


Event = Noted | SecretObtained | UploadsPlanned | UploadStarted | UploadAdvanced | UploadEnded
Listener = Callable[[Event], None]


def ignore(_: Event) -> None:
    """Listen to nothing."""
