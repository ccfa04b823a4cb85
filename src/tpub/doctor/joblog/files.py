"""What tools say of the files that they were given, or not given, told with the job's own steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tpub.diagnostic import Diagnostic, Line
from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding
from tpub.doctor.joblog.failures import Failure

_LATER = (
    "Use a later release of the tool: of pypa/gh-action-pypi-publish v1.12.4 or later, of twine 6.1 or later with "
    "pkginfo 1.12 or later; or publish with `tpub upload`."
)


def wrong_files(evidence: Evidence, failure: Failure, place: Line, found: Sequence[Finding]) -> Iterator[Diagnostic]:
    """Yield what was wrong, unless what the job's own steps do has shown it: `found`."""
    steps = tuple(step.publish.line for subject in evidence.subjects for step in subject.steps)
    if failure.code == "dist-stray-files":
        yield Diagnostic(
            "dist-stray-files",
            f"the upload stopped at {failure.file}, which is no distribution",
            f"Write {failure.file} elsewhere, or name the distributions: `dist/*.whl dist/*.tar.gz`.",
            (place,),
        )
    elif failure.code == "tool-outdated":
        known = failure.words.rpartition(" ")[2]
        yield Diagnostic(
            "tool-outdated",
            f"the publishing tool knows metadata up to version {known}, and the file's is later: the file is right",
            _LATER,
            (*steps, place),
            file=failure.file,
        )
    elif not any(each.diagnostic.code == "gh-artifact-layout" for each in found):
        yield Diagnostic(
            "no-distributions",
            f"the tool had nothing to publish: {failure.words}",
            "Check where the job builds, or downloads, its files (`ls -R`), and where the tool looks for them.",
            (*steps, place),
        )
