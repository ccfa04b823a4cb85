"""Whether what an index says of its files is true: publisher, attestations, signatures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from tpub.attest.compare import check_file, spelled
from tpub.attest.model import Attestation
from tpub.attest.provenance import Bundle, bundles
from tpub.attest.verify import Verify
from tpub.diagnostic import Diagnostic
from tpub.dist.collect import collect
from tpub.dist.digests import digest
from tpub.dist.filename import parse, version_of
from tpub.errors import REFUSED, AttestationError, ConfigError
from tpub.http import Http
from tpub.index.integrity import provenance
from tpub.index.model import Index
from tpub.index.simple import listing
from tpub.outcome import IndexSummary, Outcome
from tpub.summaries import AttestationSummary


@dataclass(frozen=True, slots=True)
class Target:
    """A file whose provenance is in question; `sha256` is that of the bytes at hand, or as the index lists them."""

    project: NormalizedName
    version: str
    filename: str
    sha256: str


def targets(words: Sequence[str], index: Index, http: Http) -> tuple[Target, ...]:
    """Return the files that `words` mean: paths, or releases as `PROJECT==VERSION`.

    Raises `ConfigError` for a word that is neither and for a release that is not there, `NetworkError` if the index
    does not answer.
    """
    return tuple(target for word in words for target in _targets(word, index, http))


def _targets(word: str, index: Index, http: Http) -> Sequence[Target]:
    project, equals, version = word.partition("==")
    if not equals or Path(word).is_file():
        return [_of_file(path) for path in _files(word)]
    try:
        wanted = Version(version)
    except InvalidVersion:
        raise ConfigError(
            "verify-target", f"{version!r} is no version", hint="Name a release: `tpub verify sampleproject==1.0`."
        ) from None
    found = list(_of_release(canonicalize_name(project), wanted, index, http))
    if not found:
        raise ConfigError(
            "release-unknown",
            f"{index.name} has no files of {project} {version}",
            hint=f"See {index.project_page(project)} for what is there.",
        )
    return found


def _files(word: str) -> Sequence[Path]:
    try:
        return collect([word])
    except ConfigError as exc:
        raise ConfigError(
            "verify-target",
            f"there is no file to verify at `{word}`",
            hint="Name wheels, sdists or a release: `tpub verify sampleproject==1.0`.",
        ) from exc


def _of_file(path: Path) -> Target:
    try:
        said = parse(path.name)
        return Target(said.project, str(said.version), path.name, digest(path)[0])
    except OSError as exc:
        raise ConfigError(
            "verify-target",
            f"{path} cannot be read: {exc.strerror}",
            hint="Name wheels, sdists or a release: `tpub verify sampleproject==1.0`.",
        ) from exc


def _of_release(project: NormalizedName, version: Version, index: Index, http: Http) -> Iterator[Target]:
    for file in listing(index, project, http).values():
        if version_of(file.filename) == version:
            yield Target(project, str(version), file.filename, file.sha256 or "")


def examine(found: Sequence[Target], index: Index, http: Http, verify: Verify) -> Outcome:
    """Return what is true of the files' provenance, and what is not; raises `NetworkError`."""
    summaries: list[AttestationSummary] = []
    diagnostics: list[Diagnostic] = []
    for target in found:
        document = provenance(index, target.project, target.version, target.filename, http=http)
        try:
            held = bundles(document) if document is not None else ()
        except AttestationError as exc:
            diagnostics.append(exc.diagnostic.about(target.filename))
            continue
        if not any(bundle.attestations for bundle in held):
            diagnostics.append(_nothing(target, index))
        for bundle in held:
            for attestation in bundle.attestations:
                problem = _problem(attestation, bundle, target, verify)
                summaries.append(_summary(attestation, bundle, target, is_verified=problem is None))
                diagnostics += [problem] if problem else []
    code = REFUSED if any(problem.is_error for problem in diagnostics) else 0
    about = IndexSummary(index.name, index.upload_url)
    return Outcome("verify", code, index=about, attestations=tuple(summaries), diagnostics=tuple(diagnostics))


def _problem(attestation: Attestation, bundle: Bundle, target: Target, verify: Verify) -> Diagnostic | None:
    try:
        verify(attestation, bundle.publisher)
        check_file(attestation, target.filename, target.sha256)
    except AttestationError as exc:
        return exc.diagnostic.about(target.filename)
    return None


def _summary(attestation: Attestation, bundle: Bundle, target: Target, *, is_verified: bool) -> AttestationSummary:
    return AttestationSummary(
        target.filename,
        attestation.predicate_type,
        is_verified,
        spelled(bundle.publisher),
        attestation.certified.source_repository_digest,
        attestation.certified.source_repository_ref,
        attestation.log_index,
    )


def _nothing(target: Target, index: Index) -> Diagnostic:
    return Diagnostic(
        "attestation-none",
        f"{index.name} has no attestations of the file",
        "Nothing proves where it comes from: ask its maintainers to publish with attestations.",
        file=target.filename,
    )
