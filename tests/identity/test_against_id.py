"""tpub and `id` find the same token, or the row says why tpub's answer is the better one."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from support.loopback import Answer, Asked, Loopback, serving
from support.peer import Row, found_by_id
from support.programs import program
from support.tokens import unsigned
from tpub.errors import TpubError
from tpub.http import Http
from tpub.identity.detect import detect

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are scripts with a first line for Unix")

TOKENS = {
    name: unsigned({"iss": f"https://{name}.example", "aud": "pypi", "nonce": name})
    for name in ("github", "gitlab", "google", "circleci", "buildkite")
}
ELSEWHERE = unsigned({"iss": "https://elsewhere.example", "aud": "testpypi"})
DEFAULT = "/computeMetadata/v1/instance/service-accounts/default"

GITHUB = {
    "GITHUB_ACTIONS": "true",
    "ACTIONS_ID_TOKEN_REQUEST_URL": "{server}/github?api-version=2.0",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "bearer-of-the-job",
}
GITLAB = {"GITLAB_CI": "true", "PYPI_ID_TOKEN": TOKENS["gitlab"]}
CIRCLECI = {"CIRCLECI": "true", "PATH": "{programs}"}
BUILDKITE = {"BUILDKITE": "true", "PATH": "{programs}"}
GOOGLE = {"GCE_METADATA_HOST": "{metadata}"}
MACHINE = "Google Compute Engine"
BROKEN = "an error"

EXACT = "the platforms set exactly `true`; whoever sets something else says that this is no such job"
CI_FIRST = "a CI's job on a machine of Google's is the CI's, and its publisher is what the index was told"
VARIABLE = "a token that the platform handed over is there, wherever it runs"
MARKED = "the machine says where its metadata server is; its firmware is not to be seen everywhere"
NO_ERROR = "nothing here is a CI: a machine without any identity is not broken"
INDEX_JUDGES = "the audience is compared before the token is sent anywhere, with an explanation"
NOT_A_TOKEN = "what is no token is told to be none, and not handed on"
SECURE = "the request token does not travel in the clear"


@dataclass(frozen=True)
class Case:
    """An environment; what tpub finds in it, and what `id` finds if that is something else, with the reason."""

    name: str
    env: Mapping[str, str]
    ours: str | None
    theirs: str | None = "as ours"
    why: str = ""
    machine: str = ""
    audience: str = "pypi"
    other: Mapping[str, str] = field(default_factory=dict)

    @property
    def expected(self) -> tuple[str | None, str | None]:
        return self.ours, self.ours if self.theirs == "as ours" else self.theirs


def marks() -> Iterator[Case]:
    """Yield each CI's mark with all that people put there."""
    for name, job in (("github", GITHUB), ("circleci", CIRCLECI), ("buildkite", BUILDKITE)):
        mark = next(iter(job))
        yield Case(f"{name}, marked", job, name)
        yield Case(f"{name}, empty mark", job | {mark: ""}, None)
        for value in ("false", "0", "no", "True", "1"):
            yield Case(f"{name}, {mark}={value}", job | {mark: value}, None, name, EXACT)
    yield Case("gitlab, marked", GITLAB, "gitlab")
    yield Case("gitlab, empty mark", GITLAB | {"GITLAB_CI": ""}, "gitlab", None, VARIABLE)
    for value in ("false", "1"):
        yield Case(f"gitlab, GITLAB_CI={value}", GITLAB | {"GITLAB_CI": value}, "gitlab")


def machines() -> Iterator[Case]:
    """Yield jobs that run on machines of Google's, and those machines themselves."""
    yield Case("google, by its firmware", GOOGLE, "google", machine=MACHINE)
    yield Case("google, by an older firmware", GOOGLE, "google", machine="Google")
    yield Case("google, by its firmware with a line break", GOOGLE, "google", machine="Google\n")
    yield Case("google, by the variable", GOOGLE, "google", None, MARKED)
    yield Case("another firmware", {}, None, machine="Standard PC (Q35 + ICH9, 2009)")
    yield Case("no firmware", {}, None)
    for name, job in (("github", GITHUB), ("gitlab", GITLAB), ("circleci", CIRCLECI), ("buildkite", BUILDKITE)):
        theirs, why = ("as ours", "") if name == "github" else ("google", CI_FIRST)
        yield Case(f"{name}, on a machine of Google's", GOOGLE | job, name, theirs, why, MACHINE)
    yield Case("handed over, on a machine of Google's", GOOGLE | {"PYPI_ID_TOKEN": TOKENS["gitlab"]}, "gitlab",
               "google", VARIABLE, MACHINE)  # fmt: skip


