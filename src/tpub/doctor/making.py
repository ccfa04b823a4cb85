"""Actions and commands that make a release or a tag.

Source: the actions' own documentation, https://docs.github.com/en/rest/releases/releases,
https://docs.github.com/en/rest/git/refs, gh-api(1) and curl(1): with data, both send POST.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import MappingProxyType

from tpub.workflow.command import Command
from tpub.workflow.github.model import Step

_PATH = re.compile(r"(?:https://api\.github\.com|\$\{?GITHUB_API_URL\}?|\$\{\{ ?github\.api_url ?\}\})?/?repos/\S.*?/")
OTHER_TOKEN = re.compile(r"secrets\.(?!GITHUB_TOKEN\b)\w+|steps\.[\w-]+\.outputs\.token")
_RELEASES, _REFS = "releases", "git/refs"
_METHOD = ("-X", "--method", "--request")
_GH_DATA = ("-f", "-F", "--field", "--raw-field", "--input")
_CURL_DATA = ("-d", "--data", "--data-raw", "--data-binary", "--json")
_DRAFT = re.compile(r"\bdraft\\?[\"']?\s*[:=]\s*true")
_TAG = re.compile(r"refs/tags/")
_TAG_NAME = re.compile(r"\btag_name\\?[\"']?\s*[:=]\s*\\?[\"']?([^\s\\\"',}]+)")

_BOTH, _ONE = ("release", "tag"), ("tag",)
_DRAFTER = "release-drafter/release-drafter"
_COMMITTER = "stefanzweifel/git-auto-commit-action"
_SCRIPT = "actions/github-script"
_ACTIONS = MappingProxyType(
    dict.fromkeys(
        (
            "softprops/action-gh-release",
            "ncipollo/release-action",
            "actions/create-release",
            "comnoco/create-release-action",
            "googleapis/release-please-action",
            "google-github-actions/release-please-action",
            _DRAFTER,
            "python-semantic-release/python-semantic-release",
            "python-semantic-release/publish-action",
            "cycjimmy/semantic-release-action",
            "marvinpinto/action-automatic-releases",
            "elgohr/github-release-action",
        ),
        _BOTH,
    )
    | dict.fromkeys(
        (
            "mathieudutour/github-tag-action",
            "anothrnick/github-tag-action",
            "rickstaa/action-create-tag",
            "phips28/gh-action-bump-version",
            "commitizen-tools/commitizen-action",
            "butlerlogic/action-autotag",
            "tvdias/github-tagger",
            "thejeff77/action-push-tag",
            "tripss/conventional-changelog-action",
            _COMMITTER,
        ),
        _ONE,
    )
)
_CREATES_RELEASE = re.compile(r"\bcreateRelease\b(?!.*\bdraft:\s*true)", re.DOTALL)
_CREATES_TAG = re.compile(r"\bcreateRef\b.*refs/tags/", re.DOTALL)
_PUSHED_TAG = re.compile(r"--tags|--follow-tags|refs/tags|\bv[\d$]|TAG|tag")


def made_with(step: Step) -> tuple[str, ...]:
    """Return what the action of a step makes: a release and its tag, a tag alone, or nothing. A draft is none yet."""
    if step.action not in _ACTIONS and step.action != _SCRIPT:
        return ()
    inputs = step.inputs
    if step.action == _SCRIPT:
        script = inputs.get("script", "")
        return _BOTH if _CREATES_RELEASE.search(script) else _ONE if _CREATES_TAG.search(script) else ()
    drafts = inputs.get("draft", "").lower() == "true"
    drafts |= step.action == _DRAFTER and inputs.get("publish", "").lower() != "true"
    if drafts or (step.action == _COMMITTER and not inputs.get("tagging_message")):
        return ()
    return _ACTIONS[step.action]


def pushes_tag(known: Iterable[Command]) -> bool:
    """Tell whether commands push a tag: all that there are, one by its name, or one that they made before."""
    made: set[str] = set()
    for command in known:
        if command.words[:2] == ("git", "tag"):
            made |= {word for word in command.words[2:] if not word.startswith("-")}
        elif command.words[:2] == ("git", "push"):
            text = " ".join(command.words)
            if "://" in text and OTHER_TOKEN.search(text) is not None:
                continue
            if _PUSHED_TAG.search(text) is not None or made & set(command.words[2:]):
                return True
    return False


def made_by(command: Command) -> tuple[str, ...]:
    """Return what a command makes by a request: a release and its tag, a tag alone, or nothing. A draft is none yet."""
    words = command.words
    if words[:2] == ("gh", "api"):
        data = list(command.options(*_GH_DATA))
    elif command.program == "curl":
        data = list(command.options(*_CURL_DATA))
    else:
        return ()
    method = command.option(*_METHOD) or ("POST" if data else "GET")
    target = next((word[found.end() :] for word in words if (found := _PATH.match(word)) is not None), "")
    text = " ".join(data)
    if method.upper() != "POST":
        return ()
    if target.endswith(_RELEASES):
        return () if _DRAFT.search(text) is not None else ("release", "tag")
    return ("tag",) if target.endswith(_REFS) and _TAG.search(text) is not None else ()


def tag_in(script: str) -> str | None:
    """Return the tag for which a script's request makes the release, as it is written there."""
    found = _TAG_NAME.search(script)
    return found[1] if found is not None else None
