"""Names of projects and files."""

from __future__ import annotations

import zipfile
from pathlib import Path

from preflight.cases.model import Case, Make, renamed, sdist, tagged, wheel
from support import dists

_LONG = "a" * 214  # `..._-1.0-py3-none-any.whl` brings it to 247 bytes


def _meta(filename: str, *, name: str = "sampleproject", version: str = "1.0") -> Make:
    """Make a file of that name whose core metadata says `name` and `version`."""
    meta = dists.metadata(name, version)
    if filename.endswith(".whl"):
        info = "-".join(filename.split("-")[:2]) + ".dist-info"
        files = {f"{info}/METADATA": meta, f"{info}/WHEEL": b"Wheel-Version: 1.0\n", f"{info}/licenses/LICENSE": b""}
        files[f"{info}/RECORD"] = dists.record(files, f"{info}/RECORD")
        return lambda folder: [dists.wheel(folder, filename=filename, files=files)]
    return lambda folder: [dists.sdist(folder, name, version, meta=meta, filename=filename)]


def _zipped(folder: Path) -> list[Path]:
    """Write an sdist as it was before PEP 625."""
    path = folder / "sampleproject-1.0.zip"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("sampleproject-1.0/PKG-INFO", dists.metadata())
        archive.writestr("sampleproject-1.0/LICENSE", dists.LICENSE)
    return [path]


