from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings, strategies as st

from tpub.preflight import rst
from tpub.preflight.links import Links, in_html, in_markdown
from tpub.preflight.renderer import Renderer
from tpub.preflight.rendering import begin
from tpub.preflight.rst import Rendering

_RST, _MARKDOWN = "text/x-rst", "text/markdown"
_PATIENCE = 60.0  # seconds: the machine that tests may be busy
_DOUBLED = "".join(f".. |a{n}| Replace:: |a{n + 1}| |a{n + 1}|\n" for n in range(40)) + ".. |a40| replace:: x\n\n|a0|\n"
_ONE, _TWO = Rendering("<p>One</p>\n"), Rendering("<p>Two</p>\n")
_UNFINISHED = Rendering(None, is_unfinished=True)


def render(*texts: str, content_type: str = _RST, seconds: float = _PATIENCE) -> list[Rendering]:
    """Return what becomes of texts of one run."""
    with Renderer(seconds=seconds) as renderer:
        begun = [begin(text, content_type, renderer) for text in texts]
        return [wait() for wait in begun]


@pytest.mark.parametrize(
    ("text", "rendering"),
    [
        pytest.param("A text.", Rendering("<p>A text.</p>\n"), id="a paragraph"),
        pytest.param(".. a comment\n", Rendering(None), id="nothing to show"),
        pytest.param("One\n\na_\n", Rendering(None, 'Unknown target name: "a"', 3), id="a broken line"),
        pytest.param(
            "*a* " * 5000, Rendering(None, "Line 1 exceeds the line-length-limit"), id="a complaint without line"
        ),
        pytest.param(
            "- " * 600 + "x", Rendering(None, "the renderer fails on it (RecursionError)"), id="nested too deeply"
        ),
    ],
)
def test_restructured_text(text: str, rendering: Rendering) -> None:
    assert render(text) == [rendering]
    assert render("One", text, text) == [_ONE, rendering, rendering]


def test_each_text_of_many_is_rendered_as_if_it_were_alone() -> None:
    role = ".. role:: mine\n\n:mine:`a`\n"
    texts = [role, ":mine:`a`\n", *(f"Text {n}." for n in range(30)), role, "Text 0."]
    mine, other, *numbered = render(*texts)
    assert (mine.html is not None, other.html, other.line) == (True, None, 1)
    assert numbered == [*(Rendering(f"<p>Text {n}.</p>\n") for n in range(30)), mine, numbered[0]]


@pytest.mark.parametrize(
    "slow",
    [
        pytest.param(".. |a| replace:: x\n\n" + "|a| \n" * 20_000, id="a long one"),
        pytest.param(_DOUBLED, id="a short one that doubles forty times"),
    ],
)
def test_a_text_that_takes_too_long_is_given_up_and_no_other(slow: str) -> None:
    assert render(slow, seconds=1) == [_UNFINISHED]
    assert render("One", slow, "Two", slow, seconds=1) == [_ONE, _UNFINISHED, _TWO, _UNFINISHED]


@pytest.mark.skipif(sys.platform != "linux", reason="the system takes no notice of the bound elsewhere")
def test_a_text_that_takes_too_much_memory_is_given_up_and_no_other() -> None:
    assert render("One", _DOUBLED, "Two") == [_ONE, _UNFINISHED, _TWO]


@pytest.mark.parametrize(
    ("text", "is_shown"),
    [
        pytest.param("text", True, id="text"),
        pytest.param("", True, id="no description, which cannot fail"),
        pytest.param("[a]: https://example.org\n" * 1000, False, id="link definitions alone"),
        pytest.param("[a]: https://example.org\n" * 1000 + "text", True, id="a text after them"),
        pytest.param("<!-- a comment -->", True, id="a comment, which leaves an empty page"),
        pytest.param("> " * 100_000, True, id="quotes nested absurdly"),
        pytest.param("a\n-\n" * 100_000, True, id="headings without end"),
    ],
)
def test_markdown(text: str, *, is_shown: bool) -> None:
    assert render(text, content_type=_MARKDOWN) == [Rendering("" if is_shown else None)]


def test_a_markdown_text_that_shows_nothing_for_too_long_is_given_up() -> None:
    text = "[a]: https://example.org\n" * 40_000
    assert render(text, content_type=_MARKDOWN) == [_UNFINISHED]


@pytest.mark.parametrize("content_type", ["text/plain", "text/plain; charset=UTF-8", "text/html", "a\nb", "a/b; c*"])
def test_what_is_shown_as_it_is(content_type: str) -> None:
    assert render(".. a comment\n", content_type=content_type) == [Rendering("")]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        pytest.param("[a](b.md) ![c](d/e.png 'title')", Links(("b.md",), ("d/e.png",)), id="inline"),
        pytest.param("[a]\n\n[a]: ./b.md\n", Links(("./b.md",), ()), id="defined"),
        pytest.param("<img width=1 src='a.png'> <a href=\"b\">", Links(("b",), ("a.png",)), id="HTML"),
        pytest.param("[a](https://b) [c](#d) [e](//f) [g](mailto:h) [i]({{ j }})", Links((), ()), id="absolute"),
        pytest.param("`[a](b)` ```[c](d)``` \n\n    [e](f)\n", Links((), ()), id="code"),
        pytest.param("```md\n[a](b)\n~~~\n[c](d)\n```\n[e](f)\n", Links(("f",), ()), id="a fence"),
        pytest.param("[a](b) [c](b)", Links(("b",), ()), id="twice"),
    ],
)
def test_relative_links_in_markdown(text: str, links: Links) -> None:
    assert in_markdown(text) == links


def test_relative_links_in_html() -> None:
    html = '<a class="x" href="docs/a.html">a</a> <img alt="" src="b.png"> <a href="https://example.org">c</a>'
    assert in_html(html) == Links(("docs/a.html",), ("b.png",))


_MARKUP = st.text(st.sampled_from(list("ab *_`[]()<>!|:-=~#>.\\\n\t\"'&;^{}")), max_size=60)


@settings(deadline=None)
@given(_MARKUP)
def test_no_text_is_too_odd(text: str) -> None:
    assert isinstance(rst.render(text), Rendering)
    assert isinstance(render(text, content_type=_MARKDOWN)[0], Rendering)
    assert isinstance(in_markdown(text), Links)
