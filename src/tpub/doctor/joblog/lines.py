"""The lines of a job's log, without what platforms and terminals put around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_LONGEST = 2_000  # characters of a line: what tools say of a failure is shorter
_WINDOW = 6  # lines: terminals wrap a sentence into so many

_STEP = re.compile(r"[^\t]*\t[^\t]*\t")  # `gh run view --log` begins with the job and the step
_TIME = re.compile(r"\ufeff?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z (?:\d\d[OE]\+? ?)?")  # GitHub's, and GitLab's
_SECTION = re.compile(r"section_(?:start|end):\d+:[\w.-]+(?:\[[^]]*\])?\r?")  # GitLab's
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
# A log that was copied from GitHub's pages has links to its own lines in the middle of numbers.
_COPIED = re.compile(r"\[(\d+)\]\(https://github\.com/[^)\s]*\)")
_ADDRESS = re.compile(r"https?://[^\s'\"`<>)\]]+")
_OF_INDEX = ("/legacy", "/_/oidc", "/upload", "://upload.")


def cleaned(text: str) -> list[str]:
    """Return the lines of a log as the programs wrote them; their numbers are those of the file."""
    return [_clean(line[:_LONGEST]) for line in text.split("\n")]


def window(lines: Sequence[str], at: int) -> str:
    """Return the line at an index and those that it may go on in, up to the first empty one, as one."""
    found: list[str] = []
    for line in (each.strip().lstrip("> ") for each in lines[at : at + _WINDOW]):
        if not line and found:
            break
        found.append(line)
    return " ".join(found)[:_LONGEST]


def addresses(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield where an index was talked to, with the number of the line that says so."""
    for number, line in enumerate(lines, 1):
        if "://" in line:
            found = (each[0].rstrip(".,;:") for each in _ADDRESS.finditer(line))
            yield from ((number, each) for each in found if any(mark in each for mark in _OF_INDEX))


def _clean(line: str) -> str:
    line = _TIME.sub("", _STEP.sub("", line, count=1) if line.count("\t") > 1 else line, count=1)
    line = _SECTION.sub("", _COLOUR.sub("", line))
    return _COPIED.sub(r"\1", line).replace("\r", " ").rstrip()
