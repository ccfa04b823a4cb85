"""Credentials from `.pypirc`, from the keyring and from a terminal, with a real index."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from support import dists
from support.loopback import Answer, Asked, serving
from support.processes import environment, start
from support.world import tpub
from tpub.authorization import basic
from tpub.rehearsal.index import RehearsalIndex
from tpub.secret import Secret

posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")


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


@dataclass
class Private:
    """An index that shows nothing to strangers, its pages neither."""

    files: dict[str, str] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != basic("me", Secret(PASSWORD)).reveal():
            return Answer(401)
        if asked.method == "POST":
            name, digest = (
                re.search(pattern, asked.body) for pattern in (rb'filename="(.+?)"', rb"\r\n([0-9a-f]{64})\r")
            )
            assert name is not None
            assert digest is not None
            self.files[name[1].decode()] = digest[1].decode()
            return Answer()
        listed = [{"filename": name, "hashes": {"sha256": each}} for name, each in self.files.items()]
        kind = {"Content-Type": "application/vnd.pypi.simple.v1+json"}
        return Answer(body={"meta": {"api-version": "1.1"}, "name": "x", "files": listed}, headers=kind)


PASSWORD = "correct-horse-battery-staple"


@pytest.mark.parametrize("options", [[], ["--username", "me"]], ids=["by the section", "by user name"])
def test_the_pages_of_a_private_index_are_asked_with_what_is_stored(tmp_path: Path, options: list[str]) -> None:
    private = Private()
    wheel = dists.wheel(tmp_path)
    with serving(private) as server:
        path = tmp_path / ".pypirc"
        path.write_text(
            f"[distutils]\nindex-servers = mine\n\n[mine]\nrepository = {server.url}/legacy/\n"
            f"username = me\npassword = {PASSWORD}\n"
        )
        path.chmod(0o600)
        env = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
        ran = tpub("upload", "--index", f"{server.url}/legacy/", *options, "--format", "json", str(wheel), env=env)
    (upload,) = json.loads(ran.out)["uploads"]
    assert (ran.code, upload["status"], upload["verified"]) == (0, "uploaded", True), ran.err
    assert all("authorization" in asked.headers for asked in server.asked)
    assert PASSWORD not in ran.out + ran.err


ASKED = """
import sys
from tpub.cli.main import run, connect
from tpub.cli.app import App
from tpub.clock import system
import os
code = run(sys.argv[1:], App(dict(os.environ), sys.stdout, sys.stderr, system(), connect))
print("\\n".join(sorted({"keyring", "getpass", "tpub.config.keychain"} & set(sys.modules))), file=sys.stderr)
sys.exit(code)
"""


def test_a_run_with_a_token_loads_nothing_of_this(index: RehearsalIndex, tmp_path: Path) -> None:
    env = {"TPUB_TOKEN": index.user_token().reveal()}
    words = ["upload", "--index", index.index.upload_url, "--format", "json", "-q", str(dists.wheel(tmp_path))]
    with start(*words, env=env, program=ASKED) as process:
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err.strip()) == (0, "")
