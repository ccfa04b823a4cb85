"""E-mail addresses of authors and maintainers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import getaddresses

from tpub.preflight.context import Context
from tpub.preflight.quoting import field, quoted
from tpub.preflight.rule import Problem, rule

# Addresses that are good whatever the library says, so that it need not be loaded for the usual ones.
PLAIN = re.compile(
    r"[a-z0-9]{1,20}(?:[._+-][a-z0-9]{1,20}){0,2}@(?:[a-z0-9]{1,30}(?:-[a-z0-9]{1,20})?\.){1,3}(?:com|org|net|edu|io|dev)",
    re.IGNORECASE | re.ASCII,
)
_LONGEST = 5_000  # characters: the reader's time may grow with their square


@rule(
    "email-invalid",
    hint="Write an address that can be reached from the internet, or leave `email` out of `authors` and `maintainers`.",
    why="PyPI shows the addresses to users, who may have to report something.",
    is_pypi_only=True,
)
def email_is_valid(file: Context) -> Iterator[Problem]:
    """Author-email and Maintainer-email, if there is one address, hold a valid one.

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

    That is what `parseaddr` does in the Python that PyPI runs on; older ones return the first of several.
    """
    try:
        addresses = getaddresses([text[:_LONGEST]])
    except RecursionError:  # brackets in brackets in brackets
        return ""
    return addresses[0][1] if len(addresses) == 1 else ""


OF_PYPI = (email_is_valid,)
