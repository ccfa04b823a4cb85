"""A release of a few files, published to the embedded index under one of its platforms."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from support import dists
from support.world import Heard, quick_clock
from tpub.http import Http
from tpub.index.credential import Credential, token_credential
from tpub.index.model import Index
from tpub.outcome import Outcome
from tpub.publishing.publish import Order, publish
from tpub.publishing.retry import Backoff
from tpub.publishing.runner import Pace
from tpub.publishing.world import World
from tpub.rehearsal.ci import JobDescription
from tpub.rehearsal.index import RehearsalIndex

Platform = Literal["github", "gitlab", "token"]


@dataclass(frozen=True)
class Manner:
    """How a release is published; `generic` to an index that is not PyPI, as far as the command knows."""

    platform: Platform = "github"
    max_tries: int = 5
    wait: float = 60
    jobs: int | None = None
    generic: bool = False


def files(folder: Path, wheels: int = 2, project: str = "sampleproject") -> list[Path]:
    """Write wheels and an sdist, in the order in which they are sent if they are sent alone."""
    return [
        *(
            dists.wheel(
                folder, project, tag=f"cp3{number:02}-none-any", files={f"{project}/{number}": bytes(number * 100)}
            )
            for number in (1, *range(wheels, 1, -1))
        ),
        dists.sdist(folder, project),
    ]


def release(
    index: RehearsalIndex, paths: Sequence[Path], manner: Manner | None = None, heard: Heard | None = None
) -> Outcome:
    """Publish as a new job would."""
    manner = manner or Manner()
    env, credential = _authority(index, manner.platform, {path.name.partition("-")[0] for path in paths})
    there = index.index
    order = Order(
        [str(path) for path in paths],
        Index("generic", there.upload_url, there.simple_url) if manner.generic else there,
        credential,
        pace=Pace(manner.jobs, Backoff(tries=manner.max_tries)),
        wait=manner.wait,
    )
    with Http({}) as http:
        return publish(order, World(env, http, quick_clock(), heard if heard is not None else Heard()))


def _authority(
    index: RehearsalIndex, platform: Platform, projects: set[str]
) -> tuple[dict[str, str], Credential | None]:
    if platform == "token":
        for project in projects:
            index.store.create_project(project)
        return {}, token_credential(index.user_token())
    job = index.job(JobDescription(platform))
    index.trust(job.publisher, *projects)
    return dict(job.env), None


@dataclass(frozen=True)
class Told:
    """What an outcome says of the files, each in the order given: first letter of the status, tries, verified."""

    code: int
    diagnostics: tuple[str, ...]
    statuses: str
    tries: tuple[int, ...] = field(default=())
    verified: tuple[bool | None, ...] = field(default=())


_LETTERS = {"uploaded": "u", "skipped": "s", "failed": "f", "unsent": "-"}


def told(outcome: Outcome, paths: Sequence[Path]) -> Told:
    """Return what the outcome says."""
    uploads = {upload.file: upload for upload in outcome.uploads or ()}
    found = [uploads[path.name] for path in paths]
    return Told(
        outcome.exit_code,
        tuple(dict.fromkeys(diagnostic.code for diagnostic in outcome.diagnostics)),
        "".join(_LETTERS[upload.status] for upload in found),
        tuple(upload.tries for upload in found),
        tuple(upload.verified for upload in found),
    )


def taken(index: RehearsalIndex) -> Counter[str]:
    """Return how often the index took each file: a second time it was sent for nothing."""
    return Counter(seen.filename for seen in index.store.requests if (seen.endpoint, seen.status) == ("upload", 200))


def stored(index: RehearsalIndex) -> dict[str, bytes]:
    """Return the files that the index has."""
    return {file.filename: file.path.read_bytes() for file in index.store.files.values()}


def live(index: RehearsalIndex) -> int:
    """Return how many minted tokens still open the door."""
    return len(index.store.live(time.time()))
