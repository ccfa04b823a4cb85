"""One file, until it has landed or cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tpub.dist.model import Distribution
from tpub.errors import NetworkError, TpubError
from tpub.events import UploadAdvanced
from tpub.index.model import Index
from tpub.index.replies import refusal
from tpub.index.simple import listing
from tpub.index.upload import send
from tpub.outcome import UploadStatus
from tpub.publishing.credentials import Credentials
from tpub.publishing.retry import Backoff, wait_before_retry
from tpub.publishing.world import World

_RENEWALS = 3  # more tokens than this for one file are not going to help


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one file: `tries` requests were made, `error` says why it failed."""

    status: UploadStatus
    tries: int
    error: TpubError | None = None


class _Renewed(Exception):  # noqa: N818  (nothing went wrong: the same request goes out with another token)
    pass


class Courier:
    """Carries single files to one index; serves many threads. The world's `sleep` may end early to call it off."""

    def __init__(self, index: Index, credentials: Credentials, backoff: Backoff, world: World) -> None:
        self._index, self._credentials, self._backoff = index, credentials, backoff
        self._http, self._clock, self._listener = world.http, world.clock, world.listener

    def deliver(self, file: Distribution, strained: Callable[[], None], is_off: Callable[[], bool]) -> Delivered:
        """Send `file`, again where that may help, each time anew from the disk.

        `strained` is called when the index had too much to do; `is_off` tells whether the release was called
        off meanwhile. What goes wrong is in what is returned.
        """
        tries = failures = 0
        while True:
            tries += 1
            try:
                return Delivered(self._attempt(file, tries), tries)
            except _Renewed:
                continue
            except TpubError as exc:
                failures += 1
                wait = wait_before_retry(exc, failures, self._backoff, self._clock)
                if wait is None or is_off():
                    return Delivered(UploadStatus.FAILED, tries, exc)
                error = exc
            strained()
            self._clock.sleep(wait)
            if is_off():
                return Delivered(UploadStatus.FAILED, tries, error)

    def _attempt(self, file: Distribution, tries: int) -> UploadStatus:
        """Make one request; raises `TpubError` if the file is not known to have landed."""
        credential = self._credentials.current()
        try:
            reply = send(self._index, file, credential, self._http, lambda sent: self._advanced(file, sent))
        except NetworkError:
            # The answer may have been lost, and not the file.
            if self._is_there(file):
                return UploadStatus.UPLOADED
            raise
        if reply.is_success:
            return UploadStatus.UPLOADED
        error = refusal(self._index, reply.unless_overloaded(), file.filename)
        code = error.diagnostic.code
        if code == "minted-token-expired" and tries <= _RENEWALS and self._credentials.renew(credential):
            raise _Renewed
        if code == "file-exists" and self._is_there(file):
            return UploadStatus.UPLOADED if tries > 1 else UploadStatus.SKIPPED
        raise error

    def _is_there(self, file: Distribution) -> bool:
        """Ask the index whether it lists these very bytes; an index that does not answer does not."""
        authorization = self._credentials.current().authorization
        try:
            listed = listing(self._index, file.normalized_project, self._http, authorization).get(file.filename)
        except NetworkError:
            return False
        return listed is not None and listed.sha256 == file.digests.sha256

    def _advanced(self, file: Distribution, sent: int) -> None:
        self._listener(UploadAdvanced(file.filename, sent))
