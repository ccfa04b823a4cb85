"""One upload, judged in the index's order. Source: file_upload in warehouse.forklift.legacy."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from packaging.metadata import Metadata, RawMetadata
from packaging.utils import NormalizedName, canonicalize_name

from tpub.rehearsal import attestations, form_rules, names
from tpub.rehearsal.authorization import Identity, identify, permit
from tpub.rehearsal.form import Content, Form, read
from tpub.rehearsal.messages import RefusedError, Reply, Request, shaped
from tpub.rehearsal.site import Site
from tpub.rehearsal.store import MintedToken, StoredFile

_OPEN_FOR = 14  # days in which a release takes new files
_DAY = 24 * 60 * 60  # seconds
_EXTENSION = re.compile(r".+?(\.(?:tar\.gz|zip|whl))", re.IGNORECASE)
_MISMATCH = "The digest supplied does not match a digest calculated from the uploaded file."


@dataclass(frozen=True, slots=True)
class _Submission:
    """What an upload brings, once its form is in order."""

    form: Form
    content: Content
    raw: RawMetadata
    metadata: Metadata
    project: NormalizedName

    @property
    def filetype(self) -> str:
        return self.form.first("filetype")


def upload(site: Site, request: Request) -> Reply:
    """Take a file, or say in the index's words why not."""
    with site.store.incoming() as folder:
        form = read(request.body, request.headers.get("content-type", ""), folder)
        request.filename = form.content.filename if form.content else ""
        if form.last(":action") != "file_upload":
            raise RefusedError(405, "Method Not Allowed")
        identity = identify(site, request.headers.get("authorization", ""))
        submission = _submission(form)
        _authorize(site, identity, submission)
        _check_file(submission)
        if not _is_there(site, submission):
            path = _named(submission.content, folder)
            if (message := site.judge(path, submission.raw)) is not None:
                raise RefusedError(400, message)
            provenance = attestations.provenance(site, identity, submission.form, submission.content)
            _keep(site, request, submission, path, provenance=provenance)
        return shaped(request.accept, 200)


def _submission(form: Form) -> _Submission:
    form_rules.clean(form)
    form_rules.check(form)
    raw, metadata = form_rules.metadata(form)
    if form.content is None:
        raise RefusedError(400, "Upload payload does not have a file.")
    return _Submission(form, form.content, raw, metadata, canonicalize_name(form.first("name")))


def _authorize(site: Site, identity: Identity, submission: _Submission) -> None:
    """Find or create the project, and see whether this token may upload to it."""
    with site.store.lock:
        if submission.project not in site.store.projects:
            if isinstance(identity, MintedToken):
                raise RefusedError(
                    400,
                    "Non-user identities cannot create new projects. This was probably caused by successfully using a "
                    "pending publisher but specifying the project name incorrectly (either in the publisher or in your "
                    f"project's metadata). Please ensure that both match. See: {site.help('trusted-publishers')}",
                )
            names.check_new(site, submission.form.first("name"))
            site.store.create_project(submission.form.first("name"))
        permit(site, identity, submission.project)
        site.store.projects[submission.project] = submission.metadata.name


def _check_file(submission: _Submission) -> None:
    """Refuse what the file's name, type and digests say is wrong, without looking inside."""
    filename, content_type = submission.content.filename, submission.content.content_type
    if re.search(r"[\x00-\x1f\x7f]", filename):
        raise RefusedError(
            400,
            "Cannot upload a file with non-printable characters (ordinals 0-31) or the DEL character (ordinal 127) "
            "in the name.",
        )
    if "/" in filename or "\\" in filename:
        raise RefusedError(400, "Cannot upload a file with '/' or '\\' in the name.")
    _check_extension(filename, submission.filetype)
    if content_type is not None and (not content_type or content_type.startswith("image/")):
        raise RefusedError(400, "Invalid distribution file.")
    _check_digests(submission)


def _check_extension(filename: str, filetype: str) -> None:
    found = _EXTENSION.fullmatch(filename)
    if found is None:
        raise RefusedError(
            400,
            "Invalid file extension: Use .tar.gz, .whl or .zip extension. See https://www.python.org/dev/peps/pep-0527 "
            "and https://peps.python.org/pep-0715/ for more information",
        )
    if found[1] not in form_rules.EXTENSIONS[filetype]:
        raise RefusedError(
            400,
            f"Invalid file extension: Extension {found[1]} is invalid for filetype {filetype}. "
            "See https://www.python.org/dev/peps/pep-0527 for more information.",
        )


def _check_digests(submission: _Submission) -> None:
    given = {name: submission.form.first(f"{name}_digest").lower() for name in ("md5", "sha256", "blake2_256")}
    found = {"sha256": submission.content.digests.sha256, "blake2_256": submission.content.digests.blake2_256}
    if given["md5"]:  # few clients still send it: worth a second reading then, but not a third digest for all
        with submission.content.path.open("rb") as file:
            found["md5"] = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if any(given[name] not in ("", digest) for name, digest in found.items()):
        raise RefusedError(400, _MISMATCH)


def _is_there(site: Site, submission: _Submission) -> bool:
    """Tell whether this very file is there; refuse it if the release or another file stands in its way."""
    store, content = site.store, submission.content
    with store.lock:
        known = store.files.get(content.filename) or store.same_content(content.digests.blake2_256)
        if known is not None:
            if (known.filename, known.digests) == (content.filename, content.digests):
                return True
            raise RefusedError(
                400,
                f"File already exists ({content.filename!r}, with blake2_256 hash {content.digests.blake2_256!r}). "
                f"See {site.help('file-name-reuse')} for more information.",
            )
        release = store.release(submission.project, submission.metadata.version)
        if release and release[0].uploaded < site.now() - _OPEN_FOR * _DAY:
            raise RefusedError(400, f"Uploading new files to releases older than {_OPEN_FOR} days is not allowed.")
        if submission.filetype == "sdist" and any(file.filetype == "sdist" for file in release):
            raise RefusedError(400, "Only one sdist may be uploaded per release.")
    return False


def _named(content: Content, folder: Path) -> Path:
    """Give the file its own name, which those who judge it read."""
    try:
        return content.path.rename(folder / content.filename)
    except OSError:
        raise RefusedError(400, f"Filename is too long: {content.filename!r}") from None


def _keep(
    site: Site, request: Request, submission: _Submission, path: Path, *, provenance: Mapping[str, object] | None
) -> None:
    """Store the file, unless the same was stored while this one was judged."""
    content, version = submission.content, submission.metadata.version
    with ExitStack() as stack:
        is_new = not site.store.release(submission.project, version)
        for effect in request.effects:
            stack.enter_context(effect.storing((submission.project, str(version)), site.pause, is_new=is_new))
        stack.enter_context(site.store.lock)
        if _is_there(site, submission):
            return
        now = site.now()
        site.store.add(
            StoredFile(
                content.filename,
                submission.project,
                version=str(version),
                filetype=submission.filetype,
                path=path,
                size=content.size,
                digests=content.digests,
                metadata=submission.raw,
                uploaded=now,
                listed=now + sum(effect.lag for effect in request.effects),
                requires_python=submission.raw.get("requires_python"),
                provenance=provenance,
            )
        )
