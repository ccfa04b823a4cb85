"""The reports that GitLab collects are what GitLab reads."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import junitparser
import pytest
from hypothesis import given, strategies as st

from tpub.diagnostic import Answer, Diagnostic, Evidence, Field, Line, Member, Severity, Variable
from tpub.outcome import DistributionSummary, Outcome, ReleaseSummary, Verdict
from tpub.report.gitlab import code_quality, dotenv, junit, section, section_end
from tpub.report.place import places

SCHEMA = json.loads(Path(__file__).with_name("code-quality.schema.json").read_text(encoding="utf-8"))
WHEEL, SDIST = "sampleproject-1.0-py3-none-any.whl", "sampleproject-1.0.tar.gz"
WEIGHTS = st.sampled_from(Severity)
NEWS = st.lists(
    st.builds(
        Diagnostic,
        st.sampled_from(["a-code", "b-code"]),
        st.text(min_size=1),
        st.text(),
        st.lists(
            st.builds(Field, st.text(), st.text())
            | st.builds(Member, st.text())
            | st.builds(Variable, st.text())
            | st.builds(Answer, st.text(), st.integers(100, 599), st.text())
            | st.builds(Line, st.text(min_size=1), st.integers(1, 99)),
            max_size=3,
        ).map(tuple),
        WEIGHTS,
        st.none() | st.sampled_from([WHEEL, SDIST]) | st.text(),
    ),
    max_size=4,
)


def summary(file: str, version: str = "1.0") -> DistributionSummary:
    kind = "wheel" if file.endswith(".whl") else "sdist"
    return DistributionSummary(file, f"dist/{file}", kind, "sampleproject", version, 5, "abc", Verdict.ACCEPT)


def outcome(*news: Diagnostic) -> Outcome:
    return Outcome("check", 3, distributions=(summary(WHEEL), summary(SDIST)), diagnostics=news)


def violations(told: Outcome) -> list[dict[str, Any]]:
    found = json.loads(code_quality(told, places(told, lambda path: path)))
    jsonschema.validate(found, SCHEMA)
    assert isinstance(found, list)
    return found


def cases(told: Outcome) -> list[tuple[str, str, bool, str]]:
    """Return each case's class, name, whether it passed, and what it says, as another library reads them."""
    suites = junitparser.JUnitXml.fromstring(junit(told, places(told, lambda path: path)).encode())
    (suite,) = suites
    assert (suite.tests, suite.failures) == (len(list(suite)), sum(not case.is_passed for case in suite))
    return [
        (case.classname, case.name, case.is_passed, case.system_out or "".join(each.text for each in case.result))
        for case in suite
    ]


def test_code_quality() -> None:
    told = (
        Diagnostic("wheel-x", "it is\nbad", "Do this.", file=WHEEL),
        Diagnostic("gl-x", "it is bad", evidence=(Line(".gitlab-ci.yml", 7, 3),), severity=Severity.WARNING),
        Diagnostic("no-ci", "it is bad", severity=Severity.NOTE),
    )
    assert [{name: each[name] for name in each if name != "fingerprint"} for each in violations(outcome(*told))] == [
        {
            "description": f"{WHEEL}: it is\\nbad. Do this.",
            "check_name": "wheel-x",
            "severity": "blocker",
            "location": {"path": f"dist/{WHEEL}", "lines": {"begin": 1}},
        },
        {
            "description": "it is bad",
            "check_name": "gl-x",
            "severity": "minor",
            "location": {"path": ".gitlab-ci.yml", "lines": {"begin": 7}},
        },
        {
            "description": "it is bad",
            "check_name": "no-ci",
            "severity": "info",
            "location": {"path": ".gitlab-ci.yml", "lines": {"begin": 1}},
        },
    ]


def test_nothing_wrong_is_an_empty_list() -> None:
    assert violations(outcome()) == []


@given(NEWS)
def test_a_fingerprint_is_of_one_violation(news: list[Diagnostic]) -> None:
    found = violations(outcome(*news))
    assert len({each["fingerprint"] for each in found}) == len(found) == len(news)


