"""Command lines that are none, and what was probably meant."""

from __future__ import annotations

import re

import pytest

from support.world import Ran, tpub
from tpub.errors import USAGE


@pytest.mark.parametrize(
    ("argv", "code", "message", "hint"),
    [
        pytest.param(
            ["uplaod"], "command-unknown", "there is no command `uplaod`", "Use `tpub upload`.", id="slip in a command"
        ),
        pytest.param(
            ["publish", "dist/*"],
            "command-unknown",
            "there is no command `publish`",
            "Use `tpub upload`.",
            id="command of another tool",
        ),
        pytest.param(
            ["help"], "command-unknown", "there is no command `help`", "Use `tpub --help`.", id="help as a command"
        ),
        pytest.param(
            ["upload", "--indx", "testpypi"],
            "option-unknown",
            "`tpub upload` has no option `--indx`",
            "Use `--index`.",
            id="slip in an option",
        ),
        pytest.param(
            ["check", "--foo"],
            "option-unknown",
            "`tpub check` has no option `--foo`",
            "Run `tpub check --help` for all options.",
            id="no such option",
        ),
        pytest.param(
            ["--verison"],
            "option-unknown",
            "`tpub` has no option `--verison`",
            "Use `--version`.",
            id="slip in an option of the program",
        ),
        pytest.param(
            ["upload", "--color", "nev"],
            "usage-invalid",
            "invalid value for '--color': 'nev' is not one of 'auto', 'always', 'never'",
            "Use `--color never`.",
            id="slip in a value",
        ),
        pytest.param(
            ["rehearse", "--as", "x"],
            "usage-invalid",
            "invalid value for '--as': 'x' is not one of 'github', 'gitlab', 'google', 'activestate'",
            "Run `tpub rehearse --help` to see what it takes.",
            id="no such value",
        ),
        pytest.param(
            ["upload", "--jobs", "many"],
            "usage-invalid",
            "invalid value for '--jobs': 'many' is no whole number",
            "Give a number from 1 to 64.",
            id="no number",
        ),
        pytest.param(
            ["upload", "--wait", "-1"],
            "usage-invalid",
            "invalid value for '--wait': -1.0 is not in the range x>=0",
            "Give a number from 0.",
            id="too small a number",
        ),
        pytest.param(
            ["check", "--format"],
            "usage-invalid",
            "option '--format' requires an argument",
            "Run `tpub check --help` to see what it takes.",
            id="an option without its value",
        ),
        pytest.param(
            ["upload", "--strict=1"],
            "usage-invalid",
            "option '--strict' does not take a value",
            "Run `tpub upload --help` to see what it takes.",
            id="a switch with a value",
        ),
        pytest.param(
            ["verify"],
            "usage-invalid",
            "missing argument 'FILE...|PROJECT==VERSION'",
            "Run `tpub verify --help` to see what it takes.",
            id="nothing given",
        ),
        pytest.param(
            ["explain", "wheel-platform-tagg"],
            "rule-unknown",
            "there is no code 'wheel-platform-tagg'",
            "Use `wheel-platform-tag`.",
            id="slip in a code",
        ),
        pytest.param(
            ["explain", "[No-CI]"],
            "rule-unknown",
            "there is no code '[No-CI]'",
            "Use `no-ci`.",
            id="code in its brackets",
        ),
        pytest.param(
            ["explain", "oidc-off", "platform-tag"],
            "rule-unknown",
            "there is no code 'oidc-off'",
            "Use `index-oidc-off`.",
            id="several codes",
        ),
        pytest.param(
            ["explain", "platform-tag"],
            "rule-unknown",
            "there is no code 'platform-tag'",
            "Use `wheel-platform-tag` or `wheel-platform-tag-set`.",
            id="part of codes",
        ),
        pytest.param(
            ["explain", "gh-"],
            "rule-unknown",
            "there is no code 'gh-'",
            "Run `tpub explain` for all codes.",
            id="part of many codes",
        ),
    ],
)
def test_a_slip(argv: list[str], code: str, message: str, hint: str) -> None:
    assert tpub(*argv) == Ran(USAGE, "", f"error: {message} [{code}]\n  hint: {hint}\n")


def test_what_is_said_fits_a_narrow_terminal() -> None:
    ran = tpub("upload", "--indx", "x", terminal=True, env={"TERM": "xterm", "COLUMNS": "40", "NO_COLOR": "1"})
    assert max(len(re.sub(r"\x1b\[\d*m", "", line)) for line in ran.err.splitlines()) <= 40
    assert "\x1b[3" not in ran.err  # no colour; bold stays
