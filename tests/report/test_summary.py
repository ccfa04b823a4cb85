"""The summary of a step, as GitHub's Markdown reads it."""

from __future__ import annotations

from html.parser import HTMLParser

import comrak
import pytest
from hypothesis import given, strategies as st

from tpub.diagnostic import Diagnostic, Field, Line, Severity
from tpub.outcome import (
    DistributionSummary,
    IdentitySummary,
    Outcome,
    ReleaseSummary,
    UploadStatus,
    UploadSummary,
    Verdict,
)
from tpub.report.place import places
from tpub.report.screen import visible
from tpub.report.summary import LIMIT, summary
from tpub.summaries import AttestationSummary, PublisherSummary

WHEEL = "sampleproject-1.0-py3-none-any.whl"
FILE = DistributionSummary(WHEEL, f"dist/{WHEEL}", "wheel", "sampleproject", "1.0", 1234, "ab" * 32, Verdict.ACCEPT)
LANDED = (UploadSummary(WHEEL, UploadStatus.UPLOADED, verified=True),)
RELEASE = (ReleaseSummary("sampleproject", "1.0", "https://index.example.com/p/"),)
HOSTILE = st.lists(
    st.sampled_from(
        ["<", ">", "&", '"', "'", "`", "|", "\n", "\n\n", "\r", "</pre>", "<script>", "[x](y)", "# ", "* ", "```"]
    )
    | st.text(max_size=5),
    max_size=10,
).map("".join)