def prints(version: str, message: str, *evidence: Evidence, tag: str = "py3-none-any") -> list[str]:
    file = f"sampleproject-{version}-{tag}.whl"
    told = (
        Diagnostic("a-code", message, evidence=evidence, file=file),
        Diagnostic("b-code", message, evidence=evidence),
    )
    found = violations(Outcome("check", 3, distributions=(summary(file, version),), diagnostics=told))
    return [each["fingerprint"] for each in found]


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        pytest.param(prints("1.1.dev7", "cause", Line("a.yml", 3, 1, "jobs.a")), True, id="a version later"),
        pytest.param(prints("1.0", "other words", Line("a.yml", 3, 1, "jobs.a")), True, id="worded anew"),
        pytest.param(prints("1.0", "cause", Line("a.yml", 9, 1, "jobs.a")), True, id="some lines down"),
        pytest.param(prints("1.0", "cause", Line("a.yml", 3, 1, "jobs.b")), False, id="another job"),
        pytest.param(prints("1.0", "cause", Line("a.yml", 3, 1)), False, id="without a key"),
        pytest.param(prints("1.0", "cause", Field("Name", "a")), False, id="other evidence"),
    ],
)
def test_a_fingerprint_stays_as_long_as_the_problem(other: list[str], is_same: bool) -> None:  # noqa: FBT001
    here = prints("1.0", "cause", Line("a.yml", 3, 1, "jobs.a"))
    assert [mine == theirs for mine, theirs in zip(here, other, strict=True)] == [is_same, is_same]


def test_each_wheel_of_a_release_has_its_own_fingerprints() -> None:
    assert prints("1.0", "cause")[0] != prints("1.0", "cause", tag="cp313-cp313-win_amd64")[0]


def test_junit() -> None:
    told = outcome(
        Diagnostic("wheel-x", "it's <bad>", "Do this.", (Field("Name", "a"),), file=WHEEL),
        Diagnostic("wheel-x", "again", file=WHEEL),
        Diagnostic("a-warning", "look", severity=Severity.WARNING, file=WHEEL),
        Diagnostic("no-ci", "nobody vouches"),
    )
    assert cases(told) == [
        (SDIST, "no flaw", True, ""),
        (WHEEL, "wheel-x", False, "it's <bad>\nName: 'a'\nhint: Do this."),
        (WHEEL, "wheel-x (2)", False, "again"),
        (WHEEL, "a-warning", True, "warning: look"),
        ("tpub check", "no-ci", False, "nobody vouches"),
    ]


@given(NEWS)
def test_junit_takes_any_text(news: list[Diagnostic]) -> None:
    found = cases(outcome(*news))
    assert len(found) == len(news) + sum(all(each.file != file for each in news) for file in (WHEEL, SDIST))
    assert len({(suite, name) for suite, name, *_ in found}) == len(found)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        pytest.param(0, "", id="none"),
        pytest.param(1, "TPUB_RELEASE_URL=https://i.example/0/\n", id="one"),
        pytest.param(
            2, "TPUB_RELEASE_URL=https://i.example/0/\nTPUB_RELEASE_URL_2=https://i.example/1/\n", id="two projects"
        ),
    ],
)
def test_dotenv(count: int, expected: str) -> None:
    releases = tuple(ReleaseSummary(f"p{number}", "1", f"https://i.example/{number}/") for number in range(count))
    assert dotenv(replace(outcome(), releases=releases)) == expected


def test_dotenv_has_no_more_variables_than_gitlab_takes() -> None:
    releases = tuple(ReleaseSummary(f"p{number}", "1", "https://i.example/") for number in range(50))
    assert len(dotenv(replace(outcome(), releases=releases)).splitlines()) == 20


def test_sections() -> None:
    assert section("tpub", "step by step", 12.6) == "\x1b[0Ksection_start:13:tpub[collapsed=true]\r\x1b[0Kstep by step"
    assert section_end("tpub", 14.0) == "\x1b[0Ksection_end:14:tpub\r\x1b[0K"
