"""The recipe of a release: files, verdict, plan, identity, uploads, verification, account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName

from tpub.config.modes import TrustedPublishing
from tpub.config.stores import Stores
from tpub.diagnostic import Diagnostic, Severity
from tpub.dist.absence import left_out
from tpub.dist.collect import DEFAULT, collect
from tpub.dist.digests import Digesting, begin
from tpub.dist.model import Distribution
from tpub.dist.read import read
from tpub.errors import DistributionError, NetworkError, TpubError
from tpub.events import Noted
from tpub.identity.choice import ANYBODY, Choice
from tpub.index.credential import Credential
from tpub.index.known import Known, Release
from tpub.index.model import Index
from tpub.index.simple import Listing, project_page
from tpub.outcome import LANDED, Outcome
from tpub.preflight.context import Context
from tpub.preflight.run import judge
from tpub.publishing import lifetime
from tpub.publishing.account import Account
from tpub.publishing.attestations import Attest, Attesting, attesting
from tpub.publishing.authority import Wish, choose, keep
from tpub.publishing.credentials import obtain
from tpub.publishing.pages import Pages
from tpub.publishing.plan import plan
from tpub.publishing.runner import Pace, Runner
from tpub.publishing.similar import too_similar
from tpub.publishing.standing import Standing, standing
from tpub.publishing.verify import verify
from tpub.publishing.world import World

if TYPE_CHECKING:
    from tpub.identity.publisher import Publisher

_WAIT_FOR_PYPI, _WAIT = 60.0, 10.0  # seconds; PyPI's pages lag behind a cache, other indexes may have none


@dataclass(frozen=True, slots=True)
class Check:
    """How the files are judged before anything is sent.

    `ignore` are codes not to tell of, `strict` lets warnings stop it, `tag` is the one that the job runs for.
    """

    ignore: tuple[str, ...] = ()
    strict: bool = False
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be published, where and how.

    `wait` in seconds, None for what suits the index; `check` None sends the files unjudged; `hashing` is that of the
    files that `patterns` name, if somebody has begun with it; `declared` is whom the index was told to trust;
    `stores` are where a credential may be kept.
    """

    patterns: Sequence[str]
    index: Index
    credential: Credential | None = None
    trusted_publishing: TrustedPublishing = TrustedPublishing.AUTO
    dry_run: bool = False
    pace: Pace = field(default_factory=Pace)
    wait: float | None = None
    check: Check | None = field(default_factory=Check)
    hashing: Mapping[Path, Digesting] | None = None
    identity: Choice = ANYBODY
    declared: Publisher | None = None
    attest: Attest = field(default_factory=Attest)
    stores: Stores | None = None


def publish(order: Order, world: World, command: str = "upload") -> Outcome:
    """Publish, and give account of it whatever happens; raises nothing that a user can cause."""
    account = Account(command, order.index, dry_run=order.dry_run)
    attestations = attesting(order.attest, order.index)
    try:
        order = _with_kept(order, world, account)
        _prepare(order, world, account)
        account.add(attestations.look(account.distributions))
        if not account.has_failed and not order.dry_run:
            _send(order, world, account, attestations)
    except TpubError as exc:
        account.fail(exc)
    except KeyboardInterrupt:
        account.interrupt()
    return account.outcome()


def _with_kept(order: Order, world: World, account: Account) -> Order:
    """Return the order with the credential that is kept for a private index: its pages want it, too."""
    wish = Wish(order.credential, order.trusted_publishing, order.identity, stores=order.stores)
    found = keep(wish, order.index, world)
    if found.credential is None:
        return order
    account.add(found.diagnostics)
    return replace(order, credential=found.credential)


def _prepare(order: Order, world: World, account: Account) -> None:
    """Do all that can be done before the first byte leaves: it decides whether any will."""
    hashing = order.hashing if order.hashing is not None else begin(collect(order.patterns))
    authorization = order.credential.authorization if order.credential else None
    with Pages(order.index, [path.name for path in hashing], world, authorization) as pages:
        account.distributions = _read(order, hashing, account)
        if account.has_failed:
            return
        listings = _look_up(order, pages, world, account)
    now = datetime.fromtimestamp(world.clock.now(), UTC)
    account.plan = plan(account.distributions, listings, order.index, now)
    account.add(account.plan.diagnostics)


def _read(order: Order, hashing: Mapping[Path, Digesting], account: Account) -> list[Distribution]:
    """Judge and read every file, so that all that is wrong is told at once."""
    account.add([*left_out(order.patterns or DEFAULT), *_namesakes(hashing)])
    tag = order.check.tag if order.check else ""
    files = [Context(path, digesting, tag) for path, digesting in hashing.items()]
    if order.check is None:
        account.add([_unjudged(order.index)])
    else:
        verdict = judge(files, is_pypi=order.index.is_pypi, ignore=order.check.ignore, strict=order.check.strict)
        account.add(verdict.diagnostics)
        account.judged = verdict.distributions
        if account.has_failed:
            return []
    found = []
    for file in files:
        try:
            found.append(read(file.path, file.digested, metadata=file.metadata_bytes))
        except DistributionError as exc:
            account.fail(exc)
    return found


def _unjudged(index: Index) -> Diagnostic:
    """Say that nobody looked at the files: what is wrong with them is learnt on the way."""
    return Diagnostic(
        "files-unjudged",
        f"the files go to {index.name} unjudged (`--no-check`)",
        "Leave `--no-check` out, unless the index takes what PyPI refuses.",
        severity=Severity.WARNING if index.is_pypi else Severity.NOTE,
    )


