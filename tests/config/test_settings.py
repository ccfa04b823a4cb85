from __future__ import annotations

from pathlib import Path

import pytest

from tpub.config.login import Asked
from tpub.config.lookup import Lookup
from tpub.config.modes import Attestations, TrustedPublishing
from tpub.config.pyproject import Project
from tpub.config.settings import Flags, completed, resolve
from tpub.config.switching import Theirs
from tpub.config.wishes import Given, Wishes, settle
from tpub.diagnostic import Setting, Variable
from tpub.errors import ConfigError
from tpub.index.credential import Credential
from tpub.index.model import PYPI, TESTPYPI, Index
from tpub.secret import Secret

COMPANY = Index("company", "https://packages.example.com/legacy/", "https://packages.example.com/simple/")
PROJECT = Project(indexes={"company": COMPANY})


def pypirc(folder: Path, text: str) -> dict[str, str]:
    """Write the file into a home; return the environment of whoever lives there."""
    path = folder / ".pypirc"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return {"HOME": str(folder), "USERPROFILE": str(folder)}


def token(value: str) -> Credential:
    return Credential("__token__", Secret(value))


@pytest.mark.parametrize(
    ("flags", "env", "index", "source"),
    [
        pytest.param(Flags("testpypi"), {"TPUB_INDEX": "pypi"}, TESTPYPI, "--index", id="option before variable"),
        pytest.param(
            Flags(),
            {"TPUB_INDEX": "pypi", "TWINE_REPOSITORY": "testpypi"},
            PYPI,
            "$TPUB_INDEX",
            id="ours before theirs",
        ),
        pytest.param(Flags(), {"TWINE_REPOSITORY": "testpypi"}, TESTPYPI, "$TWINE_REPOSITORY", id="twine's name"),
        pytest.param(
            Flags(),
            {"TWINE_REPOSITORY": "testpypi", "TWINE_REPOSITORY_URL": COMPANY.upload_url},
            COMPANY,
            "$TWINE_REPOSITORY_URL",
            id="twine's URL before its name",
        ),
        pytest.param(Flags(), {"UV_PUBLISH_URL": COMPANY.upload_url}, COMPANY, "$UV_PUBLISH_URL", id="uv's URL"),
        pytest.param(Flags(), {"UV_PUBLISH_INDEX": "company"}, COMPANY, "$UV_PUBLISH_INDEX", id="uv's name"),
        pytest.param(
            Flags(theirs={"index": Theirs("testpypi", "--repository")}),
            {"TPUB_INDEX": "pypi"},
            TESTPYPI,
            "--repository",
            id="their option before our variable",
        ),
        pytest.param(Flags(), {"TWINE_REPOSITORY": " "}, PYPI, "default", id="an empty variable"),
    ],
)
def test_which_index(flags: Flags, env: dict[str, str], index: Index, source: str) -> None:
    found = resolve(flags, env, PROJECT)
    assert (found.index, found.sources[0].source) == (index, source)


def test_an_index_that_only_pypirc_knows(tmp_path: Path) -> None:
    text = "[distutils]\nindex-servers = mine\n[mine]\nrepository = https://mine.example/\nca_cert = ca.pem\n"
    env = pypirc(tmp_path, text)
    found = resolve(Flags("mine"), env)
    assert found.index == Index("mine", "https://mine.example/", "https://mine.example/simple/")
    assert found.tls.authorities == "ca.pem"
    assert Setting("cert", "ca.pem", f"{tmp_path / '.pypirc'}:3") in found.sources


def test_pyproject_comes_before_pypirc(tmp_path: Path) -> None:
    env = pypirc(tmp_path, "[distutils]\nindex-servers = company\n[company]\nrepository = https://other.example/\n")
    assert resolve(Flags("company"), env, PROJECT).index == COMPANY


def test_a_name_that_pypirc_does_not_list(tmp_path: Path) -> None:
    env = pypirc(tmp_path, "[mine]\nrepository = https://mine.example/\n")
    with pytest.raises(ConfigError) as caught:
        resolve(Flags("mine"), env)
    told = caught.value.diagnostic
    expected = f"Add `mine` to `index-servers` under `[distutils]` in {tmp_path / '.pypirc'}."
    assert (told.code, told.hint) == ("index-unknown", expected)