def broken() -> Iterator[Case]:
    """Yield jobs that are here and have no identity."""
    for name in ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"):
        yield Case(f"github, no {name}", {k: v for k, v in GITHUB.items() if k != name}, BROKEN)
        yield Case(f"github, empty {name}", GITHUB | {name: ""}, BROKEN)
    for answer in ("500", "nonsense", "empty", "list", "number"):
        url = {"ACTIONS_ID_TOKEN_REQUEST_URL": f"{{server}}/{answer}?api-version=2.0"}
        yield Case(f"github, {answer}", GITHUB | url, BROKEN)
    yield Case("github, another bearer", GITHUB | {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "guess"}, BROKEN)
    yield Case("github, no server", GITHUB | {"ACTIONS_ID_TOKEN_REQUEST_URL": "http://127.0.0.1:1/x"}, BROKEN)
    insecure = {"ACTIONS_ID_TOKEN_REQUEST_URL": "http://0.0.0.0:{port}/github?api-version=2.0"}
    yield Case("github, in the clear", GITHUB | insecure, BROKEN, "github", SECURE)
    yield Case("gitlab, no id_tokens", {"GITLAB_CI": "true"}, BROKEN)
    yield Case("gitlab, empty token", GITLAB | {"PYPI_ID_TOKEN": ""}, BROKEN)
    yield Case("gitlab, another name", {"GITLAB_CI": "true", "SIGSTORE_ID_TOKEN": TOKENS["gitlab"]}, BROKEN)
    yield Case("gitlab, no token but an API token", GITLAB | {"PYPI_ID_TOKEN": "pypi-AgEI"}, BROKEN)
    yield Case("gitlab, another audience", GITLAB | {"PYPI_ID_TOKEN": ELSEWHERE}, "elsewhere", BROKEN, INDEX_JUDGES)
    for name, job in (("circleci", CIRCLECI), ("buildkite", BUILDKITE)):
        yield Case(f"{name}, program missing", job | {"PATH": "/nonexistent"}, BROKEN)
        yield Case(f"{name}, program fails", job | {"PATH": "{failing}"}, BROKEN)
    yield Case("google, no metadata server", {"GCE_METADATA_HOST": "127.0.0.1:1"}, BROKEN, None, MARKED)
    yield Case("google, by its firmware, no server", {"GCE_METADATA_HOST": "127.0.0.1:1"}, BROKEN, machine=MACHINE,
               other={"metadata": "http://127.0.0.1:1"})  # fmt: skip


def several() -> Iterator[Case]:
    """Yield environments that bear the marks of two CI systems."""
    yield Case("github and gitlab", GITLAB | GITHUB, "github")
    yield Case("github and buildkite", BUILDKITE | GITHUB, "github")
    yield Case("github and circleci", CIRCLECI | GITHUB, "github")
    yield Case("gitlab and circleci", CIRCLECI | GITLAB, "gitlab")
    yield Case("gitlab and buildkite", BUILDKITE | GITLAB, "gitlab", "buildkite",
               "GitLab's token is for this very job; which agent carries it out does not matter")  # fmt: skip


def audiences() -> Iterator[Case]:
    """Yield tokens for audiences other than PyPI's."""
    for audience, name in (("testpypi", "TESTPYPI"), ("my-index.example", "MY_INDEX_EXAMPLE"), ("3rd", "_RD")):
        token = unsigned({"iss": "https://gitlab.example", "aud": audience})
        yield Case(f"gitlab, {audience}", {"GITLAB_CI": "true", f"{name}_ID_TOKEN": token}, token, audience=audience)


CASES = (*marks(), *machines(), *broken(), *several(), *audiences())


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    def answer(asked: Asked) -> Answer:
        if asked.path == f"{DEFAULT}/identity":
            return Answer(body=TOKENS["google"].encode(), headers={"Metadata-Flavor": "Google"})
        if asked.headers.get("authorization", "").lower() != "bearer bearer-of-the-job":
            return Answer(401)
        return {
            "/github": Answer(body={"value": TOKENS["github"]}),
            "/500": Answer(500),
            "/nonsense": Answer(body=b"<html>"),
            "/empty": Answer(body={}),
            "/list": Answer(body=["value"]),
            "/number": Answer(body={"value": 1}),
        }.get(asked.path, Answer(404))

    with serving(answer) as running:
        yield running


@pytest.fixture(scope="module")
def places(server: Loopback, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    good, failing = tmp_path_factory.mktemp("programs"), tmp_path_factory.mktemp("failing")
    for name, token in (("circleci", TOKENS["circleci"]), ("buildkite-agent", TOKENS["buildkite"])):
        program(good, name, f"print({token!r})")
        program(failing, name, "sys.exit('no')")
    authority = server.url.removeprefix("http://")
    port = authority.rpartition(":")[2]
    return {
        "server": server.url,
        "metadata": authority,
        "port": port,
        "programs": str(good),
        "failing": str(failing),
    }


@pytest.fixture(scope="module")
def theirs(places: dict[str, str]) -> dict[str, str | None]:
    rows = [
        Row(
            placed(case, places),
            case.machine or "none",
            case.audience,
            case.other.get("metadata", places["server"]) + DEFAULT,
        )
        for case in CASES
    ]
    return dict(zip((case.name for case in CASES), map(label, found_by_id(rows)), strict=True))


def placed(case: Case, places: Mapping[str, str]) -> dict[str, str]:
    return {name: value.format(**places) if "{" in value else value for name, value in case.env.items()}


def label(token: str | None) -> str | None:
    """Return whose token it is."""
    if token is None or token.endswith("!"):
        return token if token is None else BROKEN
    names = {value: name for name, value in TOKENS.items()} | {ELSEWHERE: "elsewhere"}
    return names.get(token, token)


def ours(case: Case, places: Mapping[str, str]) -> str | None:
    env = placed(case, places)
    try:
        with Http(env) as http:
            provider = detect(env, case.machine.strip())
            return None if provider is None else label(provider.identity_token(case.audience, http).reveal())
    except TpubError:
        return BROKEN


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_both_find_the_same(case: Case, places: dict[str, str], theirs: dict[str, str | None]) -> None:
    assert (ours(case, places), theirs[case.name]) == case.expected


def test_where_they_differ_there_is_a_reason() -> None:
    assert [case.name for case in CASES if (case.expected[0] != case.expected[1]) != bool(case.why)] == []
    assert len(CASES) == len({case.name for case in CASES}) >= 60
