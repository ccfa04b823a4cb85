"""What lies in dist/ beside the distributions, by what the jobs do on the way to the upload."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.evidence import ACTION, CI, GRANTED, RELEASE, github, of
from tpub.diagnostic import Line
from tpub.doctor.diagnose import diagnose

STEP = "    steps:\n      - run: |\n          python -m build\n          {}\n"
UPLOAD = "      - run: twine upload dist/*\n"
IDS = "  id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}\n"


def strays(root: Path, files: dict[str, str]) -> list[tuple[str, int]]:
    """Return the names that are told, each with the line that is pointed at."""
    return [
        (each.message.split()[2].rstrip(","), line.line)
        for each in diagnose(of(root, files, {"TPUB_TOKEN": "x"}))
        if each.code == "dist-stray-files"
        for line in each.evidence
        if isinstance(line, Line)
    ]


@pytest.mark.parametrize(
    ("run", "name"),
    [
        pytest.param("sha256sum dist/* > dist/SHA256SUMS", "SHA256SUMS", id="into a file"),
        pytest.param("(cd dist && sha256sum * > SHA256SUMS)", "SHA256SUMS", id="from within"),
        pytest.param("sha256sum dist/* | tee dist/sums.txt", "sums.txt", id="tee"),
        pytest.param("cp README.md dist/", "README.md", id="copied"),
        pytest.param("cp -r docs/LICENSE ./dist", "LICENSE", id="copied from a folder"),
        pytest.param("mv sbom.json dist/", "sbom.json", id="moved"),
        pytest.param("touch dist/x.json", "x.json", id="touched"),
        pytest.param("cyclonedx-py environment -o dist/sbom.json", "sbom.json", id="an output"),
        pytest.param("python -m build -o dist/", None, id="the build's output"),
        pytest.param("sha256sum dist/* > SHA256SUMS", None, id="elsewhere"),
        pytest.param("mv wheelhouse/*.whl dist/", None, id="wheels"),
        pytest.param("cp -r wheelhouse/* dist/", None, id="whatever there is"),
        pytest.param("touch dist/.gitkeep", None, id="hidden"),
        pytest.param("echo > dist/x.txt; rm dist/x.txt", None, id="taken away"),
        pytest.param("echo > dist/x.txt; mv dist/x.txt .", None, id="moved away"),
        pytest.param("echo > dist/x.txt; find dist -name '*.txt' -delete", None, id="found and deleted"),
        pytest.param("echo > dist/x.txt; rm dist/*.txt", None, id="taken away by a pattern"),
    ],
)
def test_a_file_beside_the_distributions(tmp_path: Path, run: str, name: str | None) -> None:
    found = [] if name is None else [(name, 17)]
    assert strays(tmp_path / "github", {RELEASE: github(GRANTED + STEP.format(run) + UPLOAD)}) == found
    script = f"  script:\n    - python -m build\n    - {run}\n    - twine upload dist/*\n"
    found = [] if name is None else [(name, 5)]
    assert strays(tmp_path / "gitlab", {CI: f"publish:\n{IDS}{script}"}) == found


@pytest.mark.parametrize(
    ("upload", "is_told"),
    [
        pytest.param("twine upload dist/*", True, id="everything"),
        pytest.param("twine upload dist/*.whl dist/*.tar.gz", False, id="distributions alone"),
        pytest.param("uv publish", False, id="uv passes over the rest"),
    ],
)
def test_what_the_upload_takes(tmp_path: Path, upload: str, is_told: bool) -> None:  # noqa: FBT001  (expected)
    text = github(GRANTED + STEP.format("echo > dist/x.txt") + UPLOAD.replace("twine upload dist/*", upload))
    assert bool(strays(tmp_path, {RELEASE: text})) is is_told


HANDED = """\
      - run: echo > dist/x.txt
      - uses: actions/upload-artifact@v4
        with: {name: dist, path: dist/}
"""


@pytest.mark.parametrize(
    ("handed", "between", "found"),
    [
        pytest.param(HANDED, "", [("x.txt", 9)], id="by the job before"),
        pytest.param(HANDED, "      - run: rm dist/x.txt\n", [], id="and taken away"),
        pytest.param(HANDED.replace("dist/}", "dist/*.whl}"), "", [], id="a part of it"),
        pytest.param(HANDED.replace("- run: echo > dist/x.txt", "- run: make"), "", [], id="nothing"),
    ],
)
def test_what_is_handed_over(tmp_path: Path, handed: str, between: str, found: list[tuple[str, int]]) -> None:
    text = github(GRANTED + ACTION.replace("      - uses: pypa", f"{between}      - uses: pypa"))
    text = text.replace("      - run: python -m build\n", f"      - run: python -m build\n{handed}")
    assert strays(tmp_path, {RELEASE: text}) == found