def _namesakes(paths: Iterable[Path]) -> list[Diagnostic]:
    """Return what is to be said of files of different folders that share a name."""
    first: dict[str, Path] = {}
    return [
        Diagnostic(
            "distribution-twice",
            f"a file of this name stands both in {first[path.name].parent} and in {path.parent}",
            "Give one of the two: the index takes a file name once.",
            file=path.name,
        )
        for path in paths
        if first.setdefault(path.name, path) is not path
    ]


def _look_up(order: Order, pages: Pages, world: World, account: Account) -> dict[NormalizedName, Listing]:
    """Ask the index what it has of each project. Where it shows nothing, nothing is compared: PyPI must show."""
    listings: dict[NormalizedName, Listing] = {}
    for project in dict.fromkeys(file.normalized_project for file in account.distributions):
        try:
            page = pages.of(project)
        except NetworkError as exc:
            if order.index.is_pypi or exc.diagnostic.code != "index-pages-unavailable":
                raise
            account.add([_unseen(exc.diagnostic)])
        else:
            listings[project] = page.files
            account.absent |= set() if page.is_known else {project}
            if order.index.is_pypi and not page.is_known:
                account.add(too_similar(project, partial(_is_known, order, world)))
            files = [file for file in account.distributions if file.normalized_project == project]
            account.add(standing(Standing(page, files, order.index, has_own_credential=order.credential is not None)))
    return listings


def _is_known(order: Order, world: World, project: NormalizedName) -> bool:
    """Tell whether the index has the project; where it does not say, it has not."""
    try:
        return project_page(order.index, project, world.http).is_known
    except NetworkError:
        return False


def _unseen(diagnostic: Diagnostic) -> Diagnostic:
    return Diagnostic(
        diagnostic.code,
        f"{diagnostic.message}: files are sent without comparing, and not verified",
        diagnostic.hint,
        diagnostic.evidence,
        Severity.WARNING,
    )


def _release(account: Account) -> Release:
    """Return what is to be published, and which of it the index does not have."""
    projects = {file.normalized_project: file.project for file in account.distributions}
    return Release(tuple(projects.values()), frozenset(name for key, name in projects.items() if key in account.absent))


def _told(error: TpubError, index: Index, release: Release, account: Account) -> Diagnostic:
    """Return what is to be told of an upload that failed, now that it is known what it was about."""
    from tpub.publishing.hindsight import in_hindsight  # noqa: PLC0415  (failures alone need it)

    told = error.diagnostic
    if told.code == "minted-token-expired":
        landed = sum(upload.status in LANDED for upload in account.uploads.values())
        return replace(told, message=f"{told.message}; {landed} of {len(account.uploads)} had landed by then")
    project = next((file.project for file in account.distributions if file.filename == told.file), "")
    return in_hindsight(told, project, index, release=release, identity=account.identity)


def _send(order: Order, world: World, account: Account, attestations: Attesting) -> None:
    releases = account.plan.releases if account.plan else ()
    if not releases:
        world.listener(Noted(f"{order.index.name} has all of it already: nothing to send"))
        return
    known = Known(declared=order.declared, release=_release(account))
    wish = Wish(order.credential, order.trusted_publishing, order.identity, known, order.stores)
    credentials = choose(wish, order.index, world)
    account.add(credentials.remarks)
    try:
        files = [file for release in releases for file in release.files]
        attestations.begin(credentials, world, files)
        obtain(credentials)
        account.identity = credentials.identity
        _warn(lifetime.judge(releases, credentials.ends, world.clock.now(), order.index), world, account)
        attestations.settle(credentials.claims, files)
        runner = Runner(releases, attestations, credentials, order.pace, world)
        _run(runner, account, lambda error: _told(error, order.index, known.release, account))
    finally:
        account.add(attestations.end())
        account.identity = credentials.identity
        credentials.give_back()
    _verify(order, world, account, attestations)


def _warn(found: Sequence[Diagnostic], world: World, account: Account) -> None:
    """Say at once what would come too late at the end."""
    account.add(found)
    for warning in found:
        world.listener(Noted(f"warning: {warning.message}"))


def _run(runner: Runner, account: Account, told: Callable[[TpubError], Diagnostic]) -> None:
    """Send the files; however it ends, what became of them is accounted for."""
    try:
        runner.run()
    finally:
        run = runner.account()
        account.uploads = {summary.file: summary for summary in run.uploads}
        for error in run.errors:
            account.fail(error, told(error))


def _verify(order: Order, world: World, account: Account, attestations: Attesting) -> None:
    """Look whether everything that landed is listed, unless the index shows nothing."""
    sent = account.landed - account.identical
    landed = [file for file in account.distributions if file.filename in sent]
    if not landed or any(problem.code == "index-pages-unavailable" for problem in account.diagnostics):
        return
    wait = order.wait if order.wait is not None else _WAIT_FOR_PYPI if order.index.is_pypi else _WAIT
    if account.has_failed:
        wait = min(wait, _WAIT)  # there is worse news to tell
    world.listener(Noted(f"verifying {'1 file' if len(landed) == 1 else f'{len(landed)} files'} on {order.index.name}"))
    authorization = order.credential.authorization if order.credential else None
    found = verify(landed, order.index, world.http, authorization, clock=world.clock, wait=wait)
    account.verified = found.verified
    account.add(found.diagnostics)
    account.add(attestations.unconfirmed(found.verified, found.attested))
