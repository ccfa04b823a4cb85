"""Command lines of twine's and uv's, as `tpub upload` takes them: see `tpub.config.switching`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Annotated

import typer

from tpub.config.switching import OPTIONS, Fate, ForeignOption, Theirs, option_ignored

if TYPE_CHECKING:
    from tpub.diagnostic import Diagnostic

_NAME = "theirs_{}"
_OWN = ("attestations", "trusted-publishing")  # what both have, with other values: see `as_ours`
_HIDDEN = tuple(each for each in OPTIONS if each.fate is not Fate.SAME and each.names[0].removeprefix("--") not in _OWN)


@dataclass(frozen=True, slots=True, repr=False)
class Foreign:
    """The options of other tools on a command line: what they mean here, and what is to be said of the rest."""

    values: Mapping[str, Theirs] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()

    def is_on(self, option: str) -> bool:
        """Tell whether a switch of tpub's was given under another name."""
        return option in self.values


def has_theirs(words: Iterable[str]) -> bool:
    """Tell whether options of other tools may stand among the words of a command line."""
    names = {name for option in _HIDDEN for name in option.names}
    for word in words:
        if word.partition("=")[0] in names:
            return True
        # `-rtestpypi`, `-vr`; whatever else looks like it is read all the same.
        if word.startswith("-") and not word.startswith("--") and any(f"-{letter}" in names for letter in word[1:]):
            return True
    return False


def taking(command: Callable[..., int], *, theirs: bool) -> Callable[..., int]:
    """Return the command for typer; with `theirs`, it takes the options of other tools, which `--help` does not show.

    The command gets what they said as `foreign`.
    """
    signature = inspect.signature(command, eval_str=True)
    hidden = [_parameter(number, option) for number, option in enumerate(_HIDDEN)] if theirs else []

    @wraps(command)
    def taken(**values: object) -> int:
        given = {parameter.name: values.pop(parameter.name) for parameter in hidden}
        return command(**values, foreign=_read(given))

    own = [parameter for parameter in signature.parameters.values() if parameter.name != "foreign"]
    parameters = [*own, *hidden]
    taken.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # (inspect reads it)
    taken.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters} | {"return": int}
    return taken


def _parameter(number: int, option: ForeignOption) -> inspect.Parameter:
    declared = typer.Option(*option.names, metavar=option.metavar or None, hidden=True)
    kind, default = (str | None, None) if option.metavar else (bool, False)
    annotation = Annotated[kind, declared]  # type: ignore[valid-type]  # (made for typer, not for mypy)
    where = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(_NAME.format(number), where, default=default, annotation=annotation)


def _read(given: Mapping[str, object]) -> Foreign:
    values: dict[str, Theirs] = {}
    remarks = []
    for number, option in enumerate(_HIDDEN):
        value = given.get(_NAME.format(number))
        if not value:
            continue
        name = max(option.names, key=len)
        if option.fate is Fate.IGNORED:
            remarks.append(option_ignored(name, option.instead))
        elif option.option:
            values[option.option] = Theirs(str(value) if option.metavar else option.switched, name)
    return Foreign(values, tuple(remarks))
