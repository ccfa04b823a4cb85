"""What is written for GitHub's runner is what the runner reads."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, strategies as st

from support import runner
from support.runner import Command
from tpub.diagnostic import Answer, Diagnostic, Field, Line, Member, Severity
from tpub.outcome import (
    DistributionSummary,
    Outcome,
    ReleaseSummary,
    UploadStatus,
    UploadSummary,
    Verdict,
)
from tpub.report.document import document
from tpub.report.github import Annotations, Log, annotated, command, outputs, undisturbed
from tpub.report.place import Place, places
from tpub.report.screen import Plain, Terminal

WHEEL, SDIST = "sampleproject-1.0-py3-none-any.whl", "sampleproject-1.0.tar.gz"
# Text as an attacker would put it into a name, a field or an answer.
HOSTILE = st.lists(
    st.sampled_from(
        ["::", "##[", "]", "error", "add-mask", "stop-commands", "\n", "\r", " ", "%0A", "%", ",", "=", "\x1b"]
    )
    | st.text(max_size=5),
    max_size=12,
).map("".join)


def summary(file: str, **changes: str) -> DistributionSummary:
    kind = "wheel" if file.endswith(".whl") else "sdist"
    told = {"project": "sampleproject", "version": "1.0"} | changes
    return DistributionSummary(file, f"dist/{file}", kind, told["project"], told["version"], 5, "abc", Verdict.ACCEPT)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(command("endgroup"), "::endgroup::", id="alone"),
        pytest.param(command("group", "50 % of: all"), "::group::50 %25 of: all", id="data keeps its colons"),
        pytest.param(command("error", "a\r\nb"), "::error::a%0D%0Ab", id="line breaks"),
        pytest.param(
            command("error", "x", file="a,b:c%.yml", line=3, col=None, title=""),
            "::error file=a%2Cb%3Ac%25.yml,line=3::x",
            id="properties, the empty ones left out",
        ),
        pytest.param(command("error", "%0A"), "::error::%250A", id="what looks escaped"),
    ],
)
def test_commands(line: str, expected: str) -> None:
    assert line == expected


# The runner trims what stands last among the properties.
@given(st.text(), st.text(min_size=1).filter(lambda text: text == text.strip()))
def test_any_text_stays_one_command_and_arrives(data: str, value: str) -> None:
    line = command("error", data, file=value)
    assert [runner.read(each) for each in runner.lines(line)] == [Command("error", data, {"file": value})]


@given(st.lists(HOSTILE, max_size=3), st.integers(0, 8), st.booleans())
def test_no_line_of_text_is_a_command(spans: list[str], indent: int, colored: bool) -> None:  # noqa: FBT001
    file = io.StringIO()
    lines = Terminal(file, {}, colors=True, forced=True, whole=True) if colored else Plain(file)
    Log(file, lines).line(*((span, "bold") for span in spans), indent=indent)
    assert runner.commands(file.getvalue()) == []
    assert len(runner.lines(file.getvalue())) == 2


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("::error::x", "\\::error::x", id="a command"),
        pytest.param("  ::error::x", "\\::error::x", id="behind blanks"),
        pytest.param("see ##[error]x", "\\see ##\\[error]x", id="one of the old kind"),
        pytest.param("a::b", "a::b", id="harmless"),
        pytest.param("a\n::error::x", "a\\n::error::x", id="on a line of its own"),
        pytest.param("\x1b[2Ja\u2028b", "\\x1b[2Ja\u2028b", id="control characters"),
        pytest.param("\x1b[0Ksection_end:1:a\r", "\\x1b[0Ksection_end:1:a\\r", id="a section of GitLab's"),
    ],
)
def test_text_in_the_log(text: str, shown: str) -> None:
    file = io.StringIO()
    Log(file, Plain(file)).line(text)
    assert file.getvalue() == f"{shown}\n"


@given(HOSTILE, HOSTILE)
def test_json_is_no_command_and_says_the_same(message: str, file: str) -> None:
    text = document(Outcome("check", 3, diagnostics=(Diagnostic("a-code", message, file=file),)))
    assert runner.commands(undisturbed(text)) == []
    assert json.loads(undisturbed(text)) == json.loads(text)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_an_annotation_is_one_command_whatever_it_tells(message: str, hint: str, name: str) -> None:
    told = Diagnostic("a-code", message, hint, (Member(name), Answer("https://x", 400, message)), file=name)
    file = io.StringIO()
    Annotations(Outcome("check", 3, diagnostics=(told,)), {told: Place(name)})(told, Log(file, Plain(file)))
    (read,) = runner.commands(file.getvalue())
    assert (read.name, read.properties["title"], len(runner.lines(file.getvalue()))) == ("error", "tpub: a-code", 2)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(
            Diagnostic("gh-x", "cause", "do this", (Line(".github/workflows/a.yml", 7, 3, "jobs.a"),)),
            Command(
                "error",
                "cause [gh-x]\n  .github/workflows/a.yml:7:3 (jobs.a)\n  hint: do this",
                {"file": "sub/.github/workflows/a.yml", "line": "7", "col": "3", "title": "tpub: gh-x"},
            ),
            id="a line of the checkout",
        ),
        pytest.param(
            Diagnostic("wheel-x", "cause", evidence=(Field("Name", "a"),), file=WHEEL, severity=Severity.WARNING),
            Command(
                "warning",
                f"{WHEEL}: cause [wheel-x]\n  Name: 'a'",
                {"file": f"sub/dist/{WHEEL}", "title": "tpub: wheel-x"},
            ),
            id="a distribution",
        ),
        pytest.param(
            Diagnostic("a-note", "worth knowing", severity=Severity.NOTE),
            Command("notice", "worth knowing [a-note]", {"title": "tpub: a-note"}),
            id="no place",
        ),
    ],
)
def test_annotations(told: Diagnostic, expected: Command) -> None:
    outcome = Outcome("check", 3, distributions=(summary(WHEEL),), diagnostics=(told,))
    file = io.StringIO()
    tell = Annotations(outcome, places(outcome, lambda path: f"sub/{path}"))
    tell(told, Log(file, Plain(file)), 8, named=False)
    assert runner.commands(file.getvalue()) == [expected]


def test_what_github_would_drop_is_text() -> None:
    errors = [Diagnostic("often", "x", file=f"{number}.whl") for number in range(12)]
    others = [Diagnostic("once", "y"), Diagnostic("often", "z", severity=Severity.WARNING)]
    diagnostics = (*errors, *others)
    file = io.StringIO()
    log, tell = Log(file, Plain(file)), Annotations(Outcome("check", 3, diagnostics=diagnostics), {})
    for each in diagnostics:
        tell(each, log)
    assert [line for line in runner.lines(file.getvalue()) if line and runner.read(line) is None] == [
        "error: 9.whl: x [often]",
        "error: 10.whl: x [often]",
        "error: 11.whl: x [often]",
    ]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        pytest.param("aab", "aba", id="every code before any comes again"),
        pytest.param("a" * 5 + "b" * 9, "ab" + "a" * 4 + "b" * 4, id="ten"),
        pytest.param("", "", id="none"),
        pytest.param("abcdefghijkl", "abcdefghij", id="the first ten of many"),
    ],
)
def test_which_are_annotated(codes: str, expected: str) -> None:
    told = [Diagnostic(code, str(number)) for number, code in enumerate(codes)]
    assert "".join(each.code for each in annotated(told)) == expected


def test_outputs() -> None:
    files = (summary(WHEEL, project="Sample.Project", version="1.0.0"), summary(SDIST))
    uploads = (UploadSummary(WHEEL, UploadStatus.UPLOADED), UploadSummary(SDIST, UploadStatus.FAILED))
    release = ReleaseSummary("sample-project", "1.0", "https://index.example.com/p")
    found = runner.outputs(outputs(Outcome("upload", 1, distributions=files, uploads=uploads, releases=(release,))))
    assert found["release-url"] == "https://index.example.com/p"
    assert [(each["file"], each["status"], each["release-url"]) for each in json.loads(found["files"])] == [
        (WHEEL, "uploaded", "https://index.example.com/p"),
        (SDIST, "failed", ""),
    ]
    assert json.loads(found["files"])[1] == {
        "file": SDIST,
        "path": f"dist/{SDIST}",
        "status": "failed",
        "size": 5,
        "sha256": "abc",
        "project": "sampleproject",
        "version": "1.0",
        "release-url": "",
    }


@pytest.mark.parametrize(
    ("outcome", "names"),
    [
        pytest.param(Outcome("doctor", 0, looked_at=()), [], id="a command without files"),
        pytest.param(Outcome("check", 0, distributions=()), ["files"], id="a check"),
        pytest.param(
            Outcome("upload", 4, distributions=(), releases=()), ["release-url", "files"], id="nothing landed"
        ),
    ],
)
def test_which_outputs_there_are(outcome: Outcome, names: list[str]) -> None:
    assert list(runner.outputs(outputs(outcome))) == names


@given(HOSTILE, HOSTILE)
def test_outputs_arrive_whatever_is_in_them(name: str, url: str) -> None:
    outcome = Outcome("upload", 0, distributions=(summary(name),), releases=(ReleaseSummary("p", "1", url),))
    found = runner.outputs(outputs(outcome))
    assert (found["release-url"], json.loads(found["files"])[0]["file"]) == (url, name)
