"""The attestations of a release: those found beside the files, and those made on the way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

from tpub.attest import sidecars
from tpub.attest.compare import check_signer
from tpub.attest.eligible import eligible
from tpub.attest.model import PUBLISH, Attestation
from tpub.attest.sigstore import is_installed, missing
from tpub.attest.verify import verifier
from tpub.config.modes import Attestations
from tpub.diagnostic import Diagnostic, Severity
from tpub.dist.model import Distribution
from tpub.errors import AttestationError, IdentityError, TpubError
from tpub.identity.publisher import Publisher
from tpub.index.model import Index
from tpub.publishing.attestations import Attest
from tpub.publishing.credentials import Credentials
from tpub.publishing.signing import Desk, signer_for
from tpub.publishing.world import World

# What cannot be otherwise where it happens: worth a note. Everything else is a fault, and worth a warning.
_EXPECTED = frozenset(
    {
        "attestation-extra-missing",
        "attestation-gitlab-self-managed",
        "attestation-needs-tp",
        "attestation-platform",
        "gh-reusable-attestation",
        "gl-sigstore-token-missing",
    }
)


@dataclass(slots=True)
class Attested:
    """An `Attesting` that has attestations, or may have them.

    In mode `auto`, nothing is raised: what goes wrong is in `problems`, and the files travel without.
    """

    wish: Attest
    index: Index
    problems: list[Diagnostic] = field(default_factory=list)
    _found: dict[str, tuple[Attestation, ...]] = field(default_factory=dict)
    _sent: set[str] = field(default_factory=set)
    _bare: set[str] = field(default_factory=set)
    _desk: Desk | None = None
    _publisher: Publisher | None = None
    _lock: Lock = field(default_factory=Lock)

    def look(self, files: Sequence[Distribution]) -> tuple[Diagnostic, ...]:
        """Read what lies beside `files`; return what is wrong with it."""
        told: list[Diagnostic] = []
        if self.wish.takes(self.index):
            for file in files:
                found = sidecars.collect(file.path, file.sha256)
                self._found[file.filename] = found.attestations
                told += [self._weighed(problem, "it is left out") for problem in found.problems]
        return tuple(told)

    def begin(self, credentials: Credentials, world: World, files: Sequence[Distribution]) -> None:
        """Get ready to sign `files` in the background, those that bring no attestation of their publication.

        Raises `TpubError` in mode `always` if that is out of the question.
        """
        if self.wish.mode is Attestations.ALWAYS and self._unsigned(files) and not self.wish.signs_for(self.index):
            raise _unknown(self.index)
        if not self.wish.signs_for(self.index) and not any(self._found.values()):
            return
        if credentials.provider is None:
            if self.wish.mode is Attestations.ALWAYS or any(self._found.values()):  # else nothing is left out
                self._give_up(_needs_identity())
        elif self.wish.signs_for(self.index) and is_installed():
            self._desk = Desk(signer_for(credentials.provider, self.wish.trust_config, world), world.clock)
            if self._unsigned(files):
                self._desk.open()
        elif self.wish.signs_for(self.index) and self._unsigned(files):
            self._cannot(missing())

    def settle(self, claims: Mapping[str, object], files: Sequence[Distribution]) -> None:
        """See who publishes, drop what others signed, and have `files` signed, which are in sending order.

        Raises `TpubError` in mode `always` if a file would go without.
        """
        try:
            self._publisher = eligible(claims) if self._desk or any(self._found.values()) else None
        except AttestationError as exc:
            self._give_up(exc)
        check = self._check() if any(self._found.values()) else check_signer
        for file in files:
            self._drop_foreign(file, check)
        if self._desk and (unsigned := self._unsigned(files)):
            self._desk.open()
            self._desk.put(unsigned)
            if self.wish.mode is Attestations.ALWAYS:
                self._desk.wait_until_ready()

    def of(self, file: Distribution) -> tuple[Attestation, ...]:
        """Return the attestations that travel with a file; waits for one that is being made."""
        if file.filename in self._bare:
            return ()
        attestations = (*self._made(file), *self._found.get(file.filename, ()))
        if attestations:
            self._sent.add(file.filename)
        return attestations

    def _made(self, file: Distribution) -> tuple[Attestation, ...]:
        if self._desk is None or self._is_published(file):
            return ()
        try:
            made = self._desk.of(file)
            if self._publisher is not None:
                check_signer(made, self._publisher)
        except TpubError as exc:
            self._cannot(exc)
            return ()
        return (made,)

    def refused(self, file: Distribution, error: TpubError) -> bool:
        """Note that the index did not take a file for its attestations; tell whether to send it without."""
        problem = error.diagnostic
        with self._lock:
            if self.wish.mode is not Attestations.AUTO or file.filename in self._bare:
                return False
            if not problem.code.startswith("attestation-"):
                return False
            self._bare.add(file.filename)
        self.problems.append(self._weighed(problem, "it was sent without"))
        return True

    def unconfirmed(self, verified: Collection[str], attested: Collection[str]) -> tuple[Diagnostic, ...]:
        """Return what is to be said of files that the index lists without the attestations that it took."""
        return tuple(
            Diagnostic(
                "attestation-not-shown",
                f"{self.index.name} took the file with attestations, and lists it without",
                "Look again in a minute (`tpub verify` on the file); if it stays so, tell the index's operator.",
                severity=Severity.WARNING,
                file=name,
            )
            for name in sorted(self._sent & set(verified) - self._bare - set(attested))
        )

    def end(self) -> tuple[Diagnostic, ...]:
        """Sign nothing more; return what went wrong on the way."""
        if self._desk:
            self._desk.close()
        return tuple(self.problems)

    def _unsigned(self, files: Sequence[Distribution]) -> list[Distribution]:
        return [file for file in files if not self._is_published(file)]

    def _is_published(self, file: Distribution) -> bool:
        return any(attestation.predicate_type == PUBLISH for attestation in self._found.get(file.filename, ()))

    def _check(self) -> Callable[[Attestation, Publisher], None]:
        """Return what judges attestations that were found: with the signature where that is possible."""
        if self.wish.signs_for(self.index) and is_installed():
            try:
                return verifier(self.wish.trust_config, offline=False)
            except TpubError as exc:
                self._cannot(exc)
        return check_signer

    def _drop_foreign(self, file: Distribution, check: Callable[[Attestation, Publisher], None]) -> None:
        kept = []
        for attestation in self._found.get(file.filename, ()):
            try:
                if self._publisher is not None:
                    check(attestation, self._publisher)
                kept.append(attestation)
            except AttestationError as exc:
                if self.wish.mode is Attestations.ALWAYS:
                    raise
                self.problems.append(self._weighed(exc.diagnostic.about(file.filename), "it is left out"))
        self._found[file.filename] = tuple(kept)

    def _give_up(self, error: TpubError) -> None:
        """Go on without any attestations; raises `error` in mode `always`."""
        self._cannot(error)
        self._found.clear()
        if self._desk:
            self._desk.close()
            self._desk = None

    def _cannot(self, error: TpubError) -> None:
        """Go on without signing, once; raises `error` in mode `always`."""
        if self.wish.mode is Attestations.ALWAYS:
            raise error
        with self._lock:
            if any(problem.code == error.diagnostic.code for problem in self.problems):
                return
            severity = Severity.NOTE if error.diagnostic.code in _EXPECTED else Severity.WARNING
            message = f"files go without attestations: {error.diagnostic.message}"
            self.problems.append(replace(error.diagnostic, message=message, severity=severity, file=None))

    def _weighed(self, problem: Diagnostic, consequence: str) -> Diagnostic:
        if self.wish.mode is Attestations.ALWAYS:
            return problem
        return replace(problem, message=f"{problem.message}; {consequence}", severity=Severity.WARNING)


def _unknown(index: Index) -> AttestationError:
    return AttestationError(
        "attestation-index",
        f"{index.name} is not known to take attestations",
        hint="Leave out `--attestations always`, or name the sigstore that it trusts with `--trust-config`.",
    )


def _needs_identity() -> IdentityError:
    return IdentityError(
        "attestation-needs-tp",
        "the index takes attestations from trusted publishing alone, and a token or password is used",
        hint="Publish with the job's identity, without a token or password: `tpub upload -v` says whence that is.",
    )