@pytest.mark.parametrize(
    ("flags", "env", "credential", "source"),
    [
        pytest.param(Flags(login=Asked("a")), {"TPUB_TOKEN": "b"}, token("a"), "--token", id="option"),
        pytest.param(
            Flags("company"),
            {"TPUB_TOKEN": "b", "TPUB_USERNAME": "me", "TPUB_PASSWORD": "c"},
            token("b"),
            "$TPUB_TOKEN",
            id="the token of several variables",
        ),
        pytest.param(
            Flags(login=Asked(username="__token__")),
            {"TPUB_TOKEN": "b"},
            token("b"),
            "$TPUB_TOKEN",
            id="a token by its own user name",
        ),
        pytest.param(Flags(), {"TPUB_TOKEN": "b\n"}, token("b"), "$TPUB_TOKEN", id="variable, with a line break"),
        pytest.param(Flags(), {"TPUB_PASSWORD": "b"}, token("b"), "$TPUB_PASSWORD", id="on PyPI a password is a token"),
        pytest.param(
            Flags(login=Asked(username="me")),
            {"TPUB_PASSWORD": "b"},
            Credential("me", Secret("b")),
            "--username",
            id="user name and password",
        ),
        pytest.param(
            Flags(), {"TWINE_USERNAME": "__token__", "TWINE_PASSWORD": "c"}, token("c"), "$TWINE_PASSWORD", id="twine's"
        ),
        pytest.param(Flags(), {"TWINE_PASSWORD": "c"}, token("c"), "$TWINE_PASSWORD", id="twine's, without a name"),
        pytest.param(
            Flags(login=Asked(username="me")),
            {"TWINE_PASSWORD": "c"},
            Credential("me", Secret("c")),
            "$TWINE_PASSWORD",
            id="twine's password of the user on the command line",
        ),
        pytest.param(Flags(), {"UV_PUBLISH_TOKEN": "d"}, token("d"), "$UV_PUBLISH_TOKEN", id="uv's token"),
        pytest.param(
            Flags(),
            {"UV_PUBLISH_USERNAME": "me", "UV_PUBLISH_PASSWORD": "d"},
            Credential("me", Secret("d")),
            "$UV_PUBLISH_PASSWORD",
            id="uv's user",
        ),
        pytest.param(
            Flags(), {"TWINE_PASSWORD": "c", "UV_PUBLISH_TOKEN": "d"}, token("c"), "$TWINE_PASSWORD", id="both tools'"
        ),
        pytest.param(
            Flags(), {"TPUB_TOKEN": "b", "TWINE_PASSWORD": "c"}, token("b"), "$TPUB_TOKEN", id="ours before theirs"
        ),
        pytest.param(
            Flags("testpypi"),
            {"TWINE_PASSWORD": "c"},
            token("c"),
            "$TWINE_PASSWORD",
            id="the index on the command line",
        ),
        pytest.param(
            Flags(),
            {"TWINE_REPOSITORY": "company", "TWINE_PASSWORD": "c", "TWINE_USERNAME": "me"},
            Credential("me", Secret("c")),
            "$TWINE_PASSWORD",
            id="the index that the tool names",
        ),
        pytest.param(
            Flags("company"),
            {"TWINE_REPOSITORY_URL": COMPANY.upload_url, "TWINE_PASSWORD": "c", "TWINE_USERNAME": "me"},
            Credential("me", Secret("c")),
            "$TWINE_PASSWORD",
            id="the index that the tool names otherwise",
        ),
    ],
)
def test_which_credential(flags: Flags, env: dict[str, str], credential: Credential, source: str) -> None:
    found = resolve(flags, env, PROJECT)
    assert (found.credential, found.sources[-1].source, found.diagnostics) == (credential, source, ())


