"""Credentials from `.pypirc`, from the keyring and from a terminal, with a real index."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import dists
from support.processes import environment, start
from support.world import tpub
from tpub.rehearsal.index import RehearsalIndex, serve

posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")


@pytest.fixture
def index() -> Iterator[RehearsalIndex]:
    with serve() as running:
        yield running


def home(folder: Path, index: RehearsalIndex, password: str) -> dict[str, str]:
    """Return the environment of somebody whose `.pypirc` names the index `mine`."""
    path = folder / ".pypirc"
    path.write_text(
        f"[distutils]\nindex-servers = mine\n\n[mine]\nrepository = {index.index.upload_url}\n"
        f"username = __token__\npassword = {password}\n"
    )
    path.chmod(0o600)
    return {"HOME": str(folder), "USERPROFILE": str(folder)}


def test_a_release_by_pypirc(index: RehearsalIndex, tmp_path: Path) -> None:
    env = home(tmp_path, index, index.user_token().reveal())
    wheel = dists.wheel(tmp_path)
    ran = tpub("upload", "-v", "--index", "mine", str(wheel), env=env)
    assert (ran.code, set(index.store.files)) == (0, {wheel.name})
    assert f"mine gets the credential of {tmp_path / '.pypirc'}:4" in ran.err.splitlines()
    assert index.user_token().reveal() not in ran.out + ran.err


def test_twines_command_line(index: RehearsalIndex, tmp_path: Path) -> None:
    env = home(tmp_path, index, index.user_token().reveal())
    wheel = dists.wheel(tmp_path)
    words = ["-r", "mine", "--skip-existing", "--non-interactive", "--disable-progress-bar", "--verbose", "-s"]
    ran = tpub("upload", *words, str(wheel), env=env)
    assert (ran.code, set(index.store.files)) == (0, {wheel.name})
    assert "warning: `--sign` is an option of another tool, and has no effect here [option-ignored]" in ran.err
    assert "vouched" not in ran.err


def test_another_file_on_the_command_line(index: RehearsalIndex, tmp_path: Path) -> None:
    home(tmp_path, index, index.user_token().reveal())
    (tmp_path / ".pypirc").rename(tmp_path / "other")
    wheel = dists.wheel(tmp_path)
    ran = tpub("upload", "--config-file", str(tmp_path / "other"), "--repository=mine", str(wheel))
    assert ran.code == 0


@posix
@pytest.mark.parametrize("typed", ["token", "nothing"])
def test_a_token_is_asked_for_at_a_terminal_and_not_shown(index: RehearsalIndex, tmp_path: Path, typed: str) -> None:
    import pty  # noqa: PLC0415  (not there on Windows)

    token = index.user_token().reveal()
    wheel = dists.wheel(tmp_path)
    variables = {"TERM": "xterm", "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", "HOME": str(tmp_path)}
    child, terminal = pty.fork()
    if child == 0:
        words = [sys.executable, "-m", "tpub", "upload", "--index", index.index.upload_url, str(wheel)]
        os.execve(sys.executable, words, environment(variables))  # noqa: S606
    shown = answered(
        terminal, {"(empty: an API token): ": "\n", "(not shown): ": f"{token if typed == 'token' else ''}\n"}
    )
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert (code, set(index.store.files)) == ((0, {wheel.name}) if typed == "token" else (4, set())), shown
    assert token not in shown
    assert "\x1b[2K" not in shown.partition("(not shown): ")[0], "the question would be wiped away"


def answered(terminal: int, answers: dict[str, str]) -> str:
    """Type each answer when its question has appeared; return all that was to be seen until the program ended."""
    shown, left = "", dict(answers)
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # what Linux says of a terminal that nobody uses any more
            part = b""
        if not part:
            return shown
        shown += part.decode()
        for question in [question for question in left if question in shown]:
            os.write(terminal, left.pop(question).encode())


def test_nobody_is_asked_without_a_terminal(index: RehearsalIndex, tmp_path: Path) -> None:
    wheel = dists.wheel(tmp_path)
    variables = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    with start("upload", "--index", index.index.upload_url, str(wheel), env=variables) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 4
    assert "[no-ci]" in err
