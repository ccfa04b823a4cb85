"""A tool that is too old because a file of the checkout asks for an old one."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.evidence import CI, GRANTED, RELEASE, github, of, told
from tpub.diagnostic import Line
from tpub.doctor.diagnose import diagnose

OLD = "twine==5.1.1\n"
INSTALL = "pip install -r requirements.txt"
CONDA = "name: release\ndependencies:\n  - python\n"


def job(install: str, publish: str = "twine upload dist/*", more: str = "") -> str:
    steps = f"    steps:\n      - uses: actions/checkout@v5\n      - run: {install}\n"
    return github(f"{GRANTED}{steps}        {more}\n      - run: {publish}\n")


def conda_job(action: str, name: str = "environment.yml") -> str:
    setup = f"    steps:\n      - uses: {action}\n        with: {{environment-file: {name}}}\n"
    return github(f"{GRANTED}{setup}      - run: twine upload dist/*\n")


@pytest.mark.parametrize(
    ("install", "files", "expected"),
    [
        pytest.param(INSTALL, {"requirements.txt": f"build\n{OLD}"}, ("requirements.txt", 2), id="requirements"),
        pytest.param("pip install -rdev.txt", {"dev.txt": " twine<6  # why\n"}, ("dev.txt", 1), id="in one word"),
        pytest.param(
            "python -m pip install --requirement=ci/r.txt",
            {"ci/r.txt": "-r ../base.txt\n", "base.txt": "# tools\nTwine [keyring] ~= 5.0 \\\n    --hash=sha256:00\n"},
            ("base.txt", 2),
            id="a file in a file",
        ),
        pytest.param("pip install twine -c c.txt", {"c.txt": OLD}, ("c.txt", 1), id="constraints"),
        pytest.param("uv pip install --constraints c.txt twine", {"c.txt": OLD}, ("c.txt", 1), id="uv's"),
        pytest.param("uv pip sync a.txt", {"a.txt": OLD}, ("a.txt", 1), id="uv pip sync"),
        pytest.param("pip-sync a.txt", {"a.txt": OLD}, ("a.txt", 1), id="pip-sync"),
        pytest.param(
            "mamba env create --file env.yml",
            {"env.yml": CONDA + "  - conda-forge::twine=5.1\n"},
            ("env.yml", 4),
            id="conda",
        ),
        pytest.param(
            "conda env update -f env.yml",
            {"env.yml": CONDA + "  - pip:\n    - twine<6\n"},
            ("env.yml", 5),
            id="conda's pip",
        ),
    ],
)
def test_an_old_tool_is_shown_where_it_is_asked_for(
    tmp_path: Path, install: str, files: dict[str, str], expected: tuple[str, int]
) -> None:
    (found,) = (each for each in diagnose(of(tmp_path, {RELEASE: job(install)} | files)) if each.code == "tool-no-oidc")
    (line,) = (each for each in found.evidence if isinstance(each, Line))
    assert (line.path, line.line) == expected


@pytest.mark.parametrize(
    ("text", "files", "codes"),
    [
        pytest.param(job(INSTALL), {"requirements.txt": "twine>=5\n"}, [], id="from 5 on"),
        pytest.param(job(INSTALL), {"requirements.txt": "twine==6.2.0\n"}, [], id="new enough"),
        pytest.param(job(INSTALL), {"requirements.txt": "twine\n-e .\nx @ y\n"}, [], id="the latest"),
        pytest.param(job(INSTALL), {"requirements.txt": f"#{OLD}"}, [], id="a comment"),
        pytest.param(
            job(INSTALL), {"requirements.txt": "twine<6; python_version<'3.9'\n"}, [], id="for another Python"
        ),
        pytest.param(job(INSTALL), {"requirements.txt": "twinery<6\n"}, [], id="another tool"),
        pytest.param(job(INSTALL), {}, [], id="no such file"),
        pytest.param(job("pip install -r ../r.txt"), {"r.txt": OLD}, [], id="a file elsewhere"),
        pytest.param(job("pip install -r $FILE"), {"requirements.txt": OLD}, [], id="any file"),
        pytest.param(job("pip download -r requirements.txt"), {"requirements.txt": OLD}, [], id="not installed"),
        pytest.param(
            job(f"{INSTALL} && pip install -U twine"), {"requirements.txt": OLD}, [], id="and then the latest"
        ),
        pytest.param(job(INSTALL, "uvx twine upload dist/*"), {"requirements.txt": OLD}, [], id="not what is run"),
        pytest.param(job(INSTALL, "uv publish"), {"requirements.txt": OLD}, [], id="another publishes"),
        pytest.param(
            job(INSTALL, more="working-directory: py"), {"py/requirements.txt": OLD}, ["tool-no-oidc"], id="in a folder"
        ),
        pytest.param(job(INSTALL, more="working-directory: py"), {"requirements.txt": OLD}, [], id="in another folder"),
        pytest.param(
            conda_job("mamba-org/setup-micromamba@v2"),
            {"environment.yml": CONDA + "  - twine =5.1.1=py_0\n"},
            ["tool-no-oidc"],
            id="conda's environment",
        ),
        pytest.param(
            conda_job("conda-incubator/setup-miniconda@v3"),
            {"environment.yml": CONDA + "  - twine>=5\n  - twine\n  - {}\n"},
            [],
            id="conda's environment, the latest",
        ),
        pytest.param(conda_job("x/y@v1"), {"environment.yml": "a: [\n"}, [], id="conda's environment, unreadable"),
        pytest.param(conda_job("x/y@v1"), {"environment.yml": "a: b\n"}, [], id="conda's environment, of nothing"),
        pytest.param(job("pip install -r a.txt"), {"a.txt": "-r a.txt\ntwine>=6\n"}, [], id="a file that names itself"),
    ],
)
def test_what_files_ask_for(tmp_path: Path, text: str, files: dict[str, str], codes: list[str]) -> None:
    assert [code for code, _ in told(of(tmp_path, {RELEASE: text} | files, {"TPUB_TOKEN": "x"}))] == codes


def test_on_gitlab(tmp_path: Path) -> None:
    text = "publish:\n  id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}\n  script: [pip install -r r.txt, uv publish]\n"
    files = {CI: text, "r.txt": "uv==0.8.3\n"}
    assert [code for code, _ in told(of(tmp_path, files, {"TPUB_TOKEN": "x"}))] == ["tool-no-oidc"]
