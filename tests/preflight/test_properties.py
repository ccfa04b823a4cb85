"""Whatever stands in the metadata: a verdict, soon, and never a rule that fails."""

from __future__ import annotations

import string
import tempfile
import time
from pathlib import Path

import comrak
import pytest
from email_validator import validate_email
from hypothesis import HealthCheck, given, settings, strategies as st
from rfc3986 import uri_reference
from rfc3986.validators import Validator

from support import dists
from tpub.preflight import data
from tpub.preflight.catalogue import RULES
from tpub.preflight.rendering import BEGINS_WITH_PROSE
from tpub.preflight.rules.emails import PLAIN as PLAIN_ADDRESS
from tpub.preflight.rules.urls import PLAIN as PLAIN_URL
from tpub.preflight.run import CheckResult, check

_HEAD = "Metadata-Version: 2.5\nName: sampleproject\nVersion: 1.0\n"
_NAMES = sorted(data.core_metadata().introduced)
_SPICE = [
    "UNKNOWN", "{", "{x}", "}", "\0", "\x7f", "(", ")", "[", "]", "<", ">", "@", ",", ";", ":", "::", "/", "//", "..",
    "*", "=", "==", ">=", "~=", "^", "1.0", "1.0+local", "v1", "rc1", "9" * 5000, "name", "Name", "Dynamic",
    "MIT", "AND", "OR", "https://", "git+https://", "www.", "a@b", "a@b.cc",
    "text/markdown", "text/x-rst", "text/plain", "charset=UTF-8",
    "variant=GFM", "a*0=", "extra == 'a'", "python_version", "\n ", "\r", "\u2028", "\xe9", "\U0001f40d",
    "'", '"', "`", "_", "\\",
    "Private :: Do Not Upload", "Programming Language :: Python", "class", "private", "=?utf-8?q?a?=",
]  # fmt: skip
_VALUES = st.lists(st.one_of(st.sampled_from(_SPICE), st.text(string.printable, max_size=8)), max_size=6).map("".join)
_FIELDS = st.lists(st.tuples(st.one_of(st.sampled_from(_NAMES), st.text(max_size=5)), _VALUES), max_size=8)


def judge(content: bytes) -> CheckResult:
    with tempfile.TemporaryDirectory() as folder:
        return check([dists.sdist(Path(folder), meta=content), dists.wheel(Path(folder), meta=content)])


def known_codes_of(result: CheckResult) -> set[str]:
    return {news.code for news in result.diagnostics} - {rule.code for rule in RULES}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_FIELDS, _VALUES)
def test_fields_without_sense(fields: list[tuple[str, str]], body: str) -> None:
    lines = "".join(f"{name}: {value}\n" for name, value in fields)
    assert known_codes_of(judge((_HEAD + lines + "\n" + body).encode("utf-8", "replace"))) == set()


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_bytes_without_sense(content: bytes) -> None:
    assert known_codes_of(judge(content)) == set()


@pytest.mark.parametrize(
    "meta",
    [
        pytest.param("Requires-Dist: a; " + "(" * 300_000, id="brackets in a marker"),
        pytest.param("Requires-Dist: a" + ">=1," * 90_000 + "<2", id="a range of many parts"),
        pytest.param("Requires-Dist: a b\n" * 19_000, id="many bad requirements"),
        pytest.param("Version: " + "1." * 150_000 + "0", id="a long version"),
        pytest.param("Description-Content-Type: " + "(" * 300_000, id="brackets in a content type"),
        pytest.param("Description-Content-Type: text/plain; " + "a*0=b; " * 50_000, id="parameters"),
        pytest.param("Author-Email: " + "(" * 300_000, id="brackets in an address"),
        pytest.param("License-Expression: " + "(" * 300_000, id="brackets in a licence"),
        pytest.param("Classifier: " + "a" * 300_000, id="a long classifier"),
        pytest.param("Home-Page: https://" + "a." * 150_000, id="a long host"),
        pytest.param("Requires-Dist: {field:>999999999}", id="a width in braces"),
        pytest.param("".join(f"X{n}: a\n" for n in range(300_000)), id="many names of fields"),
        pytest.param("Foo: a\n" * 400_000, id="many fields"),
        pytest.param("Foo: a\r" * 400_000, id="many fields, and no line feed"),
        pytest.param("".join(f"Classifier: Programming :: Python {n}\n" for n in range(9_000)), id="many classifiers"),
        pytest.param("Description-Content-Type: text/markdown\n\n" + "a\n-\n" * 500_000, id="headings"),
        pytest.param("Description-Content-Type: text/markdown\n\n" + ">" * 2_000_000, id="quotes"),
        pytest.param("\n" + "* a\n" * 500_000, id="a list in reStructuredText"),
        pytest.param("Content-Type: multipart/mixed; boundary=x\n\n" + "--x\n\n" * 400_000, id="mail in mail"),
    ],
)
def test_an_absurd_size_takes_no_time(meta: str, tmp_path: Path) -> None:
    path = dists.wheel(tmp_path, meta=(_HEAD + meta).encode())
    began = time.process_time()
    assert known_codes_of(check([path])) == set()
    assert time.process_time() - began < 5  # seconds of work; two, on a machine that measures nothing else


@settings(deadline=None)
@given(st.from_regex(PLAIN_ADDRESS, fullmatch=True))
def test_an_address_that_is_taken_unseen_is_good(address: str) -> None:
    assert validate_email(address, check_deliverability=False).original == address


@settings(deadline=None)
@given(st.from_regex(PLAIN_URL, fullmatch=True))
def test_a_url_that_is_taken_unseen_is_good(url: str) -> None:
    reference = uri_reference(url).normalize()
    validator = Validator().allow_schemes("http", "https").require_presence_of("scheme")
    validator.check_validity_of("scheme", "host", "port", "path", "query").validate(reference)


@settings(deadline=None)
@given(st.from_regex(BEGINS_WITH_PROSE), st.text(string.printable, max_size=40))
def test_a_text_that_is_taken_unseen_shows_something(begin: str, rest: str) -> None:
    assert comrak.render_markdown(begin + rest)
