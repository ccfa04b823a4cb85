"""What a server answered, as data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from tpub.diagnostic import Answer
from tpub.errors import NetworkError
from tpub.secret import Secret
from tpub.urls import host

NETWORK_HINT = "Check the network, the proxy settings and the index's status page, then run the same command again."
_HINT = "Wait, see the index's status page, then run the same command again."
_LONGEST = len("Wednesday, 31-Dec-99 23:59:59 GMT")  # of the dates that Retry-After may hold (RFC 9110, 5.6.7)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered: any status, read to the end, never an exception."""

    url: str
    status: int
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def is_success(self) -> bool:
        """Tell whether the status is a 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004

    @property
    def is_redirect(self) -> bool:
        """Tell whether the server points elsewhere."""
        return 300 <= self.status < 400  # noqa: PLR2004

    @property
    def is_overload(self) -> bool:
        """Tell whether the answer means "not now": 408, 429 and every 5xx.

        500 too: the index answers so when uploads collide, and nothing is lost then.
        """
        return self.status in (408, 429) or self.status >= 500  # noqa: PLR2004

    @property
    def text(self) -> str:
        """The body as text, whatever it is."""
        return self.body.decode("utf-8", "replace")

    def members(self) -> Mapping[str, object]:
        """Return the JSON object in the body; empty if there is none."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    def without(self, secrets: Sequence[Secret]) -> Self:
        """Return this refusal, which is words for people, with `***` wherever it says one of the secrets."""
        from tpub.redaction import struck  # noqa: PLC0415  (refusals alone need it)

        return replace(self, reason=struck(self.reason, secrets), body=struck(self.text, secrets).encode())

    def unless_overloaded(self) -> Self:
        """Return this reply; raises `OverloadError` if the server is not up to answering now."""
        if self.is_overload:
            raise OverloadError(self)
        return self

    def string(self, key: str) -> str:
        """Return a string member of the JSON body; raises `NetworkError` if the server left it out."""
        value = self.members().get(key)
        # Half a surrogate pair is valid in JSON, and can be sent nowhere.
        if not isinstance(value, str) or not value or not value.isprintable():
            raise NetworkError(
                "reply-malformed",
                f"{self.url} answered {self.status} without a `{key}` that could be one",
                hint="Check that the URL is that of an index's upload API; else the server is at fault.",
            )
        return value


class OverloadError(NetworkError):
    """A server answered that it cannot answer now; `reply` may say when it can."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        after = reply.headers.get("retry-after", "").strip()
        asked = f" (Retry-After: {after})" if 0 < len(after) <= _LONGEST else ""
        super().__init__(
            "index-unavailable",
            f"{host(reply.url)} cannot answer at the moment: {reply.status} {reply.reason}".rstrip() + asked,
            Answer(reply.url, reply.status, reply.reason),
            hint=_HINT,
        )
