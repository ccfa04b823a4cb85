"""An identity token that the user brings along."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from tpub.errors import ConfigError
from tpub.identity.choice import Choice
from tpub.secret import Secret

_STDIN = "-"
_LARGEST = 64 * 1024  # bytes; the claims of the largest real token fill a tenth of it


def chosen(provider: str | None, token_file: str | None, stdin: BinaryIO | None) -> Choice:
    """Return whose identity the command line asks for; raises `ConfigError` if the token's file cannot be read."""
    if token_file is None:
        return Choice(provider)
    if provider is not None:
        raise ConfigError(
            "identity-given-twice",
            "`--provider` and `--identity-token-file` both say where the identity comes from",
            hint="Leave one of them out.",
        )
    return Choice(token=Secret(_read(token_file, stdin)))


def _read(path: str, stdin: BinaryIO | None) -> str:
    try:
        if path != _STDIN:
            with Path(path).open("rb") as file:
                content = file.read(_LARGEST)
        else:
            content = stdin.read(_LARGEST) if stdin is not None else b""
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else "it is no path"
        raise ConfigError(
            "identity-token-unreadable",
            f"`--identity-token-file` cannot be read: {reason}",
            hint="Give the path of a file that holds the identity token, or `-` for standard input.",
        ) from exc
    # Whatever is not text is no token, and is told so by whoever looks into it.
    return content.decode("latin-1").strip()
