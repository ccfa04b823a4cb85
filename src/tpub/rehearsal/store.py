"""What the embedded index knows: projects, files, publishers, tokens."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import RLock

from packaging.metadata import RawMetadata
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from tpub.identity.publisher import Publisher
from tpub.secret import Secret


@dataclass(frozen=True, slots=True)
class Digests:
    """The digests of a file's bytes, in lower-case hex."""

    sha256: str
    blake2_256: str

    @classmethod
    def of(cls, path: Path) -> Digests:
        """Return those of the file at `path`."""
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            return cls(sha256, hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=32)).hexdigest())


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that the index took.

    `metadata` is what the upload form said; `version` its Version, normalized; times in seconds since the epoch:
    `uploaded` and, later if the pages lag, `listed`; `size` in bytes; `provenance` is PEP 740's object, None if the
    file came without attestations.
    """

    filename: str
    project: NormalizedName
    version: str
    filetype: str
    path: Path
    size: int
    digests: Digests
    metadata: RawMetadata = field(repr=False)
    uploaded: float
    listed: float
    requires_python: str | None = None
    provenance: Mapping[str, object] | None = field(default=None, repr=False)


@dataclass(slots=True)
class Registration:
    """A publisher that is trusted for `projects`; `owner_id` is the number of the owner's account on GitHub."""

    publisher: Publisher
    owner_id: str
    projects: set[NormalizedName] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class PendingRegistration:
    """A publisher that may create `project`, under that very name; whose it will be, empty for the user's own."""

    publisher: Publisher
    owner_id: str
    project: str
    organization: str = ""


@dataclass(frozen=True, slots=True)
class UserToken:
    """An API token of a user who owns every project."""


@dataclass(frozen=True, slots=True)
class MintedToken:
    """An API token that an identity token was exchanged for; times in whole seconds since the epoch."""

    secret: Secret
    registration: Registration = field(repr=False)
    projects: frozenset[NormalizedName]
    not_before: int
    expires: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A request; `status` is 0 if it broke off, `filename` that of an upload, as far as it was read."""

    endpoint: str
    method: str
    path: str
    status: int
    filename: str = ""


class Store:
    """The state of the index; `lock` makes several steps one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = RLock()
        self.projects: dict[NormalizedName, str] = {}
        self.organizations: dict[NormalizedName, str] = {}
        self.files: dict[str, StoredFile] = {}
        self.registrations: list[Registration] = []
        self.pending: list[PendingRegistration] = []
        self.tokens: dict[str, UserToken | MintedToken] = {}
        self.minted: list[MintedToken] = []
        self.used: set[tuple[str, str]] = set()
        self.requests: list[Seen] = []

    def count(self, endpoint: str, status: int | None = None) -> int:
        """Return how many requests of `endpoint` there were (that got `status`)."""
        with self.lock:
            return sum(r.endpoint == endpoint and status in (None, r.status) for r in self.requests)

    def create_project(self, name: str) -> NormalizedName:
        """Let there be a project; nothing happens if there is."""
        with self.lock:
            self.projects.setdefault(canonicalize_name(name), name)
            return canonicalize_name(name)

    def register(self, publisher: Publisher, owner_id: str, project: NormalizedName) -> None:
        """Trust `publisher` for `project`, beside those that it is trusted for."""
        with self.lock:
            known = (r for r in self.registrations if (r.publisher, r.owner_id) == (publisher, owner_id))
            if (registration := next(known, None)) is None:
                registration = Registration(publisher, owner_id)
                self.registrations.append(registration)
            registration.projects.add(project)

    def record(self, seen: Seen) -> None:
        """Put a request on record."""
        with self.lock:
            self.requests.append(seen)

    def expire(self) -> None:
        """End the life of all minted tokens."""
        with self.lock:
            self.minted = [replace(token, expires=token.not_before) for token in self.minted]
            self.tokens |= {t.secret.reveal(): t for t in self.minted if t.secret.reveal() in self.tokens}

    def burn(self, token: str) -> bool:
        """Forget a minted token; tell whether there was one. A user's tokens stay."""
        with self.lock:
            if isinstance(self.tokens.get(token), MintedToken):
                del self.tokens[token]
                return True
            return False

    def live(self, now: float) -> list[MintedToken]:
        """Return the minted tokens that are neither burnt nor expired."""
        with self.lock:
            return [t for t in self.minted if t.secret.reveal() in self.tokens and now < t.expires]

    def files_of(self, project: NormalizedName) -> list[StoredFile]:
        """Return the files of a project, oldest release first."""
        with self.lock:
            found = [file for file in self.files.values() if file.project == project]
        return sorted(found, key=lambda file: (Version(file.version), file.filename))

    def release(self, project: NormalizedName, version: Version) -> list[StoredFile]:
        """Return the files of a release, in the order in which they came."""
        found = [file for file in self.files_of(project) if Version(file.version) == version]
        return sorted(found, key=lambda file: file.uploaded)

    def same_content(self, blake2_256: str) -> StoredFile | None:
        """Return the file with these bytes, of whatever project."""
        with self.lock:
            return next((f for f in self.files.values() if f.digests.blake2_256 == blake2_256), None)

    def add(self, file: StoredFile) -> StoredFile:
        """Keep a file: its bytes move to the store, which the returned file's path shows.

        The release's first file speaks for the release: its spelling of the version and its Python stay.
        """
        blake2 = file.digests.blake2_256
        target = self.folder / "packages" / blake2[:2] / blake2[2:4] / blake2[4:] / file.filename
        target.parent.mkdir(parents=True, exist_ok=True)
        with self.lock:
            first = next(iter(self.release(file.project, Version(file.version))), file)
            kept = replace(file, path=target, version=first.version, requires_python=first.requires_python)
            shutil.move(file.path, target)
            self.files[file.filename] = kept
        return kept

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """Lend a folder for an upload that is on its way; what is left in it goes away."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            yield Path(folder)
