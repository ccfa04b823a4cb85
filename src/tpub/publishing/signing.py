"""Signing beside the uploads, in the name of the job.

Some threads sign ahead, in sending order, and an upload waits for the attestation of its own file alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from threading import Condition, Thread

from tpub.attest.eligible import eligible
from tpub.attest.model import Attestation
from tpub.attest.sign import Signer
from tpub.attest.sigstore import AUDIENCE
from tpub.clock import Clock
from tpub.diagnostic import Variable
from tpub.dist.model import Distribution
from tpub.errors import IdentityError, NetworkError
from tpub.events import SecretObtained
from tpub.identity import jwt
from tpub.identity.provider import Provider, variable_for
from tpub.publishing.retry import patiently
from tpub.publishing.world import World
from tpub.secret import Secret

_HANDS = 4  # signatures at once: each is a question to the log, and little work
_PATIENCE = 60.0  # seconds that an upload waits for its attestation: the library itself would wait for ever


class Desk:
    """Signs files, each once. The first failure ends it: what fails for one file fails for all."""

    def __init__(self, signer: Signer, clock: Clock) -> None:
        self._signer, self._clock = signer, clock
        self._changed = Condition()
        self._queue: deque[Distribution] = deque()
        self._signed: dict[str, Attestation] = {}
        self._opened = self._ready = self._closed = False
        self._failure: BaseException | None = None

    def open(self) -> None:
        """Get a certificate in the background, once: it takes about as long as the exchange with the index."""
        if self._opened:
            return
        self._opened = True
        Thread(target=self._guarded, args=[self._begin], name="signing", daemon=True).start()

    def put(self, files: Iterable[Distribution]) -> None:
        """Take in files that are to be signed, in this order."""
        with self._changed:
            self._queue.extend(files)
            self._changed.notify_all()

    def close(self) -> None:
        """Begin no more signatures."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def wait_until_ready(self) -> None:
        """Wait for the certificate; raises what stood in its way."""
        self._wait(lambda: self._ready)

    def of(self, file: Distribution) -> Attestation:
        """Wait for a file's attestation; raises what stood in its way."""
        self._wait(lambda: file.filename in self._signed)
        return self._signed[file.filename]

    def _wait(self, is_there: Callable[[], bool]) -> None:
        end = self._clock.monotonic() + _PATIENCE
        with self._changed:
            while not is_there():
                if self._failure is not None:
                    raise self._failure
                if self._clock.monotonic() > end:
                    self._failure = _silent()
                    self._changed.notify_all()
                else:
                    self._changed.wait(0.1)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as exc:  # noqa: BLE001  (it is raised again, where somebody waits)
            with self._changed:
                self._failure = self._failure or exc
                self._changed.notify_all()

    def _begin(self) -> None:
        patiently(self._signer.prepare, self._clock)
        with self._changed:
            self._ready = True
            self._changed.notify_all()
        for number in range(_HANDS):
            Thread(target=self._guarded, args=[self._work], name=f"signing-{number}", daemon=True).start()

    def _work(self) -> None:
        while (file := self._take()) is not None:
            sign = partial(self._signer.sign, file.filename, file.sha256)
            attestation = patiently(sign, self._clock)
            with self._changed:
                self._signed[file.filename] = attestation
                self._changed.notify_all()

    def _take(self) -> Distribution | None:
        with self._changed:
            while not (self._queue or self._closed or self._failure):
                self._changed.wait()
            return None if self._closed or self._failure else self._queue.popleft()


def _silent() -> NetworkError:
    return NetworkError(
        "sigstore-silent",
        f"sigstore did not answer within {_PATIENCE:g} s",
        hint="Run the same command again later, or publish with `--attestations never`; see status.sigstore.dev.",
    )


def signer_for(provider: Provider, trust_config: Path | None, world: World) -> Signer:
    """Return what signs in the name of `provider`'s job; nothing is asked of anybody yet.

    When it signs, it raises `AttestationError` if the index takes no attestations from such jobs, and
    `IdentityError` if there is no token.
    """

    def identity() -> Secret:
        token = _token(provider, world)
        world.listener(SecretObtained(token))
        eligible(jwt.read(token) or {})
        return token

    return Signer(identity, trust_config, world.clock.now)


def _token(provider: Provider, world: World) -> Secret:
    try:
        return provider.identity_token(AUDIENCE, world.http)
    except IdentityError as exc:
        name = variable_for(AUDIENCE)
        if provider.name != "gitlab" or world.env.get(name):
            raise
        raise IdentityError(
            "gl-sigstore-token-missing",
            "GitLab made no identity token to sign with: it makes them on request only",
            Variable.of(world.env, name),
            hint=f"Add to the publishing job's `id_tokens`: `{name}: {{aud: {AUDIENCE}}}`",
        ) from exc
