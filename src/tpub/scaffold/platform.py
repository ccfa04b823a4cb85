"""Which CI is to publish: as it was asked for, as it was declared, or as the checkout shows."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from tpub.errors import ConfigError
from tpub.identity.publisher import Publisher
from tpub.workflow import cloudbuild, gitlab
from tpub.workflow.remote import Remote, remote, top_above


class Platform(StrEnum):
    """The CI systems for which there are files to write."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GOOGLE = "google"


_HOSTS = {"github.com": Platform.GITHUB, "gitlab.com": Platform.GITLAB}
_CHOOSE = f"Say which with `--platform {'|'.join(Platform)}`."


def check_top(root: Path) -> None:
    """Refuse to write below the top of a checkout, where no CI would read it."""
    above = top_above(root)
    if above is not None:
        raise ConfigError(
            "checkout-elsewhere",
            f"this folder belongs to the checkout in {above}, and CI systems read their files at its top",
            hint=f"Run it in {above}. For a project in a folder below, write the file by hand: "
            "`python -m build FOLDER --outdir dist` builds it.",
        )


def platform_of(root: Path, declared: Publisher | None) -> Platform:
    """Return the CI of the checkout at `root`; raises `ConfigError` if nothing tells, or if no index trusts it.

    `declared` is whom the index was told to trust. A host of one's own is told by the files that are there, else by
    its name.
    """
    if declared is not None and declared.provider in set(Platform):
        return Platform(declared.provider)
    origin = remote(root)
    if origin is not None and origin.host in _HOSTS:
        return _HOSTS[origin.host]
    if origin is not None and _is_github(origin):
        raise ConfigError(
            "issuer-unknown",
            f"{origin.host} is a GitHub of its own, and PyPI takes identity tokens of github.com only",
            hint="Publish from a repository on github.com, or with an API token in `TPUB_TOKEN`. " + _CHOOSE,
        )
    there = [platform for platform, is_there in _files(root).items() if is_there]
    if len(there) == 1:
        return there[0]
    if origin is not None and "gitlab" in origin.host:
        return Platform.GITLAB
    where = f"the remote is on {origin.host}" if origin is not None else "there is no git remote `origin`"
    raise ConfigError(
        "platform-undetermined",
        f"nothing here tells which CI is to publish: {where}, and there are files of {' and '.join(there) or 'none'}",
        hint=_CHOOSE,
    )


def _is_github(origin: Remote) -> bool:
    """Source: GitHub Enterprise Server's usual names, and the tenants of GHE.com."""
    return origin.host.endswith(".ghe.com") or "github" in origin.host.split(".")


def _files(root: Path) -> dict[Platform, bool]:
    return {
        Platform.GITHUB: (root / ".github" / "workflows").is_dir(),
        Platform.GITLAB: (root / gitlab.CONFIG).is_file(),
        Platform.GOOGLE: (root / cloudbuild.CONFIG).is_file(),
    }
