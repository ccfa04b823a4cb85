"""Where identity tokens come from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from tpub.secret import Secret

if TYPE_CHECKING:  # httpx is slow to import, and only named here
    from tpub.http import Http


class Provider(Protocol):
    """A CI system, or a machine in a cloud, that vouches for what runs on it.

    `renewable` says whether it hands out as many tokens as one asks for; where it does not, the one token can
    be exchanged once.
    """

    @property
    def name(self) -> str:
        """The word that reports and `--provider` know it by."""

    @property
    def title(self) -> str:
        """What its makers call it."""

    @property
    def renewable(self) -> bool:
        """Whether each request brings a fresh token."""

    def identity_token(self, audience: str, http: Http) -> Secret:
        """Return an identity token for `audience`; raises `IdentityError` if there is none to be had."""


def variable_for(audience: str) -> str:
    """Return the variable in which a platform hands over the token for `audience`: `PYPI_ID_TOKEN`.

    Source: the convention of PyPI's documentation on GitLab and of `id`, with a leading digit replaced too.
    """
    return re.sub(r"[^A-Z0-9_]|^[0-9]", "_", audience.upper()) + "_ID_TOKEN"