PROJECTS = (
    Case("name-missing", "no Name", sdist(Name=""), sdist()),
    Case("name-missing", "Name is UNKNOWN", sdist(Name="UNKNOWN"), sdist(name="unknown-1")),
    Case("name-invalid", "a space", sdist(Name="sample project"), sdist(Name="SampleProject")),
    Case("name-invalid", "a dot at the end", sdist(Name="sampleproject."), sdist(name="sample.project")),
    Case("name-invalid", "not ASCII", sdist(Name="samplepröject"), sdist(name="sample_project")),
    Case("project-name-stdlib", "a module", wheel(name="asyncio"), wheel(name="asyncio-extras")),
    Case("project-name-stdlib", "a module in a package", wheel(name="xml.dom"), wheel(name="xml.doms")),
    Case("project-name-stdlib", "spelt otherwise", wheel(name="Concurrent_Futures"), wheel(name="importlib-metadata")),
)
FILES = (
    Case(
        "filename-control-character",
        "a bell",
        renamed("sample\x07-1.0.tar.gz"),
        sdist(),
        also=("sdist-filename-other-project",),
    ),
    Case(
        "filename-control-character",
        "DEL",
        renamed("sample\x7f-1.0.tar.gz"),
        sdist(),
        also=("sdist-filename-other-project",),
    ),
    Case(
        "filename-path-separator",
        "a back slash",
        renamed("x\\sampleproject-1.0.tar.gz"),
        sdist(),
        also=("sdist-filename-other-project",),
    ),
    Case("filename-extension-unsupported", ".tgz", renamed("sampleproject-1.0.tgz"), sdist()),
    Case("filename-extension-unsupported", "an egg", renamed("sampleproject-1.0-py3.12.egg"), sdist()),
    Case("filename-extension-wrong-kind", ".TAR.GZ", renamed("sampleproject-1.0.TAR.GZ"), sdist()),
    Case("filename-extension-wrong-kind", ".Whl", renamed("sampleproject-1.0-py3-none-any.Whl"), wheel()),
    Case("filename-too-long", "247 bytes", wheel(name=_LONG + "b" * 12), wheel(name=_LONG + "b" * 11)),
)
SDISTS = (
    Case("sdist-zip-format", "a zip file", _zipped, sdist()),
    Case("sdist-filename-invalid", "no version", renamed("sampleproject.tar.gz"), sdist()),
    Case("sdist-filename-invalid", "a bad version", renamed("sampleproject-latest.tar.gz"), sdist()),
    Case("sdist-filename-other-project", "another name", renamed("other-1.0.tar.gz"), sdist()),
    Case(
        "sdist-filename-not-normalized",
        "a dash",
        _meta("my-project-1.0.tar.gz", name="my-project"),
        sdist(name="my-project"),
    ),
    Case(
        "sdist-filename-not-normalized",
        "a dot",
        _meta("my.project-1.0.tar.gz", name="my.project"),
        sdist(name="my.project"),
    ),
    Case("sdist-filename-not-normalized", "capitals", _meta("Sample-1.0.tar.gz", name="Sample"), sdist(name="Sample")),
    Case("sdist-filename-version-mismatch", "a leading v", _meta("sampleproject-v1.0.tar.gz"), sdist()),
    Case(
        "sdist-filename-version-mismatch",
        "a calendar version with zeros",
        _meta("sampleproject-2026.01.05.tar.gz", version="2026.01.05"),
        _meta("sampleproject-2026.1.5.tar.gz", version="2026.01.05"),
    ),
    Case(
        "sdist-filename-version-mismatch",
        "trailing zero",
        _meta("sampleproject-1.0.0.tar.gz", version="1.0"),
        _meta("sampleproject-1.0.post1.tar.gz", version="1.0-1"),
    ),
    Case(
        "sdist-filename-version-mismatch",
        "a post-release with a dash",
        _meta("sampleproject-1.0-1.tar.gz", version="1.0.post1"),
        _meta("sampleproject-1.0.post1.tar.gz", version="1.0.post1"),
    ),
)
WHEELS = (
    Case("wheel-filename-parts", "four parts", renamed("sampleproject-1.0-py3-none.whl"), wheel()),
    Case(
        "wheel-filename-parts",
        "seven parts",
        renamed("sampleproject-1.0-1-2-py3-none-any.whl"),
        tagged("1-py3-none-any"),
    ),
    Case(
        "wheel-filename-name-invalid",
        "two underscores",
        _meta("sample__project-1.0-py3-none-any.whl", name="sample-project"),
        wheel(name="sample-project"),
        also=("wheel-filename-not-normalized",),
    ),
    Case(
        "wheel-filename-version-invalid",
        "a word",
        _meta("sampleproject-1.0banana-py3-none-any.whl"),
        _meta("sampleproject-1.0rc1-py3-none-any.whl", version="1.0.RC1"),
    ),
    Case("wheel-filename-build-tag", "a letter", tagged("q-py3-none-any"), tagged("1q-py3-none-any")),
    Case(
        "wheel-filename-other-project",
        "another name",
        _meta("other-1.0-py3-none-any.whl"),
        _meta("sampleproject-1.0-py3-none-any.whl", name="SampleProject"),
    ),
    Case(
        "wheel-filename-not-normalized",
        "capitals",
        _meta("SampleProject-1.0-py3-none-any.whl"),
        _meta("sampleproject-1.0-py3-none-any.whl", name="SampleProject"),
    ),
    Case(
        "wheel-filename-not-normalized",
        "dots",
        _meta("sample.project-1.0-py3-none-any.whl", name="sample.project"),
        _meta("sample_project-1.0-py3-none-any.whl", name="sample.project"),
    ),
    Case(
        "wheel-filename-version-mismatch",
        "another version",
        _meta("sampleproject-1.0-py3-none-any.whl", version="1.1"),
        _meta("sampleproject-1.0-py3-none-any.whl", version="v1.0.0"),
    ),
)
TAGS = (
    Case("wheel-platform-tag", "plain Linux", tagged("cp312-cp312-linux_x86_64"), tagged("cp312-cp312-linux_armv7l")),
    Case(
        "wheel-platform-tag",
        "an architecture without manylinux",
        tagged("cp312-cp312-manylinux_2_39_loongarch64"),
        tagged("cp312-cp312-manylinux_2_31_riscv64"),
    ),
    Case(
        "wheel-platform-tag",
        "an old manylinux on a new architecture",
        tagged("cp312-cp312-manylinux1_aarch64"),
        tagged("cp312-cp312-manylinux2014_aarch64"),
    ),
    Case(
        "wheel-platform-tag",
        "musllinux on ppc64",
        tagged("cp312-cp312-musllinux_1_2_ppc64"),
        tagged("cp312-cp312-manylinux_2_17_ppc64"),
    ),
    Case(
        "wheel-platform-tag",
        "a minor version of a new macOS",
        tagged("cp312-cp312-macosx_11_3_arm64"),
        tagged("cp312-cp312-macosx_11_0_arm64"),
    ),
    Case(
        "wheel-platform-tag",
        "a macOS that does not exist",
        tagged("cp312-cp312-macosx_27_0_arm64"),
        tagged("cp312-cp312-macosx_26_0_universal2"),
    ),
    Case(
        "wheel-platform-tag",
        "an architecture that macOS calls otherwise",
        tagged("cp312-cp312-macosx_10_15_amd64"),
        tagged("cp312-cp312-macosx_10_12_intel"),
    ),
    Case(
        "wheel-platform-tag",
        "a television",
        tagged("cp312-cp312-ios_13_0_arm64_appletvos"),
        tagged("cp312-cp312-ios_13_0_arm64_iphoneos"),
    ),
    Case(
        "wheel-platform-tag",
        "Android on an unknown architecture",
        tagged("cp312-cp312-android_21_mips"),
        tagged("cp312-cp312-android_21_arm64_v8a"),
    ),
    Case(
        "wheel-platform-tag",
        "Emscripten under its old name",
        tagged("cp312-cp312-emscripten_3_1_58_wasm32"),
        tagged("cp312-cp312-pyemscripten_2026_0_wasm32"),
    ),
    Case(
        "wheel-platform-tag", "Windows on 32-bit ARM", tagged("cp312-cp312-win_arm32"), tagged("cp312-cp312-win_arm64")
    ),
    Case(
        "wheel-platform-tag-set",
        "plain Linux beside manylinux",
        tagged("cp312-cp312-linux_x86_64.manylinux_2_17_x86_64"),
        tagged("cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64"),
    ),
)
CASES = (*PROJECTS, *FILES, *SDISTS, *WHEELS, *TAGS)