class Read(HTMLParser):
    """The elements of a page in order, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.links: list[str | None] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


def rendered(markdown: str) -> str:
    """Return the page as GFM makes it: with tables and autolinks, and HTML passed on."""
    extensions, options = comrak.ExtensionOptions(), comrak.RenderOptions()
    extensions.table = extensions.autolink = extensions.strikethrough = extensions.tasklist = True
    options.unsafe_ = True
    return comrak.render_markdown(markdown, extension_options=extensions, render_options=options)


def page(outcome: Outcome, source: str = "", room: int = LIMIT) -> str:
    return summary(outcome, places(outcome, lambda path: path), source, room)


def test_a_release() -> None:
    identity = IdentitySummary("github", "https://issuer", {"repository": "octo-org/sampleproject"})
    read = Read(page(Outcome("upload", 0, identity=identity, distributions=(FILE,), uploads=LANDED, releases=RELEASE)))
    assert read.text == (
        "tpub upload: done: 1 of 1 file on the index "
        f"filestatussizeSHA-256 {WHEEL}uploaded1.2 kB{'ab' * 32} "
        "the identity that published repositoryocto-org/sampleproject"
    )
    assert read.links == ["https://index.example.com/p/"]


def test_the_mend_stands_under_the_cause_and_the_evidence_is_folded() -> None:
    told = Diagnostic("a-code", "the `name` is bad", "Do `that`.", (Field("Name", "<b>"),), file=WHEEL)
    markdown = page(Outcome("check", 3, distributions=(FILE,), diagnostics=(told,)))
    assert markdown.endswith(
        f"<p><b>error</b>: <code>{WHEEL}</code>: the <code>name</code> is bad [<code>a-code</code>]</p>\n"
        "<p><b>hint:</b> Do <code>that</code>.</p>\n"
        "<details><summary>evidence</summary>\n<pre>Name: &#x27;&lt;b&gt;&#x27;</pre>\n</details>\n\n"
    )


@pytest.mark.parametrize(
    ("hint", "shown"),
    [
        pytest.param(
            "Register it: https://i.example/p/?a=1&b=x.",
            'Register it: <a href="https://i.example/p/?a=1&amp;b=x">https://i.example/p/?a=1&amp;b=x</a>.',
            id="an address",
        ),
        pytest.param("Use `https://i.example/`", "Use <code>https://i.example/</code>", id="one to be typed"),
        pytest.param("See http://i.example", "See http://i.example", id="one in the clear"),
        pytest.param("`", "`", id="a lone backtick"),
    ],
)
def test_addresses_in_mends_are_links(hint: str, shown: str) -> None:
    told = Diagnostic("a-code", "https://evil.example is the cause", hint)
    markdown = page(Outcome("check", 3, distributions=(FILE,), diagnostics=(told,)))
    assert f"<p><b>hint:</b> {shown}</p>" in markdown
    assert "evil.example</a>" not in markdown


@pytest.mark.parametrize(
    ("source", "links"),
    [
        pytest.param(
            "https://github.com/o/r/blob/c0ffee", ["https://github.com/o/r/blob/c0ffee/a%20b.yml#L7"], id="known"
        ),
        pytest.param("", [], id="not known"),
    ],
)
def test_lines_are_linked(source: str, links: list[str]) -> None:
    told = Diagnostic("gh-x", "cause", "mend", (Line("a b.yml", 7),), severity=Severity.WARNING)
    read = Read(page(Outcome("doctor", 0, looked_at=("a b.yml",), diagnostics=(told,)), source))
    assert read.links == links
    assert read.text == (
        "tpub doctor: 1 cause found warning in a b.yml:7: cause [gh-x] hint: mend evidence a b.yml:7:1 "
        "what was looked at a b.yml"
    )


def test_other_commands() -> None:
    here, new = "https://i.example/p/", "https://i.example/new/"
    publisher = PublisherSummary("github", {"owner": "octo-org"}, "a.yml, jobs.publish", "p", here, new)
    told = f"existing project: {here}new project: {new}"
    attested = AttestationSummary(WHEEL, "publish", verified=True, publisher="p", commit="c0ffee", ref="v1", entry="5")
    assert [
        Read(page(each)).text
        for each in (
            Outcome("publisher", 0, publishers=(publisher,)),
            Outcome("verify", 0, attestations=(attested,)),
            Outcome("verify", 2, attestations=()),
            Outcome("doctor", 0, publisher={"owner": "octo-org"}, looked_at=()),
        )
    ] == [
        "tpub publisher: 1 publisher github: a.yml, jobs.publish ownerocto-org " + told,
        f"tpub verify: 1 file: all proven fileattested byrefcommitverified {WHEEL}pv1c0ffeeyes",
        "tpub verify",
        "tpub doctor: nothing wrong whom the index must trust ownerocto-org",
    ]


@given(HOSTILE, HOSTILE, HOSTILE)
def test_what_comes_from_files_is_text(message: str, value: str, name: str) -> None:
    told = Diagnostic("a-code", message, evidence=(Field("Name", value), Line(value, 1)), file=name)
    plain = Diagnostic("a-code", "m", evidence=(Field("Name", "v"), Line("v", 1)), file="f")
    hostile = Outcome("upload", 1, distributions=(FILE,), diagnostics=(told,))
    harmless = Outcome("upload", 1, distributions=(FILE,), diagnostics=(plain,))
    read = Read(rendered(page(hostile)))
    expected = Read(rendered(page(harmless))).tags
    assert [tag for tag in read.tags if tag != "code"] == [tag for tag in expected if tag != "code"]
    assert "".join(visible(message).replace("`", "").split()) in "".join(read.text.replace("`", "").split())


def test_markdown_around_it_is_left_alone() -> None:
    around = f"before{page(Outcome('check', 0, distributions=(FILE,)))}**after**"
    html = rendered(around)
    assert html.startswith("<p>before</p>\n<h3>tpub check")
    assert html.endswith("<p><strong>after</strong></p>\n")


@pytest.mark.parametrize("room", [LIMIT, 20_000, 1000, 200, 40, 10, 0, -5])
def test_it_never_gets_too_large(room: int) -> None:
    many = tuple(Diagnostic(f"code-{number}", "ä" * 5000, "x" * 500) for number in range(300))
    text = page(Outcome("upload", 1, distributions=(FILE,) * 2000, diagnostics=many), room=room)
    assert len(text.encode()) <= max(room, 0)
    assert ("The rest stands in the log." in text) == (room >= 40)


def test_a_long_table_ends() -> None:
    read = Read(page(Outcome("check", 0, distributions=(FILE,) * 2000)))
    assert (read.tags.count("tr"), "and 1700 more" in read.text) == (302, True)
