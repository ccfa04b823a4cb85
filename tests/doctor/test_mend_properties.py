"""Whatever people write beside their keys, and however they type them, a mend keeps it."""

from __future__ import annotations

import random
import re
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings, strategies as st

from support.checkouts import laid
from support.evidence import of, told
from support.mending import BROKEN, TANGLED, errors, marred, mended, typed
from tpub.doctor.diagnose import findings
from tpub.doctor.mend import mends
from tpub.doctor.write import write

words = st.text("abc é'\"{}[]:-", min_size=1, max_size=8).map(str.strip).filter(bool)
chances = st.integers(0, 2**32 - 1).map(random.Random)


@st.composite
def commented(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a broken set-up with remarks behind and between its lines."""
    path, text = draw(st.sampled_from(BROKEN))
    lines = []
    for number, line in enumerate(text.splitlines()):
        indent = line[: len(line) - len(line.lstrip())]
        if draw(st.booleans()):
            lines.append(f"{indent}# {number}a {draw(words)}")
        lines.append(f"{line}  # {number}b {draw(words)}" if draw(st.booleans()) else line)
    return path, "\n".join(lines) + draw(st.sampled_from(["", "\n"]))


def remarks(text: str) -> Counter[str]:
    return Counter(re.findall(r"# \d+[ab] .*", text))


@given(commented())
def test_every_remark_stays(given_file: tuple[str, str]) -> None:
    path, text = given_file
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (mend,) = mends(root, findings(of(root, {path: text})))
        write(root, [mend])
        assert remarks(mend.after) == remarks(text)
        assert told(of(root, {}, {"TPUB_TOKEN": "x"})) == []


def lines(text: str) -> Counter[str]:
    """Return the lines of a file, however far in they stand."""
    return Counter(line.strip() for line in text.removeprefix("\ufeff").split("\n"))


@given(st.sampled_from(BROKEN), chances)
def test_however_a_file_is_typed_it_is_mended_and_all_else_stays(
    broken: tuple[str, str], chance: random.Random
) -> None:
    path, text = broken[0], typed(broken[1], chance)
    with tempfile.TemporaryDirectory() as name:
        root = laid(Path(name), {path: text})
        (mend,) = mended(root)
        assert sum((lines(text) - lines(mend.after)).values()) <= 1  # one word is another, or nothing is gone
        assert errors(root) == []


@given(st.sampled_from(BROKEN + TANGLED), chances)
@settings(max_examples=200)
def test_a_mend_of_whatever_it_is_leaves_a_file_that_reads(broken: tuple[str, str], chance: random.Random) -> None:
    text = marred(typed(broken[1], chance), chance)
    with tempfile.TemporaryDirectory() as name:
        root = laid(Path(name), {broken[0]: text})
        made = mended(root)
        assert (root / broken[0]).read_bytes().decode() == (made[-1].after if made else text)
