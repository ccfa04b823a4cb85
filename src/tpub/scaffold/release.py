"""What `tpub init` would write for a checkout and a platform."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from tpub.diagnostic import Setting
from tpub.errors import ConfigError
from tpub.identity.publisher import GitHubPublisher, GitLabPublisher, GooglePublisher
from tpub.index.model import KNOWN
from tpub.scaffold import github, gitlab, google
from tpub.scaffold.draft import Draft, Wish
from tpub.scaffold.platform import Platform
from tpub.workflow.writing.backend import Build, build_of

# Names that YAML, GitHub, GitLab and the index all take for the text that they are.
_ENVIRONMENT = re.compile(r"[A-Za-z][\w.-]*(?:/[\w.-]+)*", re.ASCII)
_NO_TEXT = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_ACCOUNT = re.compile(r"[\w.-]+@[\w.-]+", re.ASCII)
_FILE = re.compile(r"[\w.-]+(?:/[\w.-]+)*\.ya?ml", re.ASCII)

_WRITERS: Mapping[Platform, Callable[[Path, Wish, Build], Draft]] = MappingProxyType(
    {Platform.GITHUB: github.drafted, Platform.GITLAB: gitlab.drafted, Platform.GOOGLE: google.drafted}
)


def drafted(root: Path, platform: Platform, wish: Wish) -> Draft:
    """Return the files for the checkout at `root`; nothing is written.

    Raises `ConfigError` if there is nothing to build, or if something asked for has no place in a file.
    """
    if wish.index not in KNOWN:
        raise ConfigError(
            "index-identity-unknown",
            f"which identity {wish.index.name} takes is not known here: files are written for PyPI and TestPyPI",
            hint="Use `--index pypi`, and change `tpub upload --index pypi` in the file that is written.",
        )
    _check("--environment", wish.environment, is_good=not wish.environment or _is_environment(wish.environment))
    _check("--service-account", wish.account, is_good=not wish.account or _is_account(wish.account))
    match wish.declared:
        case GitHubPublisher(workflow_filename=name):
            _check("tool.tpub.publisher.workflow_filename", name, is_good="/" not in name and _is_file(name))
        case GitLabPublisher(workflow_filepath=name):
            _check("tool.tpub.publisher.workflow_filepath", name, is_good=_is_file(name))
        case GooglePublisher(email=name):
            _check("tool.tpub.publisher.email", name, is_good=_is_account(name))
        case _:
            pass  # nothing of it is written
    return _WRITERS[platform](root, wish, build_of(root))


def _check(name: str, value: str, *, is_good: bool) -> None:
    if not is_good:
        raise ConfigError(
            "setting-invalid",
            f"`{name}` is {value!r}, which cannot be written into a workflow file as it is",
            Setting(name, value, "pyproject.toml" if name.startswith("tool.") else name),
            hint="Use letters, digits, `.`, `-` and `_`.",
        )


def _is_environment(name: str) -> bool:
    return _ENVIRONMENT.fullmatch(name) is not None and name.lower() not in _NO_TEXT


def _is_account(name: str) -> bool:
    return _ACCOUNT.fullmatch(name) is not None


def _is_file(name: str) -> bool:
    return _FILE.fullmatch(name) is not None and ".." not in PurePosixPath(name).parts