@pytest.mark.parametrize(
    ("asked", "env", "credential", "variable", "why"),
    [
        pytest.param(
            Asked(username="me", password="c"),
            {"TPUB_TOKEN": "b"},
            Credential("me", Secret("c")),
            "TPUB_TOKEN",
            "`--password` is given",
            id="a password",
        ),
        pytest.param(
            Asked(username="me"),
            {"TPUB_TOKEN": "b", "TPUB_PASSWORD": "c"},
            Credential("me", Secret("c")),
            "TPUB_TOKEN",
            "`--username` is given",
            id="a user name, whose password is in the environment",
        ),
        pytest.param(
            Asked(username="me"), {"TPUB_TOKEN": "b"}, None, "TPUB_TOKEN", "`--username` is given", id="a user name"
        ),
        pytest.param(
            Asked(username="me"),
            {"UV_PUBLISH_TOKEN": "b"},
            None,
            "UV_PUBLISH_TOKEN",
            "--username is given",
            id="a user name, and a token of another tool's",
        ),
        pytest.param(
            Asked(),
            {"TPUB_USERNAME": "me", "UV_PUBLISH_TOKEN": "b"},
            None,
            "UV_PUBLISH_TOKEN",
            "$TPUB_USERNAME is given",
            id="a user name of ours",
        ),
    ],
)
def test_a_user_that_is_named_counts_before_a_token_in_the_environment(
    asked: Asked, env: dict[str, str], credential: Credential | None, variable: str, why: str
) -> None:
    found = resolve(Flags("company", asked), env, PROJECT)
    (told,) = found.diagnostics
    assert (found.credential, found.stores.username if credential is None else "me") == (credential, "me")
    assert (told.code, told.message) == ("variable-ignored", f"`{variable}` is not used: {why}, and counts before it")


@pytest.mark.parametrize(
    ("flags", "env", "project", "variable"),
    [
        pytest.param(
            Flags("pypi"),
            {"TWINE_REPOSITORY_URL": COMPANY.upload_url, "TWINE_PASSWORD": "c"},
            PROJECT,
            "TWINE_PASSWORD",
            id="it is for another index",
        ),
        pytest.param(
            Flags(),
            {"UV_PUBLISH_TOKEN": "d"},
            Project(index="company", indexes={"company": COMPANY}),
            "UV_PUBLISH_TOKEN",
            id="the index comes from a file",
        ),
        pytest.param(
            Flags(trusted_publishing=TrustedPublishing.ALWAYS),
            {"TWINE_PASSWORD": "c"},
            PROJECT,
            "TWINE_PASSWORD",
            id="trusted publishing is asked for",
        ),
        pytest.param(
            Flags(provider="github"), {"TWINE_PASSWORD": "c"}, PROJECT, "TWINE_PASSWORD", id="a provider is asked for"
        ),
        pytest.param(
            Flags("pypi", is_one_of_many=True),
            {"UV_PUBLISH_TOKEN": "d"},
            PROJECT,
            "UV_PUBLISH_TOKEN",
            id="there are several indexes",
        ),
        pytest.param(
            Flags(),
            {
                "TWINE_REPOSITORY": "nobody",
                "UV_PUBLISH_URL": PYPI.upload_url,
                "TPUB_INDEX": "pypi",
                "TWINE_PASSWORD": "c",
            },
            PROJECT,
            "TWINE_PASSWORD",
            id="it is for an index that nobody knows",
        ),
    ],
)
def test_their_credential_for_another_index_is_not_used(
    flags: Flags, env: dict[str, str], project: Project, variable: str
) -> None:
    found = resolve(flags, env, project)
    (told,) = found.diagnostics
    assert (found.credential, told.code, told.is_error) == (None, "variable-ignored", False)
    assert told.evidence == (Variable(variable, "set"),)


@pytest.mark.parametrize(
    "flags",
    [
        pytest.param(Flags(login=Asked("a")), id="token"),
        pytest.param(Flags(login=Asked(None, "a", "b")), id="password"),
    ],
)
def test_one_credential_for_several_indexes(flags: Flags) -> None:
    many = Flags("pypi", flags.login, is_one_of_many=True)
    with pytest.raises(ConfigError) as caught:
        resolve(many, {})
    assert caught.value.diagnostic.code == "credentials-ambiguous"


