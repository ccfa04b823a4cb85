"""No secret is ever printed, whatever the command, the verbosity and the outcome."""

from __future__ import annotations

import base64
import itertools
import pickle
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from support import dists
from support.world import Heard, Ran, a_world, tpub
from tpub.authorization import basic
from tpub.events import SecretObtained
from tpub.http import Http
from tpub.identity.detect import detect
from tpub.index.credential import token_credential
from tpub.publishing.publish import Order, publish
from tpub.rehearsal.ci import JobDescription
from tpub.rehearsal.index import RehearsalIndex
from tpub.secret import Secret


def given(index: RehearsalIndex, case: str) -> tuple[dict[str, str], list[str]]:
    """Return the environment and the options of a case; every value in them that is a secret is at least 20 long."""
    password = "correct-horse-battery-staple-42"
    job = index.job(JobDescription("gitlab" if "gitlab" in case else "github"))
    if "refused" not in case:
        index.trust(job.publisher, "sampleproject")
    match case.removesuffix(" refused"):
        case "token":
            token = "pypi-" + "T" * 40 if "refused" in case else index.user_token().reveal()
            return {"TPUB_TOKEN": token}, []
        case "twine":
            token = "pypi-" + "T" * 40 if "refused" in case else index.user_token().reveal()
            return {"TWINE_USERNAME": "__token__", "TWINE_PASSWORD": token}, []
        case "uv":
            return {"UV_PUBLISH_TOKEN": index.user_token().reveal()}, []
        case "password":
            return {"TPUB_PASSWORD": password}, ["--username", "user"]
        case "password on the command line":
            return {}, ["--username", "user", "--password", password]
        case _:
            return dict(job.env), []


CASES = [
    "token",
    "token refused",
    "twine",
    "twine refused",
    "uv",
    "password",
    "password on the command line",
    "github",
    "github refused",
    "gitlab",
    "gitlab refused",
]
NOT_SECRET = re.compile(r"^(CI|GITHUB)_|_URL$|^GITLAB_CI$")


def secrets_of(env: Mapping[str, str], options: list[str], index: RehearsalIndex) -> set[str]:
    """Return all that must not be seen: what was given, what was minted, and their encoded forms."""
    plain = {value for name, value in env.items() if len(value) >= 20 and not NOT_SECRET.search(name)}
    plain |= {option for option in options if len(option) >= 20}
    plain |= {minted.secret.reveal() for minted in index.store.minted}
    plain |= {value.rpartition(".")[2] for value in plain if value.count(".") == 2}  # a token's signature
    encoded = {
        base64.b64encode(f"{user}:{value}".encode()).decode() for user in ("__token__", "user") for value in plain
    }
    return plain | encoded


def seen(ran: Ran) -> str:
    """Return what a CI log would show: GitHub eats the lines that ask it to mask."""
    return "\n".join(line for line in (ran.out + ran.err).splitlines() if not line.startswith("::add-mask::"))


@pytest.mark.parametrize(
    ("case", "look", "form"),
    [
        pytest.param(case, look, form, id=f"{case}, {look or 'as it is'}, {form}")
        for case, look, form in itertools.product(CASES, ("", "-v", "-q"), ("text", "json"))
    ],
)
def test_upload_prints_no_secret(index: RehearsalIndex, tmp_path: Path, case: str, look: str, form: str) -> None:
    env, options = given(index, case)
    argv = ["upload", "--index", index.index.upload_url, str(dists.wheel(tmp_path)), "--format", form, *options]
    ran = tpub(*argv, *([look] if look else []), env=env)
    hidden = secrets_of(env, options, index)
    assert len(hidden) >= 3
    assert [secret for secret in hidden if secret in seen(ran)] == []
    assert ran.code == (
        0
        if case in ("token", "twine", "uv", "github", "gitlab")
        else 1
        if any(word in case for word in ("password", "token", "twine"))
        else 4
    )


@pytest.mark.parametrize(
    "command",
    [
        "check",
        "explain wheel-platform-tag",
        "doctor --offline",
        "publisher",
        "rehearse",
        "rehearse -q",
        "upload --dry-run",
        "upload --dry-run -v",
    ],
)
def test_other_commands_print_no_secret(index: RehearsalIndex, tmp_path: Path, command: str) -> None:
    env, _ = given(index, "github")
    env |= {"TPUB_TOKEN": index.user_token().reveal()}
    target = ["--index", index.index.upload_url] if "upload" in command else []
    files = [str(dists.wheel(tmp_path))] if command.split(maxsplit=1)[0] in ("check", "rehearse", "upload") else []
    ran = tpub(*command.split(), *target, *files, env=env)
    assert ran.code == 0
    assert [secret for secret in secrets_of(env, [], index) if secret in seen(ran)] == []


def test_every_secret_is_masked_on_github_before_anything_is_printed(index: RehearsalIndex, tmp_path: Path) -> None:
    env, _ = given(index, "github")
    ran = tpub("upload", "--index", index.index.upload_url, str(dists.wheel(tmp_path)), env=env)
    lines = ran.err.splitlines()
    masked = [line.removeprefix("::add-mask::") for line in lines if line.startswith("::add-mask::")]
    assert lines[:2] == [f"::add-mask::{value}" for value in masked]
    assert index.store.minted[0].secret.reveal() in masked
    assert "::add-mask::" not in ran.out


def test_no_mask_is_printed_where_nobody_would_eat_it(index: RehearsalIndex, tmp_path: Path) -> None:
    env, _ = given(index, "gitlab")
    ran = tpub("upload", "--index", index.index.upload_url, str(dists.wheel(tmp_path)), env=env)
    assert "::add-mask::" not in ran.out + ran.err


def test_an_outcome_holds_no_secret(index: RehearsalIndex, tmp_path: Path) -> None:
    env, _ = given(index, "github")
    heard = Heard()
    with Http({}) as http:
        outcome = publish(Order([str(dists.wheel(tmp_path))], index.index), a_world(env, http, heard))
    hidden = secrets_of(env, [], index)
    assert [secret for secret in hidden if secret in repr(outcome) + repr(heard)] == []
    assert sum(isinstance(event, SecretObtained) for event in heard) == 2


@pytest.mark.parametrize(
    "holder",
    [
        pytest.param(Secret("s3cret"), id="secret"),
        pytest.param(token_credential(Secret("s3cret")), id="credential"),
        pytest.param(basic("user", Secret("s3cret")), id="header"),
        pytest.param(detect({"GITLAB_CI": "true", "PYPI_ID_TOKEN": "s3cret"}), id="provider"),
    ],
)
def test_what_holds_a_secret_does_not_show_it(holder: object) -> None:
    shown = f"{holder} {holder!r} {holder!s:>20}" + str([holder])
    assert "s3cret" not in shown
    assert base64.b64encode(b"user:s3cret").decode() not in shown
    if isinstance(holder, Secret):
        with pytest.raises(TypeError):
            pickle.dumps(holder)
