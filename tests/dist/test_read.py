from __future__ import annotations

from pathlib import Path

import pytest
from support import dists

from tpub.dist.metadata import split
from tpub.dist.model import Kind
from tpub.dist.read import read
from tpub.errors import DistributionError


def test_a_wheel(tmp_path: Path) -> None:
    found = read(dists.wheel(tmp_path, "Sample.Project", "1.0", tag="py2.py3-none-any"))
    assert (found.kind, found.project, found.normalized_project, found.version, found.python_tag) == (
        Kind.WHEEL,
        "Sample.Project",
        "sample-project",
        "1.0",
        "py2.py3",
    )


def test_an_sdist(tmp_path: Path) -> None:
    path = dists.sdist(tmp_path)
    found = read(path)
    assert (found.kind, found.python_tag, found.size) == (Kind.SDIST, "source", path.stat().st_size)


def cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def text(folder: Path, name: str) -> Path:
    (folder / name).write_bytes(b"not an archive")
    return folder / name


@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(lambda d: text(d, "notes.txt"), "filename-extension-unsupported", id="neither wheel nor sdist"),
        pytest.param(lambda d: text(d, "a-1.0-py3.whl"), "wheel-filename-parts", id="wheel name too short"),
        pytest.param(lambda d: text(d, "something.tar.gz"), "sdist-filename-invalid", id="sdist name without version"),
        pytest.param(lambda d: text(d, "a-1.0-py3-none-any.whl"), "zip-not-a-zip", id="no zip"),
        pytest.param(lambda d: text(d, "a-1.0.tar.gz"), "tar-not-a-tar", id="no tar"),
        pytest.param(lambda d: cut(dists.wheel(d)), "zip-not-a-zip", id="wheel cut short"),
        pytest.param(lambda d: cut(dists.sdist(d)), "tar-not-a-tar", id="sdist cut short"),
        pytest.param(lambda d: dists.wheel(d, meta=b""), "wheel-metadata-missing", id="wheel with empty METADATA"),
        pytest.param(lambda d: dists.sdist(d, meta=b""), "sdist-pkg-info-missing", id="sdist with empty PKG-INFO"),
        pytest.param(lambda d: dists.wheel(d, meta=dists.metadata(Name="")), "name-missing", id="no Name"),
        pytest.param(lambda d: dists.sdist(d, meta=dists.metadata(Version="")), "version-missing", id="no Version"),
        pytest.param(
            lambda d: dists.sdist(d, meta=dists.metadata("other")), "sdist-filename-other-project", id="other Name"
        ),
        pytest.param(
            lambda d: dists.wheel(d, meta=dists.metadata(Version="2.0")),
            "wheel-filename-other-project",
            id="other Version",
        ),
        pytest.param(
            lambda d: dists.wheel(d, meta=dists.metadata(Version="banana")),
            "wheel-filename-other-project",
            id="Version that is none",
        ),
    ],
)
def test_a_file_that_cannot_be_published(tmp_path: Path, make: object, code: str) -> None:
    assert callable(make)
    path: Path = make(tmp_path)
    with pytest.raises(DistributionError) as caught:
        read(path)
    told = caught.value.diagnostic
    assert (told.code, told.file) == (code, path.name)
    assert str(tmp_path) not in told.message


def test_who_has_the_metadata_already_spares_the_archive(tmp_path: Path) -> None:
    found = read(text(tmp_path, "sampleproject-1.0.tar.gz"), metadata=dists.metadata())
    assert (found.project, found.version, found.metadata.raw["summary"]) == ("sampleproject", "1.0", "A sample project")


def test_a_body_that_is_no_utf8_is_read_all_the_same(tmp_path: Path) -> None:
    meta = dists.metadata(body="") + b"caf\xe9"
    assert read(dists.wheel(tmp_path, meta=meta)).metadata.unparsed == {"description": ["caf\ufffd"]}


@pytest.mark.parametrize(
    ("meta", "description"),
    [
        pytest.param(
            b"Description: Title\n        =====\n        \n            code\n", "Title\n=====\n\n    code", id="eight columns"
        ),
        pytest.param(b"Description: Title\n       |=====\n       |\n", "Title\n=====\n", id="a pipe"),
        pytest.param(b"\nTitle\n        code\n", "Title\n        code\n", id="the body stays as it is"),
    ],
)
def test_a_description_among_the_headers_is_unfolded(meta: bytes, description: str) -> None:
    assert split(b"Metadata-Version: 2.1\n" + meta).raw["description"] == description
