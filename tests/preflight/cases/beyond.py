"""What the index takes and users regret; and the files of a run together."""

from __future__ import annotations

from pathlib import Path

from preflight.cases.model import Case, Make, renamed, sdist, tagged, together, wheel
from support import dists


def _latin1(folder: Path) -> list[Path]:
    return [dists.sdist(folder, meta=dists.metadata(Author="Jos\u00e9").replace("\u00e9".encode(), b"\xe9"))]


def _twin(folder: Path) -> list[Path]:
    first = dists.wheel(folder, tag="py3-none-any")
    second = folder / "sampleproject-1.0-py2.py3-none-any.whl"
    second.write_bytes(first.read_bytes())
    return [first, second]


def _note(filename: str) -> Make:
    def write(folder: Path) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / filename
        path.write_text("note")
        return [path]

    return write


def _two_wheels(folder: Path) -> list[Path]:
    return [dists.wheel(folder, tag="py3-none-any"), dists.wheel(folder, tag="py2-none-any")]


WARNINGS = (
    Case("metadata-not-utf8", "Latin-1", _latin1, sdist(Author="Jos\u00e9")),
    Case("metadata-field-unknown", "a slip", sdist(Requires="", Require_Dist="a"), sdist(Requires_Dist="a")),
    Case(
        "license-file-not-sent",
        "in metadata 2.1",
        sdist(Metadata_Version="2.1", License_Expression="", License="MIT"),
        sdist(Metadata_Version="2.4"),
    ),
    Case("license-missing", "none", sdist(License_Expression="", License_File=""), sdist(License_Expression="")),
    Case(
        "license-classifier-deprecated",
        "both",
        sdist(Classifier="License :: OSI Approved :: MIT License"),
        sdist(License_Expression="", Classifier="License :: OSI Approved :: MIT License"),
    ),
    Case(
        "wheel-tags-differ",
        "renamed",
        renamed("sampleproject-1.0-py2.py3-none-any.whl", wheel()),
        tagged("py2.py3-none-any"),
    ),
    Case("requires-python-missing", "none", sdist(Requires_Python=""), sdist()),
    Case("description-missing", "none", sdist(body=""), sdist(body="text")),
    Case(
        "description-relative-link",
        "a document",
        sdist(body="[docs](docs/index.md)\n"),
        sdist(body="[docs](https://example.org) [up](#top) [me](mailto:me@example.org)\n"),
    ),
    Case(
        "description-relative-link",
        "an image",
        sdist(Description_Content_Type="text/x-rst", body=".. image:: logo.png\n"),
        sdist(Description_Content_Type="text/x-rst", body=".. image:: https://example.org/logo.png\n"),
    ),
)
RUNS = (
    Case("file-exists", "another file of that name", together(sdist(), sdist(Summary="b")), together(sdist(), sdist())),
    Case("file-duplicate-content", "under another name", _twin, _two_wheels),
    Case("filename-extension-unsupported", "two notes", together(sdist(), _note("a.txt"), _note("b.txt")), sdist()),
    Case(
        "sdist-second-in-release",
        "a second sdist",
        together(sdist(), renamed("sampleproject-1.0.0.tar.gz", sdist(version="1.0.0"))),
        together(sdist(), wheel(), sdist(version="1.1")),
    ),
    Case(
        "release-metadata-differs",
        "other requirements",
        together(wheel(), sdist(Requires_Dist="a")),
        together(wheel(Requires_Dist="a"), sdist(Requires_Dist="b", Dynamic="Requires-Dist")),
    ),
    Case(
        "release-metadata-differs",
        "in other words",
        together(wheel(Summary="one"), sdist(Summary="two")),
        together(wheel(Requires_Dist="a (<2,>=1) ; extra == 'b'"), sdist(Requires_Dist='a<2,>=1; extra == "b"')),
    ),
    Case("release-versions-mixed", "leftovers", together(wheel(version="1.1"), wheel()), together(wheel(), sdist())),
    Case("release-tag-mismatch", "not raised", wheel(), together(wheel(version="1.1.0"), wheel()), tag="v1.1"),
    Case("release-tag-mismatch", "made of no tag", wheel(version="0.1.dev1"), wheel(version="1.1"), tag="1.1"),
    Case("release-tag-mismatch", "of an epoch", wheel(version="1!1.0"), wheel(version="1!1.1"), tag="v1.1"),
    Case("release-tag-mismatch", "by name", wheel(), wheel(name="other"), tag="SampleProject-1.1"),
)
CASES = (*WARNINGS, *RUNS)
