"""The embedded index, as those who rehearse with it and test with it see it."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from packaging.version import Version

from tpub.dist.model import Kind
from tpub.dist.read import read
from tpub.identity.provider import variable_for
from tpub.identity.publisher import ActiveStatePublisher, GitHubPublisher, Publisher
from tpub.index.model import Index
from tpub.rehearsal import ci, identity_tokens, oidc
from tpub.rehearsal.claims import CLAIMS
from tpub.rehearsal.faults import Fault, Faults
from tpub.rehearsal.server import Server
from tpub.rehearsal.site import AUDIENCE, Judge, Site, Vouch, accept_all, certificate_names
from tpub.rehearsal.store import Digests, PendingRegistration, Store, StoredFile, UserToken
from tpub.secret import Secret

_VARIABLE = variable_for(AUDIENCE)


class RehearsalIndex:
    """A real index on loopback; `url` has no slash at its end."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.url = site.url
        self.index = Index("rehearsal", f"{site.url}/legacy/", f"{site.url}/simple/", is_pypi=True)
        self.store = site.store
        self.faults = site.faults

    def trust(self, publisher: Publisher, *projects: str) -> None:
        """Let `publisher` publish `projects`, which are created if they are not there."""
        for project in projects:
            self.store.register(publisher, _owner_id(publisher), self.store.create_project(project))

    def expect(self, publisher: Publisher, project: str, organization: str = "") -> None:
        """Register a pending publisher: the first exchange creates `project`, as the organization's if there is one."""
        with self.store.lock:
            self.store.pending.append(PendingRegistration(publisher, _owner_id(publisher), project, organization))

    def user_token(self) -> Secret:
        """Return a new API token of a user who owns every project."""
        token = oidc.made_up_token(self._site)
        with self.store.lock:
            self.store.tokens[token] = UserToken()
        return Secret(token)

    def add_issuer(self, url: str) -> None:
        """Take identity tokens of a self-managed GitLab, too."""
        self._site.issuers[url] = "gitlab"

    def job(self, description: ci.JobDescription) -> ci.Job:
        """Start a simulated job: its environment variables lead to this index alone."""
        return ci.Job(self._env(description), ci.publisher_for(description))

    def _env(self, description: ci.JobDescription) -> dict[str, str]:
        if description.provider in ("gitlab", "activestate"):
            audiences = _audiences(description)
            handed = {name: self.identity_token(description, each).reveal() for name, each in audiences.items()}
            return (ci.gitlab_env(description) if description.provider == "gitlab" else {}) | handed
        service = ci.TokenService(ci.new_bearer(), lambda audience: self._claims(description, audience))
        number = str(len(self._site.jobs) + 1)
        self._site.jobs[number] = service
        if description.provider == "google":
            authority = self.url.removeprefix("http://")
            return {"GCE_METADATA_HOST": f"{authority}{identity_tokens.GOOGLE}{number}"}
        token_url = f"{self.url}{identity_tokens.PATH}{number}/idtoken?api-version=2.0"
        return ci.github_env(description, token_url, service.bearer)

    def identity_token(self, description: ci.JobDescription, audience: str | list[str] = AUDIENCE) -> Secret:
        """Return a fresh identity token of such a job, for this index unless told otherwise."""
        return self._site.issuer.sign(self._claims(description, audience))

    def put(self, path: Path, uploaded: float | None = None) -> StoredFile:
        """Have a copy of a file there, uploaded at that time (seconds since the epoch; default: now)."""
        found = read(path)
        when = self._site.now() if uploaded is None else uploaded
        with self.store.incoming() as folder:
            return self.store.add(
                StoredFile(
                    found.filename,
                    self.store.create_project(found.project),
                    version=str(Version(found.version)),
                    filetype="bdist_wheel" if found.kind is Kind.WHEEL else "sdist",
                    path=Path(shutil.copy(path, folder)),
                    size=found.size,
                    digests=Digests.of(path),
                    metadata=found.metadata.raw,
                    uploaded=when,
                    listed=when,
                    requires_python=found.metadata.raw.get("requires_python"),
                )
            )

    def claims(self, description: ci.JobDescription) -> ci.Claims | None:
        """Return what the token claims that such a job exchanges here; None if it is given none."""
        if not description.is_granted:
            return None
        audiences = _audiences(description)
        return self._claims(description, audiences[_VARIABLE]) if _VARIABLE in audiences else None

    def _claims(self, description: ci.JobDescription, audience: str | list[str]) -> ci.Claims:
        return CLAIMS[description.provider](description, audience, self._site.now())


def _audiences(description: ci.JobDescription) -> Mapping[str, str | list[str]]:
    """Return for which audiences a job is handed identity tokens, by the variables that hold them."""
    return {_VARIABLE: AUDIENCE} if description.id_tokens is None else description.id_tokens


def _owner_id(publisher: Publisher) -> str:
    """Look up the number of the owner's or actor's account, as the index does when a publisher is registered."""
    match publisher:
        case GitHubPublisher(owner):
            return ci.account_id(owner)
        case ActiveStatePublisher(_, _, actor):
            return ci.account_id(actor)
        case _:
            return ""


@contextmanager
def serve(
    port: int = 0,
    *,
    now: Callable[[], float] = time.time,
    token_life: int = 900,
    judge: Judge = accept_all,
    vouch: Vouch = certificate_names,
    faults: Iterable[Fault] = (),
) -> Iterator[RehearsalIndex]:
    """Run the embedded index on loopback for the time of a `with` block; port 0 is any that is free.

    `token_life` is the life of minted tokens in seconds; `judge` is asked about every file that is new, `vouch` about
    every attestation; `faults` befall requests. Raises what went wrong in the index itself, if anything did.
    """
    with tempfile.TemporaryDirectory(prefix="tpub-rehearsal-") as folder:
        server = Server(port)
        server.site = Site(server.url, Store(Path(folder)), now, server.pause, judge, vouch, token_life, Faults(faults))
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="tpub-rehearsal")
        thread.start()
        try:
            yield RehearsalIndex(server.site)
        finally:
            server.stop()
            thread.join()
    if server.failures:
        raise server.failures[0]