@pytest.mark.parametrize(
    ("asked", "other"),
    [
        pytest.param(Asked("a", "me", "b"), "--password", id="a password"),
        pytest.param(Asked("a", "me"), "--username", id="a user name"),
    ],
)
def test_two_credentials_that_are_typed(asked: Asked, other: str) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve(Flags(login=asked), {}, PROJECT)
    told = caught.value.diagnostic
    assert (told.code, told.message) == (
        "option-given-twice",
        f"`--token` and `{other}` are two credentials, and both are given",
    )


def test_a_user_name_finds_its_password_in_pypirc(tmp_path: Path) -> None:
    text = (
        "[distutils]\nindex-servers = company\n"
        f"[company]\nrepository = {COMPANY.upload_url}\nusername = me\npassword = x\n"
    )
    env = pypirc(tmp_path, text)
    found = completed(resolve(Flags("company", Asked(username="me")), env, PROJECT))
    assert found.credential == Credential("me", Secret("x"))
    assert found.sources[-1] == Setting("credential", "user name me", f"{tmp_path / '.pypirc'}:3")
    other = resolve(Flags("company", Asked(username="other")), env, PROJECT)
    with pytest.raises(ConfigError) as caught:
        completed(other)
    assert caught.value.diagnostic.code == "credentials-incomplete"


def test_a_user_name_is_asked_for_its_password() -> None:
    asked: list[tuple[str, bool]] = []

    def ask(question: str, *, hidden: bool) -> str:
        asked.append((question, hidden))
        return "x\n"

    found = resolve(Flags("company", Asked(username="me")), {}, PROJECT, ask=ask)
    assert asked == []
    found = completed(found)
    assert (found.credential, asked) == (
        Credential("me", Secret("x")),
        [("Password of me for company (not shown): ", True)],
    )
    silent = resolve(Flags("company", Asked(username="me")), {"TWINE_NON_INTERACTIVE": "1"}, PROJECT, ask=ask)
    with pytest.raises(ConfigError):
        completed(silent)


@pytest.mark.parametrize(
    ("env", "mode", "attestations"),
    [
        pytest.param({}, TrustedPublishing.AUTO, Attestations.AUTO, id="default"),
        pytest.param({"UV_TRUSTED_PUBLISHING": "never"}, TrustedPublishing.NEVER, Attestations.AUTO, id="never"),
        pytest.param({"UV_TRUSTED_PUBLISHING": "automatic"}, TrustedPublishing.AUTO, Attestations.AUTO, id="automatic"),
        pytest.param({"UV_PUBLISH_NO_ATTESTATIONS": "1"}, TrustedPublishing.AUTO, Attestations.NEVER, id="none"),
        pytest.param({"UV_PUBLISH_NO_ATTESTATIONS": "0"}, TrustedPublishing.AUTO, Attestations.AUTO, id="not none"),
        pytest.param(
            {"UV_PUBLISH_NO_ATTESTATIONS": "1", "TPUB_ATTESTATIONS": "always"},
            TrustedPublishing.AUTO,
            Attestations.ALWAYS,
            id="ours before theirs",
        ),
    ],
)
def test_the_modes_of_uv(env: dict[str, str], mode: TrustedPublishing, attestations: Attestations) -> None:
    found = resolve(Flags(), env)
    assert (found.trusted_publishing, found.attestations) == (mode, attestations)


@pytest.mark.parametrize(
    ("env", "flags", "pages", "codes"),
    [
        pytest.param(
            {"UV_PUBLISH_URL": COMPANY.upload_url, "UV_PUBLISH_CHECK_URL": "https://packages.example.com/pages"},
            Flags(),
            "https://packages.example.com/pages/",
            [],
            id="uv's index",
        ),
        pytest.param(
            {
                "UV_PUBLISH_URL": COMPANY.upload_url,
                "UV_PUBLISH_CHECK_URL": "https://me:secret@packages.example.com/pages?token=secret",
            },
            Flags(),
            "https://packages.example.com/pages/",
            [],
            id="a password in it goes no further",
        ),
        pytest.param(
            {"UV_PUBLISH_CHECK_URL": "https://packages.example.com/pages"},
            Flags("company"),
            COMPANY.simple_url,
            ["variable-ignored"],
            id="another index",
        ),
        pytest.param(
            {"UV_PUBLISH_CHECK_URL": "https://packages.example.com/pages"}, Flags(), PYPI.simple_url, [], id="PyPI"
        ),
        pytest.param(
            {},
            Flags("company", theirs={"simple-url": Theirs("https://packages.example.com/pages/", "--check-url")}),
            "https://packages.example.com/pages/",
            [],
            id="on the command line",
        ),
    ],
)
def test_the_pages_of_uv(env: dict[str, str], flags: Flags, pages: str, codes: list[str]) -> None:
    found = resolve(flags, env, PROJECT)
    assert (found.index.simple_url, [told.code for told in found.diagnostics]) == (pages, codes)


