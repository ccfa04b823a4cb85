"""Core metadata."""

from __future__ import annotations

from pathlib import Path

from preflight.cases.model import Case, Make, sdist, wheel
from support import dists

_URL = "dep @ https://example.org/dep-1.0-py3-none-any.whl"


def _raw(meta: bytes) -> Make:
    def make(folder: Path) -> list[Path]:
        return [dists.sdist(folder, meta=meta)]

    return make


VERSIONS = (
    Case("version-missing", "no Version", sdist(Version=""), sdist()),
    Case("version-missing", "Version is UNKNOWN", sdist(Version="UNKNOWN"), sdist()),
    Case("version-invalid", "a word", sdist(version="1.0", Version="1.0.banana"), sdist(version="1.0", Version="v1.0")),
    Case("version-local", "a local part", wheel(version="1.0+local"), wheel(version="1.0.post1")),
    Case("version-local", "from setuptools-scm", sdist(version="0.1.dev3+gabc1234"), sdist(version="0.1.dev3")),
    Case(
        "metadata-version-unknown",
        "2.0",
        sdist(Metadata_Version="2.0", License_File="", License_Expression=""),
        sdist(),
    ),
    Case("metadata-version-unknown", "from the future", sdist(Metadata_Version="9.0"), sdist(Metadata_Version="2.5")),
    Case("metadata-version-unknown", "none", sdist(Metadata_Version=""), sdist()),
)
FIELDS = (
    Case(
        "metadata-field-too-new",
        "a licence expression in 2.3",
        sdist(Metadata_Version="2.3", License_File=""),
        sdist(Metadata_Version="2.3", License_File="", License_Expression="", License="MIT"),
    ),
    Case(
        "metadata-field-too-new",
        "an import name in 2.4",
        sdist(Import_Name="sampleproject"),
        sdist(Import_Name="sampleproject", Metadata_Version="2.5"),
    ),
    Case(
        "metadata-field-duplicate",
        "two summaries",
        sdist(extra="Summary: another\n"),
        sdist(extra="Platform: a\nPlatform: b\n"),
    ),
    Case(
        "metadata-unreadable",
        "a body in several parts",
        sdist(extra="Content-Type: multipart/mixed; boundary=x\n", body="--x\n\ntext\n--x--\n"),
        sdist(extra="Content-Type: text/plain\n"),
    ),
    Case("summary-multiline", "folded", sdist(Summary="one\n  two"), sdist(Summary="one two")),
    Case("summary-too-long", "513 characters", sdist(Summary="x" * 513), sdist(Summary="x" * 512)),
    Case(
        "metadata-value-braces",
        "a template's placeholder",
        sdist(Requires_Dist="dep {version}"),
        sdist(Summary="{{ cookiecutter.summary }}"),
        also=("requirement-invalid",),
    ),
    Case(
        "metadata-value-braces",
        "one brace",
        sdist(Requires_Python="}"),
        sdist(Author="}"),
        also=("requires-python-invalid",),
    ),
    Case(
        "import-name-invalid",
        "a dash",
        sdist(Metadata_Version="2.5", Import_Name="my-mod"),
        sdist(Metadata_Version="2.5", Import_Name="my_mod.sub"),
    ),
    Case(
        "import-name-invalid",
        "a keyword",
        sdist(Metadata_Version="2.5", Import_Name="a.class"),
        sdist(Metadata_Version="2.5", Import_Name="a.klass"),
    ),
    Case(
        "import-name-invalid",
        "a strange option",
        sdist(Metadata_Version="2.5", Import_Namespace="ns; public"),
        sdist(Metadata_Version="2.5", Import_Namespace="ns ; private"),
    ),
    Case("dynamic-field-invalid", "Name", sdist(Dynamic="Name"), sdist(Dynamic="Summary")),
    Case("dynamic-field-invalid", "no field", sdist(Dynamic="dependencies"), sdist(Dynamic="requires-dist")),
    Case("dynamic-names-itself", "Dynamic", sdist(Dynamic="Dynamic"), sdist(Dynamic="License-File")),
)
CONTENT_TYPES = (
    Case("description-content-type-unknown", "HTML", sdist(Description_Content_Type="text/html"), sdist()),
    Case(
        "description-content-type-unknown",
        "no main type",
        sdist(Description_Content_Type="markdown"),
        sdist(Description_Content_Type="Text/Markdown"),
    ),
    Case(
        "description-charset-not-utf8",
        "in lower case",
        sdist(Description_Content_Type="text/markdown; charset=utf-8"),
        sdist(Description_Content_Type="text/markdown; charset=UTF-8"),
    ),
    Case(
        "description-charset-not-utf8",
        "another",
        sdist(Description_Content_Type="text/plain; charset=latin-1"),
        sdist(Description_Content_Type="text/plain"),
    ),
    Case(
        "description-variant-unknown",
        "in lower case",
        sdist(Description_Content_Type="text/markdown; variant=commonmark"),
        sdist(Description_Content_Type="text/markdown; variant=CommonMark"),
    ),
)
REQUIREMENTS = (
    Case("requirement-invalid", "no requirement", sdist(Requires_Dist="foo bar"), sdist(Requires_Dist="foo (>=1.0)")),
    Case("requirement-invalid", "one equals sign", sdist(Requires_Dist="foo=1.0"), sdist(Requires_Dist="foo==1.0")),
    Case("requirement-direct-reference", "a URL", sdist(Requires_Dist=_URL), sdist(Requires_Dist="dep>=1.0")),
    Case(
        "requirement-direct-reference",
        "a repository, for an extra",
        sdist(Requires_Dist="dep @ git+https://example.org/dep ; extra == 'dev'", Provides_Extra="dev"),
        sdist(Requires_Dist="dep ; extra == 'dev'", Provides_Extra="dev"),
    ),
    Case("requires-python-invalid", "a caret", sdist(Requires_Python="^3.9"), sdist(Requires_Python="~=3.9")),
    Case("requires-python-invalid", "no operator", sdist(Requires_Python="3.8"), sdist(Requires_Python="==3.8.*")),
    Case("requires-python-invalid", "a star", sdist(Requires_Python=">=3.8.*"), sdist(Requires_Python=">=4,<3")),
    Case("provides-dist-invalid", "no requirement", sdist(Provides_Dist="a b"), sdist(Provides_Dist="a (>=1.0)")),
    Case("provides-dist-direct-reference", "a URL", sdist(Provides_Dist=_URL), sdist(Provides_Dist="dep")),
    Case("obsoletes-dist-invalid", "no version", sdist(Obsoletes_Dist="old>="), sdist(Obsoletes_Dist="old")),
    Case("obsoletes-dist-direct-reference", "a URL", sdist(Obsoletes_Dist=_URL), sdist(Obsoletes_Dist="dep<2")),
    Case("extra-name-invalid", "a space", sdist(Provides_Extra="my extra"), sdist(Provides_Extra="My.Extra_1")),
)
_NO_FILE = ("sdist-license-file-missing",)
LICENSES = (
    Case(
        "license-expression-invalid", "a name", sdist(License_Expression="MIT License"), sdist(License_Expression="mit")
    ),
    Case(
        "license-expression-invalid",
        "an unknown identifier",
        sdist(License_Expression="Apache 2.0"),
        sdist(License_Expression="GPL-2.0 OR LicenseRef-Mine"),
    ),
    Case(
        "license-expression-invalid",
        "no prefix of a name",
        sdist(License_Expression="MIT OR LicenseReference-"),
        sdist(License_Expression="(LicenseRef-) OR MIT"),
    ),
    Case("license-given-twice", "both fields", sdist(License="MIT"), sdist(License="MIT", License_Expression="")),
    Case(
        "license-file-path-invalid",
        "a pattern",
        sdist(License_File="LICEN[CS]E*"),
        sdist(License_File="LICENSE"),
        also=_NO_FILE,
    ),
    Case("license-file-path-invalid", "a way out", sdist(License_File="../LICENSE"), sdist(), also=_NO_FILE),
    Case("license-file-path-invalid", "absolute", sdist(License_File="/LICENSE"), sdist(), also=_NO_FILE),
    Case("license-file-path-invalid", "a drive", sdist(License_File="C:/LICENSE"), sdist(), also=_NO_FILE),
    Case("license-file-path-invalid", "back slashes", sdist(License_File="licenses\\LICENSE"), sdist(), also=_NO_FILE),
)
CASES = (*VERSIONS, *FIELDS, *CONTENT_TYPES, *REQUIREMENTS, *LICENSES)
