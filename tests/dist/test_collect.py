from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tpub.dist.collect import collect
from tpub.errors import ConfigError


def lay_out(folder: Path) -> list[Path]:
    paths = [folder / name for name in ("a/x-1.0.tar.gz", "b/x-1.0.tar.gz", "b/x-1.0.tar.gz.publish.attestation")]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return paths


def test_files_are_found_once_and_without_what_lies_beside_them(tmp_path: Path) -> None:
    first, second, _ = lay_out(tmp_path)
    assert collect([str(tmp_path / "b" / "*"), str(first), str(second)]) == (second, first)


@pytest.mark.parametrize("pattern", ["nothing-*", "b/*.attestation"])
def test_a_pattern_that_names_no_file(pattern: str, tmp_path: Path) -> None:
    lay_out(tmp_path)
    with pytest.raises(ConfigError) as caught:
        collect([str(tmp_path / pattern)])
    assert caught.value.diagnostic.code == "no-distributions"


@pytest.mark.skipif(sys.platform == "win32", reason="links want a privilege there")
def test_a_link_to_nothing_is_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    first, *_ = lay_out(tmp_path)
    link = first.with_name("y-1.0.tar.gz")
    link.symlink_to("nowhere")
    assert collect([f"{tmp_path}/a/*"]) == (first, link)


@pytest.mark.parametrize("name", ["x" * 5000, "file/below"], ids=["too long", "below a file"])
def test_what_cannot_be_there_is_no_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError) as caught:
        collect([f"{tmp_path}/{name}"])
    assert caught.value.diagnostic.code == "no-distributions"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="nothing is closed to this user")
def test_a_folder_that_may_not_be_read(tmp_path: Path) -> None:
    first, *_ = lay_out(tmp_path)
    first.parent.chmod(0)
    try:
        with pytest.raises(ConfigError) as caught:
            collect([f"{tmp_path}/a/*"])
        assert collect([str(first)]) == (first,)  # why it cannot be read is told when that is tried
    finally:
        first.parent.chmod(0o700)
    assert caught.value.diagnostic.message.endswith(f"the folder `{tmp_path}/a` cannot be read: Permission denied")
