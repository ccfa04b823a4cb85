"""Whom to ask for signatures, and whom to believe: the way to the signing library."""

from __future__ import annotations

import logging
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tpub.errors import AttestationError, ConfigError, NetworkError, TpubError

if TYPE_CHECKING:
    from sigstore.models import ClientTrustConfig

AUDIENCE = "sigstore"
"""What an identity token for a signing certificate must be made for."""
_OVERLOADED = 500  # and above: a status that says nothing of the request


def is_installed() -> bool:
    """Tell whether the extra is there."""
    return all(find_spec(name) is not None for name in ("sigstore", "pypi_attestations"))


def missing() -> AttestationError:
    """Return the news that the extra is not there."""
    return AttestationError(
        "attestation-extra-missing",
        "what signs and verifies attestations is not installed: the extra `attestations`",
        hint="Install it: `pip install 'tpub[attestations]'`.",
    )


def require() -> None:
    """Raise `AttestationError` if the extra is not there."""
    if not is_installed():
        raise missing()
    # It warns of what is asked of it, on whatever stderr is.
    logging.getLogger("sigstore").addHandler(logging.NullHandler())


def trust(path: Path | None, *, offline: bool) -> ClientTrustConfig:
    """Return the sigstore to work with: the public one, or that of a trust configuration (JSON) at `path`.

    `offline` is content with the public one's keys as they were last seen, or came with the library. Raises
    `AttestationError` without the extra, `ConfigError` for a file that is none, `NetworkError` if the public one
    cannot be asked.
    """
    require()
    from sigstore.models import ClientTrustConfig  # noqa: PLC0415  (an extra)

    if path is not None:
        try:
            return ClientTrustConfig.from_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as exc:
            raise ConfigError(
                "trust-config-unreadable",
                f"{path} is no trust configuration of sigstore's",
                hint="Let `--trust-config` name a file of type `application/vnd.dev.sigstore.clienttrustconfig`.",
            ) from exc
    try:
        return ClientTrustConfig.production(offline=offline)
    except Exception as exc:
        raise failure(exc) from exc


def failure(exc: Exception) -> TpubError:
    """Return the news that sigstore did not do what it was asked, whatever the library made of it."""
    cause = exc.__cause__ or exc.__context__ or exc
    answer = getattr(getattr(cause, "response", None), "status_code", None)
    if isinstance(answer, int) and answer < _OVERLOADED:
        return AttestationError(
            "sigstore-refused",
            f"sigstore does not sign for this identity (it answered {answer})",
            hint="Publish with `--attestations never`: sigstore signs for the platforms that it knows.",
        )
    what = f"answered {answer}" if answer is not None else f"cannot be asked ({type(cause).__name__})"
    return NetworkError(
        "sigstore-unavailable",
        f"sigstore {what}",
        hint="Run the same command again later, or publish with `--attestations never`; see status.sigstore.dev.",
    )
