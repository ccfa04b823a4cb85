"""The tag that a job in CI runs for, and the version that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

_BEFORE = frozenset(["", "release", "releases", "rel", "version"])  # what people write before a version
_COUNTED = re.compile(r"\d-\d")  # a post-release by the specification, and a second try or a date by what people mean


def tag_of(env: Mapping[str, str]) -> str:
    """Return the tag that the job runs for, empty if it runs for none.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/variables,
    https://docs.gitlab.com/ci/variables/predefined_variables/, https://circleci.com/docs/reference/variables/,
    https://buildkite.com/docs/pipelines/configure/environment-variables.
    """
    if env.get("GITHUB_REF_TYPE") == "tag":
        return env.get("GITHUB_REF_NAME", "")
    return env.get("CI_COMMIT_TAG") or env.get("CIRCLE_TAG") or env.get("BUILDKITE_TAG") or ""


def version_in(tag: str, project: NormalizedName) -> Version | None:
    """Return the version of the project that a tag speaks of; None if it speaks of none beyond doubt.

    That is a version of several numbers, without a count behind a hyphen: alone, after a word for it, or after the
    project's name.
    """
    for separator in re.finditer(r"^|[-_/@]", tag):
        before, said = tag[: separator.start()], tag[separator.end() :]
        if not _is_before_a_version(before, project):
            continue
        with suppress(ValueError):  # (InvalidVersion, or a number of thousands of digits)
            version = Version(said)
            return version if len(version.release) > 1 and not _COUNTED.search(said) else None
    return None


def _is_before_a_version(text: str, project: NormalizedName) -> bool:
    return text.lower() in _BEFORE or canonicalize_name(text) == project
