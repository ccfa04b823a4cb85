"""Questions at a terminal: what is asked, and what is left on the line."""

from __future__ import annotations

import io

import pytest

from tpub.cli.main import asker


class Terminal(io.StringIO):
    """A stream that somebody sits at."""

    def isatty(self) -> bool:
        return True


class Interrupted(Terminal):
    """A terminal at which Ctrl-C is typed."""

    def readline(self, _size: int = -1, /) -> str:  # type: ignore[override]  # (as `StringIO` does)
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("typed", "answer", "shown"),
    [
        pytest.param("yes\n", "yes", "Well? ", id="an answer"),
        pytest.param("\n", "", "Well? ", id="Enter alone"),
        pytest.param("", "", "Well? \n", id="the end of input"),
        pytest.param("yes", "yes", "Well? \n", id="an answer, and the end of input"),
    ],
)
def test_what_is_typed(typed: str, answer: str, shown: str) -> None:
    err = Terminal()
    ask = asker({}, Terminal(typed), err)
    assert ask is not None
    assert (ask("Well? ", hidden=False), err.getvalue()) == (answer, shown)


def test_what_follows_an_interrupted_question_begins_a_line() -> None:
    err = Terminal()
    ask = asker({}, Interrupted(), err)
    assert ask is not None
    with pytest.raises(KeyboardInterrupt):
        ask("Well? ", hidden=False)
    assert err.getvalue() == "Well? \n"


@pytest.mark.parametrize(
    ("env", "stdin"),
    [
        pytest.param({"CI": "true"}, Terminal(), id="in CI"),
        pytest.param({}, io.StringIO(), id="a pipe"),
        pytest.param({}, None, id="no input at all"),
    ],
)
def test_nobody_is_asked(env: dict[str, str], stdin: io.StringIO | None) -> None:
    assert asker(env, stdin, Terminal()) is None
