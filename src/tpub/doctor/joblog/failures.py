"""What went wrong, as the tools of a job put it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tpub.doctor.joblog.lines import window
from tpub.index.replies import recognised

_LONGEST = 600  # characters of a sentence that is worth repeating


class Stage(StrEnum):
    """Where a release stopped."""

    START = "start"
    IDENTITY = "identity"
    EXCHANGE = "exchange"
    FILES = "files"
    UPLOAD = "upload"


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure: its line (from 1), and what was said.

    `code` is the index's own of an exchange, the environment that did not let a job start, or what is wrong with files;
    `file` the distribution that it is about, `status` what the index answered to it.
    """

    stage: Stage
    line: int
    words: str
    code: str = ""
    status: int = 0
    file: str | None = None


# What has none of these in it says nothing of a failure; most lines of a log have not.
_TELLING = re.compile(
    r"invalid-|not-enabled|ID_TOKEN|id-token|HTTP ?Error|status code 4|Client [Ee]rror|Response from|allowed to deploy|"
    r"to publish|InvalidDistribution"
)
_EXCHANGE = re.compile(
    r"[`\"'*]*\b(?P<code>invalid-(?:pending-)?publisher|invalid-(?:reuse-)?token|invalid-payload|not-enabled)\b[`\"'*]*"
    r"(?:\s*:\s*|\s*,\s*[\"']description[\"']\s*:\s*[\"'])(?P<words>.+)"
)
_JSON_ENDS = re.compile(r"[\"'](?=\s*[,}\]])")
_IDENTITY = (
    re.compile(r"ACTIONS_ID_TOKEN_REQUEST_(?:URL|TOKEN).{0,40}?\b(?:unset|not set|not found|missing|undefined)"),
    re.compile(r"Unable to get ACTIONS_ID_TOKEN_REQUEST_(?:URL|TOKEN)"),
    re.compile(r"\b(?!SIGSTORE)[A-Z]+_ID_TOKEN\b.{0,20}?\b(?:unset|not set|not found|missing|is empty)"),
    re.compile(r"requesting '[^']*id-token: write[^']*', but is only allowed '[^']*id-token: (?:none|read)"),
)
_PROTECTED = re.compile(
    r"(?:Tag|Branch) \"[^\"]+\" is not allowed to deploy to (?P<name>.{1,200}?) due to environment protection rules"
)
_FILES = {
    "no-distributions": re.compile(
        r"Cannot find file \(or expand pattern\): '?[^']+'?|no Python distribution packages to publish[^.]*|"
        r"No files (?:found )?to publish"
    ),
    "dist-stray-files": re.compile(r"Unknown distribution format: '(?P<file>[^']+)'"),
    "tool-outdated": re.compile(
        r"Metadata is missing required fields: Name, Version.{0,200}?using a supported Metadata-Version: [\d., ]*\d"
    ),
}
_REFUSED = (
    re.compile(r"\b(?P<status>4\d\d) Client Error:(?P<words>.*)"),
    re.compile(r"Client error '(?P<status>4\d\d)\b(?P<words>.{0,600}?)' for url"),
    re.compile(r"(?:HTTP ?Error|status code|Response from).{0,200}?\b(?P<status>4\d\d)\b(?P<words>.*)"),
)
_REASONS = "Bad Request|Unauthorized|Forbidden|Not Found|Conflict|Content Too Large|Payload Too Large"
_NOISE = re.compile(
    rf"^[\s:.]*(?:{_REASONS})?(?:\s*from \S+)?[\s:.]*"
    r"(?:Server says:\s*(?:4\d\d)?|NOTE: Try --verbose to see response content\.?)?\s*",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r" for url: | \| b['\"]|\s##\[|Traceback|Error: Process completed|\s*<html>|\s(?:INFO|ERROR|WARNING) "
)
_UPLOADS = re.compile(r"://\S*(?:upload|legacy)")
_TOKEN = re.compile(r"(?:eyJ|pypi-)[\w.-]{16,}")  # platforms mask secrets in their logs, people's terminals do not
_FILE = re.compile(r"([\w.+!-]+-[\w.+!-]+(?:\.whl|\.tar\.gz|\.zip))\b")


def failures(lines: Sequence[str]) -> tuple[Failure, ...]:
    """Return what went wrong, in the order of the log; what was said twice, once."""
    found: dict[tuple[Stage, str, str, str | None], Failure] = {}
    for at, line in enumerate(lines):
        if _TELLING.search(line) is None:
            continue
        for look in (_start, _exchange, _identity, _files, _upload):
            if (each := next(look(lines, at), None)) is not None:
                found.setdefault((each.stage, each.code, each.words, each.file), each)
                break
    return tuple(found.values())


def _start(lines: Sequence[str], at: int) -> Iterator[Failure]:
    if (match := _PROTECTED.search(window(lines, at))) is not None and match.start() < len(lines[at]):
        yield Failure(Stage.START, at + 1, match[0], match["name"])


def _exchange(lines: Sequence[str], at: int) -> Iterator[Failure]:
    if _EXCHANGE.search(lines[at]) is None:
        return
    match = _EXCHANGE.search(window(lines, at))
    if match is not None:
        words = _JSON_ENDS.split(match["words"])[0] if "description" in match[0] else match["words"]
        yield Failure(Stage.EXCHANGE, at + 1, _brief(words), match["code"])


def _identity(lines: Sequence[str], at: int) -> Iterator[Failure]:
    text = window(lines, at)
    for pattern in _IDENTITY:
        if (match := pattern.search(text)) is not None and match.start() < len(lines[at]):
            yield Failure(Stage.IDENTITY, at + 1, match[0])


def _files(lines: Sequence[str], at: int) -> Iterator[Failure]:
    text = window(lines, at)
    for code, pattern in _FILES.items():
        if (match := pattern.search(text)) is not None and match.start() < len(lines[at]):
            file = match.groupdict().get("file") or _distribution(text[: match.start()])
            yield Failure(Stage.FILES, at + 1, _brief(match[0]), code, file=file)


def _upload(lines: Sequence[str], at: int) -> Iterator[Failure]:
    text = window(lines, at)
    match = next(filter(None, (pattern.search(text) for pattern in _REFUSED)), None)
    if match is None or match.start() >= len(lines[at]):
        return
    # A status alone may be anybody's: then it counts where the address is that of an upload.
    words = _brief(_ENDS.split(_NOISE.sub("", match["words"], count=1))[0])
    if not words or (recognised(words, 0) is None and _UPLOADS.search(text) is None):
        return
    file = _distribution(" ".join((*lines[max(0, at - 1) : at], text)))
    yield Failure(Stage.UPLOAD, at + 1, words, status=int(match["status"]), file=file)


def _distribution(text: str) -> str | None:
    found = _FILE.search(text)
    return found[1] if found is not None else None


def _brief(words: str) -> str:
    return _TOKEN.sub("***", " ".join(words.split()))[:_LONGEST].strip(" .")
