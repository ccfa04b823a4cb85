from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from support.programs import program
from support.tokens import unsigned
from tpub.diagnostic import Evidence, Variable
from tpub.errors import IdentityError
from tpub.http import Http
from tpub.identity.detect import detect
from tpub.identity.process import ask
from tpub.identity.provider import Provider

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are scripts with a first line for Unix")

TOKEN = unsigned({"iss": "https://oidc.example", "aud": "pypi"})
# Writes down how it was called, with what in its environment, and what it could read; then prints the token.
HONEST = f"""
seen = {{"argv": sys.argv[1:], "env": dict(os.environ), "stdin": sys.stdin.read()}}
open(os.environ["SEEN"], "w").write(json.dumps(seen))
print({TOKEN!r})
"""
JOBS = [
    pytest.param(
        {"CIRCLECI": "true"},
        "circleci",
        ["run", "oidc", "get", "--claims", '{"aud": "my \\"index\\""}', "--root-issuer"],
        id="CircleCI",
    ),
    pytest.param(
        {"BUILDKITE": "true"},
        "buildkite-agent",
        ["oidc", "request-token", "--audience", 'my "index"'],
        id="Buildkite",
    ),
]


def found(env: dict[str, str]) -> Provider:
    provider = detect(env)
    assert provider is not None
    return provider


@pytest.mark.parametrize(("marks", "name", "arguments"), JOBS)
def test_the_token_that_a_program_prints(
    tmp_path: Path, marks: dict[str, str], name: str, arguments: list[str]
) -> None:
    seen = tmp_path / "seen.json"
    env = marks | program(tmp_path, name, HONEST) | {"SEEN": str(seen), "TPUB_TOKEN": "pypi-a-secret"}
    with Http({}) as http:
        assert found(env).identity_token('my "index"', http).reveal() == TOKEN
    called = json.loads(seen.read_text())
    assert called["argv"] == arguments
    assert called["stdin"] == ""
    assert {name: called["env"].get(name) for name in env} == env


@pytest.mark.parametrize(("marks", "name", "arguments"), JOBS)
def test_no_secret_is_in_the_command_line(
    tmp_path: Path, marks: dict[str, str], name: str, arguments: list[str]
) -> None:
    del arguments
    seen = tmp_path / "seen.json"
    secrets = {"TPUB_TOKEN": "pypi-a-secret", "TPUB_PASSWORD": "hunter2", "CIRCLE_OIDC_TOKEN_V2": TOKEN}
    env = marks | program(tmp_path, name, HONEST) | {"SEEN": str(seen)} | secrets
    with Http({}) as http:
        found(env).identity_token("pypi", http)
    argv = " ".join(json.loads(seen.read_text())["argv"])
    assert [secret for secret in secrets.values() if secret in argv] == []


@pytest.mark.parametrize(
    ("env", "evidence"),
    [
        pytest.param({}, Variable("PATH", "unset"), id="no PATH"),
        pytest.param({"PATH": ""}, Variable("PATH", "empty"), id="empty PATH"),
        pytest.param({"PATH": "/nonexistent"}, Variable("PATH", "set"), id="not on it"),
    ],
)
def test_a_program_that_is_not_there(env: dict[str, str], evidence: Evidence) -> None:
    with Http({}) as http, pytest.raises(IdentityError) as caught:
        found({"BUILDKITE": "true"} | env).identity_token("pypi", http)
    told = caught.value.diagnostic
    assert (told.code, told.evidence) == ("ci-program-missing", (evidence,))
    assert "`buildkite-agent`" in told.message


@pytest.mark.parametrize(
    ("body", "how"),
    [
        pytest.param("sys.exit(3)", "failed with status 3", id="silent failure"),
        pytest.param("sys.exit('a\\nno such job')", "failed with status 1: no such job", id="failure with words"),
        pytest.param(f"sys.exit('bad token {TOKEN}!')", "failed with status 1: bad token ***!", id="token in words"),
        pytest.param("sys.stderr.buffer.write(b'\\xff'); sys.exit(1)", "failed with status 1: \ufffd", id="bytes"),
        pytest.param("print(' ')", "printed nothing", id="nothing"),
    ],
)
def test_a_program_that_fails(tmp_path: Path, body: str, how: str) -> None:
    with pytest.raises(IdentityError) as caught:
        ask(("agent", "oidc", "get", "--audience", "pypi"), program(tmp_path, "agent", body))
    told = caught.value.diagnostic
    assert (told.code, told.message) == (
        "ci-program-failed",
        f"`agent oidc get`, by which this CI hands out identity tokens, {how}",
    )


def test_a_program_that_cannot_be_started(tmp_path: Path) -> None:
    env = program(tmp_path, "agent", "")
    (tmp_path / "agent").write_text("#!/nonexistent/interpreter\n")
    with pytest.raises(IdentityError) as caught:
        ask(("agent", "oidc", "get"), env)
    assert caught.value.diagnostic.code == "ci-program-failed"


def test_a_program_is_not_waited_for_longer_than_agreed(tmp_path: Path) -> None:
    # Its child keeps the pipes open: whoever reads them to their end waits for the child too.
    body = "import subprocess; subprocess.Popen(['sleep', '20']); time.sleep(20)"
    env = program(tmp_path, "agent", body) | {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    begin = time.monotonic()
    with pytest.raises(IdentityError) as caught:
        ask(("agent", "oidc", "get"), env, longest=0.5)
    assert caught.value.diagnostic.message.endswith("did not end within 0.5 s")
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize("value", ["false", "TRUE", "1", ""])
@pytest.mark.parametrize("mark", ["CIRCLECI", "BUILDKITE"])
def test_a_mark_that_says_something_else(mark: str, value: str) -> None:
    assert detect({mark: value}) is None
