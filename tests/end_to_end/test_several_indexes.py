"""A release that goes to one index after the other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from support import dists
from support.loopback import Answer, Asked, serving
from support.tokens import GITLAB, unsigned
from support.world import tpub
from tpub.index.credential import token_credential
from tpub.rehearsal.index import RehearsalIndex, serve
from tpub.secret import Secret


@pytest.fixture
def first() -> Iterator[RehearsalIndex]:
    with serve() as running:
        yield running


@pytest.fixture
def second() -> Iterator[RehearsalIndex]:
    with serve() as running:
        yield running


def home(folder: Path, **indexes: RehearsalIndex) -> dict[str, str]:
    """Return the environment of somebody whose `.pypirc` has a token for each index."""
    sections = [
        f"[{name}]\nrepository = {index.index.upload_url}\npassword = {index.user_token().reveal()}\n"
        for name, index in indexes.items()
    ]
    path = folder / ".pypirc"
    path.write_text("\n".join([f"[distutils]\nindex-servers = {' '.join(indexes)}", *sections]))
    path.chmod(0o600)
    return {"HOME": str(folder), "USERPROFILE": str(folder)}


def test_the_second_gets_it_when_the_first_has_it(
    first: RehearsalIndex, second: RehearsalIndex, tmp_path: Path
) -> None:
    wheel, sdist = dists.wheel(tmp_path), dists.sdist(tmp_path)
    env = home(tmp_path, first=first, second=second)
    words = ["upload", "--index", "first", "--index", "second", str(wheel), str(sdist)]
    ran = tpub(*words, "--format", "json", env=env)
    report = json.loads(ran.out)
    assert (ran.code, report["schema"], report["index"]["name"]) == (0, "tpub/1", "second")
    assert [(run["index"]["name"], run["exit_code"], len(run["uploads"])) for run in report["earlier"]] == [
        ("first", 0, 2)
    ]
    assert [set(index.store.files) for index in (first, second)] == [{wheel.name, sdist.name}] * 2
    # Each index saw its own credential alone.
    for index, other in ((first, second), (second, first)):
        assert index.user_token().reveal() != other.user_token().reveal()
    again = tpub(*words, env=env)
    assert (again.code, [line.split()[0] for line in again.out.splitlines()]) == (
        0,
        ["skipped", "skipped", "see", "skipped", "skipped", "see"],
    )
    assert [line for line in again.err.splitlines() if line.startswith("done")] == [
        "done: 2 of 2 files on first",
        "done: 2 of 2 files on second",
    ]


def test_a_failure_at_the_first_sends_nothing_to_the_second(
    first: RehearsalIndex, second: RehearsalIndex, tmp_path: Path
) -> None:
    wheel = dists.wheel(tmp_path)
    first.put(dists.wheel(tmp_path / "other", files={"sampleproject/more.py": b""}))
    env = home(tmp_path, first=first, second=second)
    ran = tpub("upload", "--index", "first", "--index", "second", "--format", "json", str(wheel), env=env)
    report = json.loads(ran.out)
    assert (ran.code, report["exit_code"]) == (3, 3)
    assert [told["code"] for told in report["diagnostics"] if told["severity"] == "error"] == [
        "file-exists",
        "index-held-back",
    ]
    assert (report["index"]["name"], report["uploads"][0]["status"]) == ("second", "unsent")
    assert second.store.requests == []


def test_what_is_wrong_is_told_with_the_index_where_it_is_so(
    first: RehearsalIndex, second: RehearsalIndex, tmp_path: Path
) -> None:
    wheel = dists.wheel(tmp_path)
    first.put(dists.wheel(tmp_path / "other", files={"sampleproject/more.py": b""}))
    env = home(tmp_path, first=first, second=second) | {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    words = ["upload", "--index", "first", "--index", "second", str(wheel)]
    ran = tpub(*words, env=env)
    told = re.findall(r"^(?:\w+: .*\[([a-z-]+)\]|(failed): .*)$", ran.err, re.MULTILINE)
    assert ["".join(each) for each in told] == ["file-exists", "failed", "index-held-back", "failed"]
    assert tpub(*words, "--format", "github", env=env).code == ran.code
    page = (tmp_path / "summary").read_text()
    order = ["<h4>failed", "file-exists", "<h4>failed", "index-held-back"]
    assert re.findall("|".join(dict.fromkeys(order)), page) == order


def test_one_token_for_two_indexes_is_shown_to_none(
    first: RehearsalIndex, second: RehearsalIndex, tmp_path: Path
) -> None:
    urls = [word for index in (first, second) for word in ("--index", index.index.upload_url)]
    ran = tpub("upload", *urls, str(dists.wheel(tmp_path)), env={"TPUB_TOKEN": first.user_token().reveal()})
    assert (ran.code, "[credentials-ambiguous]" in ran.err) == (2, True)
    assert first.store.requests == second.store.requests == []


@dataclass
class Foreign:
    """An index of other people's making, with an audience of its own."""

    audience: str
    tokens: list[str] = field(default_factory=list)
    burnt: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Answer:
        match asked.path.rpartition("/")[2] or asked.path:
            case "audience":
                return Answer(body={"audience": self.audience})
            case "mint-token":
                self.tokens.append(json.loads(asked.body)["token"])
                return Answer(body={"success": True, "token": f"pypi-for-{self.audience}"})
            case "burn-token":
                self.burnt.append(json.loads(asked.body)["token"])
                return Answer()
            case "/legacy/":
                expected = Secret(f"pypi-for-{self.audience}")
                assert asked.headers["authorization"] == token_credential(expected).authorization.reveal()
                name, digest = (re.search(pattern, asked.body) for pattern in (rb'filename="(.+?)"', _DIGEST))
                assert name is not None
                assert digest is not None
                self.files[name[1].decode()] = digest[1].decode()
                return Answer()
            case _:
                listed = [{"filename": name, "hashes": {"sha256": each}} for name, each in self.files.items()]
                kind = {"Content-Type": "application/vnd.pypi.simple.v1+json"}
                return Answer(body={"meta": {"api-version": "1.1"}, "name": "x", "files": listed}, headers=kind)


_DIGEST = rb'name="sha256_digest"\r\n(?:[^\r\n]+\r\n)*\r\n([0-9a-f]{64})'


def test_each_index_gets_an_identity_token_of_its_own(tmp_path: Path) -> None:
    one, two = Foreign("one"), Foreign("two")
    wheel = dists.wheel(tmp_path)
    handed = [unsigned(GITLAB | {"aud": index.audience}) for index in (one, two)]
    with serving(one) as first, serving(two) as second:
        env = {"GITLAB_CI": "true", "ONE_ID_TOKEN": handed[0], "TWO_ID_TOKEN": handed[1]}
        urls = [word for server in (first, second) for word in ("--index", f"{server.url}/legacy/")]
        ran = tpub("upload", *urls, str(wheel), env=env)
    assert ran.code == 0, ran.err
    for index, its_own in zip((one, two), handed, strict=True):
        assert (index.tokens, index.burnt) == ([its_own], [f"pypi-for-{index.audience}"])
        assert set(index.files) == {wheel.name}
