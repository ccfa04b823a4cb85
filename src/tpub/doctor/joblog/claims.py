"""The identity token's claims that a tool printed when the index refused it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tpub.doctor.joblog.failures import Failure, Stage
from tpub.identity.claims import COMPARISONS

_FAR = 80  # lines from the refusal to the last of the claims
_ABSENT = "MISSING"  # what pypa/gh-action-pypi-publish writes for a claim that the token lacks
# A list in Markdown, a structure of Rust, a JSON document; and tpub's own words.
_CLAIM = re.compile(
    r"^[ \t>*-]*[`\"]?(\w+)[`\"]?[ \t]*:[ \t]*(?:Some\(\s*)?[`\"]([^`\"\n]*)[`\"],?\)?,?$", re.MULTILINE
)
_OWN = re.compile(r"^\s*claim (\w+) is '([^']*)'$", re.MULTILINE)
_SUBJECT = re.compile(r"repo:(?P<repository>[^:]+):environment:(?P<name>.+)")
_KNOWN = frozenset({"iss", "sub", "aud"}).union(
    *({*each.compared, *each.present, *each.ignored} for each in COMPARISONS.values())
)


def shown(lines: Sequence[str], found: Sequence[Failure]) -> Mapping[str, str]:
    """Return the claims that stand behind the first refused exchange; empty if there are none."""
    first = next((each.line for each in found if each.stage is Stage.EXCHANGE), None)
    if first is None:
        return {}
    behind = "\n".join(lines[first : first + _FAR])
    claims = {name: value for name, value in (*_CLAIM.findall(behind), *_OWN.findall(behind)) if name in _KNOWN}
    return _with_environment({name: value for name, value in claims.items() if value != _ABSENT})


def _with_environment(claims: dict[str, str]) -> dict[str, str]:
    """Add the environment of a subject as GitHub makes it by itself: older tools print nothing else of it."""
    subject = _SUBJECT.fullmatch(claims.get("sub", ""))
    if "environment" not in claims and subject is not None and subject["repository"] == claims.get("repository"):
        claims["environment"] = subject["name"].replace("%3A", ":")
    return claims
