"""GitLab CI/CD: sections of the job's log, and the reports that a job hands over under `artifacts:reports`.

Sources: https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections,
https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format,
https://docs.gitlab.com/ci/testing/unit_test_reports/, https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from tpub.diagnostic import Answer, Diagnostic, Evidence, Field, Line, Severity
from tpub.outcome import DistributionSummary, Outcome
from tpub.report.place import Place
from tpub.report.screen import joined
from tpub.report.words import evidence

CODE_QUALITY = "gl-code-quality-report.json"
JUNIT = "tpub-junit.xml"
DOTENV = "tpub.env"

CONFIG = ".gitlab-ci.yml"

_WEIGHTS = {Severity.ERROR: "blocker", Severity.WARNING: "minor", Severity.NOTE: "info"}
_NO_XML = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}  # beside control characters and surrogates, which are never shown
_MOST_VARIABLES = 20  # what every plan of GitLab takes of one dotenv file; one more, and the whole file is refused


def section(name: str, title: str, now: float) -> str:
    """Return what opens a collapsed section of the log."""
    return f"\x1b[0Ksection_start:{now:.0f}:{name}[collapsed=true]\r\x1b[0K{title}"


def section_end(name: str, now: float) -> str:
    """Return what closes a section of the log."""
    return f"\x1b[0Ksection_end:{now:.0f}:{name}\r\x1b[0K"


def code_quality(outcome: Outcome, places: Mapping[Diagnostic, Place], config: str = CONFIG) -> str:
    """Return the code-quality report; what has no place of its own stands at the pipeline's `config`."""
    files = {file.file: file for file in outcome.distributions or ()}
    seen: Counter[str] = Counter()
    violations = []
    for diagnostic in outcome.diagnostics:
        place = places.get(diagnostic, Place(config))
        identity = _identity(diagnostic, place, files)
        seen[identity] += 1
        violations.append(
            {
                "description": _in_one_line(diagnostic),
                "check_name": diagnostic.code,
                "fingerprint": hashlib.sha256(f"{identity}\n{seen[identity]}".encode()).hexdigest(),
                "severity": _WEIGHTS[diagnostic.severity],
                "location": {"path": place.path, "lines": {"begin": place.line or 1}},
            }
        )
    return json.dumps(violations, indent=2) + "\n"


def _in_one_line(diagnostic: Diagnostic) -> str:
    about = f"{diagnostic.file}: " if diagnostic.file else ""
    mend = f". {diagnostic.hint}" if diagnostic.hint else ""
    return joined(f"{about}{diagnostic.message}{mend}")


def _identity(diagnostic: Diagnostic, place: Place, files: Mapping[str, DistributionSummary]) -> str:
    """Return what stays the same as long as the problem does: no version and no line number, which commits move."""
    about = files.get(diagnostic.file or "")
    where = place.path if about is None else f"{about.kind} {about.project} {_tags(about)}"
    return "\n".join([diagnostic.code, where, *map(_trait, diagnostic.evidence)])


def _tags(file: DistributionSummary) -> str:
    """Return what tells a project's wheels of one release apart."""
    return file.file.split("-", 2)[-1] if file.kind == "wheel" else ""


def _trait(item: Evidence) -> str:
    match item:
        case Line(path, line, _, key):
            return f"{path} {key or line}"
        case Field(name, value):
            return f"{name} {value}"
        case Answer(url, status):
            return f"{url} {status}"
        case _:
            return item.name


def junit(outcome: Outcome, places: Mapping[Diagnostic, Place]) -> str:
    """Return the preflight as JUnit tells of tests: a case for each file without a flaw, and for each flaw.

    Errors are failures; warnings and notes are cases that passed with something to say. Two cases of one name would
    count as one.
    """
    cases = list(_cases(outcome, places))
    failures = sum(diagnostic.is_error for diagnostic in outcome.diagnostics)
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="0"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<testsuites {counts}>\n"
        f"<testsuite name={quoteattr(f'tpub {outcome.command}')} {counts}>\n{''.join(cases)}</testsuite>\n"
        "</testsuites>\n"
    )


def _cases(outcome: Outcome, places: Mapping[Diagnostic, Place]) -> Iterator[str]:
    told = {diagnostic.file for diagnostic in outcome.diagnostics}
    for file in outcome.distributions or ():
        if file.file not in told:
            yield f"<testcase classname={_attribute(file.file)} name={_attribute('no flaw')}/>\n"
    seen: Counter[tuple[str, str]] = Counter()
    for diagnostic in outcome.diagnostics:
        suite = diagnostic.file or f"tpub {outcome.command}"
        key = (suite, diagnostic.code)
        seen[key] += 1
        name = diagnostic.code + (f" ({seen[key]})" if seen[key] > 1 else "")
        path = places.get(diagnostic, Place()).path
        yield (
            f"<testcase classname={_attribute(suite)} name={_attribute(name)}"
            f"{f' file={_attribute(path)}' if path else ''}>{_result(diagnostic)}</testcase>\n"
        )


def _result(diagnostic: Diagnostic) -> str:
    lines = [diagnostic.message, *map(evidence, diagnostic.evidence)]
    lines += [f"hint: {diagnostic.hint}"] if diagnostic.hint else []
    words = "\n".join(_in_xml(line) for line in lines)
    if not diagnostic.is_error:
        return f"<system-out>{escape(f'{diagnostic.severity}: {words}')}</system-out>"
    about = f"type={_attribute(diagnostic.code)} message={_attribute(diagnostic.message)}"
    return f"<failure {about}>{escape(words)}</failure>"


def _attribute(text: str) -> str:
    return quoteattr(_in_xml(text))


def _in_xml(text: str) -> str:
    """Return `text` as one line of what XML 1.0 can hold."""
    return joined(text).translate(_NO_XML)


def dotenv(outcome: Outcome) -> str:
    """Return the pages of the releases as variables: `TPUB_RELEASE_URL`, and `TPUB_RELEASE_URL_2` of a second one."""
    urls = [release.url for release in outcome.releases or ()][:_MOST_VARIABLES]
    return "".join(
        f"TPUB_RELEASE_URL{f'_{number}' if number > 1 else ''}={url}\n" for number, url in enumerate(urls, 1)
    )
