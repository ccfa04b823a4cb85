"""One file, one request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tpub.dist.model import Distribution
from tpub.errors import DistributionError
from tpub.http import Http, Reply
from tpub.index.credential import Credential
from tpub.index.form import form
from tpub.index.model import Index
from tpub.multipart import Escort, FormBody

# PyPI answers in the form that is asked for; JSON is the one that holds the whole sentence.
_ACCEPT = "application/json, text/plain;q=0.8, */*;q=0.5"


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
    file may have landed nevertheless. Raises `DistributionError` if the file is gone or changed.
    """
    try:
        with distribution.path.open("rb") as file:
            fields = form(distribution, attestations)
            body = FormBody(fields, filename=distribution.filename, file=file, escort=escort)
            return http.post_body(
                index.upload_url, body, headers={"Accept": _ACCEPT}, authorization=credential.authorization
            )
    except OSError as exc:
        raise DistributionError(
            "file-unreadable", f"the file cannot be read: {exc.strerror}", file=distribution.filename
        ) from exc
