"""What scripts write into `$GITHUB_ENV`."""

from __future__ import annotations

import json

import pytest

from tpub.workflow.document import Document, parse
from tpub.workflow.github.environment_file import written
from tpub.workflow.github.model import workflow


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param('echo "A=b" >> $GITHUB_ENV', {"A": ("b", 1)}, id="echo"),
        pytest.param('make\necho "A=b c" >>"${GITHUB_ENV}"', {"A": ("b c", 2)}, id="further down"),
        pytest.param('echo -n "A=b" | tee -a "$GITHUB_ENV"', {"A": ("b", 1)}, id="through tee"),
        pytest.param('{\n  echo "A=b"\n  echo "C=d"\n} >> $GITHUB_ENV', {"A": ("b", 2), "C": ("d", 3)}, id="a group"),
        pytest.param("printf 'A=%s\\n' \"$B\" >> $GITHUB_ENV", {"A": ("$B", 1)}, id="printf with a value"),
        pytest.param("printf 'A=b\\n' >> $GITHUB_ENV", {"A": ("b", 1)}, id="printf"),
        pytest.param(
            "cat <<EOF >> $GITHUB_ENV\nA=b\nC=$D\nEOF\nmake", {"A": ("b", 2), "C": ("$D", 3)}, id="a document"
        ),
        pytest.param("cat >> $GITHUB_ENV <<'X'\nA=b\nX", {"A": ("b", 2)}, id="a document behind it"),
        pytest.param("cat <<X > a\nA=b\nX\ncat a >> $GITHUB_ENV", {}, id="another document"),
        pytest.param('echo "A=${{ secrets.T }}" >> $GITHUB_ENV', {"A": ("${{ secrets.T }}", 1)}, id="an expression"),
        pytest.param('echo "A=b" | Out-File -FilePath $Env:GITHUB_ENV', {"A": ("b", 1)}, id="PowerShell"),
        pytest.param('echo "A=b" >> $GITHUB_OUTPUT\necho x >> $GITHUB_ENV', {}, id="an output"),
        pytest.param('echo "A=b"', {}, id="to the log"),
        pytest.param('echo "::add-mask::$T" >> $GITHUB_ENV', {}, id="no variable"),
        pytest.param("echo >> $GITHUB_ENV", {}, id="nothing"),
    ],
)
def test_what_is_written(script: str, expected: dict[str, tuple[str, int]]) -> None:
    lines = "".join(f"        {line}\n" for line in script.split("\n"))
    text = f"jobs:\n  a:\n    steps:\n    - run: |\n{lines}"
    document = parse(text, "x.yml")
    assert isinstance(document, Document)
    found = written(workflow(document).jobs[0].steps[0])
    assert {name: (each.value, each.line.line - 4 if each.line else 0) for name, each in found.items()} == expected


def test_an_action_writes_nothing() -> None:
    document = parse(json.dumps({"jobs": {"a": {"steps": [{"uses": "x/GITHUB_ENV@v1"}]}}}), "x.yml")
    assert isinstance(document, Document)
    assert written(workflow(document).jobs[0].steps[0]) == {}
