"""E-mail addresses of authors and maintainers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email._parseaddr import AddressList  # type: ignore[import-not-found]  # behind email.utils, in every Python

from tpub.preflight.context import Context
from tpub.preflight.quoting import field, quoted
from tpub.preflight.rule import Problem, rule

# Addresses that are good whatever the library says, so that it need not be loaded for the usual ones.
PLAIN = re.compile(
    r"[a-z0-9]{1,20}(?:[._+-][a-z0-9]{1,20}){0,2}@(?:[a-z0-9]{1,30}(?:-[a-z0-9]{1,20})?\.){1,3}(?:com|org|net|edu|io|dev)",
    re.IGNORECASE | re.ASCII,
)
_QUOTED = re.compile(r'\\.|"(?:\\.|[^"\\])*"', re.DOTALL)
_LONGEST = 5_000  # characters: the reader's time may grow with their square


@rule(
    "email-invalid",
    hint="Write an address that can be reached from the internet, or leave `email` out of `authors` and `maintainers`.",
    why="PyPI shows the addresses to users, who may have to report something.",
    is_pypi_only=True,
)
def email_is_valid(file: Context) -> Iterator[Problem]:
    """The address in Author-email or Maintainer-email is valid.

    Several addresses in one field are not looked at.
    Source: warehouse.forklift.metadata, `_validate_metadata`, with the package email-validator.
    """
    for name in ("author-email", "maintainer-email"):
        address = _only_address(file.received.one(name) or "")
        if not address or PLAIN.fullmatch(address):
            continue
        from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  (slow, not always needed)

        try:
            validate_email(address, check_deliverability=False)
        except EmailNotValidError as exc:
            told = field(name, file.received.one(name) or "")
            yield Problem(f"{told.name} has the bad address {quoted(address)}: {exc}".rstrip("."), (told,))


def _only_address(text: str) -> str:
    """Return the address in `text`; empty if there is none, or more than one.

    That is what `email.utils.parseaddr` does in the Python that PyPI runs on (3.14); older ones return the first of
    several, and are content with brackets that do not match.
    """
    try:
        addresses = AddressList(text[:_LONGEST]).addresslist
    except RecursionError:  # brackets in brackets in brackets
        return ""
    if len(addresses) != 1 or "[" in addresses[0][1] or not _is_balanced(_QUOTED.sub("", text)):
        return ""
    return str(addresses[0][1])


def _is_balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth < 0:
            return False
    return depth == 0


OF_PYPI = (email_is_valid,)
