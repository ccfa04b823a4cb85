"""Steps that publish: with which tool, to which index, with which stored credentials."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from tpub.diagnostic import Line
from tpub.workflow.command import Command, commands
from tpub.workflow.locate import Place
from tpub.workflow.wrapping import verb_at

ACTION = "pypa/gh-action-pypi-publish"
_MATURIN_ACTION = "pyo3/maturin-action"
_OWN_ACTION = re.compile(r"[^/]+/tpub")  # whoever owns it


@dataclass(frozen=True, slots=True)
class Tool:
    """How a publisher is told what to do: its verbs, and the options and variables for index and credentials."""

    name: str
    verbs: tuple[str, ...]
    index_options: tuple[str, ...] = ()
    index_variables: tuple[str, ...] = ()
    user_options: tuple[str, ...] = ()
    user_variables: tuple[str, ...] = ()
    secret_options: tuple[str, ...] = ()
    secret_variables: tuple[str, ...] = ()


_USER = ("-u", "--username")
_PASSWORD = ("-p", "--password")
_REPOSITORY = ("-r", "--repository")

# Source: the documentation and sources of the tools, versions as in the comparison that tpub was designed with.
TOOLS = (
    Tool(
        "tpub",
        ("upload",),
        # `--index-url` is pip's word, and no option of ours: what is meant by it is plain nevertheless.
        index_options=("--index", "--index-url", "--repository-url", "--publish-url", *_REPOSITORY),
        index_variables=("TPUB_INDEX",),
        user_options=_USER,
        user_variables=("TPUB_USERNAME",),
        secret_options=("-t", "--token", *_PASSWORD),
        secret_variables=("TPUB_TOKEN", "TPUB_PASSWORD"),
    ),
    Tool(
        "twine",
        ("upload",),
        index_options=("--repository-url", *_REPOSITORY),
        index_variables=("TWINE_REPOSITORY_URL", "TWINE_REPOSITORY"),
        user_options=_USER,
        user_variables=("TWINE_USERNAME",),
        secret_options=_PASSWORD,
        secret_variables=("TWINE_PASSWORD",),
    ),
    Tool(
        "uv",
        ("publish",),
        index_options=("--publish-url", "--index"),
        index_variables=("UV_PUBLISH_URL", "UV_PUBLISH_INDEX"),
        user_options=_USER,
        user_variables=("UV_PUBLISH_USERNAME",),
        secret_options=("-t", "--token", *_PASSWORD),
        secret_variables=("UV_PUBLISH_TOKEN", "UV_PUBLISH_PASSWORD"),
    ),
    Tool(
        "hatch",
        ("publish",),
        index_options=("-r", "--repo"),
        index_variables=("HATCH_INDEX_REPO",),
        user_options=("-u", "--user"),
        user_variables=("HATCH_INDEX_USER",),
        secret_options=("-a", "--auth"),
        secret_variables=("HATCH_INDEX_AUTH",),
    ),
    Tool(
        "pdm",
        ("publish",),
        index_options=_REPOSITORY,
        index_variables=("PDM_PUBLISH_REPO",),
        user_options=_USER,
        user_variables=("PDM_PUBLISH_USERNAME",),
        secret_options=("-P", "--password"),
        secret_variables=("PDM_PUBLISH_PASSWORD",),
    ),
    Tool(
        "poetry",
        ("publish",),
        index_options=_REPOSITORY,
        user_options=_USER,
        user_variables=("POETRY_HTTP_BASIC_PYPI_USERNAME",),
        secret_options=_PASSWORD,
        secret_variables=("POETRY_PYPI_TOKEN_PYPI", "POETRY_HTTP_BASIC_PYPI_PASSWORD"),
    ),
    Tool(
        "flit",
        ("publish",),
        index_options=("--repository",),
        index_variables=("FLIT_INDEX_URL",),
        user_variables=("FLIT_USERNAME",),
        secret_variables=("FLIT_PASSWORD",),
    ),
    Tool(
        "maturin",
        ("publish", "upload"),
        index_options=("--repository-url", *_REPOSITORY),
        index_variables=("MATURIN_REPOSITORY_URL", "MATURIN_REPOSITORY"),
        user_options=_USER,
        user_variables=("MATURIN_USERNAME",),
        secret_options=_PASSWORD,
        secret_variables=("MATURIN_PYPI_TOKEN", "MATURIN_PASSWORD"),
    ),
)
_BY_NAME = MappingProxyType({tool.name: tool for tool in TOOLS})
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_REFERENCE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")
_DEEPEST = 10  # variables that stand for variables
_INDEX_NAMES = MappingProxyType({"main": "pypi", "test": "testpypi", "test-pypi": "testpypi", "": "pypi"})


@dataclass(frozen=True, slots=True)
class Credential:
    """A stored user name or secret that a publishing step is given.

    `place` is where it stands as a value of its own, `command` the line of the command that sets it; it is in the
    publishing command itself if there is neither.
    """

    name: str
    value: str
    place: Place | None = None
    command: Line | None = None

    @property
    def line(self) -> Line | None:
        """Return where to look; None if that is the publishing command."""
        return self.place.line if self.place is not None else self.command


# Where variables stand: a mapping of a file, or names and values that a script or a run gives.
Scope = Place | Mapping[str, str] | Mapping[str, Credential]


@dataclass(frozen=True, slots=True)
class Publish:
    """One publishing step.

    `index` is `pypi`, `testpypi`, a URL, a name that only a configuration explains, or an expression. `place` is
    the script or the `uses:`; `folder` is where the distributions are, as far as it is said.
    """

    tool: str
    place: Place
    index: str
    username: str = ""
    secrets: tuple[Credential, ...] = ()
    command: Command | None = None
    index_place: Place | None = None

    @property
    def line(self) -> Line:
        """Return the line of the command, or of the `uses:`."""
        if self.command is not None and self.command.origin is not None:
            return Line(self.command.origin.path, self.command.origin.line)
        return self.place.at(self.command.source) if self.command is not None else self.place.line


def in_script(place: Place, variables: Sequence[Scope], known: Sequence[Command] | None = None) -> Iterator[Publish]:
    """Yield the publishing commands in the script at `place`; `variables` are `env:` mappings, innermost first."""
    exported: dict[str, Credential] = {}
    for command in known if known is not None else commands(place.text):
        if command.program == "export":
            exported |= assigned(command.words[1:], place.at(command.source))
        elif (tool := tool_of(command)) is not None:
            own = {name: Credential(name, value) for name, value in command.assigned}
            found = _published(tool, command, place, [exported | own, *variables])
            yield found
            # One run of tpub can go to several indexes, one after the other.
            further = list(command.options(*tool.index_options))[1:] if tool.name == "tpub" else []
            yield from (replace(found, index=_INDEX_NAMES.get(index, index)) for index in further)


def assigned(words: Iterable[str], line: Line) -> dict[str, Credential]:
    """Return the variables that `NAME=value` words set, by a command on that line."""
    pairs = (word.partition("=") for word in words if _ASSIGNMENT.match(word))
    return {name: Credential(name, value, command=line) for name, _, value in pairs}


def in_action(step: Place, uses: Place, variables: Sequence[Scope]) -> Iterator[Publish]:
    """Yield what a step does that uses a publishing action, once an index; nothing if it is another action."""
    action = uses.text.partition("@")[0].lower()
    given = {name.replace("_", "-"): place for name, place in _fields(step, "with").items()}
    if action == ACTION:
        place = given.get("repository-url")
        secret = given.get("password")
        yield Publish(
            "pypi-publish",
            uses,
            place.text if place is not None and place.text else "pypi",
            given["user"].text if "user" in given else "",
            (Credential("password", secret.text, secret),) if secret is not None else (),
            index_place=place,
        )
    elif _OWN_ACTION.fullmatch(action):
        yield from _by_own_action(uses, given)
    elif action == _MATURIN_ACTION and "command" in given and given["command"].text in ("upload", "publish"):
        words = ("maturin", given["command"].text, *(given["args"].text.split() if "args" in given else ()))
        yield _published(_BY_NAME["maturin"], Command(words, ""), uses, variables)


def _by_own_action(uses: Place, given: dict[str, Place]) -> Iterator[Publish]:
    if "dry-run" in given and given["dry-run"].text.lower() == "true":
        return
    index, token = given.get("index"), given.get("token")
    secrets = (Credential("token", token.text, token),) if token is not None and token.text else ()
    for name in (index.text if index is not None else "").splitlines() or ["pypi"]:
        yield Publish("tpub", uses, name.strip(), secrets=secrets, index_place=index)


def tool_of(command: Command) -> Tool | None:
    """Return the tool that `command` publishes with; None if it does not publish."""
    tool = _BY_NAME.get(command.program)
    if tool is None or {"--help", "--dry-run", "-h"} & set(command.words):
        return None
    return tool if verb_at(command.words, tool.verbs) else None


def secret_variables(tool: str) -> tuple[str, ...]:
    """Return the variables in which a tool looks for its secret by itself."""
    return _BY_NAME[tool].secret_variables if tool in _BY_NAME else ()


def _published(tool: Tool, command: Command, place: Place, variables: Sequence[Scope]) -> Publish:
    index = command.option(*tool.index_options)
    found = _variable(tool.index_variables, variables) if index is None else Credential("", index)
    text, index_place = _meant(found, variables) if found is not None else ("", None)
    secrets = [Credential(name, value) for name in tool.secret_options if (value := command.option(name)) is not None]
    if (stored := _variable(tool.secret_variables, variables)) is not None:
        secrets.append(stored)
    user = command.option(*tool.user_options)
    named = _variable(tool.user_variables, variables)
    return Publish(
        tool.name,
        place,
        _INDEX_NAMES.get(text, text),
        user if user is not None else (named.value if named is not None else ""),
        tuple(secrets),
        command,
        index_place,
    )


def expanded(text: str, variables: Sequence[Scope]) -> str:
    """Return `text` with what its variables stand for, as far as it is said; a value may name variables in turn."""

    def value(named: re.Match[str]) -> str:
        found = _variable((named[1] or named[2],), variables)
        return found.value if found is not None else named[0]

    for _ in range(_DEEPEST):
        before, text = text, _REFERENCE.sub(value, text)
        if text == before:
            break
    return text


def _meant(found: Credential, variables: Sequence[Scope]) -> tuple[str, Place | None]:
    """Return the value of a variable, and where it stands: of one that is but another's name, where that one does."""
    for _ in range(_DEEPEST):
        named = _REFERENCE.fullmatch(found.value)
        other = _variable((named[1] or named[2],), variables) if named is not None else None
        if other is None or other.value == found.value:
            break
        found = other
    return expanded(found.value, variables), found.place


def _variable(names: Sequence[str], variables: Sequence[Scope]) -> Credential | None:
    for name in names:
        for scope in variables:
            if isinstance(scope, Mapping) and name in scope:
                value = scope[name]
                return value if isinstance(value, Credential) else Credential(name, value)
            if isinstance(scope, Place) and (place := scope.get(name)) is not None:
                # GitLab's way to say more of a variable: `NAME: {value: ..., description: ...}`.
                place = place.get("value") or place
                return Credential(name, place.text, place)
    return None


def _fields(step: Place, key: str) -> dict[str, Place]:
    below = step.get(key)
    return below.fields if below is not None else {}
