"""The providers, and which of them is here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tpub.diagnostic import Variable
from tpub.errors import ConfigError, IdentityError
from tpub.identity.buildkite import Buildkite
from tpub.identity.choice import Choice
from tpub.identity.circleci import CircleCI
from tpub.identity.github import GitHubActions
from tpub.identity.gitlab import GitLab
from tpub.identity.google import GoogleCloud
from tpub.identity.handed import Brought, HandedOver
from tpub.identity.provider import Provider

# CI systems come before machines in a cloud, whatever else is set: a GitLab runner on a Google machine is GitLab.
# What a platform handed over comes in between: it is there by itself, and says nothing of the machine.
_DETECTORS: tuple[tuple[str, str, Callable[[Mapping[str, str]], Provider | None]], ...] = (
    ("github", "GITHUB_ACTIONS", GitHubActions.detect),
    ("gitlab", "GITLAB_CI", GitLab.detect),
    ("circleci", "CIRCLECI", CircleCI.detect),
    ("buildkite", "BUILDKITE", Buildkite.detect),
    ("handed-over", "PYPI_ID_TOKEN", HandedOver.detect),
)
NAMES = (*(name for name, _, _ in _DETECTORS), "google")
MARKS = tuple(mark for _, mark, _ in _DETECTORS)


def detect(env: Mapping[str, str], machine: str = "") -> Provider | None:
    """Return the first provider whose marks `env` bears, or None outside CI.

    `machine` is what the firmware calls this machine, empty if it is not known. Nothing is asked of anybody.
    Raises `IdentityError` where the provider is here, and gives this job no identity.
    """
    for _, _, detector in _DETECTORS:
        if (provider := detector(env)) is not None:
            return provider
    return GoogleCloud.detect(env, machine)


def find(choice: Choice, env: Mapping[str, str], machine: str = "") -> Provider | None:
    """Return the provider that the user wants, or the one that is here; None outside CI.

    Raises `ConfigError` for a name that is none, and `IdentityError` if the wanted one is not here.
    """
    if choice.token is not None:
        return Brought.of(choice.token)
    if choice.name is None:
        return detect(env, machine)
    if choice.name == GoogleCloud.name:
        return GoogleCloud.of(env)
    for name, mark, detector in _DETECTORS:
        if name == choice.name:
            if (provider := detector(env)) is not None:
                return provider
            raise IdentityError(
                "provider-absent",
                f"`--provider {name}` was asked for, and this is no such job",
                Variable.of(env, mark),
                hint="Leave out `--provider`: tpub finds out where it runs.",
            )
    raise ConfigError(
        "provider-unknown",
        f"there is no provider named {choice.name!r}",
        hint=f"Use one of {', '.join(NAMES)}, or leave out `--provider`.",
    )
