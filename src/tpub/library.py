"""The verbs of `import tpub`: thin functions over the rooms, for programs instead of people.

Configuration is for the command line: none of them reads `pyproject.toml` or `TPUB_*`. What they need of the outside
world is the environment (the CI's variables, proxies, certificates): the process's own, unless `env` says otherwise.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tpub.config.modes import Attestations
from tpub.events import Listener, ignore as nobody
from tpub.index.model import PYPI, Index

if TYPE_CHECKING:  # each verb pays for what it imports, and for nothing else
    from tpub.diagnostic import Diagnostic
    from tpub.dist.model import Distribution
    from tpub.identity.provider import Provider
    from tpub.index.credential import Credential
    from tpub.index.exchange import ApiToken
    from tpub.outcome import Outcome
    from tpub.preflight.run import CheckResult
    from tpub.publishing.world import World
    from tpub.secret import Secret

StrPath = str | os.PathLike[str]
Env = Mapping[str, str] | None


def read(path: StrPath) -> Distribution:
    """Return the distribution at `path`: its name parsed, its core metadata read, its bytes hashed.

    Raises `DistributionError` if it is none.

    >>> found = tpub.read("dist/sampleproject-1.0-py3-none-any.whl")
    >>> found.kind, found.project, found.version
    (<Kind.WHEEL: 'wheel'>, 'sampleproject', '1.0')
    """
    from tpub.dist.read import read as read_file

    return read_file(Path(path))


def check(
    paths: Iterable[StrPath], *, index: Index = PYPI, ignore: Collection[str] = (), strict: bool = False
) -> CheckResult:
    """Return the index's verdict on files, alone and together; nobody is asked.

    Attestations and signatures that lie among the files are passed over. Warnings and notes whose codes are in
    `ignore` are not told, errors are told as warnings; `strict` makes errors of the warnings that are left. Raises
    `ConfigError` if there is no file, or for a code in `ignore` that is no rule's.

    >>> verdict = tpub.check(["other/sampleproject-1.0-cp313-cp313-linux_x86_64.whl"])
    >>> verdict.has_errors, [told.code for told in verdict.diagnostics if told.is_error]
    (True, ['wheel-platform-tag'])
    """
    from tpub.preflight.run import check as judge

    return judge(_files(paths), is_pypi=index.is_pypi, ignore=ignore, strict=strict)


def detect(env: Env = None) -> Provider | None:
    """Return who vouches for this job (GitHub Actions, GitLab CI/CD, ...), None outside CI; nobody is asked.

    Raises `IdentityError` where a provider is here and gives this job no identity: the error says why, and how that
    is mended.

    >>> tpub.detect({}) is None
    True
    >>> tpub.detect({"GITHUB_ACTIONS": "true"})
    Traceback (most recent call last):
        ...
    tpub.errors.IdentityError: GitHub gave the job no identity to publish with
    """
    from tpub.identity.detect import detect as find
    from tpub.machine import product_name

    return find(_environment(env), product_name() if env is None else "")


def exchange(identity: Provider | Secret, index: Index = PYPI, *, env: Env = None) -> ApiToken:
    """Return an API token of `index` for an identity token, or for a fresh one of the provider.

    The token lives some minutes and is yours to keep safe: its `secret` shows itself to `reveal()` alone. Raises
    `IdentityError` if there is no identity token to be had, `ExchangeError` if the index refuses it or asks for one
    that would be good for another index, `NetworkError` if it cannot be reached, `ConfigError` if certificates or a
    proxy that the environment names cannot be used.

    >>> with tpub.rehearsal.serve() as rehearsal:
    ...     job = rehearsal.job(JobDescription("github"))
    ...     rehearsal.trust(job.publisher, "sampleproject")
    ...     minted = tpub.exchange(tpub.detect(job.env), rehearsal.index)
    >>> minted.secret
    Secret(***)
    """
    from tpub.identity.handed import Brought
    from tpub.publishing.minted import MintedCredentials
    from tpub.secret import Secret

    provider = Brought.of(identity) if isinstance(identity, Secret) else identity
    with _world(env) as world:
        return MintedCredentials(provider, index, world).token()


def upload(  # noqa: PLR0913  (keywords, each with a default)
    paths: Iterable[StrPath],
    *,
    index: Index = PYPI,
    credential: Credential | None = None,
    attestations: Attestations = Attestations.AUTO,
    dry_run: bool = False,
    listener: Listener = nobody,
    env: Env = None,
) -> Outcome:
    """Publish wheels and sdists as `tpub upload` does, and return the account of it: all of them have landed.

    Files are judged and compared with what the index has before anything is sent; what is there already is not sent
    again. Without a `credential` (an API token is one with the user name `__token__`), the job's identity is
    exchanged for a token, which is burnt in the end. `listener` is told of every step, from the threads that take
    them. `dry_run` stops at the plan.

    Raises `ReleaseError` if anything is wrong: its `outcome` says what landed, and all that is wrong. Raises
    `ConfigError` if there is no file, and `KeyboardInterrupt` if the release was interrupted, the token burnt.

    >>> with tpub.rehearsal.serve() as rehearsal:
    ...     job = rehearsal.job(JobDescription("github"))
    ...     rehearsal.expect(job.publisher, "sampleproject")
    ...     done = tpub.upload(Path("dist").iterdir(), index=rehearsal.index, env=job.env)
    >>> sorted((each.file, each.status.value, each.verified) for each in done.uploads)
    [('sampleproject-1.0-py3-none-any.whl', 'uploaded', True), ('sampleproject-1.0.tar.gz', 'uploaded', True)]
    """
    from tpub.errors import INTERRUPTED, ReleaseError
    from tpub.preflight.tag import tag_of
    from tpub.publishing.attestations import Attest
    from tpub.publishing.publish import Check, Order, publish

    files = [str(path) for path in _files(paths)]
    check = Check(tag=tag_of(_environment(env)))
    order = Order(files, index, credential, dry_run=dry_run, check=check, attest=Attest(attestations))
    with _world(env, listener) as world:
        outcome = publish(order, world)
    if outcome.exit_code == INTERRUPTED:
        raise KeyboardInterrupt
    if outcome.exit_code:
        raise ReleaseError(outcome)
    return outcome


def lint(root: StrPath = ".") -> list[Diagnostic]:
    """Return what is wrong with the workflow files of a checkout that publishes, the main cause first.

    Nobody is asked, and it does not matter where this runs.

    >>> [told.code for told in tpub.lint("checkout") if told.is_error]
    ['gh-id-token-missing']
    """
    from tpub.doctor.diagnose import diagnose as look
    from tpub.doctor.gather import Sources, gather

    return look(gather(Sources(Path(root), {}, time.time())))


def diagnose(root: StrPath = ".", *, index: Index | None = None, env: Env = None) -> list[Diagnostic]:
    """Return why trusted publishing fails here, or would: the main cause first, nothing for a right set-up.

    Looks at workflow files, the environment, the identity token's claims and the index; nothing is minted and nothing
    is published. Without `index`, it is the one that the workflow publishes to. Raises `ConfigError` if
    `pyproject.toml`, in which the publisher may be declared, cannot be read.
    """
    from tpub.doctor.diagnose import diagnose as look
    from tpub.doctor.gather import Sources, gather

    with _world(env) as world:
        return look(gather(Sources(Path(root), world.env, time.time(), world.http, world.machine), index))


def _files(paths: Iterable[StrPath]) -> tuple[Path, ...]:
    """Return the files to publish among `paths`; raises `ConfigError` if there is none, or one is not there."""
    from tpub.dist.collect import collect

    return collect([os.fspath(path) for path in paths], default=())


def _environment(env: Env) -> Mapping[str, str]:
    return os.environ if env is None else env  # noqa: TID251  (where a program's world enters, unless it says so)


@contextmanager
def _world(env: Env, listener: Listener = nobody) -> Iterator[World]:
    from tpub.clock import system
    from tpub.http import Http
    from tpub.machine import product_name
    from tpub.publishing.world import World

    found = _environment(env)
    with Http(found) as http:
        yield World(found, http, system(), listener, product_name() if env is None else "")
