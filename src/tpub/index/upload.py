"""One file, one request."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from tpub.dist.model import Distribution
from tpub.errors import DistributionError
from tpub.http import Http
from tpub.index.credential import Credential
from tpub.index.form import form
from tpub.index.model import Index
from tpub.multipart import Escort, FormBody
from tpub.reply import Reply

# PyPI answers in the form that is asked for; JSON is the one that holds the whole sentence.
_ACCEPT = "application/json, text/plain;q=0.8, */*;q=0.5"


class Content:
    """The content of a distribution as it is read to be sent, held against what was judged: its size, its SHA-256.

    A build that still runs, or somebody else, may write to the file meanwhile.
    """

    def __init__(self, distribution: Distribution, file: BinaryIO) -> None:
        self._distribution, self._file = distribution, file
        self._sha256 = hashlib.sha256()
        self.len = distribution.size

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most `size`; raises `DistributionError` if the file ends too soon."""
        block = self._file.read(self.len if size < 0 else min(size, self.len))
        if self.len and not block:
            raise self._changed()
        self._sha256.update(block)
        self.len -= len(block)
        return block

    def confirm(self) -> None:
        """Raise `DistributionError` unless what was read is what was judged."""
        if self._sha256.hexdigest() != self._distribution.sha256:
            raise self._changed()

    def _changed(self) -> DistributionError:
        return DistributionError(
            "file-changed",
            "the file has changed since it was judged, and the index did not get the end of it",
            hint="Let nothing write to the file while it is published, then run the same command again.",
            file=self._distribution.filename,
        )


@dataclass(frozen=True, slots=True)
class _Confirming(Escort):
    """Lets the end of a request go when the file is what was judged, and the other escort agrees."""

    content: Content
    then: Escort

    def advanced(self, sent: int) -> None:
        self.then.advanced(sent)

    def complete(self) -> None:
        self.content.confirm()
        self.then.complete()


def send(
    index: Index,
    distribution: Distribution,
    credential: Credential,
    http: Http,
    escort: Escort,
    *,
    attestations: Sequence[Mapping[str, object]] = (),
) -> Reply:
    """Stream one file to the index, its attestations with it, and return what it answered.

    `escort` goes with the body, and may keep the last of it back. Raises `NetworkError` if there was no answer: the
    file may have landed nevertheless. Raises `DistributionError` if the file is gone or has changed: then the request
    did not become whole.
    """
    try:
        with distribution.path.open("rb") as file:
            fields = form(distribution, attestations)
            content = Content(distribution, file)
            with_care = _Confirming(content, escort)
            body = FormBody(fields, filename=distribution.filename, file=content, escort=with_care)
            return http.post_body(
                index.upload_url, body, headers={"Accept": _ACCEPT}, authorization=credential.authorization
            )
    except OSError as exc:
        raise DistributionError(
            "file-unreadable", f"the file cannot be read: {exc.strerror}", file=distribution.filename
        ) from exc
