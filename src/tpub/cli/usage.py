"""A command line that is none: what is wrong with it, and what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from tpub.diagnostic import Diagnostic

if TYPE_CHECKING:
    from typer.exceptions import TyperException

_NO_NUMBER = re.compile(r"is not a valid (int|float)( range)?")
_NUMBERS = {"int": "is no whole number", "float": "is no number"}


def told(error: TyperException, words: Sequence[str]) -> Diagnostic:
    """Return the news of a command line, `words`, that typer does not take."""
    ctx = getattr(error, "ctx", None)
    # An option without its value is found before there is a command.
    path = ctx.command_path if ctx is not None else " ".join(["tpub", *[w for w in words[:1] if w[:1] != "-"]])
    if hasattr(error, "possibilities"):
        given = str(getattr(error, "option_name", ""))
        options = {each.lstrip("-"): each for param in _shown(ctx) for each in param.opts}
        near = get_close_matches(given.lstrip("-"), options, n=1)
        return Diagnostic(
            "option-unknown",
            f"`{path}` has no option `{given}`",
            f"Use `{options[near[0]]}`." if near else f"Run `{path} --help` for all options.",
        )
    message = error.format_message().replace("Value error, ", "").rstrip(".")
    message = _NO_NUMBER.sub(lambda found: _NUMBERS[found[1]], message)
    hint = _meant(error) or f"Run `{path} --help` to see what it takes."
    return Diagnostic("usage-invalid", message[:1].lower() + message[1:], hint)


def _meant(error: TyperException) -> str:
    """Return the mend of a value that an option does not take; empty if it takes whatever it likes."""
    param = getattr(error, "param", None)
    kind = getattr(param, "type", None)
    if choices := getattr(kind, "choices", None):
        given = error.message.removeprefix("'").partition("'")[0]
        near = get_close_matches(given.lower(), choices, n=1)
        return f"Use `{param.opts[0]} {near[0]}`." if param is not None and near else ""
    least, most = getattr(kind, "min", None), getattr(kind, "max", None)
    if least is None:
        return ""
    return f"Give a number from {least}" + (f" to {most}." if most is not None else ".")


def _shown(ctx: Any) -> list[Any]:  # noqa: ANN401  (typer's own types are private)
    """Return the options that `--help` shows; none where the command is not known."""
    return [param for param in ctx.command.params if not getattr(param, "hidden", False)] if ctx else []