def test_pages_in_the_clear() -> None:
    theirs = {"simple-url": Theirs("http://packages.example.com/", "--check-url")}
    with pytest.raises(ConfigError) as caught:
        resolve(Flags("company", theirs=theirs), {}, PROJECT)
    assert caught.value.diagnostic.code == "index-url-insecure"


def test_the_same_thing_under_two_names() -> None:
    with pytest.raises(ConfigError) as caught:
        resolve(Flags("pypi", theirs={"index": Theirs("testpypi", "--repository")}), {})
    told = caught.value.diagnostic
    assert (told.code, told.hint) == ("option-given-twice", "Leave out `--repository`.")


@pytest.mark.parametrize(
    ("env", "authorities", "client"),
    [
        pytest.param({"TPUB_CERT": "a", "TPUB_CLIENT_CERT": "b"}, "a", "b", id="ours"),
        pytest.param({"TWINE_CERT": "a"}, "a", None, id="twine's"),
        pytest.param({"SSL_CLIENT_CERT": "b"}, None, "b", id="uv's"),
        pytest.param({"SSL_CERT_FILE": "a"}, None, None, id="everybody's is for the connection"),
    ],
)
def test_certificates(env: dict[str, str], authorities: str | None, client: str | None) -> None:
    found = resolve(Flags(), env).tls
    assert (found.authorities, found.client) == (authorities, client)


def test_how_a_release_is_made() -> None:
    env = {"TPUB_JOBS": "8", "TPUB_WAIT": "2.5", "TPUB_IGNORE": "a,b c", "TPUB_STRICT": "yes", "TPUB_NO_CHECK": "0"}
    found, sources = settle(Given(max_tries=7, ignore=("d",)), Lookup(env))
    assert found == Wishes(8, 7, 2.5, ("d", "a", "b", "c"), strict=True, no_check=False)
    assert [(each.name, each.source) for each in sources] == [
        ("jobs", "$TPUB_JOBS"),
        ("max-tries", "--max-tries"),
        ("wait", "$TPUB_WAIT"),
        ("ignore", "--ignore"),
        ("strict", "$TPUB_STRICT"),
        ("no-check", "$TPUB_NO_CHECK"),
    ]
    assert settle(Given(), Lookup({})) == (Wishes(), ())


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        pytest.param("JOBS", "x", "$TPUB_JOBS is 'x', and is a number from 1 to 64", id="no number"),
        pytest.param("JOBS", "0", "$TPUB_JOBS is '0', and is a number from 1 to 64", id="too small"),
        pytest.param("JOBS", "1.5", "$TPUB_JOBS is '1.5', and is a whole number from 1 to 64", id="not whole"),
        pytest.param("MAX_TRIES", "51", "$TPUB_MAX_TRIES is '51', and is a number from 1 to 50", id="too large"),
        pytest.param("WAIT", "-1", "$TPUB_WAIT is '-1', and is a number from 0", id="negative"),
        pytest.param("WAIT", "nan", "$TPUB_WAIT is 'nan', and is a number from 0", id="not a number"),
    ],
)
def test_a_number_that_makes_no_sense(name: str, value: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settle(Given(), Lookup({f"TPUB_{name}": value}))
    assert (caught.value.diagnostic.code, caught.value.diagnostic.message) == ("setting-invalid", message)


def test_a_number_that_is_none_on_the_command_line() -> None:
    with pytest.raises(ConfigError) as caught:
        settle(Given(wait=float("nan")), Lookup({}))
    assert caught.value.diagnostic.message == "--wait is 'nan', and is a number from 0"
