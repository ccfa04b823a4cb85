from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from tpub.preflight.links import Links, in_html, in_markdown
from tpub.preflight.rendering import render
from tpub.preflight.rst import Rendering, render_here, render_in_a_child

_RST, _MARKDOWN = "text/x-rst", "text/markdown"
_PATIENCE = 60.0  # seconds: the machine that tests may be busy


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
    assert render_here(text) == rendering
    assert render_in_a_child(text, seconds=_PATIENCE) == rendering


@pytest.mark.parametrize(
    "slow",
    [
        pytest.param(".. |a| replace:: x\n\n" + "|a| \n" * 20_000, id="a long one"),
        pytest.param(
            "".join(f".. |a{n}| Replace:: |a{n + 1}| |a{n + 1}|\n" for n in range(40))
            + ".. |a40| replace:: x\n\n|a0|\n",
            id="a short one that doubles forty times",
        ),
    ],
)
def test_a_text_that_takes_too_long_is_given_up(slow: str) -> None:
    assert render(slow, None) == Rendering(None, is_unfinished=True)


@pytest.mark.parametrize(
    ("text", "is_shown"),
    [
        pytest.param("text", True, id="text"),
        pytest.param("", False, id="nothing"),
        pytest.param("[a]: https://example.org\n" * 1000, False, id="link definitions alone"),
        pytest.param("[a]: https://example.org\n" * 1000 + "text", True, id="a text after them"),
        pytest.param("<!-- a comment -->", True, id="a comment, which leaves an empty page"),
        pytest.param("> " * 100_000, True, id="quotes nested absurdly"),
        pytest.param("a\n-\n" * 100_000, True, id="headings without end"),
    ],
)
def test_markdown(text: str, *, is_shown: bool) -> None:
    assert render(text, _MARKDOWN) == Rendering("" if is_shown else None)


def test_a_markdown_text_that_shows_nothing_for_too_long_is_given_up() -> None:
    text = "[a]: https://example.org\n" * 40_000
    assert render(text, _MARKDOWN) == Rendering(None, is_unfinished=True)


@pytest.mark.parametrize("content_type", ["text/plain", "text/plain; charset=UTF-8", "text/html", "a\nb", "a/b; c*"])
def test_what_is_shown_as_it_is(content_type: str) -> None:
    assert render(".. a comment\n", content_type) == Rendering("")


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
    assert isinstance(render(text, _RST), Rendering)
    assert isinstance(render(text, _MARKDOWN), Rendering)
    assert isinstance(in_markdown(text), Links)
