"""Settings that are one of a few words."""

from __future__ import annotations

from enum import StrEnum


class TrustedPublishing(StrEnum):
    """Whether the job's identity is the credential."""

    AUTO = "auto"
    """It is, unless the user gives another."""
    ALWAYS = "always"
    NEVER = "never"
