"""Settings that are one of a few words."""

from __future__ import annotations

from enum import StrEnum


class TrustedPublishing(StrEnum):
    """Whether the job's identity is the credential."""

    AUTO = "auto"
    """It is, unless the user gives another."""
    ALWAYS = "always"
    NEVER = "never"


class Attestations(StrEnum):
    """Whether files travel with attestations."""

    AUTO = "auto"
    """Where the index takes them and they can be had; a release never fails for them."""
    ALWAYS = "always"
    """A file without is not sent."""
    NEVER = "never"
