"""A server's words without the secrets that it was sent: some answer with what they got."""

from __future__ import annotations

import html
import json
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from tpub.secret import Secret

_LONG = 8  # characters; what is shorter may be a part of any word, and counts only where it stands alone
_JWT_PARTS = 3


def struck(text: str, secrets: Iterable[Secret]) -> str:
    """Return `text` with `***` in the place of every secret.

    A secret is a token or the value of an Authorization header; its credential alone, the password in that of a
    `Basic` one, the parts of a JSON Web Token, and how JSON, HTML and URLs write them are struck, too.
    """
    forms = {form for secret in secrets for kernel in _kernels(secret.reveal()) for form in _spellings(kernel)}
    for form in sorted(forms, key=len, reverse=True):
        pattern = re.escape(form) if len(form) >= _LONG else rf"(?<!\w){re.escape(form)}(?!\w)"
        text = re.sub(pattern, "***", text)
    return text


def _kernels(value: str) -> Iterator[str]:
    scheme, _, rest = value.partition(" ")
    credential = rest or value
    yield credential
    if scheme == "Basic":
        login = b64decode(credential).decode("utf-8", "replace")
        yield from (login, login.partition(":")[2])
    elif len(parts := credential.split(".")) == _JWT_PARTS:
        yield from parts[1:]  # the first is that of all tokens of an issuer


def _spellings(kernel: str) -> Iterator[str]:
    spelled = (kernel, json.dumps(kernel)[1:-1], html.escape(kernel), quote(kernel, safe="", errors="replace"))
    yield from (form for form in spelled if form)
