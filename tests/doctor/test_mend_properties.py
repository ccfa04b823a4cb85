"""Whatever people write beside their keys, a mend keeps it."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, strategies as st

from support.evidence import ACTION, CI, GRANTED, RELEASE, UPLOAD, github, of, told
from tpub.doctor.diagnose import findings
from tpub.doctor.mend import mends
from tpub.doctor.write import write

SCRIPT = "  script:\n    - tpub upload dist/*\n"
TOKENS = "  id_tokens:\n    PYPI_ID_TOKEN:\n      aud: pypi\n"
# Set-ups that are mended without taking anything away.
BROKEN = (
    (RELEASE, github(UPLOAD)),
    (RELEASE, github("    permissions:\n      id_token: write\n" + UPLOAD)),
    (RELEASE, github("    permissions:\n      id-token: read\n" + UPLOAD)),
    (RELEASE, github("    permissions:\n      contents: read\n" + UPLOAD, top="permissions:\n  id-token: write\n")),
    (RELEASE, github(UPLOAD, build="    permissions:\n      id-token: write\n")),
    (RELEASE, github(GRANTED + ACTION.replace("{name: dist, path: dist/}", "{path: dist/}"))),
    (CI, f"publish:\n  stage: deploy\n{SCRIPT}"),
    (CI, f"build:\n  script: make\n{TOKENS}publish:\n  stage: deploy\n{SCRIPT}"),
    (CI, f"id_tokens:\n  PYPI_ID_TOKEN:\n    aud: pypi\npublish:\n  stage: deploy\n{SCRIPT}"),
    (CI, f"publish:\n{TOKENS.replace('aud: pypi', 'aud: testpypi')}{SCRIPT}"),
)
words = st.text("abc é'\"{}[]:-", min_size=1, max_size=8).map(str.strip).filter(bool)


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
