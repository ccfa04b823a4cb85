"""One file, until it has landed or cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tpub.dist.model import Distribution
from tpub.errors import DistributionError, NetworkError, TpubError, UploadError
from tpub.events import Listener, UploadAdvanced
from tpub.index.credential import Credential
from tpub.index.simple import listing
from tpub.index.upload import send
from tpub.multipart import Escort
from tpub.outcome import UploadStatus
from tpub.publishing.attestations import Attesting
from tpub.publishing.credentials import Credentials
from tpub.publishing.retry import QUESTION, Backoff, wait_asked_with, wait_before_retry
from tpub.publishing.world import World
from tpub.reply import OverloadError, Reply

_HOLD = 15.0  # seconds that a connection may stand still before its end is sent (nginx: `client_body_timeout`, 60)
_RENEWALS = 3  # more tokens than this for one file are not going to help
_GATEWAY = frozenset({502, 504})  # what stands before the index lost its answer


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one file: `tries` requests were made, `error` says why it failed."""

    status: UploadStatus
    tries: int
    error: TpubError | None = None


class Dispatcher(Protocol):
    """Who sends files on their way, is told how each fares, and may call it off."""

    @property
    def is_off(self) -> bool:
        """Tell whether the release was called off: then nothing is begun any more."""

    def may_land(self, file: Distribution, patience: float | None = None) -> bool:
        """Wait, for `patience` seconds at most, until what has to land before has ended; tell whether it has."""

    def trying(self, file: Distribution, tries: int) -> None:
        """Hear that a file is sent for the so manieth time; again with one less if that came to nothing."""

    def strained(self, file: Distribution, wait: float) -> None:
        """Hear that the index had too much to do, and wants to be left alone for `wait` seconds."""


class _Renewed(Exception):  # noqa: N818  (nothing went wrong: the file goes out with another token or fewer papers)
    def __init__(self, refusal: UploadError) -> None:
        super().__init__()
        self.refusal = refusal


class _Withdrawn(Exception):  # noqa: N818  (nothing went wrong: the index has nothing, as it was not the file's turn)
    pass


@dataclass(frozen=True, slots=True)
class _Escort(Escort):
    """Reports how far the file is, and keeps its end back until it may land."""

    file: Distribution
    dispatcher: Dispatcher
    listener: Listener

    def advanced(self, sent: int) -> None:
        self.listener(UploadAdvanced(self.file.filename, sent))

    def complete(self) -> None:
        if not self.dispatcher.may_land(self.file, _HOLD):
            raise _Withdrawn


class Courier:
    """Carries single files to one index; serves many threads. The world's `sleep` may end early to call it off."""

    def __init__(self, attesting: Attesting, credentials: Credentials, backoff: Backoff, world: World) -> None:
        self._index, self._attesting = attesting.index, attesting
        self._credentials, self._backoff = credentials, backoff
        self._http, self._clock, self._listener = world.http, world.clock, world.listener

    def deliver(self, file: Distribution, dispatcher: Dispatcher) -> Delivered:
        """Send `file`, again where that may help, each time anew from the disk; what goes wrong is in the result."""
        tries = failures = renewals = 0
        delivered: Delivered | None = None
        try:
            self._attesting.of(file)  # what is being made is waited for once; after that, it is there
        except TpubError as exc:
            return _failed(tries, exc)
        while delivered is None:
            try:
                credential = self._credentials.current()
                tries += 1
                dispatcher.trying(file, tries)
                status = self._attempt(file, credential, dispatcher, may_renew=renewals < _RENEWALS)
                # What is there after a failed try came with that try.
                return Delivered(UploadStatus.UPLOADED if failures else status, tries)
            except _Withdrawn:
                tries -= 1
                dispatcher.trying(file, tries)
                if not dispatcher.may_land(file):
                    return Delivered(UploadStatus.UNSENT, tries)
            except _Renewed as exc:
                renewals += 1
                delivered = _failed(tries, exc.refusal) if dispatcher.is_off else None
            except DistributionError as exc:  # the file is gone: there was nothing to send
                return _failed(tries - 1, exc)
            except TpubError as exc:
                failures += 1
                tried = _failed(tries, exc)
                delivered = tried if dispatcher.is_off else self._retry(tried, exc, failures, file, dispatcher)
        return delivered

    def _retry(
        self, tried: Delivered, error: TpubError, failures: int, file: Distribution, dispatcher: Dispatcher
    ) -> Delivered | None:
        """Wait until the file may be sent again, and return None; or what became of it, if it may not."""
        wait = wait_before_retry(error, failures, self._backoff, self._clock)
        if wait is None:
            return tried
        dispatcher.strained(file, wait_asked_with(error, self._clock))
        self._clock.sleep(wait)
        if tried.tries and _is_doubtful(error) and self._is_listed(file):
            return Delivered(UploadStatus.UPLOADED, tried.tries)
        return tried if dispatcher.is_off else None

    def _attempt(
        self, file: Distribution, credential: Credential, dispatcher: Dispatcher, *, may_renew: bool
    ) -> UploadStatus:
        """Make one request; raises `TpubError` if the file is not known to have landed."""
        attestations = [attestation.document for attestation in self._attesting.of(file)]
        escort = _Escort(file, dispatcher, self._listener)
        try:
            reply = send(self._index, file, credential, self._http, escort, attestations=attestations)
            if reply.is_success:
                return UploadStatus.UPLOADED
            error = self._refusal(file, reply, credential)
        except NetworkError as exc:
            if _is_doubtful(exc) and self._is_listed(file):
                return UploadStatus.UPLOADED
            raise
        if attestations and self._attesting.refused(file, error):
            raise _Renewed(error)
        if error.diagnostic.code == "minted-token-expired" and may_renew and self._credentials.renew(credential):
            raise _Renewed(error)
        if error.diagnostic.code == "file-exists" and self._comes_to_light(file):
            return UploadStatus.SKIPPED
        raise error

    def _refusal(self, file: Distribution, reply: Reply, credential: Credential) -> UploadError:
        """Return why the index does not want the file; raises `OverloadError` if it just cannot take it now."""
        from tpub.index.replies import refusal  # noqa: PLC0415  (most uploads are accepted)

        error = refusal(self._index, reply, file.filename, credential.place)
        if reply.is_overload and error.diagnostic.code != "project-creation-limit":
            raise OverloadError(reply)
        return error

    def _comes_to_light(self, file: Distribution) -> bool:
        """Tell whether the file that the index says it has is this one; pages may show it late."""
        for asked in range(1, QUESTION.tries + 1):
            if (listed := self._is_listed(file)) is not None:
                return listed
            self._clock.sleep(QUESTION.wait(asked, self._clock.random()))
        return False

    def _is_listed(self, file: Distribution) -> bool | None:
        """Ask the index whether it lists these very bytes (True), others (False), or nothing that it shows (None)."""
        try:
            page = listing(self._index, file.normalized_project, self._http, self._credentials.for_pages)
        except NetworkError:
            return None
        listed = page.get(file.filename)
        return None if listed is None else listed.sha256 == file.sha256


def _failed(tries: int, error: TpubError) -> Delivered:
    return Delivered(UploadStatus.FAILED if tries else UploadStatus.UNSENT, tries, error)


def _is_doubtful(error: TpubError) -> bool:
    """Tell whether the file may have landed nevertheless."""
    if isinstance(error, OverloadError):
        return error.reply.status in _GATEWAY
    return isinstance(error, NetworkError)
