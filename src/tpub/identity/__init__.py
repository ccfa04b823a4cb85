"""Who is publishing: the providers, and which of them is here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tpub.identity.github import GitHubActions
from tpub.identity.gitlab import GitLab
from tpub.identity.provider import Provider

# CI systems come before machines in a cloud: a GitLab runner on a Google machine is GitLab.
_DETECTORS: tuple[Callable[[Mapping[str, str]], Provider | None], ...] = (GitHubActions.detect, GitLab.detect)


def detect(env: Mapping[str, str]) -> Provider | None:
    """Return the first provider whose marks `env` bears, or None outside CI.

    Raises `IdentityError` where the provider is here, and gives this job no identity.
    """
    for detector in _DETECTORS:
        if (provider := detector(env)) is not None:
            return provider
    return None
