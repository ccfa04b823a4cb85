"""Commands that make a release or a tag through GitHub's interface.

Source: https://docs.github.com/en/rest/releases/releases, https://docs.github.com/en/rest/git/refs, gh-api(1) and
curl(1): with data, both send POST.
"""

from __future__ import annotations

import re

from tpub.workflow.command import Command

_PATH = re.compile(r"(?:https://api\.github\.com|\$\{?GITHUB_API_URL\}?|\$\{\{ ?github\.api_url ?\}\})?/?repos/\S.*?/")
_RELEASES, _REFS = "releases", "git/refs"
_METHOD = ("-X", "--method", "--request")
_GH_DATA = ("-f", "-F", "--field", "--raw-field", "--input")
_CURL_DATA = ("-d", "--data", "--data-raw", "--data-binary", "--json")
_DRAFT = re.compile(r"\bdraft\\?[\"']?\s*[:=]\s*true")
_TAG = re.compile(r"refs/tags/")
_TAG_NAME = re.compile(r"\btag_name\\?[\"']?\s*[:=]\s*\\?[\"']?([^\s\\\"',}]+)")


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
